"""Clips: where each comes from, and whether somebody keeps it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("clip", sa.Column("source", sa.String(), nullable=False, server_default="own"))
    op.add_column("clip", sa.Column("kept", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for column in ("kept", "source"):
        op.drop_column("clip", column)
