"""Speech: an engine of its own for an account, speakers, why an engine was passed over, recordings that are heard elsewhere, sound
kept for later, what was heard a day, words of videos that can be searched, and since when work waits and is under way."""

import sqlalchemy as sa
from alembic import op

from core.matching.fold import search_text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SPOKEN = ("segment", "video_segment")
INDEXED = {"segment": "live_id", "chat_line": "live_id", "video_segment": "transcript_id"}


def upgrade() -> None:
    op.add_column("follow", sa.Column("engine", sa.String(), nullable=False, server_default=""))
    for table in SPOKEN:
        op.add_column(table, sa.Column("speaker", sa.String(), nullable=False, server_default=""))
    op.add_column("video_transcript", sa.Column("passed", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "remote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("upload", sa.String(), nullable=False),
        sa.Column("pieces", sa.JSON(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("external", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("over", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remote")),
    )
    op.create_index(op.f("ix_remote_external"), "remote", ["external"])
    op.create_index(op.f("ix_remote_key"), "remote", ["key"])
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
    for table in ("segment", "chat_line"):
        op.execute(f"drop table {table}_fts")
    for table, owner in INDEXED.items():
        _part_words(table)
        op.execute(
            f"create virtual table {table}_fts using fts5"
            f" (search_text, {owner}, content='{table}', content_rowid='id', tokenize='ascii')"
        )
        op.execute(f"insert into {table}_fts ({table}_fts) values ('rebuild')")  # noqa: S608 (a name of ours)


def _part_words(table: str) -> None:
    """Words are parted by us from now on, not by the tokenizer: so are those of lines that are there already."""
    connection = op.get_bind()
    lines = sa.table(table, sa.column("id", sa.Integer()), sa.column("text"), sa.column("search_text"))
    after = 0
    while rows := connection.execute(
        sa.select(lines.c.id, lines.c.text)
        .where(lines.c.id > after, lines.c.text.is_not(None))
        .limit(5000)
        .order_by(lines.c.id)
    ).all():
        after = rows[-1].id
        parted = [{"number": row.id, "parted": search_text(row.text)} for row in rows]
        connection.execute(
            lines.update().where(lines.c.id == sa.bindparam("number")).values(search_text=sa.bindparam("parted")),
            parted,
        )


def downgrade() -> None:
    for table in INDEXED:
        op.execute(f"drop table {table}_fts")
    for table in ("segment", "chat_line"):
        op.execute(
            f"create virtual table {table}_fts using fts5"
            f" (search_text, content='{table}', content_rowid='id', tokenize='unicode61 remove_diacritics 0')"
        )
        op.execute(f"insert into {table}_fts ({table}_fts) values ('rebuild')")  # noqa: S608 (a name of ours)
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
