"""What each attendance row says by itself, and what is wrong with it before any look-up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from intake.headers import Field, SourceRow, Table
from intake.problems import Problem, RowProblem, number_problem, problem
from intake.wording import MARK_WORDS, Mark, class_of, day_of, mark_of, name_key, plain
from models.identity import IdentityError, parse_id_number, parse_roll_no, says_none


@dataclass(slots=True)
class WrittenRow:
    """What a row says, before anyone asks whether the roster agrees."""

    table: Table
    source: SourceRow
    day: date | None
    school: str
    school_code: str
    class_text: str
    class_key: tuple[int, int] | None
    id_no: str | None
    roll_no: str | None
    name: str
    mark: Mark | None
    reason: str
    problems: list[Problem] = field(default_factory=list)

    @property
    def has_child(self) -> bool:
        return bool(self.id_no or self.roll_no or self.name)


def read_rows(tables: Iterable[Table]) -> list[WrittenRow]:
    return [_read_row(table, row) for table in tables for row in table.rows]


def _read_row(table: Table, source: SourceRow) -> WrittenRow:
    problems: list[Problem] = []
    id_no = _id_number(table.text(source, Field.ID_NO), problems)
    roll_no = _roll_number(table.text(source, Field.ROLL_NO), problems)
    day = day_of(table.cell(source, Field.DAY))
    if day is None:
        is_blank = not table.text(source, Field.DAY)
        code = RowProblem.DATE_MISSING if is_blank else RowProblem.DATE_UNREADABLE
        problems.append(problem(code))
    mark_text = table.text(source, Field.MARK)
    mark = mark_of(mark_text)
    if mark is None:
        code = RowProblem.MARK_UNKNOWN if mark_text else RowProblem.MARK_MISSING
        problems.append(problem(code, words=MARK_WORDS))
    class_text = table.text(source, Field.CLASS)
    return WrittenRow(
        table=table,
        source=source,
        day=day,
        school=plain(table.text(source, Field.SCHOOL)),
        school_code=plain(table.text(source, Field.SCHOOL_CODE)),
        class_text=class_text,
        class_key=class_of(class_text, table.text(source, Field.GRADE)),
        id_no=id_no,
        roll_no=roll_no,
        name=name_key(table.text(source, Field.NAME)),
        mark=mark,
        reason=table.text(source, Field.REASON),
        problems=problems,
    )


def _id_number(text: str, problems: list[Problem]) -> str | None:
    if says_none(text):
        return None
    try:
        number = parse_id_number(text)
    except IdentityError as error:
        problems.append(number_problem(RowProblem.ID_NUMBER, error))
        return None
    if number.needs_review:
        problems.append(problem(RowProblem.ID_NUMBER_NEEDS_REVIEW))
        return None
    return number.text


def _roll_number(text: str, problems: list[Problem]) -> str | None:
    if says_none(text):
        return None
    try:
        return parse_roll_no(text).text
    except IdentityError as error:
        problems.append(number_problem(RowProblem.ROLL_NUMBER, error))
        return None
