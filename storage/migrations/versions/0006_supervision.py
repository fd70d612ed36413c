"""Create the clues of accountability, the decisions about them, and the periodic duties."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = """
create table accountability_clue (
    id uuid primary key,
    county text not null,
    office text not null,
    role text not null,
    article text not null default '',
    also text not null default '',
    duty text not null,
    label text not null,
    case_id uuid references case_file (case_id),
    obligation_key text,
    period text,
    due_on date not null,
    missed_on date not null,
    done_on date,
    suggested text,
    status text not null check (status in ('open', 'excused', 'confirmed', 'dismissed')),
    excuse text,
    check ((case_id is null) <> (period is null))
);
create index accountability_clue_county on accountability_clue (county, status, due_on);
create index accountability_clue_office on accountability_clue (office, status);
create index accountability_clue_case on accountability_clue (case_id);

create table clue_decision (
    id bigint generated always as identity primary key,
    clue_id uuid not null references accountability_clue (id),
    decided_at timestamptz not null,
    decided_by text not null,
    status text not null,
    excuse text,
    reason text not null
);
create index clue_decision_clue on clue_decision (clue_id, id);

create table periodic_duty (
    county text not null,
    duty text not null,
    office text not null,
    period text not null,
    label text not null,
    role text not null,
    opens_on date not null,
    due_at timestamptz not null,
    why text not null,
    status text not null check (status in ('open', 'met', 'missed', 'met_late')),
    met_at timestamptz,
    proof text,
    recorded_by text,
    primary key (county, duty, office, period)
);
create index periodic_duty_open on periodic_duty (due_at) where status = 'open';
create index periodic_duty_office on periodic_duty (office, status, due_at);

grant select, insert, update on accountability_clue, periodic_duty to guixue_app;
grant select, insert on clue_decision to guixue_app;
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    for table in ("clue_decision", "accountability_clue", "periodic_duty"):
        op.drop_table(table)
