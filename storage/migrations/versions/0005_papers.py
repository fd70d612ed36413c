"""Papers beside the main line, batches of notices, attachments and the log of who read them."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS = (
    "alter table paper drop constraint paper_status_check",
    "alter table paper add constraint paper_status_check check (status in"
    " ('drafted', 'checked', 'issued', 'served', 'voided', 'replaced'))",
    "alter table paper add column verify_code text unique",
    """
create table paper_batch (
    id uuid primary key,
    kind text not null,
    county text not null,
    office text not null,
    title text not null,
    status text not null check (status in ('drafted', 'issued', 'rendered', 'withdrawn')),
    drafted_by text not null,
    drafted_at timestamptz not null default now(),
    approved_by text,
    issued_on date,
    total integer not null check (total >= 1),
    pdf_sha256 text references stored_object (sha256),
    list_sha256 text references stored_object (sha256),
    problem text,
    check (approved_by is null or approved_by <> drafted_by)
)""",
    "create index paper_batch_office on paper_batch (office, drafted_at)",
    """
create table batch_paper (
    batch_id uuid not null references paper_batch (id),
    place integer not null check (place >= 1),
    child_ref uuid,
    content jsonb not null,
    status text not null check (status in ('drafted', 'issued', 'served', 'voided')),
    issuer text,
    word text,
    year integer,
    serial integer,
    doc_no text,
    verify_code text unique,
    data jsonb,
    data_sha256 text,
    template_sha256 text,
    fonts_sha256 text,
    pdf_sha256 text,
    docx_sha256 text,
    served_on date,
    void_reason text,
    voided_by text,
    problem text,
    primary key (batch_id, place),
    unique (batch_id, child_ref),
    unique (issuer, word, year, serial)
)""",
    """
create table attachment (
    id uuid primary key,
    case_id uuid not null references case_file (case_id),
    evidence_ref text not null,
    event_seq integer,
    file_name text not null,
    media_type text not null check (media_type in ('image/jpeg', 'image/png', 'application/pdf')),
    size_bytes integer not null check (size_bytes > 0),
    sha256 text not null check (length(sha256) = 64),
    object_sha256 text not null references stored_object (sha256),
    thumbnail_sha256 text references stored_object (sha256),
    uploaded_by text not null,
    uploaded_role text not null,
    uploaded_at timestamptz not null default now(),
    unique (case_id, evidence_ref, sha256)
)""",
    "create index attachment_case on attachment (case_id, evidence_ref)",
    """
create table attachment_read (
    id bigint generated always as identity primary key,
    attachment_id uuid not null references attachment (id),
    actor_id text not null,
    actor_role text not null,
    actor_office text not null,
    read_at timestamptz not null default now()
)""",
    "create index attachment_read_attachment on attachment_read (attachment_id, read_at)",
    "create trigger attachment_no_change before update or delete on attachment"
    " for each row execute function refuse_change()",
    "create trigger attachment_read_no_change before update or delete on attachment_read"
    " for each row execute function refuse_change()",
    "grant select, insert on attachment, attachment_read to guixue_app",
    "grant select, insert, update on paper_batch, batch_paper to guixue_app",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("issued papers and evidence are never taken back")
