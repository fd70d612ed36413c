"""Create the ledger, its read models, the outbox and the stores of rules and bytes."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
create table rule_snapshot (
    sha text primary key check (length(sha) = 64),
    kind text not null check (kind in ('policy', 'calendar')),
    body text not null,
    stored_at timestamptz not null default now()
);

create table case_file (
    case_id uuid primary key,
    case_no text not null unique,
    workflow_id text not null unique,
    child_ref uuid not null,
    episode integer not null check (episode >= 1),
    county text not null,
    township text not null,
    school text not null,
    head_seq integer not null check (head_seq >= 0),
    head_hash text not null,
    stage text not null,
    queue text not null,
    owner_role text not null,
    owner_office text not null,
    due_at timestamptz,
    due_on date,
    is_overdue boolean not null,
    opened_on date,
    closed_on date,
    last_event_at timestamptz not null,
    policy_sha text not null references rule_snapshot (sha),
    state jsonb not null,
    unique (child_ref, episode)
);
create unique index one_open_case_per_child on case_file (child_ref) where closed_on is null;
create index case_file_queue on case_file (queue, due_at) where closed_on is null;
create index case_file_county on case_file (county, stage, case_no);
create index case_file_school on case_file (school, case_no);
create index case_file_township on case_file (township, case_no);

create table case_request (
    case_id uuid not null references case_file (case_id),
    request_id text not null,
    first_seq integer not null,
    last_seq integer not null,
    decided_at timestamptz not null,
    recorded_at timestamptz not null,
    command text not null,
    receipt text not null,
    policy_sha text not null references rule_snapshot (sha),
    calendar_sha text not null references rule_snapshot (sha),
    code_version text not null,
    primary key (case_id, request_id)
);
create index case_request_id on case_request (request_id);

create table case_event (
    case_id uuid not null references case_file (case_id),
    seq integer not null check (seq >= 1),
    kind text not null,
    request_id text not null,
    happened_on date not null,
    recorded_at timestamptz not null,
    body text not null,
    prev_hash text not null,
    hash text not null,
    primary key (case_id, seq),
    foreign key (case_id, request_id) references case_request (case_id, request_id)
);

create table obligation (
    case_id uuid not null references case_file (case_id),
    key text not null,
    duty text not null,
    label text not null,
    owner_role text not null,
    owner_office text not null,
    guardian text,
    due_on date not null,
    due_at timestamptz not null,
    status text not null check (status in ('open', 'missed', 'met', 'paused', 'withdrawn')),
    was_missed boolean not null default false,
    is_provisional boolean not null,
    escalates text,
    derivation jsonb not null,
    opened_seq integer not null,
    ended_seq integer,
    primary key (case_id, key)
);
create index obligation_live on obligation (owner_office, due_at) where status in ('open', 'missed');

create table number_series (
    issuer text not null,
    word text not null,
    year integer not null,
    last integer not null check (last >= 1),
    primary key (issuer, word, year)
);

create table paper (
    paper_id uuid primary key,
    case_id uuid not null references case_file (case_id),
    key text not null,
    kind text not null,
    status text not null check (status in ('drafted', 'issued', 'served', 'voided')),
    guardian text,
    issuer text,
    word text,
    year integer,
    serial integer,
    doc_no text,
    issued_on date,
    served_on date,
    data jsonb,
    data_sha256 text,
    template_sha256 text,
    fonts_sha256 text,
    pdf_sha256 text,
    docx_sha256 text,
    problem text,
    issued_seq integer,
    unique (case_id, key),
    unique (issuer, word, year, serial)
);

create table stored_object (
    sha256 text primary key check (length(sha256) = 64),
    media_type text not null,
    bytes bytea not null,
    stored_at timestamptz not null default now()
);

create table history_archive (
    workflow_id text not null,
    run_id text not null,
    case_id uuid not null,
    object_sha256 text not null references stored_object (sha256),
    event_count integer not null,
    is_complete boolean not null,
    archived_at timestamptz not null default now(),
    primary key (workflow_id, run_id)
);
create index history_archive_case on history_archive (case_id, archived_at);

create table outbox (
    id uuid primary key default gen_random_uuid(),
    kind text not null,
    payload jsonb not null,
    dedupe_key text not null unique,
    created_at timestamptz not null default now(),
    due_at timestamptz not null default now(),
    claimed_until timestamptz,
    attempts integer not null default 0,
    done_at timestamptz,
    problem text
);
create index outbox_due on outbox (due_at) where done_at is null;

create table office (
    code text primary key,
    name text not null,
    contact_person text not null,
    contact_phone text not null,
    profile text not null default 'default'
);

create table proof_run (
    id uuid primary key default gen_random_uuid(),
    ran_at timestamptz not null default now(),
    open_cases integer not null,
    exceptions jsonb not null
);
"""

GUARDS = """
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'table % is append-only: % refused', tg_table_name, tg_op
        using errcode = 'insufficient_privilege';
end $$;

create function check_chain() returns trigger language plpgsql as $$
declare
    last_seq integer;
    last_hash text;
    said jsonb := new.body::jsonb;
begin
    select seq, hash into last_seq, last_hash
        from case_event where case_id = new.case_id order by seq desc limit 1;
    if new.seq <> coalesce(last_seq, 0) + 1 then
        raise exception 'ledger gap: seq % after %', new.seq, coalesce(last_seq, 0)
            using errcode = 'integrity_constraint_violation';
    end if;
    if new.prev_hash <> coalesce(last_hash, '') then
        raise exception 'ledger chain broken before seq %', new.seq
            using errcode = 'integrity_constraint_violation';
    end if;
    if new.hash <> encode(sha256(convert_to(new.prev_hash || E'\\n' || new.body, 'UTF8')), 'hex') then
        raise exception 'ledger hash wrong at seq %', new.seq
            using errcode = 'integrity_constraint_violation';
    end if;
    if (said->>'case_id')::uuid <> new.case_id or (said->>'seq')::integer <> new.seq
        or said->'event'->>'kind' <> new.kind or said->>'request_id' <> new.request_id then
        raise exception 'ledger columns disagree with the body at seq %', new.seq
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;

create trigger case_event_chain before insert on case_event
    for each row execute function check_chain();
create trigger case_event_no_change before update or delete on case_event
    for each row execute function refuse_change();
create trigger case_event_no_truncate before truncate on case_event
    for each statement execute function refuse_change();
create trigger case_request_no_change before update or delete on case_request
    for each row execute function refuse_change();
create trigger case_request_no_truncate before truncate on case_request
    for each statement execute function refuse_change();
create trigger stored_object_no_change before update or delete on stored_object
    for each row execute function refuse_change();
"""

GRANTS = """
grant usage on schema public to guixue_app;
grant select, insert on case_event, case_request, rule_snapshot, stored_object, history_archive,
    proof_run to guixue_app;
grant select, insert, update on case_file, obligation, paper, number_series, outbox, office
    to guixue_app;
"""


def upgrade() -> None:
    for block in (TABLES, GUARDS, GRANTS):
        for statement in statements(block):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("the ledger is never taken back")


def statements(block: str) -> list[str]:
    """Split a block at its semicolons, leaving the bodies between ``$$`` whole."""
    parts, inside = [""], False
    for line in block.strip().splitlines():
        parts[-1] += line + "\n"
        inside ^= line.count("$$") % 2 == 1
        if line.rstrip().endswith(";") and not inside:
            parts.append("")
    return [part for part in parts if part.strip()]
