"""Screening: how clips and videos stand before they are posted, and every move they made."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "screening",
        sa.Column("id", sa.Integer(), nullable=False),
        *map(_text, ("place", "matter")),
        sa.Column("item", sa.Integer(), nullable=False),
        _text("state"),
        _time("at"),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        *map(_text, ("reason", "quote", "engine", "policy", "local")),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("unheard", sa.Float(), nullable=False),
        _text("fault"),
        *map(_flag, ("gone", "blind", "doubtful")),
        _time("alike", nullable=True),
        sa.Column("hashes", sa.JSON(), nullable=False),
        sa.Column("dollars", sa.Float(), nullable=False),
        _text("post"),
        sa.Column("alert_id", sa.Integer(), nullable=True),
        _text("by"),
        _flag("restricted"),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_screening_place_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening")),
        sa.UniqueConstraint("place", "matter", "item", name=op.f("uq_screening_place_matter_item")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_screening_state_place"), "screening", ["state", "place"])
    op.create_index(op.f("ix_screening_alert_id"), "screening", ["alert_id"])
    _steps()


def _steps() -> None:
    op.create_table(
        "screening_step",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("place"),
        sa.Column("screening_id", sa.Integer(), nullable=False),
        sa.Column("was", sa.String(), nullable=True),
        _text("state"),
        _time("at"),
        *map(_text, ("by", "reason")),
        sa.ForeignKeyConstraint(
            ["place"], ["place.id"], name=op.f("fk_screening_step_place_place"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["screening_id"],
            ["screening.id"],
            name=op.f("fk_screening_step_screening_id_screening"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_step")),
    )
    for column in ("place", "screening_id"):
        op.create_index(op.f(f"ix_screening_step_{column}"), "screening_step", [column])


def downgrade() -> None:
    op.drop_table("screening_step")
    op.drop_table("screening")
