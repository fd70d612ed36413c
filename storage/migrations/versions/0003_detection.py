"""Create the rosters, the review of matches and the census."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003_detection"
down_revision = "0002"
branch_labels = None
depends_on = None

KINDS = (
    "household_register", "residence_permit", "school_roll", "present", "poverty_households",
    "disability", "leave_slips", "graduates", "junior_arrivals", "registration",
)  # fmt: skip
TABLES = (
    "roster_import", "roster_row", "roster_change", "column_choice", "match_review", "match_answer",
    "census", "census_task", "census_answer", "census_summary",
)  # fmt: skip
APPENDED = ("match_answer", "census_answer", "roster_change")
"""Answers and changes stay as they were given; a further row puts one right."""
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_imports()
    _create_rows()
    _create_matches()
    _create_census()
    changed = [name for name in TABLES if name not in APPENDED]
    op.execute(f"grant select, insert, update, delete on {', '.join(changed)} to guixue_app")
    op.execute(f"grant select, insert on {', '.join(APPENDED)} to guixue_app")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _text(name: str, length: int | None = None, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _known(name: str, rule: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    words = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{name} in ({words})", name=rule)


def _place() -> tuple[sa.Column[str], ...]:
    return _text("county", 6), _text("kind", 24), _text("term", 6), _text("source", 24)


def _create_imports() -> None:
    op.create_table(
        "roster_import",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *_place(),
        _known("kind", "rosterkind_known", KINDS),
        _text("file_sha256", 64),
        *(_text(name) for name in ("file_name", "signed_by", "imported_by")),
        sa.Column("imported_at", INSTANT, nullable=False),
        sa.Column("replaces", sa.Uuid(), sa.ForeignKey("roster_import.id")),
        sa.Column("is_amendment", sa.Boolean(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        *(
            sa.Column(f"rows_{what}", sa.Integer(), nullable=False)
            for what in ("total", "accepted", "rejected", "added", "changed", "removed")
        ),
        sa.Column("columns", JSONB(), nullable=False),
    )
    op.create_index("ix_roster_import_file_sha256", "roster_import", ["file_sha256"])
    op.create_index("ix_roster_import_place", "roster_import", ["county", "kind", "term", "source"])
    op.create_table(
        "roster_change",
        sa.Column("import_id", sa.Uuid(), sa.ForeignKey("roster_import.id"), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        _text("change", 24),
        _known("change", "changekind_known", ("added", "changed", "removed")),
        sa.Column("before", JSONB()),
        sa.Column("after", JSONB()),
    )
    op.create_table(
        "column_choice",
        *(
            sa.Column(name, sa.String(length), primary_key=True)
            for name, length in (("county", 6), ("source", 24), ("kind", 24), ("header", None))
        ),
        _known("kind", "columnchoice_kind_known", KINDS),
        _text("field"),
        _text("confirmed_by"),
        sa.Column("confirmed_at", INSTANT, nullable=False),
    )


def _create_rows() -> None:
    op.create_table(
        "roster_row",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("import_id", sa.Uuid(), sa.ForeignKey("roster_import.id"), nullable=False),
        *_place(),
        _known("kind", "rosterkind_known", KINDS),
        sa.Column("row_number", sa.Integer(), nullable=False),
        *(_text(name) for name in ("key", "person", "name", "name_key")),
        _text("sex", 24, nullable=True),
        sa.Column("birth_on", sa.Date()),
        _text("id_no", 18, nullable=True),
        _text("roll_no", 19, nullable=True),
        _text("school", 10, nullable=True),
        _text("school_name"),
        sa.Column("grade", sa.Integer()),
        sa.Column("class_number", sa.Integer()),
        _text("class_name"),
        _text("township", 9, nullable=True),
        _text("household_county", 6, nullable=True),
        *(_text(name) for name in ("household_label", "address", "guardian", "guardian_phone")),
        _text("poverty", 24, nullable=True),
        _text("whereabouts"),
        _text("whereabouts_school", 10, nullable=True),
        sa.Column("leave_from", sa.Date()),
        sa.Column("leave_to", sa.Date()),
        _text("reason"),
        _text("approved_by"),
        sa.Column("happened_on", sa.Date()),
        sa.Column("flags", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("extras", JSONB(), nullable=False),
        sa.Column("child_ref", sa.Uuid(), sa.ForeignKey("child.ref")),
        sa.UniqueConstraint("county", "kind", "term", "source", "key", name="roster_row_once"),
    )
    for column in ("person", "school", "import_id", "child_ref"):
        op.create_index(f"ix_roster_row_{column}", "roster_row", [column])


def _create_matches() -> None:
    op.create_table(
        "match_review",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _text("county", 6),
        _text("left_key"),
        _text("right_key"),
        _text("reason", 24),
        _known(
            "reason",
            "matchreason_known",
            ("number_shared", "two_numbers", "birth_differs", "no_number", "short_number"),
        ),
        _text("explanation"),
        _text("school", 10, nullable=True),
        _text("township", 9, nullable=True),
        sa.Column("evidence", JSONB(), nullable=False),
        sa.Column("found_at", INSTANT, nullable=False),
        _text("answer", nullable=True),
        sa.UniqueConstraint("county", "left_key", "right_key", name="match_once"),
    )
    op.create_index("ix_match_review_county", "match_review", ["county"])
    op.create_table(
        "match_answer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("review_id", sa.Uuid(), sa.ForeignKey("match_review.id"), nullable=False),
        _text("answer", 24),
        _known("answer", "matchanswer_known", ("same", "not_same", "need_paper")),
        _text("note"),
        _text("answered_by"),
        sa.Column("answered_at", INSTANT, nullable=False),
    )
    op.create_index("ix_match_answer_review_id", "match_answer", ["review_id"])


def _create_census() -> None:
    op.create_table(
        "census",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _text("county", 6),
        _text("term", 6),
        _text("method"),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        _text("policy_sha"),
        _text("started_by"),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ran_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("counts", JSONB(), nullable=False),
        sa.Column("sources", JSONB(), nullable=False),
        sa.UniqueConstraint("county", "term", name="census_once"),
    )
    op.create_table(
        "census_task",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("census_id", sa.Uuid(), sa.ForeignKey("census.id"), nullable=False),
        _text("difference", 24),
        _known(
            "difference",
            "difference_known",
            (
                "no_roll", "elsewhere", "no_household", "not_present", "present_no_roll",
                "name_differs", "school_differs", "four_columns",
            ),
        ),
        _text("person"),
        _text("name"),
        _text("sex", nullable=True),
        sa.Column("birth_on", sa.Date()),
        _text("id_no", 18, nullable=True),
        _text("roll_no", 19, nullable=True),
        _text("school", 10, nullable=True),
        sa.Column("grade", sa.Integer()),
        sa.Column("class_number", sa.Integer()),
        _text("township", 9, nullable=True),
        *(_text(name) for name in ("address", "guardian", "whereabouts")),
        _text("poverty", nullable=True),
        sa.Column("flags", sa.ARRAY(sa.String()), nullable=False),
        *(_text(name) for name in ("explanation", "owner_role", "owner_office")),
        sa.Column("due_on", sa.Date(), nullable=False),
        _text("status", 24),
        _known("status", "taskstatus_known", ("open", "closed", "county_list")),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.Column("child_ref", sa.Uuid(), sa.ForeignKey("child.ref")),
        sa.Column("lead_id", sa.Uuid()),
        sa.UniqueConstraint("census_id", "difference", "person", name="census_task_once"),
    )  # fmt: skip
    op.create_index("ix_census_task_owner", "census_task", ["owner_office", "status"])
    op.create_table(
        "census_answer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("task_id", sa.Uuid(), sa.ForeignKey("census_task.id"), nullable=False),
        _text("finding", 24, nullable=True),
        *(_text(name) for name in ("cause", "whereabouts", "note", "signed_by", "answered_by")),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
    )
    op.create_index("ix_census_answer_task_id", "census_answer", ["task_id"])
    op.create_table(
        "census_summary",
        sa.Column("census_id", sa.Uuid(), sa.ForeignKey("census.id"), primary_key=True),
        sa.Column("level", sa.String(), primary_key=True),
        sa.Column("code", sa.String(), primary_key=True),
        _text("name"),
        sa.Column("counts", JSONB(), nullable=False),
    )
