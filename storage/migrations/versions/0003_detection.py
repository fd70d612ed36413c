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
TABLES = ("roster_import", "roster_row", "roster_change", "column_choice")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_imports()
    _create_rows()
    op.execute(f"grant select, insert, update, delete on {', '.join(TABLES)} to guixue_app")


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
