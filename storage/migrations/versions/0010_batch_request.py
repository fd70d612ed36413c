"""Keep beside a batch what was asked for: a key used again must ask for the same."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A batch from before has none, and is told by its kind and title as it was then.
    op.execute(
        "alter table paper_batch add column request_sha256 text check (length(request_sha256) = 64)"
    )


def downgrade() -> None:
    op.execute("alter table paper_batch drop column request_sha256")
