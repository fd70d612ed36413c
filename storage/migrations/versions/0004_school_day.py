"""Create the school day: calendars, class reports, leave, tasks, outside leads, platforms."""

from alembic import op

revision = "0004"
down_revision = "0003_detection"
branch_labels = None
depends_on = None

CALENDARS = """
create table school_closure (
    id uuid primary key default gen_random_uuid(),
    county text not null references county (code),
    school text references school (code),
    kind text not null check (kind in ('suspension', 'boarding_weekend', 'school_holiday')),
    starts_on date not null,
    ends_on date not null,
    reason text not null,
    recorded_by text not null,
    recorded_at timestamptz not null default now(),
    withdrawn_by text,
    withdrawn_at timestamptz,
    check (starts_on <= ends_on),
    unique nulls not distinct (county, school, kind, starts_on, ends_on)
);
create table school_make_up_day (
    id uuid primary key default gen_random_uuid(),
    county text not null references county (code),
    school text references school (code),
    day date not null,
    reason text not null,
    recorded_by text not null,
    recorded_at timestamptz not null default now(),
    withdrawn_by text,
    withdrawn_at timestamptz,
    unique nulls not distinct (county, school, day)
);
create table local_holiday (
    county text not null references county (code),
    day date not null,
    name text not null,
    recorded_by text not null,
    recorded_at timestamptz not null default now(),
    primary key (county, day)
);
"""

PLACES = """
create table child_move (
    id bigint generated always as identity primary key,
    child_ref uuid not null references child (ref) on delete cascade,
    moved_on date not null,
    from_school text,
    from_grade integer,
    from_class integer,
    to_school text,
    to_grade integer,
    to_class integer,
    recorded_by text not null,
    recorded_at timestamptz not null default now()
);
create index child_move_child on child_move (child_ref, moved_on);
create function note_child_moves() returns trigger language plpgsql as $$
begin
    insert into child_move (child_ref, moved_on, from_school, from_grade, from_class, to_school,
                            to_grade, to_class, recorded_by)
    select n.ref,
           coalesce(nullif(current_setting('guixue.moved_on', true), '')::date,
                    (now() at time zone 'Asia/Shanghai')::date),
           o.school, o.grade, o.class_number, n.school, n.grade, n.class_number,
           coalesce(nullif(current_setting('guixue.moved_by', true), ''), session_user)
    from was o join becomes n on n.ref = o.ref
    where (o.school, o.grade, o.class_number) is distinct from (n.school, n.grade, n.class_number)
    order by n.ref;
    return null;
end $$;
create trigger child_moves after update on child
    referencing old table as was new table as becomes
    for each statement execute function note_child_moves();
"""

ATTENDANCE = """
alter table class_day add column is_complete boolean not null default false;
create table present_mark (
    child_ref uuid not null references child (ref),
    day date not null,
    import_id uuid not null references import_run (id),
    primary key (child_ref, day)
);
create table unknown_day (
    id uuid primary key default gen_random_uuid(),
    import_id uuid not null references import_run (id),
    row_position integer not null,
    file_root text not null,
    school text not null references school (code),
    class_code text not null references class_room (code),
    child_ref uuid references child (ref),
    day date not null,
    problems text[] not null,
    settled_at timestamptz,
    settled_by text,
    settlement text,
    unique nulls not distinct (import_id, row_position, child_ref)
);
create index unknown_day_class on unknown_day (class_code, day) where settled_at is null;
create index unknown_day_child on unknown_day (child_ref) where settled_at is null;
create table class_report (
    id uuid primary key default gen_random_uuid(),
    class_code text not null references class_room (code),
    day date not null,
    reported_at timestamptz not null,
    reported_by text not null,
    channel text not null check (channel in ('entry', 'file')),
    due_at timestamptz not null,
    is_late boolean not null,
    absent_count integer not null,
    import_id uuid not null references import_run (id),
    unique (class_code, day, import_id)
);
create index class_report_day on class_report (day, class_code);
create table attendance_sample (
    school text not null references school (code),
    day date not null,
    class_code text not null references class_room (code),
    checked_at timestamptz not null,
    checked_by text not null,
    expected_count integer not null,
    present_count integer not null,
    absent_refs uuid[] not null,
    primary key (class_code, day)
);
create table data_quality_finding (
    id uuid primary key,
    kind text not null,
    school text not null references school (code),
    class_code text references class_room (code),
    day date not null,
    child_ref uuid references child (ref),
    reported text not null,
    found text not null,
    opened_at timestamptz not null default now(),
    closed_at timestamptz,
    closed_by text,
    explanation text
);
create index data_quality_open on data_quality_finding (school, day) where closed_at is null;
create table leave_slip (
    id uuid primary key,
    child_ref uuid not null references child (ref),
    school text not null references school (code),
    kind text not null check (kind in ('leave', 'sick', 'official')),
    first_on date not null,
    last_on date not null,
    school_days integer not null,
    reason text not null,
    is_guardian_signed boolean not null,
    approver_role text not null,
    status text not null check (status in ('asked', 'approved', 'refused', 'withdrawn', 'ended')),
    asked_at timestamptz not null,
    asked_by text not null,
    decided_at timestamptz,
    decided_by text,
    decided_role text,
    decision_note text not null default '',
    back_on date,
    ended_at timestamptz,
    ended_by text,
    check (first_on <= last_on),
    check (decided_by is null or decided_by <> asked_by)
);
create index leave_slip_child on leave_slip (child_ref, first_on);
create index leave_slip_school on leave_slip (school, status);
"""

TASKS = """
create table school_task (
    id uuid primary key,
    kind text not null,
    child_ref uuid not null references child (ref),
    school text not null references school (code),
    since date not null,
    opened_on date not null,
    due_on date not null,
    owner_role text not null,
    owner_office text not null,
    status text not null check (status in ('open', 'done', 'withdrawn')),
    result text not null default '',
    cause text,
    whereabouts text,
    signed_by text,
    done_by text,
    done_at timestamptz,
    closing_note text not null default '',
    lead_id uuid references lead (id)
);
create index school_task_open on school_task (owner_office, due_on) where status = 'open';
create index school_task_child on school_task (child_ref, kind);
create table contact_record (
    id uuid primary key,
    task_id uuid not null references school_task (id),
    contacted_on date not null,
    method text not null,
    was_reached boolean not null,
    note text not null,
    recorded_by text not null,
    recorded_at timestamptz not null default now()
);
create index contact_record_task on contact_record (task_id);
alter table lead drop constraint leadstatus_known;
alter table lead add constraint leadstatus_known
    check (status in ('pending', 'opened', 'joined', 'dismissed', 'withdrawn'));
alter table lead add column school varchar references school (code);
create table lead_note (
    id uuid primary key default gen_random_uuid(),
    lead_id uuid not null references lead (id),
    kind text not null,
    said text not null,
    noted_at timestamptz not null default clock_timestamp()
);
create index lead_note_lead on lead_note (lead_id);
create table term_registration (
    child_ref uuid not null references child (ref),
    school text not null references school (code),
    term_start date not null,
    registered_on date not null,
    recorded_by text not null,
    recorded_at timestamptz not null default now(),
    primary key (child_ref, school, term_start)
);
create table hand_over (
    id uuid primary key,
    school_year integer not null,
    from_school text not null references school (code),
    to_school text not null references school (code),
    made_at timestamptz not null,
    made_by text not null,
    from_signed_by text,
    from_signed_at timestamptz,
    to_signed_by text,
    to_signed_at timestamptz,
    unique (school_year, from_school, to_school)
);
create table hand_over_line (
    hand_over_id uuid not null references hand_over (id),
    child_ref uuid not null references child (ref),
    going_to text not null default '',
    arrived_on date,
    primary key (hand_over_id, child_ref)
);
create index hand_over_line_child on hand_over_line (child_ref);
"""

OUTSIDE = """
create table outside_notice (
    id uuid primary key,
    kind text not null check (kind in ('tip', 'child_labour', 'department', 'other_county')),
    office text not null,
    sender text not null,
    reference_no text not null,
    receipt_no text not null unique,
    received_on date not null,
    received_by text not null,
    received_at timestamptz not null default now(),
    fingerprint text not null,
    said_name text not null,
    said_id_no text,
    said_roll_no text,
    said_school text not null,
    content bytea not null,
    status text not null check (status in ('review', 'matched', 'rejected')),
    matched_how text not null default '',
    child_ref uuid references child (ref),
    lead_id uuid references lead (id),
    settled_by text,
    settled_at timestamptz,
    settlement text not null default ''
);
create unique index outside_notice_reference on outside_notice (kind, sender, reference_no)
    where reference_no <> '';
create index outside_notice_review on outside_notice (office) where status = 'review';
create table outside_reporter (
    notice_id uuid primary key references outside_notice (id),
    sealed bytea not null
);
create table reporter_reading (
    id uuid primary key default gen_random_uuid(),
    notice_id uuid not null references outside_notice (id),
    read_by text not null,
    role text not null,
    purpose text not null,
    read_at timestamptz not null default now()
);
create table platform_entry (
    case_id uuid not null references case_file (case_id),
    platform text not null,
    status text not null check (status in ('exported', 'registered', 'refused')),
    export_id uuid,
    exported_at timestamptz,
    receipt_no text,
    registered_on date,
    recorded_by text,
    recorded_at timestamptz,
    note text not null default '',
    primary key (case_id, platform)
);
create unique index platform_receipt on platform_entry (platform, receipt_no)
    where receipt_no is not null;
create table platform_export (
    id uuid primary key,
    platform text not null,
    county text not null,
    made_at timestamptz not null,
    made_by text not null,
    case_count integer not null,
    sha256 text not null
);
"""

GRANTS = """
grant select, insert, update on school_closure, school_make_up_day, local_holiday, unknown_day,
    data_quality_finding, leave_slip, school_task, term_registration, hand_over, hand_over_line,
    outside_notice, platform_entry, attendance_sample to guixue_app;
grant select, insert on child_move, class_report, contact_record, lead_note, outside_reporter,
    reporter_reading, platform_export to guixue_app;
grant select, insert, update, delete on present_mark to guixue_app;
grant delete on local_holiday to guixue_app;
"""


def upgrade() -> None:
    for block in (CALENDARS, PLACES, ATTENDANCE, TASKS, OUTSIDE, GRANTS):
        for statement in statements(block):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("reports, signatures and reporters are never taken back")


def statements(block: str) -> list[str]:
    """Split a block at its semicolons, leaving the bodies between ``$$`` whole."""
    parts, inside = [""], False
    for line in block.strip().splitlines():
        parts[-1] += line + "\n"
        inside ^= line.count("$$") % 2 == 1
        if line.rstrip().endswith(";") and not inside:
            parts.append("")
    return [part for part in parts if part.strip()]
