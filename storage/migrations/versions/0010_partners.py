"""Linked places: who decides together."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "partner",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("circle", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_partner_place_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_partner")),
    )
    op.create_index(op.f("ix_partner_circle"), "partner", ["circle"])


def downgrade() -> None:
    op.drop_table("partner")
