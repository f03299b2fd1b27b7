"""Tidying: memos that go by themselves when nobody needs them any more."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEPT = timedelta(days=30)  # of what went without a date before: drafts, uploads, closed topics
PASSING = ("said:%", "telegram:file:%", "telegram:closed:%")


def upgrade() -> None:
    until = sa.Column("until", sa.DateTime(timezone=True), nullable=True)
    op.add_column("memo", until)
    memo = sa.table("memo", sa.column("name"), sa.column("value"), sa.column("until", until.type))
    op.execute(memo.delete().where(memo.c.value == ""))
    passing = sa.or_(*(memo.c.name.like(pattern) for pattern in PASSING))
    op.execute(memo.update().where(passing).values(until=datetime.now(UTC) + KEPT))


def downgrade() -> None:
    op.drop_column("memo", "until")
