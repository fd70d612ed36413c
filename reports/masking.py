"""What a public version may show: masked names, and counts nobody can trace to a child.

Small cells (1–4) are suppressed (主抑制); then as many others (从抑制) as it takes until no
suppressed cell can be recomputed from the totals to within ``PROTECTED`` of its value's range. The
range an attacker can compute is exact: a table with totals is a network, and the most a cell may
rise or fall with all shown figures kept is a maximum flow in it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

SMALL = 5
"""Counts from 1 up to, but not including, this are suppressed (house default)."""
PROTECTED = 4
"""The range of a suppressed cell must be at least this wide."""
HIDDEN = "＊"
_DOUBLE = frozenset(
    {"欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "东方", "司徒"}
)
_MANY = 10**9
Cell = tuple[int, int]


def mask_name(name: str) -> str:
    """Mask a name: 张某某; a name of two characters 张某; a double surname is kept whole."""
    if not name:
        return ""
    if len(name) > 2 and name[:2] in _DOUBLE:
        return name[:2] + "某" * min(2, len(name) - 2)
    return name[0] + "某" * max(1, min(2, len(name) - 1))


def suppress(counts: Sequence[Sequence[int]]) -> list[list[int | None]]:
    """Suppress a table without its totals; returns it with a last column and row of totals.

    None is a suppressed cell. Totals are suppressed too where nothing else protects a small cell.
    """
    table = with_totals(counts)
    hidden = {(r, c) for r, line in enumerate(table) for c, n in enumerate(line) if 0 < n < SMALL}
    while weak := next(
        (cell for cell in sorted(hidden) if _width(table, hidden, cell) < PROTECTED), None
    ):
        more = _companion(table, hidden, weak)
        if more is None:
            break  # the whole table is hidden
        hidden.add(more)
    return [
        [None if (r, c) in hidden else n for c, n in enumerate(line)]
        for r, line in enumerate(table)
    ]


def with_totals(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    """Add a last column and a last row of totals."""
    lines = [[*line, sum(line)] for line in counts]
    return [*lines, [sum(column) for column in zip(*lines, strict=True)]]


def _companion(table: list[list[int]], hidden: set[Cell], weak: Cell) -> Cell | None:
    """Choose what to hide beside a weak cell: in its row or column, else anywhere.

    The smallest figure that is not nothing goes first, a body cell before a total.
    """
    rows, columns = len(table), len(table[0])
    free = [(r, c) for r in range(rows) for c in range(columns) if (r, c) not in hidden]

    def cost(cell: Cell) -> tuple[bool, int, bool, int, Cell]:
        r, c = cell
        is_near = r == weak[0] or c == weak[1]
        totals = (r == rows - 1) + (c == columns - 1)
        return not is_near, totals, table[r][c] == 0, table[r][c], cell

    return min(free, key=cost, default=None)


def _width(table: list[list[int]], hidden: set[Cell], cell: Cell) -> int:
    """Return how far apart the least and the greatest value are that the shown figures allow."""
    return _room(table, hidden, cell, 1) + min(_room(table, hidden, cell, -1), _value(table, cell))


def _value(table: list[list[int]], cell: Cell) -> int:
    return table[cell[0]][cell[1]]


def _room(table: list[list[int]], hidden: set[Cell], cell: Cell, direction: int) -> int:
    """Return how much a hidden cell can move with every sum kept: a maximum flow around it."""
    arcs: dict[tuple[int, int], int] = {}
    rows = len(table)
    for r, c in hidden:
        if (r, c) == cell:
            continue
        up, down = _ends(table, r, c, rows)
        arcs[up, down] = arcs.get((up, down), 0) + _MANY  # the figure may be larger
        arcs[down, up] = arcs.get((down, up), 0) + table[r][c]  # or smaller, down to nothing
    start, end = _ends(table, *cell, rows)
    return _flow(arcs, end, start) if direction > 0 else _flow(arcs, start, end)


def _ends(table: list[list[int]], r: int, c: int, rows: int) -> tuple[int, int]:
    """Nodes a cell joins: its row and its column; a single total runs the other way."""
    is_total = (r == rows - 1) != (c == len(table[0]) - 1)
    return (rows + c, r) if is_total else (r, rows + c)


def _flow(arcs: dict[tuple[int, int], int], source: int, sink: int) -> int:
    """Return the maximum flow (shortest augmenting paths), capped at what counts as wide."""
    left, total = dict(arcs), 0
    while total < PROTECTED:
        before = _path(left, source, sink)
        if before is None:
            return total
        steps, node = [], sink
        while node != source:
            steps.append((before[node], node))
            node = before[node]
        amount = min(left[step] for step in steps)
        for a, b in steps:
            left[a, b] -= amount
            left[b, a] = left.get((b, a), 0) + amount
        total += amount
    return total


def _path(left: dict[tuple[int, int], int], source: int, sink: int) -> dict[int, int] | None:
    before: dict[int, int] = {source: source}
    queue = deque([source])
    while queue:
        here = queue.popleft()
        for (a, b), room in left.items():
            if a == here and room > 0 and b not in before:
                before[b] = a
                if b == sink:
                    return before
                queue.append(b)
    return None
