"""Whole cases over simulated months: time-skipping server, real PostgreSQL, real worker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest

from audit.redecide import redecide
from audit.verify import verify_all
from lifecycle.duties import BACKGROUND, BY_ID
from models.events import LABELS
from models.words import Role, Stage
from samples.story import chosen_child, play
from samples.story import write_attendance as three_days
from storage.ledger import events_after
from terminal.playhouse import Playhouse, playhouse
from tests.stories import roads

Stages = Callable[..., AbstractAsyncContextManager[Playhouse]]


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Stages:
    @asynccontextmanager
    async def open_stage(profile: str = "default") -> AsyncIterator[Playhouse]:
        lines: list[str] = []
        async with playhouse(lines.append, tmp_path / "papers", database_url, profile) as house:
            yield house

    return open_stage


async def begin(house: Playhouse) -> None:
    """Three absent days of one pupil through the real import."""
    child = chosen_child(house.county)
    await house.next_school_day()
    calendar = await house.calendar()
    days = [house.today]
    while len(days) < 3:
        earlier = days[0] - timedelta(days=1)
        while not calendar.is_school_day(earlier, child.school):
            earlier -= timedelta(days=1)
        days.insert(0, earlier)
    await house.open_case(three_days(house, child, days))


async def kinds(house: Playhouse) -> list[str]:
    async with house.engine.connect() as connection:
        return [entry.event.kind for entry in await events_after(connection, house.case, 0)]


async def must_be_whole(house: Playhouse) -> None:
    """The chain holds, and every command decided again gives the same contents."""
    async with house.engine.connect() as connection:
        assert all(verdict.is_whole for verdict in await verify_all(connection, None))
        count, differences = await redecide(connection, house.case)
    assert count > 0
    assert differences == []


async def test_the_story_of_the_readme_ends_in_sign_off(stage: Stages) -> None:
    """From the third absent day through all four steps to the sign-off, with both papers."""
    async with stage("sample") as house:
        await play(house)
        assert (await house.state()).stage is Stage.CLOSED_RETURNED
        months = (house.now - house.started_at).days / 30.4
        assert months > 10
        happened = set(await kinds(house))
        assert {
            "lead_opened", "reports_completed", "case_verified", "return_order_issued",
            "persuasion_ended", "correction_order_issued", "paper_served", "penalty_decided",
            "ruling_recorded", "child_placed", "attendance_confirmed", "monitoring_period_ended",
            "case_signed_off",
        } <= happened  # fmt: skip
        papers = sorted(house.folder.glob("*.pdf"))
        assert [path.name.split("-", 3)[3] for path in papers] == [
            "correction_order-1.pdf", "return_order-1.pdf",
        ]  # fmt: skip
        texts = ["".join(page.extract_text() for page in pypdf.PdfReader(p).pages) for p in papers]
        assert "责改〔2026〕1号" in texts[0].replace(" ", "") or "〔" in texts[0]
        assert chosen_child(house.county).name in texts[1].replace("\n", "")
        await must_be_whole(house)


async def test_every_deadline_of_the_road_fires_when_nobody_is_early(stage: Stages) -> None:
    """The same story, every act a day too late: each office's deadline fires and escalates."""
    async with stage("sample") as house:
        await play(Late(house))  # type: ignore[arg-type]
        missed = set(house.missed)
        assert missed >= {
            "first_contact", "report_suspected", "complete_reports", "verify", "confirm_party",
            "issue_order", "accept_order", "first_visit", "persuade", "keep_contact", "draft_order",
            "approve_order", "serve_order", "check_correction", "choose_next_step",
            "serve_decision", "record_performance", "demand_performance", "apply_enforcement",
            "await_ruling", "place", "attend", "monitor", "sign_off",
        }  # fmt: skip
        assert (await house.state()).stage is Stage.CLOSED_RETURNED
        assert not (await house.state()).live_obligations()
        await must_be_whole(house)


class Late:
    """A stage on which everybody waits until the deadline has passed."""

    def __init__(self, house: Playhouse) -> None:
        self._house = house

    def __getattr__(self, name: str) -> Any:
        return getattr(self._house, name)

    async def act(self, who: str, role: Role, kind: str, **facts: Any) -> Any:
        state = await self._house.state()
        soon = self._house.today + timedelta(days=45)
        due = [
            o.due_on
            for o in state.live_obligations()
            if o.duty in BY_ID
            and not BY_ID[o.duty].is_period
            and o.due_on <= soon
            and o.duty not in BACKGROUND  # past the last day to apply there would be no story
        ]
        if due and kind not in {"record_return", "notify_penalty", "decide_penalty"}:
            await self._house.wait(until=max(due) + timedelta(days=1))
        if "return_on" in facts:
            facts["return_on"] = str(self._house.today + timedelta(days=1))
        if "to_on" in facts:
            facts["to_on"] = str(self._house.today)
        if kind == "confirm_attendance":
            await self._house.next_school_day()
        return await self._house.act(who, role, kind, **facts)


async def test_no_deadline_fires_on_a_road_walked_in_time(stage: Stages) -> None:
    """Early arrivals: every act on the day it becomes possible leaves nothing missed."""
    async with stage() as house:
        await begin(house)
        await roads.to_persuasion(house)
        await roads.visit(house, await roads.legal_guardian(house))
        await roads.to_monitoring(house)
        assert house.missed == []
        assert (await house.state()).stage is Stage.MONITORING


async def test_without_a_legal_basis_the_road_goes_to_court_by_a_suit(stage: Stages) -> None:
    """A penalty is refused with the reason; the suit carries the case on to the return."""
    async with stage() as house:
        await begin(house)
        assert await roads.to_suit(house) == ["no_penalty_basis"]
        assert (await house.state()).stage is Stage.COURT
        await house.next_school_day()
        await roads.to_monitoring(house)
        assert (await house.state()).stage is Stage.MONITORING
        await must_be_whole(house)


async def test_a_relapse_starts_a_new_run_of_the_four_steps(stage: Stages) -> None:
    """A child who stops coming again is persuaded anew; the old track is over."""
    async with stage() as house:
        await begin(house)
        await roads.to_persuasion(house)
        await roads.to_monitoring(house)
        await house.act("t", roads.TEACHER, "report_relapse", absent_since=str(house.today),
                        absent_days=3)  # fmt: skip
        state = await house.state()
        assert state.stage is Stage.PERSUASION
        assert state.relapses == 1
        assert {track.run for track in state.tracks.values()} == {2}


CLOSINGS: dict[str, tuple[Stage, list[tuple[Role, str, dict[str, Any]]]]] = {
    "false alarm by leave slip": (
        Stage.CLOSED_FALSE_ALARM,
        [(roads.PRINCIPAL, "excuse", {"reason": "请假属实", "evidence": ["假条"]})],
    ),
    "deceased": (
        Stage.CLOSED_DECEASED,
        [(roads.HEAD, "close_deceased", {"died_on": "2026-11-01", "evidence": ["证明"]})],
    ),
    "abroad": (
        Stage.CLOSED_ABROAD,
        [(roads.HEAD, "close_abroad", {"enrolled_at": "境外学校", "evidence": ["证明"]})],
    ),
    "completed": (
        Stage.CLOSED_COMPLETED,
        [
            (
                roads.HEAD, "close_completed",
                {"is_graduated": True, "decision_no": "毕-1", "evidence": ["毕业证"]},
            )
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CLOSINGS)
async def test_closing(name: str, stage: Stages) -> None:
    """Each closing ends the case with its own state and stops every clock."""
    expected, acts = CLOSINGS[name]
    async with stage() as house:
        await begin(house)
        for role, kind, facts in acts:
            if kind != "excuse":
                await roads.propose(house, kind, roads.PRINCIPAL)
            await house.act("x", role, kind, **facts)
        state = await house.state()
        assert state.stage is expected
        assert state.live_obligations() == ()


async def test_studying_elsewhere_closes_only_with_the_school_roll(stage: Stages) -> None:
    """Verified, reviewed by another person, then open until the roll has moved."""
    async with stage() as house:
        await begin(house)
        await roads.to_verifying(house)
        await house.act("p", roads.PRINCIPAL, "verify", conclusion="elsewhere",
                        whereabouts="studying_elsewhere", evidence=["接收证明"])  # fmt: skip
        await house.act("c", roads.CASE, "review_verification", is_confirmed=True, reason="属实")
        assert (await house.state()).stage is Stage.ELSEWHERE_PENDING
        await house.act("r", roads.REGISTRAR, "confirm_transfer", receiving_school="外县中学",
                        roll_no="G990202201203041234", evidence=["学籍核查"])  # fmt: skip
        assert (await house.state()).stage is Stage.CLOSED_ELSEWHERE


async def test_a_hand_over_needs_the_other_county_in_writing(stage: Stages) -> None:
    """Refused: we stay responsible. Accepted in writing: handed over."""
    async with stage() as house:
        await begin(house)
        await roads.to_subject(house, whereabouts="out_of_province", whereabouts_county="990202")
        for accepted in (False, True):
            await house.act("c", roads.CASE, "set_responsible_party", party="theirs", reason="经商")
            await house.act("h", roads.HEAD, "send_hand_over_letter", to_county="990202",
                            letter_no="函-1", evidence=["函-1"])  # fmt: skip
            await house.act("c", roads.CASE, "record_reply", is_accepted=accepted,
                            letter_no="复-1", evidence=["回函"])  # fmt: skip
            expected = Stage.CLOSED_HANDED_OVER if accepted else Stage.SUBJECT_PENDING
            assert (await house.state()).stage is expected


def test_every_event_has_a_word() -> None:
    """Whatever happens in a case can be read in Chinese on its timeline."""
    assert all(LABELS.values())
