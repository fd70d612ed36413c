"""The words of responsibility: two lines, their levels, and the seats on them."""

from __future__ import annotations

from models.base import Coded, Frozen


class Line(Coded):
    GOVERNMENT = "government", "政府线"
    EDUCATION = "education", "教育线"


class Level(Coded):
    """Where a seat stands; villages and groups belong to a township, classes to a school."""

    COUNTY = "county", "县"
    TOWNSHIP = "township", "乡镇"
    VILLAGE = "village", "村"
    GROUP = "group", "组"
    SCHOOL = "school", "学校"
    CLASS = "class", "班级"


LEVELS = {
    Line.GOVERNMENT: (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE, Level.GROUP),
    Line.EDUCATION: (Level.COUNTY, Level.TOWNSHIP, Level.SCHOOL, Level.CLASS),
}
"""The four levels of each line (roles.md §1); the township of education is its 中心学校."""
PLACED = {Level.VILLAGE, Level.GROUP, Level.CLASS}
"""Levels without an office code of their own: they are named within their township or school."""
REGISTRAR_TITLE = "学籍管理员"
"""This seat wants training before it is taken, and a reason for a change (DC-2.3.3a)."""


class Seat(Frozen):
    """One seat of a line, as the jurisdiction's rule has it."""

    line: Line
    number: int
    level: Level
    title: str


class Post(Frozen):
    """One seat of one office: what a person is put in charge of."""

    line: Line
    level: Level
    office: str
    """Code of the county, township or school the seat belongs to."""
    place: str = ""
    """Name of the village or group, or the class as ``8-2``; empty at the other levels."""
    seat: int
    title: str = ""

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        return self.line.value, self.level.value, self.office, self.place, self.seat
