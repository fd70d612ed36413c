"""The charts people look at: a year's trend, the funnel of the four steps, bars by township."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from models.words import Stage
from reports.case_lines import CaseLine
from reports.masking import HIDDEN
from reports.public import LEVELS, shown_counts
from reports.svg import BLUE, GREEN, INK, ORANGE, Canvas

WIDTH, HEIGHT = 900, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 870, 100, 360
STEPS = (
    (Stage.PERSUASION, "第一步 宣传教育"), (Stage.CORRECTION, "第二步 责令改正"),
    (Stage.PENALTY, "第三步 行政处罚"), (Stage.COURT, "第四步 申请强制执行或诉讼"),
)  # fmt: skip
NAMES = ("trend", "funnel", "townships")


def month_ends(last: date, count: int = 12) -> list[date]:
    """Return the last days of ``count`` months up to the one of ``last``, which ends on ``last``."""
    found, day = [last], last.replace(day=1) - timedelta(days=1)
    while len(found) < count:
        found.append(day)
        day = day.replace(day=1) - timedelta(days=1)
    return found[::-1]


def trend(lines: Sequence[CaseLine], last: date, unit: str) -> str:
    """Draw, for twelve months, how many were out at each month's end and how many came back in it."""
    ends = month_ends(last)
    out = [sum(line.is_confirmed_out_on(day) for line in lines) for day in ends]
    back = [
        sum(day.replace(day=1) <= on <= day for line in lines for on in line.returns())
        for day in ends
    ]
    said = "；".join(
        f"{day:%Y-%m}未返校{o}人、返校{b}人次" for day, o, b in zip(ends, out, back, strict=True)
    )
    canvas = Canvas(WIDTH, HEIGHT, f"{unit}近十二个月未返校与返校人数", said)
    canvas.text(LEFT, 32, canvas.title, size=18)
    top = _scale(canvas, max(*out, *back, 1))
    step = (RIGHT - LEFT - 60) / (len(ends) - 1)
    for place, day in enumerate(ends):
        canvas.text(LEFT + 30 + step * place, BOTTOM + 40, f"{day:%y-%m}", anchor="middle", size=12)
    for label, values, colour, dash, x in (
        ("月末未返校（人）", out, ORANGE, "", 560), ("当月返校（人次）", back, GREEN, "6 4", 730),
    ):  # fmt: skip
        points = [(LEFT + 30 + step * n, _height(value, top)) for n, value in enumerate(values)]
        canvas.path(points, colour, dash)
        shift = -8 if colour == ORANGE else 18
        for (px, py), value in zip(points, values, strict=True):
            canvas.dot(px, py, colour)
            canvas.text(px, py + shift, str(value), anchor="middle", size=12, colour=colour)
        canvas.path([(x, 58), (x + 26, 58)], colour, dash)
        canvas.text(x + 32, 63, label)
    return canvas.render()


def funnel(lines: Sequence[CaseLine], unit: str) -> str:
    """Draw how many cases ever reached each of the four steps; a later step has passed the first."""
    reached = [_reached(lines, place) for place in range(len(STEPS))]
    said = "；".join(f"{label}{n}件" for (_, label), n in zip(STEPS, reached, strict=True))
    canvas = Canvas(WIDTH, HEIGHT, f"{unit}四步法进展（曾到达该步的案件数）", said)
    canvas.text(LEFT, 32, canvas.title, size=18)
    widest, height = max(*reached, 1), 66
    middle, room = 310, 470
    widths = [room * n / widest for n in reached]
    for place, ((_, label), n) in enumerate(zip(STEPS, reached, strict=True)):
        y = 60 + place * (height + 14)
        half = widths[place] / 2
        canvas.bar(
            middle - half, y, 2 * half, height, (BLUE, "#3b73b3", "#5f8dc2", "#86a9d1")[place]
        )
        rate = f"（{n / reached[0]:.0%}）" if reached[0] else ""
        canvas.text(575, y + height / 2 + 5, f"{label}：{n}件{rate}", size=15)
    return canvas.render()


def _reached(lines: Sequence[CaseLine], place: int) -> int:
    later = {stage for stage, _ in STEPS[place:]}
    return sum(any(stage in later for _, stage in line.moves) for line in lines)


def townships(
    lines: Sequence[CaseLine],
    names: Mapping[str, str],
    on: date,
    unit: str,
    *,
    is_public: bool = False,
) -> str:
    """Draw those not back and those back by township; a public version, only what is published."""
    codes = sorted(names)
    labels = LEVELS if is_public else ("未返校", "已返校")
    shown: list[list[int | None]] = [[*_by_township(lines, code, on)] for code in codes]
    if is_public:
        shown = [line[:2] for line in shown_counts(lines, codes, on)[:-1]]
    said = "；".join(
        f"{names[code]}{labels[0]}{_cell(left)}、{labels[1]}{_cell(right)}"
        for code, (left, right) in zip(codes, shown, strict=True)
    )
    heading = "与".join(labels)
    height = max(HEIGHT, 110 + 52 * len(codes))
    canvas = Canvas(WIDTH, height, f"{unit}各乡镇{heading}人数（{on}）", said)
    canvas.text(LEFT, 32, canvas.title, size=18)
    most = max((n or 0 for line in shown for n in line), default=0) or 1
    for number, (code, line) in enumerate(zip(codes, shown, strict=True)):
        y = 84 + number * 52
        canvas.text(150, y + 22, names[code], anchor="end", size=14)
        for place, (value, colour) in enumerate(zip(line, (ORANGE, GREEN), strict=True)):
            wide = 0 if value is None else 620 * value / most
            canvas.bar(165, y + place * 19, wide, 16, colour)
            canvas.text(172 + wide, y + place * 19 + 13, _cell(value), size=12)
    for x, label, colour in ((560, labels[0], ORANGE), (700, labels[1], GREEN)):
        canvas.bar(x, 52, 16, 12, colour)
        canvas.text(x + 22, 63, label)
    if is_public:
        canvas.text(LEFT, height - 14, f"{HIDDEN}：为保护个人信息不公布", size=12, colour=INK)
    return canvas.render()


def _by_township(lines: Sequence[CaseLine], code: str, on: date) -> list[int]:
    own = [line for line in lines if line.school_township == code]
    out = sum(line.is_confirmed_out_on(on) for line in own)
    back = sum(
        any(day <= on for day in line.returns()) and not line.is_confirmed_out_on(on)
        for line in own
    )
    return [out, back]


def _cell(value: int | None) -> str:
    return HIDDEN if value is None else f"{value}人"


def _scale(canvas: Canvas, most: int) -> int:
    """Draw the grid with whole numbers and return the number at its top."""
    step = max(1, -(-most // 5))
    top = step * 5 if most > 5 else max(most, 1)
    for number in range(0, top + 1, step if most > 5 else 1):
        y = _height(number, top)
        canvas.line(LEFT, y, RIGHT, y)
        canvas.text(LEFT - 8, y + 4, str(number), anchor="end", size=12)
    return top


def _height(value: int, top: int) -> float:
    return BOTTOM - (BOTTOM - TOP) * value / top
