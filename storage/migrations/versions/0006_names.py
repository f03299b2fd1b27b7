"""Names: what the reviewers of a place are called, where its platform does not show it by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("place", sa.Column("names", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("place", "names")
