"""TikTok: accounts as they are looked at, watches people steer, the diary, videos, people's own accounts."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.String(), nullable=False, server_default="")


def _yes(name: str, value: int) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text(str(value)))


def _time(name: str) -> "sa.Column[Any]":
    return sa.Column(name, TIME, nullable=True)


ADDED: dict[str, Callable[[], tuple["sa.Column[Any]", ...]]] = {
    "account": lambda: (
        _time("tried_at"),
        _text("why"),
        _time("missing_since"),
        _time("posted_at"),
        _text("posted_id"),
        _text("was"),
    ),
    "follow": lambda: (_yes("chat", 1), _yes("clips", 1), _yes("videos", 0), _yes("once", 0), _time("until")),
    "live_place": lambda: (_yes("stopped", 0), _time("muted_until")),
    "chat_line": lambda: (_text("chatter_key"),),
    "live_event": lambda: (_text("chatter_key"),),
    "job": lambda: (
        _text("place"),
        _text("by"),
        sa.Column("progress", sa.JSON(), nullable=False, server_default="{}"),
    ),
}
MADE = ("opt_out", "video", "link", "link_state", "video_transcript", "diary", "video_segment")
"""In the order they are made."""


def upgrade() -> None:
    for table, columns in ADDED.items():
        for column in columns():
            op.add_column(table, column)
    op.create_index(op.f("ix_job_place"), "job", ["place"])
    op.create_table(
        "opt_out",
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("who", name=op.f("pk_opt_out")),
    )
    op.create_index(op.f("ix_opt_out_name"), "opt_out", ["name"])
    op.create_table(
        "video",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tiktok_id", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("posted", sa.DateTime(timezone=True), nullable=True),
        sa.Column("thumbnail", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video")),
        sa.UniqueConstraint("tiktok_id", name=op.f("uq_video_tiktok_id")),
    )
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("open_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("picture", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("access", sa.LargeBinary(), nullable=False),
        sa.Column("access_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refresh", sa.LargeBinary(), nullable=False),
        sa.Column("refresh_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("newest", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refreshing", sa.DateTime(timezone=True), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_link_place_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("person", name=op.f("uq_link_person")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_link_open_id"), "link", ["open_id"])
    op.create_index(op.f("ix_link_place"), "link", ["place"])
    op.create_table(
        "link_state",
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("verifier", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_link_state_place_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_link_state")),
    )
    op.create_index(op.f("ix_link_state_place"), "link_state", ["place"])
    op.create_index(op.f("ix_link_state_until"), "link_state", ["until"])
    op.create_table(
        "video_transcript",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("video_id", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("asked_language", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place"], ["place.id"], name=op.f("fk_video_transcript_place_place"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["video.id"], name=op.f("fk_video_transcript_video_id_video"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_transcript")),
        sa.UniqueConstraint(
            "place",
            "video_id",
            "engine",
            "asked_language",
            "by",
            name=op.f("uq_video_transcript_place_video_id_engine_asked_language_by"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_video_transcript_place_made"), "video_transcript", ["place", "made"])
    op.create_index(op.f("ix_video_transcript_video_id"), "video_transcript", ["video_id"])
    op.create_table(
        "diary",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second", sa.Float(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["live_id"], ["live.id"], name=op.f("fk_diary_live_id_live"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diary")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_diary_live_id_at"), "diary", ["live_id", "at"])
    op.create_index(op.f("ix_diary_place_live_id"), "diary", ["place", "live_id"])
    op.create_table(
        "video_segment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transcript_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Float(), nullable=False),
        sa.Column("end", sa.Float(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["video_transcript.id"],
            name=op.f("fk_video_segment_transcript_id_video_transcript"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_segment")),
        sa.UniqueConstraint("transcript_id", "start", name=op.f("uq_video_segment_transcript_id_start")),
    )


def downgrade() -> None:
    for table in reversed(MADE):
        op.drop_table(table)
    op.drop_index(op.f("ix_job_place"), "job")
    for table, columns in ADDED.items():
        for column in columns():
            op.drop_column(table, column.name)
