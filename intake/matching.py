"""Who is the same child: number first, then name and birthday; every match says why.

Nothing here reads or writes. Pairs are found in bulk; what is doubtful is left to a person, whose
answer stands until the next one. Twins — one birthday, one guardian, two given names — are two
children: no road below makes a pair of two different names unless they bear one number, and then
only as a question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

import polars as pl

from intake.entries import Entry, folded, gather, signature
from models.census import MatchAnswer, MatchReason
from models.identity import check_character

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Match:
    """Two entries taken for one child, and why."""

    left: str
    right: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two entries a person must judge."""

    left: str
    right: str
    reason: MatchReason
    explanation: str
    answer: MatchAnswer | None = None

    @property
    def pair(self) -> Pair:
        return self.left, self.right


@dataclass(slots=True)
class Matched:
    """The outcome: what to take for one child, what to take apart, what to ask."""

    same: list[Match] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    child_of: dict[str, str] = field(default_factory=dict)
    """Signature → the child's name, where it is not simply the person of the entry."""


def match(entries: pl.DataFrame, answers: Mapping[Pair, MatchAnswer]) -> Matched:
    """Match the entries of a county; ``answers`` by the two signatures in order."""
    found = Matched()
    people = gather(entries)
    _one_number(entries, people, found)
    _one_roll_number(entries, found)
    seen = _short_numbers(people, found)
    _by_name(people, found, seen)
    _misspelt(people, found)
    _answer(found, answers)
    found.child_of = _children(found, people)
    found.same.sort(key=lambda one: (one.left, one.right))
    found.doubts.sort(key=lambda one: one.pair)
    return found


def _one_number(entries: pl.DataFrame, people: dict[str, Entry], found: Matched) -> None:
    """Explain names written in variants of one number; ask about names that differ."""
    spellings = (
        entries.filter(~pl.col("person").str.starts_with("temp:"))
        .group_by("person")
        .agg(pl.col("name_key").unique().sort())
        .filter(pl.col("name_key").list.len() > 1)
        .sort("person")
    )
    for person, names in spellings.iter_rows():
        keys = sorted({signature(person, name) for name in names})
        if len(keys) < len(names):
            found.same.append(
                Match(
                    keys[0], keys[0], "号码相同，姓名只有异体字、繁简或间隔号的差别，视为同一儿童"
                )
            )
        for left, right in combinations(keys, 2):
            said = "号码相同而姓名不同：可能是姓名登记有误，也可能两名儿童用了一个号码"
            found.doubts.append(Doubt(left, right, MatchReason.NUMBER_SHARED, said))


def _one_roll_number(entries: pl.DataFrame, found: Matched) -> None:
    """Follow a roll number from the list that also has the ID number to the one that has not."""
    with_both = entries.filter(
        pl.col("roll_no").str.starts_with("L") & pl.col("person").str.starts_with("id:")
    ).select("roll_no", "person", "name_key")
    for roll, person, name in with_both.unique().sort("roll_no", "person").iter_rows():
        alone = entries.filter(pl.col("person") == f"roll:{roll}")["name_key"].unique().sort()
        for other in alone:
            left, right = sorted((signature(person, name), signature(f"roll:{roll}", other)))
            if folded(other) == folded(name):
                found.same.append(Match(left, right, "学籍号相同，姓名相同"))
            else:
                found.doubts.append(
                    Doubt(left, right, MatchReason.NUMBER_SHARED, "学籍号相同而姓名不同")
                )


def _by_name(people: dict[str, Entry], found: Matched, seen: set[Pair]) -> None:
    """Pair entries of one name by birthday, or by guardian, and weigh each pair."""
    by_birth: dict[Pair, list[Entry]] = {}
    by_guardian: dict[Pair, list[Entry]] = {}
    for entry in people.values():
        name = folded(entry.name)
        if entry.birth:
            by_birth.setdefault((name, entry.birth), []).append(entry)
        for guardian in entry.guardians:
            by_guardian.setdefault((name, guardian), []).append(entry)
    for group in by_birth.values():
        for one, other in combinations(sorted(group, key=lambda entry: entry.key), 2):
            if one.person != other.person and (one.key, other.key) not in seen:
                seen.add((one.key, other.key))
                _weigh(one, other, len(group) > 2, found)
    for group in by_guardian.values():
        for one, other in combinations(sorted(group, key=lambda entry: entry.key), 2):
            pair = one.key, other.key
            if one.person == other.person or pair in seen:
                continue
            seen.add(pair)
            said = "姓名、监护人相同而出生日期不同：可能一名儿童登记了两次" + _sexes(one, other)
            found.doubts.append(Doubt(*pair, MatchReason.BIRTH_DIFFERS, said))


def _sexes(one: Entry, other: Entry) -> str:
    """Say where the sexes differ: a number may be wrong in that too, so it is a person's to judge."""
    is_at_odds = one.sexes and other.sexes and not one.sexes & other.sexes
    return "；两边性别不同" if is_at_odds else ""


def _weigh(one: Entry, other: Entry, is_crowd: bool, found: Matched) -> None:
    """Decide about two entries of one name and one birthday under different numbers."""
    same_guardian = bool(one.guardians & other.guardians)
    other_guardian = bool(one.guardians and other.guardians) and not same_guardian
    shared = [
        word
        for word, is_so in (
            ("监护人", same_guardian),
            ("户号", bool(one.households & other.households)),
            ("学校", bool(one.schools & other.schools)),
        )
        if is_so
    ]
    if one.id_no and other.id_no:
        apart = sum(a != b for a, b in zip(one.id_no, other.id_no, strict=True))
        never_together = not one.lists & other.lists
        if shared or (not other_guardian and (never_together or apart <= 2)):
            more = f"，{'、'.join(shared)}也相同" if shared else ""
            said = f"姓名、出生日期相同{more}，证件号码有 {apart} 位不同：可能一名儿童有两个号码"
            said += _sexes(one, other)
            found.doubts.append(Doubt(one.key, other.key, MatchReason.TWO_NUMBERS, said))
        return
    if other_guardian:
        return
    is_short = any(entry.person.startswith("short:") for entry in (one, other))
    at_odds = _sexes(one, other)
    if shared and not at_odds and not is_crowd and not is_short and not one.lists & other.lists:
        said = f"一方没有证件号，姓名、出生日期和{'、'.join(shared)}相同"
        found.same.append(Match(one.key, other.key, said))
        return
    said = "一方没有证件号，姓名、出生日期相同，但没有其他佐证或有不止一名同名同日的儿童"
    said += at_odds
    found.doubts.append(Doubt(one.key, other.key, MatchReason.NO_NUMBER, said))


def _misspelt(people: dict[str, Entry], found: Matched) -> None:
    """Ask about an entry without a number whose name is one character off a child's beside it.

    Beside it: the same birthday and the same school or guardian. Twins are such a pair too, so it is
    only ever a question, and none where a child of the very name is there.
    """
    matched = {key for one in found.same for key in (one.left, one.right)}
    asked = matched | {key for doubt in found.doubts for key in doubt.pair}
    by_birth: dict[str, list[Entry]] = {}
    for entry in people.values():
        by_birth.setdefault(entry.birth, []).append(entry)
    for entry in people.values():
        if not entry.person.startswith("temp:") or entry.key in asked:
            continue
        for other in by_birth[entry.birth]:
            is_beside = entry.schools & other.schools or entry.guardians & other.guardians
            if is_beside and not entry.lists & other.lists and _is_one_off(entry.name, other.name):
                left, right = sorted((entry.key, other.key))
                said = "一方没有证件号，出生日期和学校（监护人）相同，姓名只差一个字"
                found.doubts.append(Doubt(left, right, MatchReason.NO_NUMBER, said))


def _is_one_off(one: str, other: str) -> bool:
    if len(one) != len(other):
        return False
    return sum(a != b for a, b in zip(folded(one), folded(other), strict=False)) == 1


def _short_numbers(people: dict[str, Entry], found: Matched) -> set[Pair]:
    """Ask about 15-digit numbers whose likely 18-digit form is borne by a child of that name."""
    seen: set[Pair] = set()
    for entry in people.values():
        if not entry.person.startswith("short:"):
            continue
        digits = entry.person[6:]
        first_17 = f"{digits[:6]}20{digits[6:]}"
        key = signature(f"id:{first_17}{check_character(first_17)}", entry.name)
        if key in people:
            left, right = sorted((entry.key, key))
            said = "一方是 15 位旧号码，补足年份和校验位后与另一方的 18 位号码相同"
            seen.add((left, right))
            found.doubts.append(Doubt(left, right, MatchReason.SHORT_NUMBER, said))
    return seen


def _answer(found: Matched, answers: Mapping[Pair, MatchAnswer]) -> None:
    """Put the answers given so far beside the doubts; a match once denied is a match no more."""
    found.doubts = [
        Doubt(d.left, d.right, d.reason, d.explanation, answers.get(d.pair)) for d in found.doubts
    ]
    found.same = [
        one for one in found.same if answers.get((one.left, one.right)) is not MatchAnswer.NOT_SAME
    ]


def _children(found: Matched, people: dict[str, Entry]) -> dict[str, str]:
    """Name the child of every entry that is not simply its own person."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.get(key, key) != key:
            key = parent[key]
        return key

    pairs = [(one.left, one.right) for one in found.same]
    pairs += [d.pair for d in found.doubts if d.answer is MatchAnswer.SAME]
    for left, right in pairs:
        first, second = sorted((root(left), root(right)), key=_rank)
        parent[second] = first
    apart = {
        key
        for d in found.doubts
        if d.answer is MatchAnswer.NOT_SAME and d.reason is MatchReason.NUMBER_SHARED
        for key in d.pair
    }
    joined = {key: root(key) for pair in pairs for key in pair}
    return {
        key: joined.get(key, key) if joined.get(key, key) in apart else
        joined.get(key, key).rpartition("|")[0]
        for key in sorted(set(joined) | apart)
        if key in people
    }  # fmt: skip


def _rank(key: str) -> tuple[int, str]:
    """Put an ID number before a roll number, and both before a temporary id."""
    order = ("id:", "roll:", "short:", "temp:")
    return next(n for n, word in enumerate(order) if key.startswith(word)), key
