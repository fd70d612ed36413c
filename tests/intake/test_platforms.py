"""Outside platforms: layouts as data, what leaves in a file, what comes back, what does not agree."""

import csv
import io
from datetime import date
from uuid import uuid4

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text, true
from xlsxwriter import Workbook

from intake.consistency import Mismatch, consistency, workbook
from intake.places import move_child
from intake.platform_files import (
    ReceiptProblem,
    ReceiptRefused,
    export,
    import_results,
    record_receipt,
    statuses,
)
from intake.platform_layouts import (
    CaseField,
    PlatformError,
    platform_of,
    platforms,
    platforms_in_use,
)
from intake.problems import IntakeError
from models.state import CaseState
from models.words import Cause, Weight
from policy.loader import profiles, snapshot
from tests.intake.desk import ONE, TWO, basis, rows, say
from tests.intake.office import october
from tests.intake.village import PRIMARY, QI, SECOND_CLASS, YU

D13, D14, D15 = october(13, 14, 15)
AT = basis(D15).at
ROLL, SERVICE = platform_of("national_school_roll"), platform_of("national_service")


async def open_case(engine, child, number, *, stage="persuasion", school=PRIMARY.code, cause=None):
    """Write a case's head as the ledger's projection would."""
    case_id = uuid4()
    state = CaseState(
        case_id=str(case_id), revision=1, configuration=("persuading", stage),
        child_ref=str(child.ref), school=school, absent_since=D13, absent_days=3, cause=cause,
    )  # fmt: skip
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "insert into rule_snapshot (sha, kind, body) values (:sha, 'policy', '{}')"
                " on conflict do nothing"
            ),
            {"sha": "0" * 64},
        )
        await connection.execute(
            text("""
                insert into case_file (case_id, case_no, workflow_id, child_ref, episode, county,
                    township, school, head_seq, head_hash, stage, queue, owner_role, owner_office,
                    is_overdue, opened_on, last_event_at, policy_sha, state)
                values (:id, :no, :no, :child, 1, '990101', '990101001', :school, 1, '', :stage,
                    'q', 'principal', :school, false, :on, now(), :sha, cast(:state as jsonb))
            """),
            {
                "id": case_id, "no": f"990101-2025-{number:05d}", "child": child.ref,
                "school": school, "stage": stage, "on": D15, "sha": "0" * 64,
                "state": state.model_dump_json(),
            },
        )  # fmt: skip
    return case_id


async def file_of(engine, platform, **more):
    async with engine.begin() as connection:
        return await export(
            connection, platform, true(), county="990101", by="clerk-1", at=AT, **more
        )


def sheet(content):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_every_platform_a_profile_names_has_a_layout():
    """Each jurisdiction's parameter is served; every layout owns to being a house default."""
    counts = {
        name: [p.key for p in platforms_in_use(snapshot(name, date(2026, 1, 1)))]
        for name in profiles()
    }
    assert counts["dongchuan"] == [
        "national_school_roll", "yunnan_pupils", "government_relief", "national_service"
    ]  # fmt: skip
    assert all(counts.values())
    assert len(platforms()) == 4
    assert {p.weight for p in platforms().values()} == {Weight.HOUSE_DEFAULT}


def test_an_unknown_platform_is_named(tmp_path):
    """A county that registers on a platform without a layout is told which one is missing."""
    policy = snapshot("dongchuan", date(2026, 1, 1))
    said = policy["platforms"].but(value="甲平台,全国中小学生管理服务平台")
    with pytest.raises(PlatformError, match="甲平台"):
        platforms_in_use(policy.but(parameters=policy.parameters | {"platforms": said}))
    with pytest.raises(PlatformError, match="可选"):
        platform_of("nowhere")


async def test_the_file_holds_the_platforms_columns_with_whole_numbers(village):
    """Titles as the layout says, one row per open case, 18 digits and no formula lost."""
    async with village.begin() as connection:
        await connection.execute(
            text("update child set name = '=1+1' where ref = :ref"), {"ref": YU.ref}
        )
    await open_case(village, YU, 1)
    made = await file_of(village, ROLL)
    header, row = sheet(made.content)
    assert header == [column.title for column in ROLL.columns]
    said = dict(zip((c.field for c in ROLL.columns), row, strict=True))
    assert (said[CaseField.ID_NO], said[CaseField.NAME]) == (YU.id_no, "=1+1")
    assert said[CaseField.ABSENT_SINCE] == "2025-10-13"

    plain = (await file_of(village, SERVICE)).content
    assert plain.startswith(b"\xef\xbb\xbf")
    (_, line) = csv.reader(io.StringIO(plain.decode("utf-8-sig")))
    assert line[1] == "'=1+1"


async def test_a_confidential_cause_leaves_as_a_code_word(village):
    """Marriage, faith, illness, labour: the file says 特殊原因 and no more."""
    await open_case(village, YU, 1, cause=Cause.MARRIAGE)
    cells = sheet((await file_of(village, platform_of("government_relief"))).content)[1]
    assert Cause.MARRIAGE.public_label in cells
    assert Cause.MARRIAGE.label not in cells


async def test_a_receipt_typed_in_is_kept_once_and_belongs_to_one_case(village):
    """Again it is nothing new; on another case, or another number on this one, it is refused."""
    one, two = await open_case(village, YU, 1), await open_case(village, QI, 2)

    async def put(case, number):
        async with village.begin() as connection:
            return await record_receipt(connection, case, ROLL, number, on=D15, by="c", at=AT)

    assert await put(one, "R-1") is True
    assert await put(one, "R-1") is False
    for case, number, problem in (
        (two, "R-1", ReceiptProblem.RECEIPT_USED),
        (one, "R-2", ReceiptProblem.OTHER_RECEIPT),
        (two, " ", ReceiptProblem.NO_RECEIPT),
    ):
        with pytest.raises(ReceiptRefused) as refusal:
            await put(case, number)
        assert refusal.value.code is problem


async def test_status_goes_from_waiting_to_exported_to_registered(village):
    """Per case and platform; what is registered is not exported again."""
    one, _ = await open_case(village, YU, 1), await open_case(village, QI, 2)

    async def told():
        async with village.connect() as connection:
            found = await statuses(connection, true(), [ROLL, SERVICE])
        return [
            [line["platforms"][key]["status"] for key in (ROLL.key, SERVICE.key)] for line in found
        ]

    assert await told() == [["waiting", "waiting"], ["waiting", "waiting"]]
    assert (await file_of(village, ROLL)).case_count == 2
    assert await told() == [["exported", "waiting"], ["exported", "waiting"]]
    async with village.begin() as connection:
        await record_receipt(connection, one, ROLL, "R-1", on=D15, by="c", at=AT)
    assert await told() == [["registered", "waiting"], ["exported", "waiting"]]
    assert (await file_of(village, ROLL)).case_count == 1
    assert await told() == [["registered", "waiting"], ["exported", "waiting"]]


def answer(*lines):
    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, ["受理结果一览"])
    for number, line in enumerate(
        (("案号", "学籍号", "登记号", "登记日期", "处理结果"), *lines), start=2
    ):
        for place, cell in enumerate(line):
            page.write_string(number, place, cell)
    book.close()
    return buffer.getvalue()


async def test_a_result_file_is_read_back_row_by_row(village):
    """By case number or roll number; refusals kept, strangers named; twice changes nothing."""
    await open_case(village, YU, 1)
    await open_case(village, QI, 2)
    await open_case(village, SECOND_CLASS, 3)
    content = answer(
        ("990101-2025-00001", "", "R-1", "2025-10-14", "成功"),
        ("", QI.roll_no, "R-2", "", ""),
        ("990101-2025-00003", "", "", "", "退回：缺监护人"),
        ("990101-2025-09999", "", "R-4", "", "成功"),
        ("990101-2025-00001", "", "R-1", "2099-01-01", "成功"),
    )

    async def take():
        async with village.begin() as connection:
            return await import_results(connection, ROLL, content, true(), by="c", at=AT, today=D15)

    first = await take()
    assert (first.registered, first.refused, first.unchanged) == (2, 1, 0)
    assert [number for number, _ in first.rejected] == [7, 8]
    found = await rows(
        village, "select status, receipt_no, registered_on, note from platform_entry order by 1, 2"
    )
    assert [tuple(row) for row in found] == [
        ("refused", None, None, "退回：缺监护人"),
        ("registered", "R-1", D14, ""), ("registered", "R-2", D15, ""),
    ]  # fmt: skip
    again = await take()
    assert (again.registered, again.refused, again.unchanged) == (0, 0, 3)
    with pytest.raises(IntakeError, match="须写明：回执号"):
        async with village.begin() as connection:
            await import_results(connection, ROLL, b"a,b\n1,2\n", true(), by="c", at=AT, today=D15)


async def test_three_lists_that_agree_have_no_difference(village):
    """One child out with a case and reported away: roll = attending + ledger book."""
    await open_case(village, YU, 1)
    for day in (D13, D14, D15):
        await say(village, ONE, day, YU)
    await say(village, TWO, D15)
    async with village.connect() as connection:
        report = await consistency(connection, PRIMARY.code, D15, basis(D15))
    assert [(c.roll, c.attending, c.ledger_book, c.difference) for c in report.classes] == [
        (6, 5, 1, 0), (1, 1, 0, 0)
    ]  # fmt: skip
    assert report.is_consistent


async def test_what_does_not_agree_is_listed_child_by_child(village):
    """Three days away without a case; a case whose child is not reported away; a case off the roll."""
    for day in (D13, D14, D15):
        await say(village, ONE, day, YU)
    await open_case(village, QI, 2)
    await open_case(village, SECOND_CLASS, 3)
    async with village.begin() as connection:
        await move_child(connection, SECOND_CLASS.ref, (None, None, None), moved_on=D13, by="r")
    async with village.connect() as connection:
        report = await consistency(connection, PRIMARY.code, D15, basis(D15))
    assert [(row.kind, row.child_ref) for row in report.rows] == [
        (Mismatch.CASE_OFF_ROLL, SECOND_CLASS.ref),
        (Mismatch.NO_CASE, YU.ref),
        (Mismatch.PRESENT_WITH_CASE, QI.ref),
    ]
    assert not report.is_consistent
    (one,) = [line for line in report.classes if line.class_code == ONE]
    assert one.difference == 1

    made = workbook(report, PRIMARY.name)
    assert made == workbook(report, PRIMARY.name)
    cells = sheet(made)
    assert cells[2][:2] == [ONE, 6.0]
    assert cells[2][4] == 1.0
