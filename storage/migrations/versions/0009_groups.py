"""Create the groups of children that are kept in sight."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table child_group (
            id bigint generated always as identity primary key,
            child_ref uuid not null references child (ref),
            label text not null check (label in ('migrant', 'left_behind', 'family_change',
                'hardship', 'disabled', 'of_disabled', 'of_prisoner', 'learning')),
            since date not null,
            until date,
            source text not null,
            recorded_by text not null,
            recorded_at timestamptz not null,
            check (until is null or until >= since)
        )
        """
    )
    op.execute(
        "create unique index one_open_label_per_child on child_group (child_ref, label)"
        " where until is null"
    )
    op.execute("grant select, insert, update on child_group to guixue_app")


def downgrade() -> None:
    op.drop_table("child_group")
