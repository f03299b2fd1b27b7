"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FULL_TEXT = ("segment", "chat_line")  # their search_text is folded already: marks need no removing
UNFINISHED = sa.text("state in ('waiting', 'running')")
WAITING = sa.text("state in ('new', 'retry')")
TABLES = (
    "account",
    "delivery",
    "job",
    "place",
    "revision",
    "follow",
    "live",
    "trigger",
    "assessment",
    "chat_line",
    "clip",
    "gap",
    "hit",
    "live_event",
    "live_place",
    "live_room",
    "segment",
    "viewer_sample",
    "alert",
    "decision",
)
"""In the order they are made."""


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tiktok_id", sa.String(), nullable=False),
        sa.Column("followers", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("handle", name=op.f("uq_account_handle")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("edits", sa.Boolean(), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_tried", sa.DateTime(timezone=True), nullable=True),
        sa.Column("external", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("courier", sa.String(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_delivery_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_delivery_address_subject"), "delivery", ["address", "subject"])
    op.create_index(op.f("ix_delivery_place"), "delivery", ["place"])
    op.create_index(op.f("ix_delivery_state_address"), "delivery", ["state", "address"])
    op.create_index(
        "ix_delivery_waiting", "delivery", ["address", "edits", "id"], sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_due_unfinished", "job", ["due"], sqlite_where=UNFINISHED, postgresql_where=UNFINISHED)
    op.create_index(
        "uq_job_key_unfinished", "job", ["key"], unique=True, sqlite_where=UNFINISHED, postgresql_where=UNFINISHED
    )
    op.create_table(
        "place",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("risk_threshold", sa.Float(), nullable=False),
        sa.Column("clips_kept", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
    )
    op.create_table(
        "revision",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_revision")),
    )
    op.create_table(
        "follow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("transcript", sa.Boolean(), nullable=False),
        sa.Column("risk", sa.Float(), nullable=True),
        sa.Column("ping", sa.String(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_follow_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_follow_place_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
        sa.UniqueConstraint("place", "account_id", name=op.f("uq_follow_place_account_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_follow_account_id"), "follow", ["account_id"])
    op.create_table(
        "live",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("viewers_peak", sa.Integer(), nullable=False),
        sa.Column("viewers_sum", sa.Integer(), nullable=False),
        sa.Column("viewers_samples", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_live_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_live_account_id_started"), "live", ["account_id", "started"])
    op.create_index(op.f("ix_live_started"), "live", ["started"])
    op.create_index(op.f("ix_live_status"), "live", ["status"])
    op.create_table(
        "trigger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("where", sa.String(), nullable=False),
        sa.Column("match", sa.String(), nullable=False),
        sa.Column("then", sa.String(), nullable=False),
        sa.Column("cooldown", sa.Float(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_trigger_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_trigger_place_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trigger")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_trigger_account_id"), "trigger", ["account_id"])
    op.create_index(op.f("ix_trigger_place"), "trigger", ["place"])
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("virality", sa.String(), nullable=False),
        sa.Column("hateful", sa.Boolean(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("second", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("injection", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["live_id"], ["live.id"], name=op.f("fk_assessment_live_id_live"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    op.create_index(op.f("ix_assessment_live_id_second"), "assessment", ["live_id", "second"])
    op.create_table(
        "chat_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_id", sa.Integer(), nullable=False),
        sa.Column("msg_id", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second", sa.Float(), nullable=False),
        sa.Column("chatter", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["live_id"], ["live.id"], name=op.f("fk_chat_line_live_id_live")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_line")),
        sa.UniqueConstraint("live_id", "msg_id", name=op.f("uq_chat_line_live_id_msg_id")),
    )
    op.create_index(op.f("ix_chat_line_live_id_second"), "chat_line", ["live_id", "second"])
    op.create_table(
        "clip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("start", sa.Float(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["live_id"], ["live.id"], name=op.f("fk_clip_live_id_live"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_clip_place_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clip")),
        sa.UniqueConstraint("place", "shown", name=op.f("uq_clip_place_shown")),
        sa.UniqueConstraint("place", "wish", name=op.f("uq_clip_place_wish")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_clip_live_id"), "clip", ["live_id"])
    op.create_index(op.f("ix_clip_place_made"), "clip", ["place", "made"])
    op.create_table(
        "gap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Float(), nullable=False),
        sa.Column("end", sa.Float(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["live_id"], ["live.id"], name=op.f("fk_gap_live_id_live"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap")),
        sa.UniqueConstraint("live_id", "start", name=op.f("uq_gap_live_id_start")),
    )
    op.create_table(
        "hit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trigger_id", sa.Integer(), nullable=False),
        sa.Column("live_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second", sa.Float(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["live_id"], ["live.id"], name=op.f("fk_hit_live_id_live"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_hit_place_place"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["trigger_id"], ["trigger.id"], name=op.f("fk_hit_trigger_id_trigger"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_hit_live_id"), "hit", ["live_id"])
    op.create_index(op.f("ix_hit_place_live_id"), "hit", ["place", "live_id"])
    op.create_index(op.f("ix_hit_trigger_id_live_id_at"), "hit", ["trigger_id", "live_id", "at"])
    op.create_table(
        "live_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_id", sa.Integer(), nullable=False),
        sa.Column("msg_id", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second", sa.Float(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("chatter", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["live_id"], ["live.id"], name=op.f("fk_live_event_live_id_live"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_event")),
        sa.UniqueConstraint("live_id", "msg_id", name=op.f("uq_live_event_live_id_msg_id")),
    )
    op.create_index(op.f("ix_live_event_live_id_second"), "live_event", ["live_id", "second"])
    op.create_table(
        "live_place",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("live_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["live_id"], ["live.id"], name=op.f("fk_live_place_live_id_live"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_live_place_place_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place", "live_id", name=op.f("pk_live_place")),
    )
    op.create_index(op.f("ix_live_place_live_id"), "live_place", ["live_id"])
    op.create_table(
        "live_room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("live_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["live_id"], ["live.id"], name=op.f("fk_live_room_live_id_live"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_room")),
        sa.UniqueConstraint("room", name=op.f("uq_live_room_room")),
    )
    op.create_index(op.f("ix_live_room_live_id"), "live_room", ["live_id"])
    op.create_table(
        "segment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Float(), nullable=False),
        sa.Column("end", sa.Float(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["live_id"], ["live.id"], name=op.f("fk_segment_live_id_live")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
        sa.UniqueConstraint("live_id", "start", name=op.f("uq_segment_live_id_start")),
    )
    op.create_table(
        "viewer_sample",
        sa.Column("live_id", sa.Integer(), nullable=False),
        sa.Column("second", sa.Float(), nullable=False),
        sa.Column("viewers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["live_id"], ["live.id"], name=op.f("fk_viewer_sample_live_id_live"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("live_id", "second", name=op.f("pk_viewer_sample")),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("live_id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("raised", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_alert_assessment_id_assessment"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["live_id"], ["live.id"], name=op.f("fk_alert_live_id_live"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_alert_place_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("place", "assessment_id", name=op.f("uq_alert_place_assessment_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_alert_assessment_id"), "alert", ["assessment_id"])
    op.create_index(op.f("ix_alert_live_id"), "alert", ["live_id"])
    op.create_index(op.f("ix_alert_place_live_id_raised"), "alert", ["place", "live_id", "raised"])
    op.create_index(op.f("ix_alert_place_verdict"), "alert", ["place", "verdict"])
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("was", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_decision_alert_id_alert"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_decision_place_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_alert_id"), "decision", ["alert_id"])
    op.create_index(op.f("ix_decision_place"), "decision", ["place"])
    for table in FULL_TEXT:
        op.execute(
            f"create virtual table {table}_fts using fts5"
            f" (search_text, content='{table}', content_rowid='id', tokenize='unicode61 remove_diacritics 0')"
        )


def downgrade() -> None:
    for table in FULL_TEXT:
        op.execute(f"drop table {table}_fts")
    for table in reversed(TABLES):
        op.drop_table(table)
