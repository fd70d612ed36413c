"""What a class teacher does in these tests: report a class's day, ask for leave, look at tables."""

from datetime import date, datetime
from itertools import count
from zoneinfo import ZoneInfo

from sqlalchemy import text

from intake.entry import AbsentChild, ClassEntry, report_class
from intake.leads import Basis
from models.roster import AbsenceKind
from tests.intake.office import CALENDAR
from tests.intake.village import OTHER, PRIMARY

CHINA = ZoneInfo("Asia/Shanghai")
ONE, TWO = f"{PRIMARY.code}-2025-0301", f"{PRIMARY.code}-2025-0302"
FAR_ONE = f"{OTHER.code}-2025-0301"
_keys = count(1)


def basis(as_of: date, *, hour: int = 10, by: str = "teacher-1", **more) -> Basis:
    at = datetime(as_of.year, as_of.month, as_of.day, hour, tzinfo=CHINA)
    return Basis(by, at, as_of, more.pop("calendar", CALENDAR), **more)


async def say(engine, code, day, *absent, kind=AbsenceKind.UNEXCUSED, key=None, **more):
    """Report one class's day by hand: who was absent, and everybody else was there."""
    entry = ClassEntry(
        code, day, tuple(AbsentChild(child.ref, kind) for child in absent), key or f"k{next(_keys)}"
    )
    async with engine.begin() as connection:
        return await report_class(connection, entry, more.pop("basis", None) or basis(day, **more))


async def rows(engine, query, **values):
    async with engine.connect() as connection:
        return (await connection.execute(text(query), values)).all()


async def leads(engine):
    return [
        (str(r.child_ref)[-4:], r.absent_since, r.last_absent_on, r.absent_days, r.status)
        for r in await rows(engine, "select * from lead order by child_ref, absent_since")
    ]
