"""Create the roster: places, schools, people, attendance and leads."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "county",
    "township",
    "school",
    "class_room",
    "school_term",
    "household",
    "child",
    "guardian",
    "child_guardian",
    "import_run",
    "absence",
    "class_day",
    "lead",
)


def upgrade() -> None:
    _create_places()
    _create_people()
    _create_attendance()
    op.execute(f"grant select, insert, update, delete on {', '.join(TABLES)} to guixue_app")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _text(name: str, length: int | None = None, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _coded(name: str, rule: str, *values: str) -> tuple[sa.Column[str], sa.CheckConstraint]:
    known = ", ".join(f"'{value}'" for value in values)
    return (
        sa.Column(name, sa.String(24), nullable=False),
        sa.CheckConstraint(f"{name} in ({known})", name=rule),
    )


def _points_to(
    name: str, target: str, *, length: int | None = None, nullable: bool = False, key: bool = False
) -> sa.Column[Any]:
    kind = sa.Uuid() if target.endswith((".ref", ".id")) else sa.String(length)
    return sa.Column(name, kind, sa.ForeignKey(target), nullable=nullable, primary_key=key)


def _create_places() -> None:
    op.create_table(
        "county",
        sa.Column("code", sa.String(6), primary_key=True),
        _text("name"),
        _text("bureau_name"),
    )
    op.create_table(
        "township",
        sa.Column("code", sa.String(9), primary_key=True),
        _points_to("county", "county.code"),
        _text("name"),
        *_coded("kind", "townshipkind_known", "township", "subdistrict"),
        _text("government_name"),
    )
    op.create_index("ix_township_county", "township", ["county"])
    op.create_table(
        "school",
        sa.Column("code", sa.String(10), primary_key=True),
        _points_to("township", "township.code"),
        _points_to("county", "county.code"),
        _text("name"),
        *_coded("stage", "schoolstage_known", "primary", "junior", "nine_year"),
        _text("address"),
        _text("phone"),
    )
    for column in ("township", "county", "name"):
        op.create_index(f"ix_school_{column}", "school", [column])
    op.create_table(
        "class_room",
        sa.Column("code", sa.String(24), primary_key=True),
        _points_to("school", "school.code"),
        sa.Column("school_year", sa.Integer(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("head_teacher"),
        sa.UniqueConstraint("school", "school_year", "grade", "number"),
        sa.CheckConstraint("grade between 1 and 9", name="grade_compulsory"),
    )
    op.create_table(
        "school_term",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), primary_key=True),
        _points_to("county", "county.code"),
        _points_to("school", "school.code", nullable=True),
        _text("name"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.UniqueConstraint("county", "school", "name", postgresql_nulls_not_distinct=True),
        sa.CheckConstraint("starts_on <= ends_on", name="term_runs_forward"),
    )


def _create_people() -> None:
    op.create_table(
        "household",
        sa.Column("ref", sa.Uuid(), primary_key=True),
        _text("head_name"),
        *_coded("poverty", "povertykind_known", "none", "lifted", "unstable", "edge", "sudden"),
    )
    op.create_table(
        "child",
        sa.Column("ref", sa.Uuid(), primary_key=True),
        sa.Column("id_no", sa.String(18), unique=True),
        sa.Column("roll_no", sa.String(19), unique=True),
        _text("name"),
        *_coded("sex", "sex_known", "male", "female", "unknown", "unstated"),
        sa.Column("birth_on", sa.Date(), nullable=False),
        _points_to("school", "school.code", nullable=True),
        sa.Column("grade", sa.Integer()),
        sa.Column("class_number", sa.Integer()),
        _text("household_county", 6),
        _text("household_township", 9, nullable=True),
        _text("household_address"),
        _text("current_address"),
        _points_to("residence_township", "township.code", length=9, nullable=True),
        sa.Column("is_boarding", sa.Boolean(), nullable=False),
        _points_to("household_ref", "household.ref", nullable=True),
        sa.CheckConstraint("grade between 1 and 9", name="grade_compulsory"),
    )
    for column in ("name", "school", "residence_township", "household_ref"):
        op.create_index(f"ix_child_{column}", "child", [column])
    op.create_table(
        "guardian",
        sa.Column("ref", sa.Uuid(), primary_key=True),
        _text("name"),
        *_coded("sex", "sex_known", "male", "female", "unknown", "unstated"),
        sa.Column("id_no", sa.String(18), unique=True),
        _text("phone"),
        _text("address"),
        _text("workplace"),
        sa.Column("is_away", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "child_guardian",
        _points_to("child_ref", "child.ref", key=True),
        _points_to("guardian_ref", "guardian.ref", key=True),
        *_coded(
            "relation",
            "relation_known",
            "father",
            "mother",
            "grandfather",
            "grandmother",
            "maternal_grandfather",
            "maternal_grandmother",
            "sibling",
            "other",
        ),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_child_guardian_guardian_ref", "child_guardian", ["guardian_ref"])


def _create_attendance() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *_coded(
            "kind",
            "importkind_known",
            "attendance",
            "school_list",
            "school_roll",
            "household_register",
            "guardians",
            "poverty",
            "hand_over",
        ),
        _text("file_name"),
        _text("file_sha256", 64),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        _text("imported_by"),
        *(
            sa.Column(f"rows_{what}", sa.Integer(), nullable=False)
            for what in ("total", "ok", "rejected", "added", "replaced", "withdrawn", "unchanged")
        ),
        sa.Column("rejected_rows", sa.ARRAY(sa.Integer()), nullable=False),
    )
    op.create_index("ix_import_run_file_sha256", "import_run", ["file_sha256"])
    op.create_table(
        "absence",
        _points_to("child_ref", "child.ref", key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        *_coded("kind", "absencekind_known", "unexcused", "leave", "sick", "official"),
        _text("reason"),
        _points_to("import_id", "import_run.id"),
    )
    op.create_index("ix_absence_day", "absence", ["day"])
    op.create_index("ix_absence_import_id", "absence", ["import_id"])
    op.create_table(
        "class_day",
        _points_to("class_code", "class_room.code", length=24, key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("is_full_attendance", sa.Boolean(), nullable=False),
        _points_to("import_id", "import_run.id"),
    )
    op.create_index("ix_class_day_import_id", "class_day", ["import_id"])
    op.create_table(
        "lead",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _points_to("child_ref", "child.ref"),
        *_coded(
            "source",
            "leadsource_known",
            "attendance",
            "first_week",
            "census",
            "transition",
            "tip",
            "department",
            "other_county",
            "manual",
        ),
        sa.Column("absent_since", sa.Date()),
        sa.Column("last_absent_on", sa.Date()),
        sa.Column("absent_days", sa.Integer(), nullable=False),
        sa.Column("detected_on", sa.Date(), nullable=False),
        *_coded("status", "leadstatus_known", "pending", "opened", "joined", "dismissed"),
        sa.Column("case_id", sa.Uuid()),
        sa.Column("request_id", sa.String(), unique=True),
    )
    op.create_index("ix_lead_child_ref", "lead", ["child_ref"])
    op.create_index("ix_lead_case_id", "lead", ["case_id"])
