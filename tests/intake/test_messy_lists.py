"""Lists as offices leave them: what is no child is set aside and said, what is a child is not."""

import pytest
from xlsxwriter import Workbook

from intake.problems import FileProblem, IntakeError
from intake.roster_rows import RosterProblem
from intake.rosters import Order, preview
from models.identity import check_character
from models.rosters import RosterKind
from tests.intake.lists import place, rows, send
from tests.intake.test_headings import csv_of
from tests.intake.village import PRIMARY, id_number

HEAD = ["序号", "姓名", "身份证号", "学校", "年级班级"]
ONE = ["1", "王 雨", id_number(2), PRIMARY.name, "三年级1班"]
TWO = ["2", "李琪", id_number(4), PRIMARY.name, "三年级2班"]
BESIDE = [
    ["三年级1班", "", "", "", ""],
    ["", "三年级2班", "", "", ""],
    ["3", "", "", "", ""],
    ["小计", "2人", "", "", ""],
    ["", "合 计：", "2", "", ""],
    ["总计", "男1人", "女1人", "", ""],
    HEAD,
    ["制表人：王敏", "", "", "校长（签字）：", ""],
    ["", "说明：以上名单经核对无误。", "", "", ""],
    ["第1页 共2页", "", "", "", ""],
]
FAULTY = [
    ["3", "", id_number(6), PRIMARY.name, "三年级1班"],
    ["3", "周五", "", PRIMARY.name, "三年级1班"],
    ["3", "周五", "", "", ""],
    ["", "周五", "", "", ""],
    ["", "", id_number(6), "", ""],
    ["合计", "周五", "990101201", PRIMARY.name, ""],
]


@pytest.mark.parametrize("row", BESIDE, ids=lambda row: "|".join(row).strip("|"))
async def test_a_row_that_is_no_childs_is_set_aside_and_said(village, tmp_path, row):
    """Titles between classes, totals, headers printed again, signatures: not refused, not taken in."""
    report = await send(village, csv_of(tmp_path / "a.csv", HEAD, ONE, row, TWO))
    assert (report.rows_total, report.rows_rejected, report.added) == (2, 0, 2)
    assert "第 3 行是合计" in "".join(report.sentences())
    assert {key for (key,) in await rows(village, "name_key")} == {"王雨", "李琪"}


@pytest.mark.parametrize("row", FAULTY, ids=lambda row: "|".join(row).strip("|"))
async def test_a_faulty_row_of_a_child_is_never_set_aside(village, tmp_path, row):
    """A name, or digits of a number, make it a child's: it goes back with its reason."""
    report = await send(village, csv_of(tmp_path / "a.csv", HEAD, ONE, row, TWO))
    assert (report.rows_total, report.rows_rejected, report.beside) == (3, 1, ())


def book(path, *sheets):
    made = Workbook(str(path))
    for name, lines, is_hidden in sheets:
        sheet = made.add_worksheet(name)
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
        if is_hidden:
            sheet.hide()
        else:
            sheet.activate()
    made.close()
    return path


async def test_a_hidden_sheet_is_not_taken_in_and_that_is_said(village, tmp_path):
    """Last year's list behind this year's stays where it is."""
    old = ["1", "旧生", id_number(8), PRIMARY.name, "三年级1班"]
    path = book(tmp_path / "a.xlsx", ("去年", [HEAD, old], True), ("今年", [HEAD, ONE, TWO], False))
    async with village.connect() as connection:
        shown = await preview(connection, path, Order(place(), "clerk-1"))
    report = await send(village, path)
    for said in (shown.sentences(), report.sentences()):
        assert "隐藏的工作表《去年》没有导入" in "".join(said)
    assert {key for (key,) in await rows(village, "name_key")} == {"王雨", "李琪"}


async def test_a_sheet_that_stops_the_import_is_named(village, tmp_path):
    """A summary beside the list is refused by its name, with what to do about it."""
    summary = [["学校", "年级班级", "人数"], [PRIMARY.name, "三年级1班", 2]]
    path = book(tmp_path / "a.xlsx", ("汇总", summary, False), ("名单", [HEAD, ONE], False))
    with pytest.raises(IntakeError) as refused:
        await send(village, path)
    assert refused.value.code is FileProblem.MISSING_COLUMNS
    assert str(refused.value).startswith("工作表《汇总》：表头缺少：姓名。")
    assert "删去或隐藏" in str(refused.value)


@pytest.mark.parametrize(
    ("written", "number", "problem"),
    [
        ("2017.05", id_number(2), None),
        ("2017年5月", id_number(2), None),
        ("201705", id_number(2), None),
        ("17年5月4日", id_number(2), None),
        ("2017.06", id_number(2), RosterProblem.BIRTH_DISAGREES),
        ("2017.5", "", RosterProblem.BIRTH_MONTH),
        ("5月4日", id_number(2), RosterProblem.BIRTH_UNREADABLE),
        ("2017.13", id_number(2), RosterProblem.BIRTH_UNREADABLE),
    ],
)
async def test_a_month_of_birth_is_enough_beside_a_number(
    village, tmp_path, written, number, problem
):
    """出生年月 is what many lists ask for; the number has the day, and must have the month."""
    lines = [["姓名", "身份证号", "学校", "出生年月"], ["王雨", number, PRIMARY.name, written],
             ["李琪", id_number(4), PRIMARY.name, ""]]  # fmt: skip
    report = await send(village, csv_of(tmp_path / "a.csv", *lines))
    assert list(report.problems) == ([problem.value] if problem else [])
    assert report.added == (1 if problem else 2)


async def test_a_month_a_spreadsheet_cut_is_still_that_month(village, tmp_path):
    """2017.10 typed into a cell of numbers is left as 2017.1."""
    october = "990101201710040027"[:17]
    number = october + check_character(october)
    path = book(
        tmp_path / "a.xlsx",
        (
            "名单",
            [["姓名", "身份证号", "学校", "出生年月"], ["王雨", number, PRIMARY.name, 2017.10]],
            False,
        ),
    )
    assert (await send(village, path)).added == 1


async def test_the_days_of_a_leave_stand_under_one_title(village, tmp_path):
    """请假时间 above, 起 and 止 below."""
    above = ["学生姓名", "身份证号", "学校", "请假时间", "", "事由"]
    below = ["", "", "", "起", "止", ""]
    line = ["王雨", id_number(2), PRIMARY.name, "2025.9.1", "25年9月3日", "事假"]
    await send(
        village, csv_of(tmp_path / "a.csv", above, below, line), place(RosterKind.LEAVE_SLIPS)
    )
    ((first, last),) = await rows(village, "leave_from, leave_to")
    assert (str(first), str(last)) == ("2025-09-01", "2025-09-03")


async def test_a_missing_column_is_told_with_the_columns_nobody_knows(village, tmp_path):
    """花名 may be the name: the refusal says how to say so."""
    path = csv_of(tmp_path / "a.csv", ["花名", "身份证号", "学校"], ONE[1:4])
    with pytest.raises(IntakeError, match=r"缺少：姓名.*认不出的列有：“花名”.*花名=name"):
        await send(village, path)
    assert (await send(village, path, chosen={"花名": "name"})).added == 1


async def test_the_list_of_the_disabled_names_them_in_its_own_words(village, tmp_path):
    """残疾人姓名 is the name; the number of the certificate is withheld."""
    path = csv_of(
        tmp_path / "a.csv",
        ["残疾人姓名", "残疾人身份证号", "残疾证号"],
        ["王雨", id_number(2), f"{id_number(2)}42"],
    )
    await send(village, path, place(RosterKind.DISABILITY))
    assert await rows(village, "name, id_no, extras") == [("王雨", id_number(2), {})]
