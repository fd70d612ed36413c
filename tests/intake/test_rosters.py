"""Rosters: every way of writing them, refused rows, replacing, mending, remembered columns."""

import asyncio
from datetime import date

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text
from xlsxwriter import Workbook

from intake.problems import FileProblem, IntakeError
from intake.roster_rows import RosterProblem
from intake.rosters import Order, preview
from models.rosters import RosterKind, term_of
from tests.intake.lists import ROLL, place, pupil, rows, send, write_csv, write_xlsx
from tests.intake.village import PRIMARY, YU, id_number

THREE = [pupil(2, "王雨"), pupil(4, "李 琪"), pupil(6, "沙玛．阿依")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
async def test_a_csv_is_read_in_every_encoding_offices_use(village, tmp_path, encoding):
    """Titles above the header, spaces in names and headers: the rows are the same rows."""
    report = await send(village, write_csv(tmp_path / "a.csv", THREE, encoding=encoding))

    assert (report.rows_total, report.rows_rejected, report.added) == (3, 0, 3)
    assert report.matched == 3
    assert [row[1] for row in await rows(village)] == ["王雨", "李琪", "沙玛·阿依"]


async def test_a_workbook_gives_the_rows_of_the_csv(village, tmp_path):
    """A merged title, a sheet of remarks, a date as a spreadsheet's number: the same rows."""
    header = (*ROLL, "出生日期")
    await send(
        village, write_xlsx(tmp_path / "a.xlsx", [[*r, 42859] for r in THREE], header=header)
    )
    from_workbook = await rows(village, "key, name, school, grade, class_number, birth_on, sex")
    async with village.begin() as connection:
        for table in ("roster_row", "roster_import"):
            await connection.execute(text(f"delete from {table}"))
    lines = [[*r, "2017年5月4日"] for r in THREE]
    await send(village, write_csv(tmp_path / "a.csv", lines, header=header))

    assert await rows(village, "key, name, school, grade, class_number, birth_on, sex") == (
        from_workbook
    )
    assert from_workbook[0][3:6] == (3, 1, date(2017, 5, 4))


async def test_a_number_that_lost_its_digits_goes_back_with_the_reason(village, tmp_path):
    """An ID number stored as a number is refused: its last digits are gone for good."""
    lost = [*pupil(2, "王雨")[:3], int(id_number(2)[:17]) * 10, *pupil(2, "王雨")[4:]]
    lost[0] = ""
    report = await send(village, write_xlsx(tmp_path / "a.xlsx", [lost, pupil(4, "李琪")]))

    assert report.rows_rejected == 1
    assert "已丢失" in next(iter(report.problems))
    assert report.error_file is not None


ID, SCHOOL, BIRTH = 3, 4, 8
BAD = (
    ({1: ""}, RosterProblem.NAME_MISSING),
    ({0: "", ID: "", BIRTH: ""}, RosterProblem.NO_IDENTITY),
    ({0: f"G{id_number(8)}"}, RosterProblem.NUMBERS_DISAGREE),
    ({SCHOOL: "没有的学校"}, RosterProblem.SCHOOL_UNKNOWN),
    ({SCHOOL: ""}, RosterProblem.SCHOOL_MISSING),
    ({BIRTH: "五月四日"}, RosterProblem.BIRTH_UNREADABLE),
    ({BIRTH: "2017-05-05"}, RosterProblem.BIRTH_DISAGREES),
)


@pytest.mark.parametrize(("slip", "problem"), BAD, ids=[problem.name for _, problem in BAD])
async def test_a_wrong_row_goes_back_and_the_others_come_in(village, tmp_path, slip, problem):
    """Each kind of slip has its own sentence."""
    row = [slip.get(n, cell) for n, cell in enumerate([*pupil(2, "王雨"), "2017-05-04"])]
    path = write_csv(tmp_path / "a.csv", [row, [*pupil(4, "李琪"), ""]], header=(*ROLL, "出生日期"))
    report = await send(village, path)

    assert dict(report.problems) == {problem.value: 1}
    assert report.added == 1


async def test_refused_rows_are_mended_in_the_error_file_and_sent_again(village, tmp_path):
    """The file of refused rows adds to the import it comes from and removes nothing."""
    wrong = pupil(2, "王雨")
    wrong[3] = wrong[3][:-1] + ("1" if wrong[3][-1] != "1" else "2")
    wrong[0] = ""
    first = await send(village, write_csv(tmp_path / "a.csv", [wrong, *THREE[1:]]))
    (sheet,) = _cells(first.error_file)
    assert sheet[0][-1] == "错误原因"
    assert "校验位" in sheet[1][-1]
    mended = [cell if n != 3 else id_number(2) for n, cell in enumerate(sheet[1])]
    path = write_csv(tmp_path / "改好.csv", [mended], header=sheet[0])
    second = await send(village, path)
    again = await send(village, tmp_path / "a.csv")

    assert (second.added, second.removed, second.rows_rejected) == (1, 0, 0)
    assert again.is_void
    assert len(await rows(village)) == 3


async def test_the_same_file_twice_changes_nothing(village, tmp_path):
    """The second import is void: no row, no record."""
    path = write_csv(tmp_path / "a.csv", THREE)
    first, second = await send(village, path), await send(village, path)
    async with village.connect() as connection:
        imports = (
            await connection.execute(text("select count(*) from roster_import"))
        ).scalar_one()

    assert (first.is_void, second.is_void) == (False, True)
    assert second.import_id == first.import_id
    assert imports == 1


async def test_a_corrected_file_takes_the_place_of_the_one_before_it(village, tmp_path):
    """What is added, changed and removed is said by key and kept; the old file is not taken again."""
    old = write_csv(tmp_path / "a.csv", THREE)
    first = await send(village, old)
    new = write_csv(tmp_path / "b.csv", [pupil(2, "王雨", "四年级"), THREE[1], pupil(10, "周五")])
    report = await send(village, new)
    async with village.connect() as connection:
        query = (
            "select key, change, before->>'grade', after->>'grade' from roster_change order by key"
        )
        changes = [tuple(row) for row in await connection.execute(text(query))]

    assert (report.added, report.changed, report.removed, report.unchanged) == (1, 1, 1, 1)
    assert report.changed_fields == {"grade": 1}
    assert report.replaces == first.import_id
    assert changes == [
        (f"id:{id_number(2)}", "changed", "3", "4"),
        (f"id:{id_number(6)}", "removed", "3", None),
        (f"id:{id_number(10)}", "added", None, "3"),
    ]
    with pytest.raises(IntakeError) as refused:
        await send(village, old)
    assert refused.value.code is FileProblem.REPLACED_FILE
    assert (await send(village, old, may_restore=True)).changed == 1


async def test_two_sources_do_not_replace_each_other(village, tmp_path):
    """Each school sends its own list; one list of one school stands."""
    await send(village, write_csv(tmp_path / "a.csv", THREE[:1]), place(source="9901010001"))
    report = await send(
        village, write_csv(tmp_path / "b.csv", THREE[1:]), place(source="9901010002")
    )

    assert (report.added, report.removed) == (2, 0)
    assert len(await rows(village)) == 3


async def test_rows_in_any_order_give_the_same_rows(village, tmp_path):
    """Two rows of one number that differ are both kept, marked, under keys that do not depend on order."""
    lines = [*THREE, pupil(2, "王雨", "五年级"), pupil(2, "王雨")]
    await send(village, write_csv(tmp_path / "a.csv", lines))
    there = await rows(village, "key, grade, flags")
    report = await send(village, write_csv(tmp_path / "b.csv", lines[::-1]))

    assert await rows(village, "key, grade, flags") == there
    assert (report.added, report.changed, report.removed) == (0, 0, 0)
    assert report.flags["conflict"] == 2
    assert report.problems == {RosterProblem.DUPLICATE_ROW.value: 1}


async def test_an_unknown_column_is_shown_chosen_once_and_remembered(village, tmp_path):
    """A preview writes nothing and says what each column is; a choice holds for the next file."""
    header = [word if word != "姓 名" else "登记称谓" for word in ROLL]
    path = write_csv(tmp_path / "a.csv", THREE, header=header)
    async with village.connect() as connection:
        with pytest.raises(IntakeError) as refused:
            await preview(connection, path, Order(place(), "clerk-1"))
        assert refused.value.code is FileProblem.MISSING_COLUMNS
        chosen = Order(place(), "clerk-1", chosen={"登记称谓": "name"})
        shown = await preview(connection, path, chosen)
    assert {c.header: c.why for c in shown.columns}["登记称谓"] == "chosen"
    assert {c.header: c.field for c in shown.columns}["民族"] is None
    assert shown.added == 3
    assert await rows(village) == []
    await send(village, path, chosen={"登记称谓": "name"})
    async with village.connect() as connection:
        later = await preview(connection, path, Order(place(term="2025-2"), "clerk-1"))
    assert {c.header: c.why for c in later.columns}["登记称谓"] == "remembered"


async def test_particulars_of_health_are_never_stored(village, tmp_path):
    """A disability list says only who is on it (C4 facts belong to one case and one purpose)."""
    path = write_csv(
        tmp_path / "a.csv", [["王雨", YU.id_no, "智力", "二级"]],
        header=("姓名", "身份证号", "残疾类别", "残疾等级"),
    )  # fmt: skip
    await send(village, path, place(RosterKind.DISABILITY))

    ((extras, whole),) = await rows(village, "extras, roster_row::text")
    assert extras == {}
    assert "智力" not in whole


async def test_a_file_that_is_refused_altogether_changes_nothing(village, tmp_path):
    """The rows in force stay; the refused ones are handed back."""
    await send(village, write_csv(tmp_path / "a.csv", THREE))
    bad = [[*pupil(2, "王雨")[:4], "没有的学校", "三年级", "1", ""]]
    with pytest.raises(IntakeError) as refused:
        await send(village, write_csv(tmp_path / "b.csv", bad))

    assert refused.value.code is FileProblem.NO_GOOD_ROW
    assert len(await rows(village)) == 3


async def test_two_imports_at_once_of_one_place_end_in_one_list(village, tmp_path):
    """They wait for each other; whichever is last stands, whole."""
    paths = [write_csv(tmp_path / f"{n}.csv", THREE[:n]) for n in (1, 2, 3)]
    await asyncio.gather(*(send(village, path) for path in paths))
    async with village.connect() as connection:
        query = "select rows_accepted from roster_import where is_current"
        (current,) = (await connection.execute(text(query))).scalars().all()

    assert len(await rows(village)) == current


def test_the_term_of_a_day() -> None:
    """School registers from 20 August; the second term is prepared from 20 February."""
    days = [date(2026, 8, 19), date(2026, 8, 20), date(2027, 2, 19), date(2027, 2, 20)]
    assert [term_of(day) for day in days] == ["2025-2", "2026-1", "2026-1", "2026-2"]


def _cells(path):
    book = CalamineWorkbook.from_path(str(path))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


async def test_every_sheet_with_a_header_is_read_and_refused_rows_name_their_own(village, tmp_path):
    """Two classes on two sheets with different columns; the remarks' sheet is no table."""
    path = tmp_path / "两班.xlsx"
    book = Workbook(str(path))
    for name, header, line in (
        ("一班", ("姓名", "身份证号", "学校"), ("王雨", id_number(2), PRIMARY.name)),
        ("二班", ("序号", "学生姓名", "证件号码", "学校名称"), ("1", "李琪", "12", PRIMARY.name)),
        ("说明", ("请按要求填写",), ("谢谢",)),
    ):
        sheet = book.add_worksheet(name)
        for place_, (word, cell) in enumerate(zip(header, line, strict=True)):
            sheet.write_string(0, place_, word)
            sheet.write_string(1, place_, cell)
    book.close()
    report = await send(village, path)

    assert (report.added, report.rows_rejected) == (1, 1)
    (refused,) = _cells(report.error_file)
    assert refused[0][:4] == ["序号", "学生姓名", "证件号码", "学校名称"]
    assert "不是 18 位" in refused[1][-1]


@pytest.mark.parametrize("name", ["王\n雨", "=王雨", "王雨\\N", "王{雨}", "O'王", "王\t雨"])
async def test_no_way_of_writing_a_name_breaks_the_file_or_the_store(village, tmp_path, name):
    """Line ends, formulas, the store's own marks: all are text."""
    lines = [pupil(8, "前"), pupil(4, name), pupil(10, "后")]
    report = await send(village, write_csv(tmp_path / "a.csv", lines))

    assert (report.rows_total, report.rows_rejected) == (3, 0)
    assert {one for (one,) in await rows(village, "name")} == {"前", name, "后"}


@pytest.mark.parametrize("name", ['王"雨', '"王雨', "王7", '"王,雨"'])
async def test_a_quotation_mark_left_open_goes_back_and_loses_no_row_in_silence(
    village, tmp_path, name
):
    """What such a mark swallows stands in the refused cell; no child is called after three lines."""
    lines = [pupil(8, "前"), pupil(4, name), pupil(10, "后")]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(",".join(one) for one in [list(ROLL), *lines]), "utf-8")
    report = await send(village, path)
    (refused,) = _cells(report.error_file)
    kept = {one for (one,) in await rows(village, "name")}

    assert RosterProblem.NAME_ODD.value in report.problems
    assert kept <= {"前", "后"}
    assert "前" in kept
    assert "后" in kept or "后" in "".join(map(str, refused[1]))


async def test_no_name_and_no_number_is_logged(village, tmp_path, capsys):
    """An import with good and refused rows leaves references and counts in the log, nothing else."""
    wrong = [*pupil(4, "李琪")[:3], "990101201705049999", *pupil(4, "李琪")[4:]]
    await send(village, write_csv(tmp_path / "a.csv", [pupil(2, "王雨"), ["", *wrong[1:]]]))
    said = capsys.readouterr()

    for secret in ("王雨", "李琪", id_number(2), "990101201705049999", "a.csv"):
        assert secret not in said.out + said.err
    assert "roster_imported" in said.out


async def test_an_invisible_nul_deep_in_a_file_does_not_stop_its_import(village, tmp_path):
    """The one character the database cannot hold is dropped wherever it stands."""
    lines = [[*pupil(2, "王雨")[:7], f"汉{n}"] for n in range(9000)]
    lines[8000][7] = "汉\0族"
    path = write_csv(tmp_path / "a.csv", lines)
    assert path.stat().st_size > 1 << 17
    report = await send(village, path)

    assert report.rows_rejected == 0
    found = await rows(village, "extras->>'民族'")
    assert ("汉族",) in found


FORTY = [pupil(n, f"王{chr(0x4E00 + n)}") for n in range(2, 82, 2)]
WHOLE = "key, name, grade, school, extras, child_ref"


async def test_a_part_of_a_list_does_not_take_the_rest_of_it_away(village, tmp_path):
    """A handful of rows under the county's own source is refused with the numbers, until they are said."""
    await send(village, write_csv(tmp_path / "a.csv", FORTY))
    there = await rows(village, WHOLE)
    part = write_csv(tmp_path / "b.csv", FORTY[:6])
    async with village.connect() as connection:
        shown = await preview(connection, part, Order(place(), "clerk-1"))
    for may in (0, 33):
        with pytest.raises(IntakeError) as refused:
            await send(village, part, may_remove=may)
        assert refused.value.code is FileProblem.REMOVES_MUCH
        assert "在册 40 行" in str(refused.value)
        assert "--may-remove 34" in str(refused.value)
    assert (shown.removed, shown.held, shown.is_too_much) == (34, 40, True)
    assert any("--may-remove 34" in sentence for sentence in shown.sentences())
    assert await rows(village, WHOLE) == there
    assert (await send(village, part, may_remove=34)).removed == 34


@pytest.mark.parametrize(("left", "is_refused"), [(35, False), (34, True)])
async def test_a_usual_correction_is_taken_unasked(village, tmp_path, left, is_refused):
    """Five of forty may go, six may not: the few are few, however short the list."""
    await send(village, write_csv(tmp_path / "a.csv", FORTY))
    async with village.connect() as connection:
        path = write_csv(tmp_path / "b.csv", FORTY[:left])
        shown = await preview(connection, path, Order(place(), "clerk-1"))
    assert shown.is_too_much is is_refused


async def test_restoring_puts_back_every_row_a_wrong_file_took_away(village, tmp_path):
    """After the restored file the rows are what they were; mended files are named, to follow it."""
    wrong = [*FORTY[0][:3], "12", *FORTY[0][4:]]
    old = write_csv(tmp_path / "a.csv", [["", *wrong[1:]], *FORTY[1:]])
    await send(village, old)
    mended = write_csv(tmp_path / "改好.csv", [[*FORTY[0], ""]], header=(*ROLL, "错误原因"))
    await send(village, mended)
    there = await rows(village, WHOLE)
    part = write_csv(tmp_path / "b.csv", [pupil(4, "王某", "五年级"), *FORTY[2:5]])
    await send(village, part, may_remove=99)
    report = await send(village, old, may_restore=True)
    assert (report.added, report.changed, report.removed) == (35, 1, 0)
    assert report.to_restore == ("改好.csv",)
    assert "《改好.csv》" in "".join(report.sentences())
    await send(village, mended, may_restore=True)
    assert await rows(village, WHOLE) == there


@pytest.mark.parametrize(
    "slip",
    [{4: "没有的学校"}, {0: "", 3: "99010120170504"}, {0: "L123", 5: ""}, {1: "王7"}],
    ids=["school", "number", "roll_number", "name"],
)
async def test_a_slip_in_a_corrected_file_takes_nobody_off_the_list(village, tmp_path, slip):
    """The refused row's child keeps its standing row, and that is said; one who is left out goes."""
    await send(village, write_csv(tmp_path / "a.csv", THREE))
    faulty = [slip.get(n, cell) for n, cell in enumerate(THREE[0])]
    report = await send(village, write_csv(tmp_path / "b.csv", [faulty, THREE[1]]))
    assert (report.rows_rejected, report.removed, report.kept) == (1, 1, 1)
    assert "原有的行保留不动" in "".join(report.sentences())
    assert [key for (key,) in await rows(village, "name_key")] == ["王雨", "李琪"]


@pytest.mark.parametrize("word", ["", "无", "暂无", "未办理", "-", "/"])
async def test_a_child_without_a_number_comes_in_with_a_temporary_one(village, tmp_path, word):
    """However the cell says that there is none; name and birthday name the child until it has one."""
    line = [word, "王雨", "女", word, *pupil(2, "王雨")[4:], "2017-05-04"]
    report = await send(village, write_csv(tmp_path / "a.csv", [line], header=(*ROLL, "出生日期")))
    assert report.rows_rejected == 0
    assert await rows(village, "person, id_no, roll_no, flags") == [
        ("temp:20170504:王雨", None, None, ["no_id"])
    ]
