"""Public versions: names masked, and no small figure that sums give back."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from reports.masking import PROTECTED, SMALL, mask_name, suppress, with_totals


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张小禾", "张某某"), ("李强", "李某"), ("欧阳明月", "欧阳某某"), ("沙玛·阿依", "沙某某"), ("", ""), ("王", "王某")],
)  # fmt: skip
def test_names_are_masked(name: str, shown: str) -> None:
    """Only the family name is left."""
    assert mask_name(name) == shown


def test_one_small_cell_takes_others_with_it() -> None:
    """A single hidden 2 would be total minus the rest: a companion in its row and column goes too."""
    made = suppress([[2, 20, 30], [10, 11, 12], [9, 14, 15]])
    assert made[0][0] is None
    assert sum(cell is None for cell in made[0]) >= 2
    assert sum(line[0] is None for line in made) >= 2


def test_two_ones_are_not_given_away_by_their_sum() -> None:
    """Two hidden cells whose total is 2 would be known to be small: more is hidden."""
    made = suppress([[1, 1, 0], [20, 20, 20]])
    assert made[0][2] is None or made[0][3] is None


def test_large_tables_stay_as_they_are() -> None:
    """Nothing small, nothing hidden; a nought is no child."""
    assert suppress([[5, 0], [7, 9]]) == with_totals([[5, 0], [7, 9]])


def attacked(shown: list[list[int | None]], most: int) -> dict[tuple[int, int], set[int]]:
    """Find every value the hidden cells can have, by trying all bodies that fit what is shown."""
    rows, columns = len(shown) - 1, len(shown[0]) - 1
    body = [(r, c) for r in range(rows) for c in range(columns)]
    open_ = [cell for cell in body if shown[cell[0]][cell[1]] is None]
    found: dict[tuple[int, int], set[int]] = {}
    for values in product(range(most + 1), repeat=len(open_)):
        guess = [[shown[r][c] for c in range(columns)] for r in range(rows)]
        for (r, c), value in zip(open_, values, strict=True):
            guess[r][c] = value
        full = with_totals(guess)  # type: ignore[arg-type]
        if all(
            shown[r][c] in (None, full[r][c]) for r in range(rows + 1) for c in range(columns + 1)
        ):
            for r in range(rows + 1):
                for c in range(columns + 1):
                    if shown[r][c] is None:
                        found.setdefault((r, c), set()).add(full[r][c])
    return found


@pytest.mark.parametrize("seed", range(60))
def test_an_attacker_who_tries_everything_learns_no_small_cell(seed: int) -> None:
    """Every hidden cell has at least ``PROTECTED`` + 1 values left, found by brute force."""
    rng = Random(seed)
    counts = [[rng.choice((0, 1, 2, 3, 6, 7)) for _ in range(2)] for _ in range(2)]
    shown = suppress(counts)
    assert not any(value is not None and 0 < value < SMALL for line in shown for value in line)
    for (r, c), values in attacked(shown, 14).items():
        assert with_totals(counts)[r][c] in values
        assert max(values) - min(values) >= PROTECTED, (counts, shown, (r, c), values)
