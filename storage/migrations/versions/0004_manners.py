"""Manners: when and how loudly a place is told, and how its posts look."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _added() -> tuple["sa.Column[Any]", ...]:
    return (
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("silent", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("ping", sa.String(), nullable=False, server_default=""),
        sa.Column("start_text", sa.String(), nullable=False, server_default=""),
        sa.Column("dark", sa.Boolean(), nullable=False, server_default=sa.text("0")),
    )


def upgrade() -> None:
    for column in _added():
        op.add_column("place", column)


def downgrade() -> None:
    for column in reversed(_added()):
        op.drop_column("place", column.name)
