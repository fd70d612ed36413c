"""What the lists say of one child: rows of one number and one name, brought together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from intake.normalise import variants
from intake.wording import name_key

ENTRY = (
    "list", "person", "name_key", "birth_on", "sex", "id_no", "roll_no", "guardian",
    "household_label", "school",
)  # fmt: skip
"""What a match reads of a roster row; ``person`` names it by its best number."""


def folded(name: str) -> str:
    """Bring a name to the form in which variant characters and dots do not count."""
    return (
        name_key(name)
        .translate({ord(odd): usual for odd, usual in variants().items()})
        .replace("·", "")
    )


def signature(person: str, name: str) -> str:
    """Name one entry across lists and terms: its number and its folded name."""
    return f"{person}|{folded(name)}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One child as one or more lists give it under one number and one name."""

    person: str
    name: str
    birth: str
    sexes: frozenset[str]
    guardians: frozenset[str]
    households: frozenset[str]
    schools: frozenset[str]
    lists: frozenset[str]

    @property
    def key(self) -> str:
        return signature(self.person, self.name)

    @property
    def has_number(self) -> bool:
        return self.person.startswith(("id:", "roll:"))

    @property
    def id_no(self) -> str | None:
        return self.person[3:] if self.person.startswith("id:") else None


def candidates(entries: pl.DataFrame, unsettled: Iterable[str]) -> pl.DataFrame:
    """Keep the entries that may pair with an unsettled person: same number, or name and birthday.

    In a county at peace with itself these are few, whatever its size.
    """
    asked = entries.filter(pl.col("person").is_in(list(unsettled)))
    near = entries.join(asked.select("name_key", "birth_on").unique(),
                        on=["name_key", "birth_on"], how="semi")  # fmt: skip
    kin = entries.join(asked.filter(pl.col("guardian") != "").select("name_key", "guardian").unique(),
                       on=["name_key", "guardian"], how="semi")  # fmt: skip
    nameless = asked.filter(pl.col("person").str.starts_with("temp:"))
    beside = entries.join(nameless.select("birth_on", "school").drop_nulls().unique(),
                          on=["birth_on", "school"], how="semi")  # fmt: skip
    people = pl.concat([one["person"] for one in (asked, near, kin, beside)]).unique()
    return entries.filter(pl.col("person").is_in(people.implode()))


def gather(entries: pl.DataFrame) -> dict[str, Entry]:
    """Bring the rows of all lists to one entry per number and folded name."""
    grouped = (
        entries.group_by("person", "name_key")
        .agg(
            pl.col("birth_on").drop_nulls().min().dt.to_string("%Y-%m-%d"),
            *(pl.col(name).drop_nulls().unique() for name in
              ("sex", "guardian", "household_label", "school", "list")),
        )
        .sort("person", "name_key")
    )  # fmt: skip
    people: dict[str, Entry] = {}
    for person, name, birth, sexes, guardians, households, schools, lists in grouped.iter_rows():
        entry = Entry(
            person, name, birth or "", frozenset(sexes), _said(map(folded, guardians)),
            _said(households), frozenset(schools), frozenset(lists),
        )  # fmt: skip
        there = people.get(entry.key)
        people[entry.key] = entry if there is None else _joined(there, entry)
    return people


def _said(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if word)


def _joined(one: Entry, other: Entry) -> Entry:
    return Entry(
        one.person, min(one.name, other.name), one.birth or other.birth, one.sexes | other.sexes,
        one.guardians | other.guardians, one.households | other.households,
        one.schools | other.schools, one.lists | other.lists,
    )  # fmt: skip
