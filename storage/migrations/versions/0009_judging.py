"""Judging: what was judged and by which instructions; what belongs to no live is judged too."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TEXTS = (("policy", ""), ("language", ""), ("kind", "speech"), ("item", ""))
FLAGS = ("degraded", "doubtful")


def upgrade() -> None:
    with op.batch_alter_table("assessment") as table:
        for name, default in TEXTS:
            table.add_column(sa.Column(name, sa.String(), nullable=False, server_default=default))
        for name in FLAGS:
            table.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
        table.alter_column("live_id", existing_type=sa.Integer(), nullable=True)
        table.create_index("ix_assessment_item", ["item"])
    _alert(nullable=True)


def _alert(*, nullable: bool) -> None:
    """Made anew, as SQLite has it. It still gives no number twice: posts are known by the number of their alert."""
    highest = op.get_bind().execute(sa.text("select seq from sqlite_sequence where name = 'alert'")).scalar()
    with op.batch_alter_table("alert", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("live_id", existing_type=sa.Integer(), nullable=nullable)
    op.execute("delete from sqlite_sequence where name = 'alert'")
    if highest is not None:
        op.execute(sa.text("insert into sqlite_sequence (name, seq) values ('alert', :seq)").bindparams(seq=highest))


def downgrade() -> None:
    op.execute("delete from alert where live_id is null")
    op.execute("delete from assessment where live_id is null")
    _alert(nullable=False)
    with op.batch_alter_table("assessment") as table:
        table.drop_index("ix_assessment_item")
        table.alter_column("live_id", existing_type=sa.Integer(), nullable=False)
        for name in (*FLAGS, *(name for name, _ in TEXTS)):
            table.drop_column(name)
