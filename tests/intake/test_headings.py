"""Whose a column is: headers of two rows, two columns of one meaning, a person's word for it."""

import pytest
from xlsxwriter import Workbook

from intake.problems import FileProblem, IntakeError
from intake.rosters import Order, preview
from models.rosters import RosterKind
from tests.intake.lists import place, rows, send
from tests.intake.test_rosters import _cells
from tests.intake.village import id_number

HOUSEHOLDS = place(RosterKind.HOUSEHOLD_REGISTER)
ABOVE = ["序号", "户主信息", "", "适龄儿童信息", "", "", "住址"]
BELOW = ["", "姓名", "身份证号", "姓名", "身份证号", "性别", ""]
LINES = [
    ["1", "王大山", "990101198001010018", "王雨", id_number(2), "女", "一村"],
    ["2", "李国强", "990101197903034011", "李琪", id_number(5), "男", "二村"],
]
SAID = "name, id_no, guardian, address"
CHILDREN = [
    ("王雨", id_number(2), "王大山", "一村"),
    ("李琪", id_number(5), "李国强", "二村"),
]  # fmt: skip


def csv_of(path, *lines):
    path.write_text("\n".join(",".join(line) for line in lines) + "\n", "utf-8")
    return path


def merged(path, above=ABOVE, below=BELOW, lines=LINES):
    """Write the two rows merged as offices do: groups across, single columns down."""
    book = Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, len(above) - 1, "示例镇适龄儿童及监护人花名册")
    for column, (title, word) in enumerate(zip(above, below, strict=True)):
        if title and not word:
            sheet.merge_range(1, column, 2, column, title)
        elif title:
            across = next(
                (n for n in range(column + 1, len(above)) if above[n] or not below[n]), len(above)
            )
            sheet.merge_range(1, column, 1, across - 1, title)
        if word:
            sheet.write_string(2, column, word)
    for line, cells in enumerate(lines, start=3):
        for column, cell in enumerate(cells):
            sheet.write_string(line, column, cell)
    book.close()
    return path


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_the_row_above_tells_the_child_from_the_head_of_the_household(
    village, tmp_path, form
):
    """Of two pairs of name and number the child's is the one under the child's title."""
    path = (
        csv_of(tmp_path / "a.csv", ["示例镇花名册"], ABOVE, BELOW, *LINES)
        if form == "csv"
        else merged(tmp_path / "a.xlsx")
    )
    report = await send(village, path, HOUSEHOLDS)
    assert (report.rows_total, report.rows_rejected) == (2, 0)
    assert sorted(await rows(village, SAID)) == sorted(CHILDREN)


async def test_the_child_may_stand_before_the_parents(village, tmp_path):
    """The order of the groups does not count, and a column both rows name keeps its meaning."""
    above = ["学生信息", "", "父亲", "", "母亲", ""]
    below = ["姓名", "身份证号", "姓名", "联系电话", "姓名", "联系电话"]
    line = ["王雨", id_number(2), "王大山", "13900000000", "周兰", "13800000000"]
    await send(village, csv_of(tmp_path / "a.csv", above, below, line), HOUSEHOLDS)
    ((name, number, guardian, phone, extras),) = await rows(
        village, "name, id_no, guardian, guardian_phone, extras"
    )
    assert (name, number, guardian, phone) == ("王雨", id_number(2), "王大山", "13900000000")
    assert extras == {"母亲/姓名": "周兰", "母亲/联系电话": "13800000000"}


async def test_a_refused_row_of_two_headers_is_mended_and_taken_in(village, tmp_path):
    """The file handed back says in one row what the two rows said."""
    bad = [*LINES[0][:4], "99010120", *LINES[0][5:]]
    report = await send(village, merged(tmp_path / "a.xlsx", lines=[bad, LINES[1]]), HOUSEHOLDS)
    (sheet,) = _cells(report.error_file)
    assert sheet[0][1:5] == [
        "户主信息/姓名", "户主信息/身份证号", "适龄儿童信息/姓名", "适龄儿童信息/身份证号",
    ]  # fmt: skip
    mended = [id_number(2) if n == 4 else cell for n, cell in enumerate(sheet[1])]
    await send(village, csv_of(tmp_path / "b.csv", sheet[0], mended), HOUSEHOLDS)
    assert sorted(await rows(village, SAID)) == sorted(CHILDREN)


async def test_two_columns_of_one_meaning_are_asked_about(village, tmp_path):
    """Both are named with their places; said by place, the file goes in, and nothing is remembered."""
    header = ["姓名", "身份证号", "姓名", "身份证号"]
    path = csv_of(tmp_path / "a.csv", header, LINES[0][1:5], LINES[1][1:5])
    with pytest.raises(IntakeError) as refused:
        await send(village, path, HOUSEHOLDS)
    assert refused.value.code is FileProblem.AMBIGUOUS_COLUMNS
    assert "“姓名”（第1列）、“姓名”（第3列）" in str(refused.value)
    assert "第3列=name" in str(refused.value)
    with pytest.raises(IntakeError, match=r"身份证号.*第4列=id_no"):
        await send(village, path, HOUSEHOLDS, chosen={"第3列": "name"})
    await send(village, path, HOUSEHOLDS, chosen={"第3列": "name", "第4列": "id_no"})
    assert sorted(await rows(village, "name, id_no")) == sorted(one[:2] for one in CHILDREN)
    with pytest.raises(IntakeError) as again:
        async with village.connect() as connection:
            await preview(connection, path, Order(HOUSEHOLDS, "clerk-1"))
    assert again.value.code is FileProblem.AMBIGUOUS_COLUMNS


async def test_a_word_that_says_student_goes_before_one_that_does_not(village, tmp_path):
    """姓名 beside 学生姓名 is somebody else's."""
    header = ["姓名", "学生姓名", "学生身份证号"]
    await send(
        village, csv_of(tmp_path / "a.csv", header, ["王大山", "王雨", id_number(2)]), HOUSEHOLDS
    )
    assert await rows(village, "name, id_no") == [("王雨", id_number(2))]


async def test_a_number_beside_the_head_of_the_household_is_asked_about(village, tmp_path):
    """户主姓名, 身份证号: whose? With birthdays beside it each row tells by itself."""
    header = ["儿童姓名", "户主姓名", "身份证号"]
    line = ["王雨", "王大山", id_number(2)]
    path = csv_of(tmp_path / "a.csv", header, line)
    with pytest.raises(IntakeError) as refused:
        await send(village, path, HOUSEHOLDS)
    assert refused.value.code is FileProblem.WHOSE_NUMBER
    await send(village, path, HOUSEHOLDS, chosen={"身份证号": "id_no"})
    assert await rows(village, SAID) == [("王雨", id_number(2), "王大山", "")]


@pytest.mark.parametrize(
    "above",
    [["适龄儿童及监护人信息表"], ["填报单位：示例小学", "监护人签字：", "联系人：王敏"], [],
     ["", "", "2026年秋季学期示例县学生家长信息登记表"]],
)  # fmt: skip
async def test_a_title_or_a_line_to_sign_groups_nothing(village, tmp_path, above):
    """What stands above a header of one row does not make its columns a grown-up's."""
    lines = [above, ["序号", "性别", "姓名", "身份证号"], ["1", "女", "王雨", id_number(2)]]
    await send(village, csv_of(tmp_path / "a.csv", *lines), HOUSEHOLDS)
    assert await rows(village, "name, id_no") == [("王雨", id_number(2))]
