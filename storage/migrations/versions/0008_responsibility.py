"""Create who answers for what: seats, the joint meeting, inspections, measures, plans, refusals."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = """
create table responsibility_slot (
    id uuid primary key,
    county text not null,
    line text not null check (line in ('government', 'education')),
    level text not null
        check (level in ('county', 'township', 'village', 'group', 'school', 'class')),
    office text not null,
    place text not null default '',
    seat int not null check (seat between 1 and 12),
    title text not null,
    person text not null,
    account text not null default '',
    since date not null,
    until date check (until >= since),
    letter_signed_on date,
    letter_ref text not null default '',
    trained_on date,
    training_ref text not null default '',
    change_reason text not null default '',
    recorded_at timestamptz not null,
    recorded_by text not null,
    ended_by text,
    constraint seat_held_by_one exclude using gist (
        int8range(
            hashtextextended(line || '/' || level || '/' || office || '/' || place, seat),
            hashtextextended(line || '/' || level || '/' || office || '/' || place, seat), '[]'
        ) with &&,
        daterange(since, until) with &&
    )
);
create index responsibility_slot_office on responsibility_slot (county, office, line, seat);

create table council_member (
    id uuid primary key,
    request_id text not null unique,
    county text not null,
    department text not null,
    person text not null,
    account text not null default '',
    since date not null,
    until date check (until >= since),
    recorded_by text not null
);
create unique index council_member_now on council_member (county, department, person)
    where until is null;

create table council_meeting (
    id uuid primary key,
    request_id text not null unique,
    county text not null,
    held_on date not null,
    chair text not null,
    attendees text[] not null,
    minutes_ref text not null,
    recorded_at timestamptz not null,
    recorded_by text not null
);
create index council_meeting_county on council_meeting (county, held_on);

create table council_decision (
    meeting_id uuid not null references council_meeting (id),
    number int not null,
    county text not null,
    case_id uuid references case_file (case_id),
    matter text not null,
    decision text not null,
    office text not null,
    due_on date,
    done_on date,
    done_by text,
    done_note text not null default '',
    primary key (meeting_id, number)
);
create index council_decision_open on council_decision (county, due_on) where done_on is null;

create table inspection_record (
    id uuid primary key,
    request_id text not null unique,
    county text not null,
    office text not null,
    inspectors text[] not null,
    is_responsible_inspector boolean not null,
    inspected_on date not null,
    attendance_percent numeric(5, 2) check (attendance_percent between 0 and 100),
    is_ledger_sampled boolean not null,
    problems text[] not null,
    rectify_by date,
    closed_on date,
    closed_by text,
    evidence text not null default '',
    recorded_at timestamptz not null,
    recorded_by text not null,
    check (cardinality(inspectors) >= 2
        or (is_responsible_inspector and cardinality(inspectors) = 1)),
    check ((cardinality(problems) > 0) = (rectify_by is not null))
);
create index inspection_record_office on inspection_record (county, office, inspected_on);

create table clue_measure (
    id uuid primary key,
    request_id text not null unique,
    clue_id uuid not null references accountability_clue (id),
    measure text not null,
    organ text not null,
    document_no text not null,
    decided_on date not null,
    recorded_at timestamptz not null,
    recorded_by text not null
);
create index clue_measure_clue on clue_measure (clue_id, decided_on);

create table plan_document (
    id uuid primary key,
    request_id text not null unique,
    county text not null,
    level text not null check (level in ('county', 'school', 'person')),
    office text not null,
    case_id uuid references case_file (case_id),
    school_year int not null,
    term int check (term in (1, 2)),
    attachment_ref text not null,
    approved_by text not null,
    approved_on date not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    check ((level = 'person') = (case_id is not null))
);
create index plan_document_office on plan_document (county, level, office, school_year);

create table refused_admission (
    id uuid primary key,
    request_id text not null unique,
    county text not null,
    office text not null,
    child_ref uuid not null references child (ref),
    refused_on date not null,
    reason text not null,
    reported_by text not null,
    recorded_at timestamptz not null,
    settled_on date,
    settled_by text,
    result text not null default ''
);
create index refused_admission_open on refused_admission (county) where settled_on is null;

grant select, insert on clue_measure, plan_document, council_meeting to guixue_app;
grant select, insert on responsibility_slot, council_member, council_decision to guixue_app;
grant select, insert on inspection_record, refused_admission to guixue_app;
grant update (until, ended_by, letter_signed_on, letter_ref) on responsibility_slot to guixue_app;
grant update (until) on council_member to guixue_app;
grant update (done_on, done_by, done_note) on council_decision to guixue_app;
grant update (closed_on, closed_by, evidence) on inspection_record to guixue_app;
grant update (settled_on, settled_by, result) on refused_admission to guixue_app;
"""
NAMES = (
    "refused_admission", "plan_document", "clue_measure", "inspection_record",
    "council_decision", "council_meeting", "council_member", "responsibility_slot",
)  # fmt: skip


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    for table in NAMES:
        op.drop_table(table)
