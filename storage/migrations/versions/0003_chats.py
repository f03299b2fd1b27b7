"""Chats: places as they are set up, people's choices, feeds, topics, closed addresses, and which post goes first."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WAITING = sa.text("state in ('new', 'retry')")


def _text(name: str, value: str = "") -> "sa.Column[str]":
    return sa.Column(name, sa.String(), nullable=False, server_default=value)


def _time(name: str, *, nullable: bool = True) -> "sa.Column[Any]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


ADDED: dict[str, Callable[[], tuple["sa.Column[Any]", ...]]] = {
    "place": lambda: (
        _text("address"),
        _text("purpose", "community"),
        _time("set_up"),
        _text("set_up_by"),
        _time("left"),
        sa.Column("reviewers", sa.JSON(), nullable=False, server_default="[]"),
    ),
    "delivery": lambda: (
        sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.text("0")),
        sa.Column("rank", sa.Integer(), nullable=False, server_default=sa.text("2")),
    ),
}
MADE = ("person", "feed", "topic", "closed", "memo")


def upgrade() -> None:
    for table, columns in ADDED.items():
        for column in columns():
            op.add_column(table, column)
    op.execute("update delivery set rank = case when edits then 3 else 2 end")
    _waiting("rank")
    op.create_table(
        "person",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "feed",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_feed_place_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place", "event", "account_id", name=op.f("pk_feed")),
    )
    op.create_table(
        "topic",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("external", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("address", "about", name=op.f("pk_topic")),
    )
    op.create_table(
        "closed",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        _time("since", nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        _time("probe", nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_closed")),
    )
    op.create_index(op.f("ix_closed_place"), "closed", ["place"])
    op.create_table(
        "memo",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_memo")),
    )


def downgrade() -> None:
    for table in reversed(MADE):
        op.drop_table(table)
    _waiting("edits")
    for table, columns in ADDED.items():
        for column in columns():
            op.drop_column(table, column.name)


def _waiting(order: str) -> None:
    """The index over what waits, ordered by `order` within an address."""
    op.drop_index("ix_delivery_waiting", "delivery")
    op.create_index(
        "ix_delivery_waiting", "delivery", ["address", order, "id"], sqlite_where=WAITING, postgresql_where=WAITING
    )
