"""Moderation: what each place wants of short texts, its word rules, and what people write about transcripts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _place() -> sa.Column[str]:
    return sa.Column("place", sa.String(), nullable=False)


def _of(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "policy",
        _place(),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("chat", sa.Boolean(), nullable=False),
        sa.Column("titles", sa.Boolean(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("sample", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        _of("policy", "place", "place"),
        sa.PrimaryKeyConstraint("place", name="pk_policy"),
    )
    op.create_table(
        "word_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        _place(),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("match", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        _of("word_rule", "place", "place"),
        sa.PrimaryKeyConstraint("id", name="pk_word_rule"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_word_rule_place", "word_rule", ["place"])
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        _place(),
        sa.Column("transcript_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to", sa.Integer(), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=True),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("removed", sa.DateTime(timezone=True), nullable=True),
        _of("comment", "place", "place"),
        _of("comment", "transcript_id", "video_transcript"),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_comment_place", "comment", ["place"])
    op.create_index("ix_comment_transcript_id", "comment", ["transcript_id"])
    op.create_index("ix_comment_alert_id", "comment", ["alert_id"])
    op.create_index("ix_comment_removed", "comment", ["removed"])


def downgrade() -> None:
    for table in ("comment", "word_rule", "policy"):
        op.drop_table(table)
