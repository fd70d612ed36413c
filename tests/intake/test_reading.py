"""Files as offices send them: encodings, title rows, merged cells, and what is refused."""

import contextlib
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter import Workbook

from intake.headers import Field, find_tables
from intake.problems import FILE_SENTENCES, ROW_SENTENCES, FileProblem, IntakeError, RowProblem
from intake.reading import cell_text, decode, read_file, read_sheets
from intake.wording import class_of, day_of, mark_of, name_key
from models.roster import AbsenceKind

TABLE = "日期,身份证件号,姓名,考勤\n2025-10-13,99,王雨,旷课\n"


def refusal(content: bytes) -> FileProblem:
    with pytest.raises(IntakeError) as raised:
        find_tables(read_sheets(content))
    return raised.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_every_encoding_gives_the_same_text(encoding):
    """UTF-8 with and without a mark, GBK and GB18030 are told apart."""
    assert decode(TABLE.encode(encoding)) == TABLE


def test_a_rare_character_survives_gb18030():
    """A name outside the basic plane comes back whole."""
    assert decode("姓名\n王𬱖䶮\n".encode("gb18030")) == "姓名\n王𬱖䶮\n"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", FileProblem.EMPTY),
        (b" \n \n", FileProblem.EMPTY),
        (b"\xff\xfe\xff\x00\x80", FileProblem.ENCODING),
        (TABLE.encode("utf-16"), FileProblem.ENCODING),
        ("姓名\n".encode() + b"\xff\xff\xff", FileProblem.ENCODING),
        (b"PK\x03\x04 not a workbook", FileProblem.WORKBOOK),
        (b"%PDF-1.7\n1 0 obj", FileProblem.PDF),
        (b"\xd0\xcf\x11\xe0 not a workbook", FileProblem.WORKBOOK),
        ("随便,写点\n1,2\n".encode(), FileProblem.NO_HEADER),
        ("姓名,学校\n王雨,一小\n".encode(), FileProblem.MISSING_COLUMNS),
        ("日期,姓名,考勤\n\n ,,\n".encode(), FileProblem.NO_ROWS),
    ],
)
def test_a_file_nothing_can_be_taken_from_is_refused_with_its_reason(content, code):
    """Each has its own code."""
    assert refusal(content) is code


def test_the_missing_columns_are_named():
    """The sentence lists what to add."""
    with pytest.raises(IntakeError, match="日期、考勤"):
        find_tables(read_sheets("姓名,学校\n王雨,一小\n".encode()))


def test_a_missing_file_is_refused_with_a_sentence(tmp_path):
    """Neither a missing file nor a folder shows a traceback."""
    for path in (tmp_path / "没有.csv", tmp_path):
        with pytest.raises(IntakeError, match="找不到文件"):
            read_file(path)


def test_every_sentence_says_what_to_do():
    """Every code has a sentence, and every sentence asks for something or tells what is needed."""
    assert FILE_SENTENCES.keys() == set(FileProblem)
    assert ROW_SENTENCES.keys() == set(RowProblem)
    for code, sentence in {**FILE_SENTENCES, **ROW_SENTENCES}.items():
        points_on = "{why}" in sentence
        assert points_on or any(word in sentence for word in ("请", "应")), code


def test_a_header_is_found_below_title_rows_and_with_remarks():
    """Stars, brackets and spaces in a column name do not hide it."""
    text = "考勤汇总,,,\n填报单位：一小,,,\n\n缺勤 日期*,公民身份号码（18位）,学生姓名,考勤\n2025-10-13,1,王,旷课\n"
    (table,) = find_tables(read_sheets(text.encode()))

    assert set(table.columns) == {Field.DAY, Field.ID_NO, Field.NAME, Field.MARK}
    assert table.rows[0].number == 5


def test_tabs_and_semicolons_separate_as_well():
    """The delimiter is what the beginning of the file uses most."""
    for delimiter in "\t;":
        text = TABLE.replace(",", delimiter)
        (table,) = find_tables(read_sheets(text.encode()))
        assert table.text(table.rows[0], Field.NAME) == "王雨"


def test_a_class_merged_over_its_rows_belongs_to_each(tmp_path):
    """Several sheets are read; merged cells are filled downwards; a cover sheet is passed over."""
    path = tmp_path / "a.xlsx"
    book = Workbook(str(path))
    book.add_worksheet("说明").write_string(0, 0, "填表说明")
    for name in ("九月", "十月"):
        sheet = book.add_worksheet(name)
        for column, title in enumerate(("班级", "日期", "姓名", "考勤")):
            sheet.write_string(0, column, title)
        sheet.merge_range(1, 0, 3, 0, "三年级2班")
        for line in (1, 2, 3):
            sheet.write_string(line, 2, f"学生{line}")
    book.close()

    tables = find_tables(read_file(path).sheets)

    assert [table.sheet for table in tables] == ["九月", "十月"]
    assert [t.text(row, Field.CLASS) for t in tables for row in t.rows] == ["三年级2班"] * 6
    assert [row.position for t in tables for row in t.rows] == list(range(6))


def test_a_hidden_sheet_of_attendance_is_not_read(tmp_path):
    """Last month's absences behind this month's are nobody's; the sheet is named to be told."""
    path = tmp_path / "a.xlsx"
    book = Workbook(str(path))
    for name in ("十月", "九月"):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ("班级", "日期", "姓名", "考勤"))
        sheet.write_row(1, 0, ("三年级2班", "2025-10-15", "王雨", "旷课"))
    sheet.hide()
    book.close()

    source = read_file(path)
    assert [table.sheet for table in find_tables(source.sheets)] == ["十月"]
    assert source.hidden == ("九月",)


def test_a_number_too_long_for_a_spreadsheet_is_not_made_to_look_whole():
    """A numeric ID cell has lost its end: it stays in scientific notation and is refused later."""
    assert cell_text(990101201705040023.0) == "9.9010120170504e+17"
    assert cell_text(45947.0) == "45947"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025-09-01", date(2025, 9, 1)),
        ("2025/9/1", date(2025, 9, 1)),
        ("2025.9.1", date(2025, 9, 1)),
        ("2025年9月1日", date(2025, 9, 1)),
        ("２０２５－０９－０１", date(2025, 9, 1)),
        ("20250901", date(2025, 9, 1)),
        ("2025-09-01 08:30:00", date(2025, 9, 1)),
        ("45901", date(2025, 9, 1)),
        (45901.0, date(2025, 9, 1)),
        (datetime(2025, 9, 1, 8, 30), date(2025, 9, 1)),  # noqa: DTZ001
        (date(2025, 9, 1), date(2025, 9, 1)),
        ("9月1日", None),
        ("2025-02-30", None),
        ("12345", None),
        ("明天", None),
    ],
)
def test_dates_are_read_as_offices_write_them(written, day):
    """Text in several forms and spreadsheet serials; a date without its year is refused."""
    assert day_of(written) == day


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("三年级2班", (3, 2)),
        ("三（2）班", (3, 2)),
        ("3年级十二班", (3, 12)),
        ("三十二班", (3, 12)),
        ("九1班", (9, 1)),
        ("初二3班", (8, 3)),
        ("0302", (3, 2)),
        ("301班", (3, 1)),
        ("高一3班", None),
        ("三年级", None),
        ("十十班", None),
        ("", None),
    ],
)
def test_classes_are_read_as_offices_write_them(written, place):
    """Chinese and Arabic numbers, brackets, and the junior school's own count."""
    assert class_of(written) == place


def test_grade_and_class_may_stand_in_two_columns():
    """A 年级 column goes before the class."""
    assert (class_of("2班", "三年级"), class_of("2", "初三")) == ((3, 2), (9, 2))


def test_a_remark_in_brackets_does_not_change_the_mark():
    """病假（水痘） is sick leave."""
    assert mark_of("病假（水痘）") is AbsenceKind.SICK


def test_names_are_compared_without_spaces_and_with_one_middle_dot():
    """王 雨 is 王雨; every dot of a dotted name is the same dot."""
    assert name_key("王　雨") == "王雨"
    assert {name_key(f"沙玛{dot}阿依") for dot in "·•・‧.．"} == {"沙玛·阿依"}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    """No file makes the reader fall over with anything but its own refusal."""
    with contextlib.suppress(IntakeError):
        find_tables(read_sheets(content))


@given(st.text(max_size=20))
def test_any_words_are_read_or_not_known(words):
    """No cell makes the word readers fall over."""
    day_of(words)
    class_of(words)
    mark_of(words)
    name_key(words)
