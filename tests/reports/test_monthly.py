"""The monthly report: its ten columns, its life, its corrections, and the duty it satisfies."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.periodic import PeriodicActivities
from models import commands as c
from models.base import canonical, digest
from models.words import Role
from reports import monthly, monthly_store
from reports.monthly import MonthlyData
from reports.refusal import NoSuchReport, ReportRefused
from storage.objects import get
from tests.lifecycle import roads
from tests.papers.reading import pdf_pages, squeeze
from tests.reports.planted import OTHER_TOWN, id_no, person, plant, start
from tests.storage import book
from tests.walk import COUNTY, SCHOOL, TOWNSHIP

AT = datetime(2025, 9, 19, 2, 0, tzinfo=UTC)
LATE = datetime(2025, 9, 29, 2, 0, tzinfo=UTC)
CLERK = person(Role.CENTER_SCHOOL, TOWNSHIP, "center-clerk")
HEAD = person(Role.CENTER_SCHOOL, TOWNSHIP, "center-head")
WHO = {"preparer": "周敏", "phone": "0000-2"}
TEN = [
    "序号", "学校", "姓名", "性别", "年级", "班级", "身份证号码", "辍学原因",
    "是否为建档立卡贫困家庭子女", "控辍保学措施",
]  # fmt: skip


async def filed(engine: AsyncEngine, month: str = "2025-09", at: datetime = AT, **how: Any) -> Any:
    async with engine.begin() as connection:
        await monthly_store.draft(connection, CLERK, month, at, **WHO, **how)
        await monthly_store.submit(connection, CLERK, month, at)
        return await monthly_store.sign(connection, HEAD, month, at)


async def sheet(engine: AsyncEngine, row: Any) -> list[list[Any]]:
    async with engine.connect() as connection:
        xlsx = await get(connection, row.xlsx_sha256)
    book_ = CalamineWorkbook.from_filelike(io.BytesIO(xlsx))
    return book_.get_sheet_by_index(0).to_python()


async def test_ten_columns_and_the_children_who_are_out(bare: AsyncEngine) -> None:
    """XLSX and PDF: the head of the annex; those out and confirmed, nobody back, lawful or suspected."""
    await plant(bare, "zhongyang")
    row = await filed(bare)
    said = await sheet(bare, row)
    assert said[0][0] == "义务教育阶段学生辍学月报表"
    assert [cell for cell in said[1] if cell] == [
        "学校（盖章）：东风镇中心学校", "报送时间：2025-09-19", "填表人：周敏", "联系电话：0000-2",
    ]  # fmt: skip
    assert said[2] == TEN
    assert [line[2] for line in said[3:5]] == ["张小禾", "李知远"]
    first = said[3]
    assert first[:9] == [
        1, "东风初级中学", "张小禾", "女", "八年级", "1班", id_no(1), "厌学", "是",
    ]  # fmt: skip
    assert "上门劝返2次（联合2次）" in first[9]
    assert said[4][7:9] == ["特殊原因（密）", "否"]
    async with bare.connect() as connection:
        printed = "".join(pdf_pages(await get(connection, row.pdf_sha256)))
    for word in (*TEN, "张小禾", id_no(1), "特殊原因（密）", "报送时间：2025-09-19"):
        assert squeeze(word) in printed
    assert "因病" not in printed


async def test_relapse_counts_again_and_the_day_decides(engine: AsyncEngine) -> None:
    """A child back on the 11th and away again on the 21st is missing from the 19th's report only."""
    early = MonthlyData.model_validate((await filed(engine)).data)
    assert [row.name for row in early.rows] == ["张小禾", "李知远"]
    assert len(early.new_cases) == 5
    assert len(early.returned_cases) == 2
    async with engine.begin() as connection:
        later = await monthly_store.draft(
            connection, CLERK, "2025-09", LATE, reason="补报再次辍学", **WHO
        )
    names = [row.name for row in MonthlyData.model_validate(later.data).rows]
    assert names == ["张小禾", "李知远", "钱多多"]


async def test_zero_month_is_a_report(bare: AsyncEngine) -> None:
    """Nobody out: one row that says 无, signed like any other."""
    await plant(bare)
    row = await filed(bare, "2025-08")
    said = await sheet(bare, row)
    assert said[3][1] == "无"
    assert MonthlyData.model_validate(row.data).rows == ()


@pytest.mark.parametrize(
    ("profile", "heading"),
    [("zhongyang", "是否为建档立卡贫困家庭子女"), ("yunnan", "是否为脱贫户家庭子女")],
)
async def test_the_form_pack_heads_the_ninth_column(
    bare: AsyncEngine, profile: str, heading: str
) -> None:
    """The label of the register is the jurisdiction's own."""
    await plant(bare, profile)
    assert (await sheet(bare, await filed(bare)))[2][8] == heading


async def test_the_one_who_submits_does_not_sign(engine: AsyncEngine) -> None:
    """Second person; a clerk of a class or another role is refused as well."""
    async with engine.begin() as connection:
        await monthly_store.draft(connection, CLERK, "2025-09", AT, **WHO)
        with pytest.raises(NoSuchReport):
            await monthly_store.sign(connection, HEAD, "2025-09", AT)
        await monthly_store.submit(connection, CLERK, "2025-09", AT)
        with pytest.raises(ReportRefused, match="提交人本人"):
            await monthly_store.sign(connection, CLERK, "2025-09", AT)
        with pytest.raises(ReportRefused, match="待签字"):
            await monthly_store.draft(connection, CLERK, "2025-09", AT, **WHO)
        teacher = person(Role.CLASS_TEACHER, SCHOOL, "t")
        with pytest.raises(ReportRefused, match="不能填报"):
            await monthly_store.draft(connection, teacher, "2025-09", AT, **WHO)
        registrar = person(Role.REGISTRAR, SCHOOL, "r")
        await monthly_store.draft(connection, registrar, "2025-09", AT, **WHO)
        with pytest.raises(ReportRefused, match="不能签字"):
            await monthly_store.sign(connection, registrar, "2025-09", AT)
        with pytest.raises(ReportRefused, match="还没有开始"):
            await monthly_store.draft(connection, CLERK, "2025-10", AT, **WHO)
        with pytest.raises(ReportRefused, match="2026-09 的形式"):
            await monthly_store.draft(connection, CLERK, "九月", AT, **WHO)


async def test_what_is_signed_is_frozen(engine: AsyncEngine, owner_url: str) -> None:
    """Signing twice is one signature; the row cannot be changed, and its hash is that of its data."""
    row = await filed(engine)
    async with engine.begin() as connection:
        again = await monthly_store.sign(connection, HEAD, "2025-09", LATE)
    assert again == row
    data = MonthlyData.model_validate(row.data)
    assert digest(canonical(monthly.as_json(data))) == row.data_sha256
    with pytest.raises(DBAPIError, match="corrected by a new version"):
        async with engine.begin() as connection:
            await connection.execute(text("update monthly_report set data = '{}'"))
    with pytest.raises(DBAPIError, match="permission denied"):
        async with engine.begin() as connection:
            await connection.execute(text("delete from monthly_report"))


async def test_a_correction_is_a_new_version_that_says_what_changed(engine: AsyncEngine) -> None:
    """Marked 更正 with each change in words; the old version keeps its bytes; no change, no version."""
    first = await filed(engine)
    with pytest.raises(ReportRefused, match="没有可更正的内容"):
        await filed(engine, reason="核对有误")
    late = roads.dropout(start(7))
    late.do(c.SetResponsibleParty, Role.EDU_CASE, party="ours", reason="经研究")
    asked = book.requests(late, *await book.store_rules(engine, late))
    for request in asked[1:]:
        case = (await book.rows(
            engine, "select case_id from case_file where child_ref = :r",
            r=late.state.child_ref,
        ))[0].case_id  # fmt: skip
        moved = request.model_copy(update={"case_id": str(case)})
        await book.send(engine, moved)
    second = await filed(engine, reason="漏报一人")
    assert (first.version, second.version) == (1, 2)
    assert any("增加孙晓" in line for line in second.changes)
    said = await sheet(engine, second)
    assert said[0][0] == "（更正）义务教育阶段学生辍学月报表"
    assert any("更正说明：漏报一人" in str(line[0]) for line in said)
    async with engine.connect() as connection:
        old = await monthly_store.get_report(connection, CLERK, TOWNSHIP, "2025-09", 1)
        listed = await monthly_store.list_reports(connection, CLERK)
    assert old == first
    assert [row.version for row in listed] == [1, 2]


async def test_only_who_stands_above_sees_it(engine: AsyncEngine) -> None:
    """The county sees it, the township beside it does not."""
    await filed(engine)
    async with engine.connect() as connection:
        county = person(Role.EDU_CASE, COUNTY, "e")
        assert len(await monthly_store.list_reports(connection, county)) == 1
        beside = person(Role.CENTER_SCHOOL, OTHER_TOWN, "b")
        assert await monthly_store.list_reports(connection, beside) == []
        with pytest.raises(NoSuchReport):
            await monthly_store.get_report(connection, beside, TOWNSHIP, "2025-09")


async def test_signing_in_time_meets_the_periodic_duty(bare: AsyncEngine) -> None:
    """By the end of the 20th it is met; the township that did not sign has missed it; late is late."""
    await plant(bare, "zhongyang")
    await filed(bare)
    after = datetime(2025, 9, 21, 1, 0, tzinfo=UTC)
    judged = await PeriodicActivities(bare, lambda: after).judge_periodic("monthly_report")
    assert (judged.met, judged.missed) == (1, 1)
    found = {
        row.office: row
        for row in await book.rows(
            bare, "select * from periodic_duty where duty = 'monthly_report' and period = '2025-09'"
        )
    }
    assert (found[TOWNSHIP].status, found[TOWNSHIP].met_at) == ("met", AT)
    assert "2025-09月报已签字报送（2人）" in found[TOWNSHIP].proof
    assert found[OTHER_TOWN].status == "missed"
    late = (
        person(Role.CENTER_SCHOOL, OTHER_TOWN, "w1"),
        person(Role.CENTER_SCHOOL, OTHER_TOWN, "w2"),
    )
    async with bare.begin() as connection:
        await monthly_store.draft(connection, late[0], "2025-09", LATE, **WHO)
        await monthly_store.submit(connection, late[0], "2025-09", LATE)
        await monthly_store.sign(connection, late[1], "2025-09", LATE)
    await PeriodicActivities(bare, lambda: LATE).judge_periodic("monthly_report")
    (row,) = await book.rows(
        bare, "select * from periodic_duty where duty = 'monthly_report' and office = :o"
        " and period = '2025-09'", o=OTHER_TOWN,
    )  # fmt: skip
    assert row.status == "met_late"


def test_months_are_whole() -> None:
    """First and last day, February of a leap year and December included."""
    assert monthly.month_of("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert monthly.month_of("2025-12")[1] == date(2025, 12, 31)
    with pytest.raises(ValueError, match="9999-12"):
        monthly.month_of("9999-12")
