"""The formulas on facts made by hand, where the planted county has none of the kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from reports.indicator_facts import DutyFact, IndicatorFacts, PaperFactLine, RoundFact
from reports.indicators import BY_ID, Figure, printed
from tests.walk import SCHOOL

NONE = IndicatorFacts(date(2025, 9, 1), date(2025, 9, 30), 2025, ())


def figure(name: str, facts: IndicatorFacts) -> Figure:
    return Figure(BY_ID[name], BY_ID[name].count(facts))


def test_late_is_not_in_time_and_open_is_not_counted() -> None:
    """One in time, one missed, one met after it was missed, one still running: 1 of 3."""
    facts = replace(
        NONE,
        duties=(
            DutyFact("accept_order", "a", "met", False), DutyFact("accept_order", "b", "missed", True),
            DutyFact("accept_order", "c", "met", True), DutyFact("accept_order", "d", "open", False),
            DutyFact("verify", "e", "missed", True), DutyFact("accept_order", "f", "withdrawn", False),
        ),
    )  # fmt: skip
    found = figure("orders_in_time", facts)
    assert (found.counted.numerator, found.counted.denominator) == (1, 3)
    assert found.counted.cases == ("b", "c")
    assert (found.counted.top, found.counted.under) == (("a",), ("a", "b", "c"))


def test_rounds_met_late_are_late() -> None:
    """Eight met, one late, one missed, two running: 8 of 10."""
    statuses = [*["met"] * 8, "met_late", "missed", "open", "open"]
    rounds = tuple(
        RoundFact("attendance", SCHOOL, f"2025-09-{day:02}", status)
        for day, status in enumerate(statuses, 1)
    )
    found = figure("attendance_in_time", replace(NONE, rounds=rounds))
    assert printed(found) == "80.00%"
    assert set(found.counted.under) - set(found.counted.top) == {
        f"{SCHOOL} 2025-09-09", f"{SCHOOL} 2025-09-10",
    }  # fmt: skip


def test_papers_not_served_lead_to_their_cases() -> None:
    """Two of three served; the case of the third is named."""
    papers = (
        PaperFactLine("correction_order", "a", date(2025, 9, 2)),
        PaperFactLine("penalty_notice", "b", None),
        PaperFactLine("penalty_decision", "c", date(2025, 9, 5)),
    )
    found = figure("papers_served", replace(NONE, papers=papers))
    assert (found.counted.numerator, found.counted.denominator) == (2, 3)
    assert found.counted.cases == ("b",)


def test_agreement_of_the_three_lists() -> None:
    """Three of four classes agree; the odd case is named."""
    facts = replace(
        NONE, compared_classes=("1", "2", "3", "4"), consistent_classes=("1", "2", "4"),
        inconsistent_cases=("x",),
    )  # fmt: skip
    found = figure("consistent", facts)
    assert (printed(found), found.counted.cases) == ("75.00%", ("x",))
    assert found.note == ""
