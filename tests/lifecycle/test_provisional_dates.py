"""A date in a year without its holiday notice is provisional until the notice is loaded."""

from __future__ import annotations

from datetime import date, datetime

from lifecycle.days import SHANGHAI
from lifecycle.verdict import Decision
from models.calendar import Calendar
from models.commands import AdoptCalendar
from models.events import ObligationRederived
from models.people import SYSTEM
from tests.walk import Walk, calendar


def loaded(before: Calendar, year: int, **rest: str) -> Calendar:
    """The same calendar once the notice of ``year`` is in, with more rest days."""
    more = {date.fromisoformat(day.replace("_", "-")[1:]): name for day, name in rest.items()}
    return before.but(
        loaded_years=(*before.loaded_years, year), rest_days={**before.rest_days, **more}
    )


def at_new_year() -> Walk:
    """A case whose next deadline runs over the turn into a year without notice."""
    walk = Walk(at=datetime(2026, 12, 30, 10, 0, tzinfo=SHANGHAI))
    walk.open(happened_on=date(2026, 12, 30), absent_since=date(2026, 12, 28))
    return walk


def test_a_deadline_over_an_unloaded_new_year_is_marked() -> None:
    """Counted with weekends and the holidays fixed by law, and marked provisional."""
    walk = at_new_year()
    clear = {o.duty: o for o in walk.state.live_obligations()}["report_suspected"]
    assert clear.due_on == date(2026, 12, 31)
    assert not clear.derivation.is_provisional
    walk.pass_days(1)
    later = [o for o in walk.state.live_obligations() if o.due_on.year == 2027]
    assert later
    assert all(o.derivation.is_provisional for o in later)


def test_loading_the_notice_moves_the_date_by_an_event() -> None:
    """The notice gives 4 January off: the deadline moves, with both dates in the ledger."""
    walk = at_new_year()
    walk.pass_days(3)
    before = {o.key: o for o in walk.state.live_obligations() if o.derivation.is_provisional}
    assert before
    walk.calendar = loaded(calendar(), 2027, d2027_01_04="调休", d2027_01_05="调休")
    command = AdoptCalendar(request_id="calendar-1", actor=SYSTEM, happened_on=walk.today)
    verdict = walk.try_(command)
    assert isinstance(verdict, Decision)
    walk.take(command, verdict)
    moved = [event for event in verdict.events if isinstance(event, ObligationRederived)]
    assert {event.key for event in moved} == set(before)
    for event in moved:
        now = walk.state.obligations[event.key]
        assert not now.derivation.is_provisional
        assert now.due_on >= before[event.key].due_on
    assert any(walk.state.obligations[e.key].due_on > before[e.key].due_on for e in moved)


def test_adopting_twice_changes_nothing() -> None:
    """A second adoption of the same calendar has nothing left to say."""
    walk = at_new_year()
    walk.pass_days(3)
    walk.calendar = loaded(calendar(), 2027)
    for expected in (True, False):
        command = AdoptCalendar(
            request_id=f"calendar-{expected}", actor=SYSTEM, happened_on=walk.today
        )
        verdict = walk.try_(command)
        assert isinstance(verdict, Decision)
        assert bool(verdict.events) is expected
        walk.take(command, verdict)
