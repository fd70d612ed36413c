"""Attendance files against a real database: what goes in and what comes back."""

import random
from datetime import date

import pytest
import structlog
from python_calamine import CalamineWorkbook
from sqlalchemy import text
from structlog.testing import capture_logs
from xlsxwriter import Workbook

from intake.attendance import import_attendance
from intake.problems import RowProblem
from tests.intake import golden
from tests.intake.office import CALENDAR, TABLES, attendance, october, tables, take
from tests.intake.village import QI, SECOND_CLASS, VILLAGE, YU


@pytest.mark.parametrize("form", ["utf-8", "utf-8-sig", "gbk", "gb18030", "xlsx"])
async def test_every_kind_of_row_is_judged_alike_in_every_encoding(village, tmp_path, form):
    """Good rows go in, each bad row comes back with exactly its problems, whatever the file."""
    report = await take(village, golden.write_golden(tmp_path, form))

    judged = {
        int(str(row.source.cells[0]).split(".")[0]): {p.code for p in row.problems}
        for row in report.rejected
    }
    assert judged == {
        number: problems for number, (_, problems) in enumerate(golden.ROWS, start=1) if problems
    }
    assert (report.rows_total, report.rows_ok) == (len(golden.ROWS), golden.GOOD)
    assert set(report.problems()) == set(RowProblem)
    stored = (await tables(village))["absence"]
    assert [row[1:] for row in stored if row[0] == YU.ref] == [
        (day, "unexcused", "=电话未接" if day.day == 14 else "")
        for day in october(13, 14, 15, 16, 17)
    ]
    assert [row[1:] for row in stored if row[0] == QI.ref] == [(date(2025, 10, 13), "sick", "水痘")]
    assert len(stored) == 9


async def test_a_hidden_sheet_is_told_and_makes_nobody_absent(village, tmp_path):
    """The absences of a hidden sheet stay out of every table."""
    path = tmp_path / "a.xlsx"
    book = Workbook(str(path))
    for name, day in (("今天", "2025-10-15"), ("旧表", "2025-10-14")):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ("日期", "身份证号", "姓名", "考勤"))
        sheet.write_row(1, 0, (day, YU.id_no, YU.name, "旷课"))
    sheet.hide()
    book.close()

    report = await take(village, path)

    assert "隐藏的工作表《旧表》没有导入" in "".join(report.sentences())
    assert [row[1] for row in (await tables(village))["absence"]] == [date(2025, 10, 15)]


async def test_the_same_file_again_changes_nothing(village, tmp_path):
    """A second send leaves every table as it was and keeps the error file as it is."""
    path = golden.write_golden(tmp_path, "gbk")
    first = await take(village, path)
    before = await tables(village)
    first.error_file.write_bytes(b"half mended")

    again = await take(village, path)

    assert await tables(village) == before
    assert (again.is_repeat, again.is_void, again.import_id) == (True, True, first.import_id)
    assert (again.error_file, again.error_file.read_bytes()) == (first.error_file, b"half mended")


async def test_the_same_content_in_another_file_changes_no_row(village, tmp_path):
    """Saved again as a workbook, the same rows are recognised one by one."""
    await take(village, golden.write_golden(tmp_path, "utf-8"))
    before = await tables(village)

    report = await take(village, golden.write_golden(tmp_path, "xlsx"))

    after = await tables(village)
    assert {**after, "import_run": None} == {**before, "import_run": None}
    assert (report.added, report.replaced, report.withdrawn) == ((), (), ())


async def test_the_error_file_is_text_and_can_be_mended_and_sent_again(village, tmp_path):
    """Formulas stay text, numbers keep 18 digits; mended rows go in, the rest comes back."""
    first = await take(village, golden.write_golden(tmp_path, "xlsx"))
    book = CalamineWorkbook.from_path(str(first.error_file))
    header, *rows = book.get_sheet_by_name("十月").to_python()

    assert header == [*golden.HEADER, "错误原因"]
    assert len(rows) == first.rows_rejected
    assert all(isinstance(cell, str) for row in rows for cell in row)
    assert {row[5] for row in rows} >= {"@SUM(1)", QI.id_no}
    assert {row[6] for row in rows} >= {"+李棋"}
    assert all("请" in row[-1] for row in rows)

    mended = tmp_path / "十月考勤-错误行.xlsx"
    out = Workbook(str(mended))
    sheet = out.add_worksheet("十月")
    for line, row in enumerate([header, *rows]):
        fixed = ["2025-10-16" if cell in ("2025-10-02", "10月14日") else cell for cell in row]
        for column, cell in enumerate(fixed):
            sheet.write_string(line, column, cell)
    out.close()
    second = await take(village, mended)

    # Both mended rows now say the same of the same day: one goes in, one is a duplicate.
    assert [(c.child_ref, c.day, c.before) for c in second.added] == [
        (QI.ref, date(2025, 10, 16), None)
    ]
    assert second.error_file.name == "十月考勤-错误行2.xlsx"
    header, *rows = (
        CalamineWorkbook.from_path(str(second.error_file)).get_sheet_by_index(0).to_python()
    )
    assert header.count("错误原因") == 1


async def test_a_corrected_file_replaces_the_days_it_speaks_of(village, tmp_path):
    """A later file turns absence into leave, takes a day back, and says so."""
    days = october(13, 14, 15)
    first = await take(village, attendance(tmp_path / "a.csv", [(d, YU, "旷课") for d in days]))
    assert len(first.leads.opened) == 1

    rows = [(days[0], YU, "病假"), (days[1], YU, "到校"), (days[2], YU, "旷课")]
    second = await take(village, attendance(tmp_path / "b.csv", rows))

    assert [(c.day, c.before, c.after) for c in second.replaced] == [(days[0], "unexcused", "sick")]
    assert [(c.day, c.before, c.after) for c in second.withdrawn] == [(days[1], "unexcused", None)]
    assert second.unchanged == 1
    assert second.leads.withdrawn == first.leads.opened
    assert second.leads.contradicted == ()
    assert any("已撤回并注明" in sentence for sentence in second.sentences())


async def test_a_class_that_corrects_itself_to_full_attendance_takes_its_absences_back(
    village, tmp_path
):
    """全勤 for a class withdraws the absences of that class on that day and of no other."""
    day = date(2025, 10, 13)
    rows = [(day, YU, "旷课"), (day, QI, "病假"), (day, SECOND_CLASS, "旷课")]
    await take(village, attendance(tmp_path / "a.csv", rows))

    report = await take(village, attendance(tmp_path / "b.csv", [(day, None, "全勤")]))

    assert {c.child_ref for c in report.withdrawn} == {YU.ref, QI.ref}
    assert [row.child_ref for row in (await tables(village))["absence"]] == [SECOND_CLASS.ref]


async def test_an_old_file_sent_again_does_not_undo_its_correction(village, tmp_path):
    """A, then the corrected B, then A once more: B stands."""
    day = date(2025, 10, 13)
    old = attendance(tmp_path / "a.csv", [(day, YU, "旷课"), ("2025-10-12", YU, "旷课")])
    await take(village, old)
    await take(village, attendance(tmp_path / "b.csv", [(day, YU, "病假")]))

    report = await take(village, old)

    assert report.is_void
    assert [row.kind for row in (await tables(village))["absence"]] == ["sick"]


async def test_a_file_sent_again_after_the_roster_grew_takes_in_the_refused_rows(village, tmp_path):
    """The row of a child unknown then goes in now; nothing else of the file is touched."""
    day = date(2025, 10, 13)
    path = attendance(tmp_path / "a.csv", [(day, YU, "旷课"), (day, QI, "旷课")])
    async with village.begin() as connection:
        await connection.execute(
            text("update child set id_no = null, roll_no = null where ref = :ref"), {"ref": QI.ref}
        )
    assert (await take(village, path)).rows_rejected == 1
    async with village.begin() as connection:
        await connection.execute(
            text("update child set id_no = :n where ref = :ref"), {"ref": QI.ref, "n": QI.id_no}
        )

    report = await take(village, path)

    assert report.is_repeat
    assert [c.child_ref for c in report.added] == [QI.ref]


async def test_a_failure_leaves_nothing_behind(village, tmp_path):
    """When the error file cannot be written the whole import is undone, with a sentence."""
    path = golden.write_golden(tmp_path, "utf-8")
    (tmp_path / ".十月考勤-错误行.xlsx.draft").mkdir()
    before = await tables(village)

    with pytest.raises(Exception, match="没有导入任何内容"):
        await take(village, path)
    assert await tables(village) == before


async def test_the_log_names_nobody(village, tmp_path):
    """One event with counts; no name, number or address in it."""
    structlog.reset_defaults()
    with capture_logs() as logs:
        await take(village, golden.write_golden(tmp_path, "utf-8"))

    assert [entry["event"] for entry in logs] == ["attendance_imported"]
    written = repr(logs)
    assert not any(child.name in written for child in VILLAGE.children)
    assert "990101" not in written


async def test_the_order_of_rows_changes_nothing_in_the_database(village, tmp_path):
    """Any order of the same rows leaves the same absences, class-days and leads."""
    outcomes = []
    for seed in range(6):
        rows = golden.numbered()
        random.Random(seed).shuffle(rows)
        path = tmp_path / f"{seed}.csv"
        path.write_bytes(golden.csv_bytes(rows, "utf-8"))
        async with village.connect() as connection:
            transaction = await connection.begin()
            report = await import_attendance(
                connection, path, by="clerk-1", calendar=CALENDAR, as_of=golden.AS_OF
            )
            state = [
                (await connection.execute(text(TABLES[name]))).all()
                for name in ("absence", "class_day", "lead", "outbox")
            ]
            await transaction.rollback()
        outcomes.append((state, report.problems(), report.added, report.leads))

    assert all(outcome == outcomes[0] for outcome in outcomes)
