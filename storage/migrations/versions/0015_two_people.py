"""Two people: which alerts of a place take two to decide, and who would decide one the other way."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("place", sa.Column("two", sa.String(), nullable=False, server_default="nobody"))
    for name in ("opposed_by", "opposer"):
        op.add_column("alert", sa.Column(name, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("opposed_by", "opposer"):
        op.drop_column("alert", name)
    op.drop_column("place", "two")
