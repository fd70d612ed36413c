"""F5, F6, F7: the four columns, the rolls of groups, what departments were asked."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from python_calamine import CalamineWorkbook
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.ext.asyncio import AsyncSession as Session

from models.groups import GroupLabel
from models.rosters import RosterImport, RosterKind, RosterRow
from models.words import Role
from storage.groups import put_on
from tests.reports.planted import person
from tests.reports.test_books import column, file_of, made
from tests.walk import COUNTY, SCHOOL, TOWNSHIP

AT = datetime(2025, 9, 30, 9, 0, tzinfo=UTC)
LISTS: dict[RosterKind, tuple[str, ...]] = {
    RosterKind.HOUSEHOLD_REGISTER: ("甲一", "乙二"),
    RosterKind.REGISTRATION: ("甲一",),
    RosterKind.SCHOOL_ROLL: ("甲一", "丙三"),
    RosterKind.PRESENT: ("甲一",),
}


async def import_lists(engine: AsyncEngine) -> None:
    async with Session(engine) as session:
        for kind, names in LISTS.items():
            taken = RosterImport(
                id=uuid4(), county=COUNTY, kind=kind, term="2025-1", source=TOWNSHIP,
                file_sha256="0" * 64, file_name="x", imported_by="t", imported_at=AT,
                rows_total=1, rows_accepted=1, rows_rejected=0, rows_added=1, rows_changed=0,
                rows_removed=0, columns={},
            )  # fmt: skip
            session.add(taken)
            await session.flush()
            for number, name in enumerate(names, 1):
                session.add(
                    RosterRow(
                        import_id=taken.id,
                        county=COUNTY,
                        kind=kind,
                        term="2025-1",
                        source=TOWNSHIP,
                        row_number=number,
                        key=name,
                        person=f"n:{name}",
                        name=name,
                        name_key=name,
                        township=TOWNSHIP,
                        school=SCHOOL,
                        flags=[],
                        extras={},
                    )
                )
        await session.commit()


async def test_each_child_has_its_ticks_and_room_for_a_signature(engine: AsyncEngine) -> None:
    """In all four lists, in the register only, in the roll only: three lines, told apart."""
    await import_lists(engine)
    assert await ticks(engine) == {"甲一": "户册籍人", "乙二": "户", "丙三": "籍"}
    table = await made(engine, "four_columns")
    assert set(column(table, "摸底人签字")) == {""}
    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO(await file_of(engine, "four_columns", "xlsx"))
    ).get_sheet_by_index(0)
    assert any("户、册、籍、人四对照表" in str(cell) for row in sheet.to_python() for cell in row)


async def ticks(engine: AsyncEngine, office: str | None = None) -> dict[str, str]:
    table = await made(engine, "four_columns", office=office)
    titles = [each.title for each in table.columns]
    rows = {row[1]: dict(zip(titles, row, strict=True)) for row in table.rows}
    return {
        str(name): "".join(each for each in "户册籍人" if row[each]) for name, row in rows.items()
    }


async def test_a_row_a_later_file_left_alone_is_still_there(engine: AsyncEngine) -> None:
    """A corrected file replaces the import, not the rows it does not change."""
    await import_lists(engine)
    before = await ticks(engine)
    async with engine.begin() as connection:
        await connection.execute(text("update roster_import set is_current = false"))
    assert await ticks(engine) == before


async def test_lists_of_an_earlier_term_tick_nothing(engine: AsyncEngine) -> None:
    """Who was at school last term and is on no list of this one is not in the table."""
    await import_lists(engine)
    async with engine.begin() as connection:
        await connection.execute(
            text("update roster_row set term = '2024-2' where kind in ('present', 'school_roll')")
        )
    assert await ticks(engine) == {"甲一": "户册", "乙二": "户"}


async def test_a_school_sees_the_register_of_its_own_pupils(engine: AsyncEngine) -> None:
    """The household register names no school: its tick comes with the child."""
    await import_lists(engine)
    async with engine.begin() as connection:
        await connection.execute(
            text("update roster_row set school = null where kind = 'household_register'")
        )
    assert await ticks(engine, SCHOOL) == {"甲一": "户册籍人", "丙三": "籍"}


async def a_child(engine: AsyncEngine) -> UUID:
    async with engine.connect() as connection:
        found = await connection.execute(
            text("select ref from child where school = :school order by name limit 1"),
            {"school": SCHOOL},
        )
        ref: UUID = found.scalar_one()
        return ref


async def test_groups_are_listed_and_the_confidential_ones_for_the_county_only(
    engine: AsyncEngine,
) -> None:
    """A left-behind child is on the list of its school; a prisoner's child is the county's matter."""
    ref = await a_child(engine)
    async with engine.begin() as connection:
        for label in (GroupLabel.LEFT_BEHIND, GroupLabel.OF_PRISONER):
            await put_on(
                connection, ref, label, since=date(2025, 9, 1), source="摸底", by="t", at=AT
            )
    principal: Any = person(Role.PRINCIPAL, SCHOOL, "p")
    assert "留守" in column(await made(engine, "groups", principal), "类别")
    assert "服刑人员子女" not in column(await made(engine, "groups", principal), "类别")
    assert "服刑人员子女" in column(await made(engine, "groups"), "类别")


async def test_referrals_stand_with_their_deadline_and_answer(engine: AsyncEngine) -> None:
    """The book of referrals opens for the county; confidential causes are counted, not named."""
    table = await made(engine, "referrals", person(Role.PRINCIPAL, SCHOOL, "p"))
    assert [each.title for each in table.columns][3:5] == ["转介部门", "涉及"]
    assert any("按原因计数" in line for line in table.below)
    assert "因病" not in str(table.rows)
