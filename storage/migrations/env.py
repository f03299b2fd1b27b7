"""How alembic runs our migrations: on the connection and in the transaction that storage/migrate.py opened."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator

from storage.tables import METADATA


def _is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Full-text tables are written by hand, and SQLite keeps tables of its own beside each."""
    return kind != "table" or "_fts" not in (name or "")


def _render(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Migrations name plain SQL types, so that they still run when a class of ours has gone."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    include_name=_is_ours,
    render_item=_render,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
