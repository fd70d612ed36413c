"""Keep which children a batch of entry notices left out, since they have a notice of that year."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table batch_left_out (
            batch_id uuid not null references paper_batch (id),
            child_ref uuid not null,
            has_batch uuid not null,
            has_place integer not null,
            primary key (batch_id, child_ref),
            foreign key (has_batch, has_place) references batch_paper (batch_id, place)
        )
        """
    )
    op.execute(
        "create index batch_paper_child on batch_paper (child_ref) where child_ref is not null"
    )
    op.execute("grant select, insert on batch_left_out to guixue_app")


def downgrade() -> None:
    op.execute("drop index batch_paper_child")
    op.drop_table("batch_left_out")
