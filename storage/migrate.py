"""Running the migrations. `python -m storage.migrate MESSAGE` drafts the next one from what changed in tables.py."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, NullPool, create_engine

from storage.faults import MAKING_SECONDS

FOLDER = Path(__file__).parent / "migrations"


def is_known(revision: str) -> bool:
    """Whether this program has a migration that leads to `revision`."""
    try:
        return ScriptDirectory(str(FOLDER)).get_revision(revision) is not None
    except CommandError:
        return False


def upgrade(path: Path, revision: str = "head") -> None:
    """Bring the SQLite file at `path` up to `revision`, all or nothing. Two programs at once: the second finds it done."""
    with _configured(path) as config:
        command.upgrade(config, revision)


def downgrade(path: Path, revision: str) -> None:
    """Take the SQLite file at `path` back to `revision` (`base`: empty), all or nothing."""
    with _configured(path) as config:
        command.downgrade(config, revision)


@contextmanager
def _configured(path: Path) -> Iterator[Config]:
    """Alembic's configuration around one write transaction.

    Foreign keys are off: a batch migration drops and renames tables, and a drop would take the rows of others along.
    """
    engine = create_engine(
        f"sqlite:///{path}", poolclass=NullPool, connect_args={"isolation_level": None, "timeout": MAKING_SECONDS}
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma foreign_keys = off")
        connection.exec_driver_sql("begin immediate")
        try:
            yield _config(connection)
            _check(connection)
        except BaseException:  # whatever it was, nothing of it stays
            connection.exec_driver_sql("rollback")
            raise
        connection.exec_driver_sql("commit")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _check(connection: Connection) -> None:
    """Raise IntegrityError when a migration left a row that points to nothing."""
    broken = connection.exec_driver_sql("pragma foreign_key_check").fetchall()
    if broken:
        raise ValueError(f"rows that point to nothing: {broken[:3]}")


def draft(message: str) -> None:
    """Write the next migration by comparing tables.py with all migrations so far."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "draft.db"
        upgrade(path)
        with _configured(path) as config:
            command.revision(config, message, autogenerate=True)


if __name__ == "__main__":
    draft(" ".join(sys.argv[1:]))
