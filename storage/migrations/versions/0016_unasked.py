"""Judging: why no model judged what was judged inside, where one should have."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assessment", sa.Column("unasked", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("assessment", "unasked")
