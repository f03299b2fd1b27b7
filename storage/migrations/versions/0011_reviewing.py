"""Reviewing: who decided, what they say it is, whether two have to agree; the audit log, and evidence that is held."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

PEOPLE = ("decider", "second_by", "proposed_by", "proposer", "relabelled_by")
ACTS = (("confirmed", "confirm"), ("dismissed", "dismiss"), ("muted", "mute"), ("waiting", "reopen"))


def upgrade() -> None:
    for name in PEOPLE:
        op.add_column("alert", sa.Column(name, sa.String(), nullable=False, server_default=""))
    for name in ("proposed", "category"):
        op.add_column("alert", sa.Column(name, sa.String(), nullable=True))
    op.add_column("alert", sa.Column("labels", sa.JSON(), nullable=True))
    op.add_column("decision", sa.Column("act", sa.String(), nullable=False, server_default="confirm"))
    op.add_column("decision", sa.Column("by_id", sa.String(), nullable=False, server_default=""))
    op.add_column("decision", sa.Column("category", sa.String(), nullable=True))
    op.add_column("decision", sa.Column("labels", sa.JSON(), nullable=True))
    op.add_column("decision", sa.Column("supersedes", sa.Integer(), nullable=True))
    for verdict, act in ACTS:
        op.execute(
            sa.text("update decision set act = :act where verdict = :verdict").bindparams(act=act, verdict=verdict)
        )
    _audit()
    _evidence()


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("person", "by", "verb", "about", "before", "after", "reason", "previous", "hash")
        ),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name="fk_audit_place_place", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place", "number", name="pk_audit"),
    )
    op.create_index("ix_audit_place_at", "audit", ["place", "at"])
    op.create_table(
        "chain",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("anchor", sa.Integer(), nullable=False),
        sa.Column("anchor_hash", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name="fk_chain_place_place", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place", name="pk_chain"),
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("kept", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("clip", sa.Boolean(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("released", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name="fk_evidence_place_place", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_evidence_place_alert_id", "evidence", ["place", "alert_id"])


def downgrade() -> None:
    for table in ("evidence", "chain", "audit"):
        op.drop_table(table)
    for name in ("act", "by_id", "category", "labels", "supersedes"):
        op.drop_column("decision", name)
    for name in (*PEOPLE, "proposed", "category", "labels"):
        op.drop_column("alert", name)
