"""Speech: an engine of its own for an account, speakers, why an engine was passed over, recordings that are heard elsewhere, sound
kept for later, what was heard a day, words of videos that can be searched, and since when work waits and is under way."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SPOKEN = ("segment", "video_segment")


def upgrade() -> None:
    op.add_column("follow", sa.Column("engine", sa.String(), nullable=False, server_default=""))
    for table in SPOKEN:
        op.add_column(table, sa.Column("speaker", sa.String(), nullable=False, server_default=""))
    op.add_column("video_transcript", sa.Column("passed", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "remote",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("external", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_remote")),
    )
    op.create_index(op.f("ix_remote_external"), "remote", ["external"])
    op.create_index(op.f("ix_remote_place"), "remote", ["place"])
    op.create_table(
        "usage",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_usage_place_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place", "day", "engine", name=op.f("pk_usage")),
    )
    op.create_table(
        "sound",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Float(), nullable=False),
        sa.Column("end", sa.Float(), nullable=False),
        sa.Column("overlap", sa.Float(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("kept", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["live_id"], ["live.id"], name=op.f("fk_sound_live_id_live"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sound")),
        sa.UniqueConstraint("live_id", "start", name=op.f("uq_sound_live_id_start")),
    )
    for column in ("since", "begun"):
        op.add_column("job", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_job_place", "job")
    op.create_index("ix_job_place_kind_begun", "job", ["place", "kind", "begun"])
    op.execute(
        "create virtual table video_segment_fts using fts5"
        " (search_text, content='video_segment', content_rowid='id', tokenize='unicode61 remove_diacritics 0')"
    )
    op.execute("insert into video_segment_fts (rowid, search_text) select id, search_text from video_segment")


def downgrade() -> None:
    op.execute("drop table video_segment_fts")
    op.drop_index("ix_job_place_kind_begun", "job")
    op.create_index("ix_job_place", "job", ["place"])
    for column in ("begun", "since"):
        op.drop_column("job", column)
    for table in ("sound", "usage", "remote"):
        op.drop_table(table)
    op.drop_column("video_transcript", "passed")
    for table in reversed(SPOKEN):
        op.drop_column(table, "speaker")
    op.drop_column("follow", "engine")
