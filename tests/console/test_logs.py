"""What the logs of a working day say: nothing by which anybody could be found."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import structlog

from models.words import Role
from runtime import logging as our_logging
from tests.console.town import COUNTY, Town

SECRET = "欧阳不存在"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    target = io.StringIO()
    our_logging.configure("info", as_json=True, stream=target)
    yield target
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("uvicorn.access").disabled = False


async def test_a_day_of_work_leaves_no_name_number_or_address_in_the_log(
    town: Town, stream: io.StringIO
) -> None:
    """Leads, acts, refusals, papers, imports and errors: no child, guardian, telephone or ID number."""
    case = await town.case()
    await case.post(Role.EDU_HEAD, {"kind": "sign_off", "note": SECRET})
    await case.to_the_order()
    await town.deliver()
    await case.get("/papers")
    edu = town.bearer(Role.EDU_CASE, COUNTY)
    await town.http.get("/api/cases", headers=edu, params={"q": case.child.name})
    school = next(s.name for s in town.county.schools if s.code == case.child.school)
    rows = "学校,班级,学籍号,身份证号,姓名,日期,考勤,原因\n"
    for name, day in ((case.child.name, town.today - timedelta(days=4)), (SECRET, "2026-02-30")):
        rows += f"{school},八年级1班,{case.child.roll_no},{case.child.id_no},{name},{day},旷课,\n"
    files = {"file": (f"{SECRET}.csv", rows.encode())}
    await town.http.post("/api/imports", headers=edu, files=files)
    logging.getLogger("sqlalchemy.engine").error("row %s", case.child.name)
    log = stream.getvalue()
    assert "attendance_imported" in log
    for people in (town.county.children, town.county.guardians):
        for person in people:
            assert person.name not in log
            assert not person.id_no or person.id_no not in log
    for guardian in town.county.guardians:
        assert not guardian.phone or guardian.phone not in log
    assert SECRET not in log
    assert case.child.roll_no not in log
    assert re.search("[一-鿿]", log) is None, "no Chinese at all: names are Chinese"
    assert re.search(r"(?<![0-9a-f-])1[3-9]\d{9}(?![0-9a-f])", log) is None
