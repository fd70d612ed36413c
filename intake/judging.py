"""Judge attendance rows against the roster and the calendar; nothing here reads or writes.

The outcome does not depend on the order of the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from intake.headers import SourceRow, Table
from intake.problems import Problem, RowProblem, problem
from intake.roster import ClassKey, KnownChild, Roster
from intake.wording import Mark, Presence
from intake.written_rows import WrittenRow
from models.calendar import Calendar
from models.roster import school_year_of


@dataclass(frozen=True, slots=True)
class ChildDay:
    """A good row: one child on one day."""

    position: int
    child_ref: UUID
    class_code: str
    day: date
    mark: Mark
    reason: str


@dataclass(frozen=True, slots=True)
class FullDay:
    """A good row: a class had nobody absent."""

    position: int
    class_code: str
    day: date


@dataclass(frozen=True, slots=True)
class RejectedRow:
    table: Table
    source: SourceRow
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Unclear:
    """What a refused row may have meant: a child's day, or a day of the class it names."""

    position: int
    school: str
    class_code: str
    child_ref: UUID | None
    day: date
    problems: tuple[RowProblem, ...]


@dataclass(slots=True)
class Judgement:
    child_days: list[ChildDay]
    full_days: list[FullDay]
    rejected: list[RejectedRow]
    unclear: list[Unclear] = field(default_factory=list)

    def only(self, positions: frozenset[int]) -> Judgement:
        """Keep what was judged of these rows; they were still weighed against all the others."""
        return Judgement(
            [row for row in self.child_days if row.position in positions],
            [row for row in self.full_days if row.position in positions],
            [row for row in self.rejected if row.source.position in positions],
            [row for row in self.unclear if row.position in positions],
        )


def judge(rows: Sequence[WrittenRow], roster: Roster, calendar: Calendar, as_of: date) -> Judgement:
    """Divide the rows into what goes in and what goes back."""
    judged = _Judge(roster, calendar, as_of)
    for row in rows:
        judged.take(row)
    judged.compare()
    rejected = [
        RejectedRow(row.table, row.source, tuple(row.problems)) for row in rows if row.problems
    ]
    return Judgement(
        [good for row, good in judged.child_days if not row.problems],
        [good for row, good in judged.full_days if not row.problems],
        rejected,
        [each for row in rows if row.problems for each in judged.unclear(row)],
    )


class _Judge:
    def __init__(self, roster: Roster, calendar: Calendar, as_of: date) -> None:
        self.child_days: list[tuple[WrittenRow, ChildDay]] = []
        self.full_days: list[tuple[WrittenRow, FullDay]] = []
        self._roster = roster
        self._calendar = calendar
        self._as_of = as_of
        self._absent_in: set[tuple[str, date]] = set()
        self._no_class: dict[tuple[date, str | None], Problem | None] = {}

    def take(self, row: WrittenRow) -> None:
        school = self._school(row)
        if row.has_child or row.mark is not Presence.FULL:
            self._take_child(row, school)
        else:
            self._take_class(row, school)

    def _take_child(self, row: WrittenRow, school: str | None) -> None:
        self._note_absence(row, school)
        child = self._child(row, school)
        self._check_day(row, child.school_on(row.day) if child else school)
        if row.problems or child is None or row.day is None or row.mark is None:
            return
        class_code = self._class_code(row, child.class_key_on(row.day))
        if class_code is not None:
            mark = Presence.PRESENT if row.mark is Presence.FULL else row.mark
            good = ChildDay(row.source.position, child.ref, class_code, row.day, mark, row.reason)
            self.child_days.append((row, good))

    def _note_absence(self, row: WrittenRow, school: str | None) -> None:
        """Remember that the class had an absence, even if the row itself must go back."""
        if school is None or row.class_key is None or row.day is None:
            return
        code = self._roster.class_code((school, *row.class_key), school_year_of(row.day))
        if code is not None and not isinstance(row.mark, Presence):
            self._absent_in.add((code, row.day))

    def _take_class(self, row: WrittenRow, school: str | None) -> None:
        if not row.school and not row.school_code:
            row.problems.append(problem(RowProblem.SCHOOL_MISSING))
        if row.class_key is None:
            code = RowProblem.CLASS_UNKNOWN if row.class_text else RowProblem.CLASS_MISSING
            row.problems.append(problem(code))
        self._check_day(row, school)
        if row.problems or school is None or row.day is None or row.class_key is None:
            return
        class_code = self._class_code(row, (school, *row.class_key))
        if class_code is not None:
            self.full_days.append((row, FullDay(row.source.position, class_code, row.day)))

    def _school(self, row: WrittenRow) -> str | None:
        if not row.school and not row.school_code:
            return None
        code = self._roster.school(row.school, row.school_code)
        if code is None:
            row.problems.append(problem(RowProblem.SCHOOL_UNKNOWN))
        return code

    def _check_day(self, row: WrittenRow, school: str | None) -> None:
        if row.day is None:
            return
        key = (row.day, school)
        if key not in self._no_class:
            self._no_class[key] = self._why_no_class(row.day, school)
        found = self._no_class[key]
        if found is not None:
            row.problems.append(found)

    def _why_no_class(self, day: date, school: str | None) -> Problem | None:
        if day > self._as_of:
            return problem(RowProblem.DATE_IN_FUTURE)
        if self._calendar.is_school_day(day, school):
            return None
        why = self._calendar.why_skipped(day, school=school, school_days=True)
        return problem(RowProblem.NOT_A_SCHOOL_DAY, why=why)

    def _class_code(self, row: WrittenRow, place: ClassKey | None) -> str | None:
        day = row.day
        code = None
        if place is not None and day is not None:
            code = self._roster.class_code(place, school_year_of(day))
        if code is None:
            row.problems.append(problem(RowProblem.CLASS_UNKNOWN))
        return code

    def _child(self, row: WrittenRow, school: str | None) -> KnownChild | None:
        if not row.has_child:
            if not any(p.code in _NUMBER_PROBLEMS for p in row.problems):
                row.problems.append(problem(RowProblem.CHILD_MISSING))
            return None
        if any(p.code in _NUMBER_PROBLEMS for p in row.problems):
            return None
        if row.id_no is None and row.roll_no is None:
            return self._child_by_name(row, school)
        return self._child_by_numbers(row, school)

    def _child_by_numbers(self, row: WrittenRow, school: str | None) -> KnownChild | None:
        by_id = self._roster.by_id_no.get(row.id_no or "")
        by_roll = self._roster.by_roll_no.get(row.roll_no or "")
        child = by_id or by_roll
        if child is None:
            row.problems.append(problem(RowProblem.CHILD_UNKNOWN))
            return None
        # A number the roster does not hold may be newer than the roster; one that it gives to
        # somebody else, or contradicts, may not.
        id_differs = row.id_no is not None and child.id_no not in (None, row.id_no)
        roll_differs = row.roll_no is not None and child.roll_no not in (None, row.roll_no)
        if id_differs or roll_differs or (by_id and by_roll and by_id.ref != by_roll.ref):
            row.problems.append(problem(RowProblem.NUMBERS_DISAGREE))
            return None
        if row.name and row.name != child.name_key:
            row.problems.append(problem(RowProblem.NAME_MISMATCH))
        if school is not None and child.school_on(row.day) != school:
            row.problems.append(problem(RowProblem.SCHOOL_MISMATCH))
        return child

    def _child_by_name(self, row: WrittenRow, school: str | None) -> KnownChild | None:
        if not row.school and not row.school_code:
            row.problems.append(problem(RowProblem.SCHOOL_MISSING))
        if row.class_key is None:
            row.problems.append(problem(RowProblem.CLASS_MISSING))
        if school is None or row.class_key is None:
            return None
        found = self._roster.named((school, *row.class_key), row.name, row.day)
        if len(found) == 1:
            return found[0]
        code = RowProblem.CHILD_AMBIGUOUS if found else RowProblem.CHILD_UNKNOWN
        row.problems.append(problem(code))
        return None

    def unclear(self, row: WrittenRow) -> list[Unclear]:
        """Say whom a refused row may concern; nobody where the day itself is out of the question."""
        day, codes = row.day, tuple(dict.fromkeys(p.code for p in row.problems))
        if day is None or _NO_DOUBT & set(codes) or row.mark is Presence.FULL:
            return []
        school = self._roster.school(row.school, row.school_code)
        place = None if school is None or row.class_key is None else (school, *row.class_key)
        children = [
            self._roster.by_id_no.get(row.id_no or ""),
            self._roster.by_roll_no.get(row.roll_no or ""),
            *(self._roster.named(place, row.name, day) if place and row.name else ()),
        ]
        suspects = {child.ref: child for child in children if child is not None}
        found: list[tuple[ClassKey | None, UUID | None]] = [
            (child.class_key_on(day), ref) for ref, child in sorted(suspects.items())
        ]
        return [
            Unclear(row.source.position, key[0], code, ref, day, codes)
            for key, ref in found or [(place, None)]
            if key and (code := self._roster.class_code(key, school_year_of(day)))
        ]

    def compare(self) -> None:
        """Set the rows against each other: repeated, contradictory, full yet with an absence."""
        same_day: dict[tuple[UUID, date], list[tuple[WrittenRow, ChildDay]]] = defaultdict(list)
        for row, good in self.child_days:
            same_day[good.child_ref, good.day].append((row, good))
            if good.mark is not Presence.PRESENT:
                self._absent_in.add((good.class_code, good.day))
        for entries in same_day.values():
            if len({good.mark for _, good in entries}) > 1:
                for row, _ in entries:
                    row.problems.append(problem(RowProblem.CONFLICTING_ROWS))
                continue
            # The fullest reason stays, whichever row came first.
            entries.sort(key=lambda entry: (-len(entry[1].reason), entry[1].reason))
            for row, _ in entries[1:]:
                row.problems.append(problem(RowProblem.DUPLICATE_ROW))
        seen: set[tuple[str, date]] = set()
        for row, full in self.full_days:
            key = (full.class_code, full.day)
            if key in self._absent_in:
                row.problems.append(problem(RowProblem.FULL_ATTENDANCE_CONFLICT))
            elif key in seen:
                row.problems.append(problem(RowProblem.DUPLICATE_ROW))
            seen.add(key)


_NO_DOUBT = {
    RowProblem.DATE_MISSING,
    RowProblem.DATE_UNREADABLE,
    RowProblem.DATE_IN_FUTURE,
    RowProblem.NOT_A_SCHOOL_DAY,
    RowProblem.DUPLICATE_ROW,
    RowProblem.FULL_ATTENDANCE_CONFLICT,
}
"""Refused, yet nothing is unknown by it: no school day, or a day another row speaks of."""

_NUMBER_PROBLEMS = {
    RowProblem.ID_NUMBER,
    RowProblem.ID_NUMBER_NEEDS_REVIEW,
    RowProblem.ROLL_NUMBER,
}
