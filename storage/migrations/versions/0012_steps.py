"""Judging step by step: which segment an assessment is of, whether it still stands, and what models cost each place."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NUMBERS = ("requests", "asked", "cached", "answered", "dollars", "seconds")


def upgrade() -> None:
    with op.batch_alter_table("assessment") as table:
        table.add_column(sa.Column("start", sa.Float(), nullable=True))
        table.add_column(sa.Column("stands", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_index("ix_assessment_live_id_start", ["live_id", "start"])
    op.create_table(
        "spending",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in NUMBERS),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name="fk_spending_place_place", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place", "day", "model", name="pk_spending"),
    )


def downgrade() -> None:
    op.drop_table("spending")
    with op.batch_alter_table("assessment") as table:
        table.drop_index("ix_assessment_live_id_start")
        for name in ("waits", "stands", "start"):
            table.drop_column(name)
