"""What a clerk does in these tests: write a file, send it in, look at the tables."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from intake.attendance import import_attendance
from tests.intake import golden
from tests.intake.calendars import calendar_for
from tests.intake.village import PRIMARY

CALENDAR = calendar_for(golden.AS_OF)
TABLES = {
    "absence": "select child_ref, day, kind, reason from absence order by 1, 2",
    "class_day": "select class_code, day, is_full_attendance from class_day order by 1, 2",
    "lead": "select * from lead order by id",
    "outbox": "select kind, payload, dedupe_key from outbox order by dedupe_key",
    "import_run": "select id, rows_ok from import_run order by id",
}


async def take(engine: AsyncEngine, path, as_of=golden.AS_OF, **more):
    async with engine.connect() as connection:
        return await import_attendance(
            connection, path, by="clerk-1", calendar=CALENDAR, as_of=as_of, **more
        )


async def tables(engine: AsyncEngine):
    async with engine.connect() as connection:
        return {
            name: (await connection.execute(text(query))).all() for name, query in TABLES.items()
        }


def attendance(path, rows):
    """Write a plain file of (day, child, mark); a child of None is the whole class."""
    lines = ["日期,学校,班级,身份证号,姓名,考勤,原因"]
    for day, child, mark in rows:
        who = f"{child.id_no},{child.name}" if child else ","
        number = child.class_number if child else 1
        lines.append(f"{day},{PRIMARY.name},三年级{number}班,{who},{mark},")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def october(*days: int) -> list[date]:
    return [date(2025, 10, day) for day in days]
