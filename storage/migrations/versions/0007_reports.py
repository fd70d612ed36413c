"""Monthly reports with their versions, and the log of what was exported."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
create table monthly_report (
    id uuid primary key default gen_random_uuid(),
    office_kind text not null check (office_kind in ('school', 'township', 'county')),
    office text not null,
    county text not null,
    month text not null check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    version integer not null check (version >= 1),
    status text not null check (status in ('drafted', 'submitted', 'signed')),
    data jsonb not null,
    data_sha256 text not null check (length(data_sha256) = 64),
    reason text not null default '',
    changes jsonb not null default '[]',
    drafted_by text not null,
    drafted_at timestamptz not null,
    submitted_by text,
    submitted_at timestamptz,
    signed_by text,
    signed_at timestamptz,
    pdf_sha256 text references stored_object (sha256),
    xlsx_sha256 text references stored_object (sha256),
    unique (office, month, version),
    check (signed_by is null or signed_by <> submitted_by),
    check ((status = 'drafted') = (submitted_by is null)),
    check ((status = 'signed') = (signed_by is not null)),
    check ((status = 'signed') = (pdf_sha256 is not null and xlsx_sha256 is not null)),
    check (version = 1 or reason <> '')
)""",
    "create unique index monthly_report_pending on monthly_report (office, month)"
    " where status <> 'signed'",
    "create index monthly_report_county on monthly_report (county, month)",
    """
create function keep_monthly_report() returns trigger language plpgsql as $$
begin
    if old.status = 'signed' then
        raise exception 'a signed monthly report is corrected by a new version';
    end if;
    if old.status = 'submitted'
        and (new.data, new.data_sha256, new.changes) is distinct from
            (old.data, old.data_sha256, old.changes) then
        raise exception 'what was submitted for signature does not change';
    end if;
    return new;
end $$""",
    "create trigger monthly_report_kept before update on monthly_report"
    " for each row execute function keep_monthly_report()",
    """
create table report_export (
    id bigint generated always as identity primary key,
    exported_at timestamptz not null,
    exported_by text not null,
    role text not null,
    office text not null,
    what text not null,
    purpose text not null,
    named_rows integer not null check (named_rows >= 0),
    sha256 text not null
)""",
    "create index report_export_office on report_export (office, exported_at)",
    "grant select, insert, update on monthly_report to guixue_app",
    "grant select, insert on report_export to guixue_app",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("report_export")
    op.drop_table("monthly_report")
    op.execute("drop function keep_monthly_report()")
