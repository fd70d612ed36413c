"""Branches of the road over simulated months: real workflow, real ledger, clocks that fire."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from activities.agenda import agenda
from audit.redecide import redecide
from audit.verify import verify_all
from models.state import CaseState
from models.words import DeferralKind, Party, PlacementWay, Role, Stage
from storage.clues import decisions_of
from storage.queries import EVERYTHING
from storage.rules import bundle
from terminal.playhouse import Playhouse
from tests.stories import roads
from tests.stories.test_stories import Stages, begin, kinds, must_be_whole, stage

__all__ = ["stage"]
PROOF = {"evidence": ["证-1"]}


async def clues(house: Playhouse) -> list[Any]:
    query = text("select * from accountability_clue where case_id = :case order by due_on, id")
    async with house.engine.connect() as connection:
        return list((await connection.execute(query, {"case": house.case})).all())


async def test_a_deferral_with_continued_persuasion(stage: Stages) -> None:
    """Three joint visits, the county group approves, contact goes on, it ends by itself; back at
    school in the end. All the while the child counts as out of school.
    """
    async with stage() as house:
        await begin(house)
        await roads.to_persuasion(house)
        guardian = await roads.legal_guardian(house)
        until = str(house.today + timedelta(days=100))
        said = {"deferral": "policy", "until": until, "approval_no": "批-1", **PROOF}
        await roads.visit(house, guardian)
        await roads.visit(house, guardian)
        await roads.propose(house, "defer", roads.TOWN)
        assert await house.is_refused("g", Role.COUNTY_GROUP, "defer", **said) == [
            "deferral_not_earned"
        ]
        await roads.visit(house, guardian)
        await house.act("g", Role.COUNTY_GROUP, "defer", **said)
        for _ in range(3):
            await house.wait(days=25)
            await roads.visit(house, guardian)
            state = await house.state()
            assert (state.stage, state.deferral) == (Stage.DEFERRED, DeferralKind.POLICY)
            assert state.returned_on is None
        await house.wait(days=30)
        state = await house.state()
        assert (state.stage, state.deferral) == (Stage.PERSUASION, None)
        assert "review_deferral" in house.missed
        await house.next_school_day()
        await roads.to_monitoring(house)
        assert (await house.state()).stage is Stage.MONITORING
        await must_be_whole(house)


async def test_a_cross_province_hand_over_refused_and_escalated(stage: Stages) -> None:
    """A direct letter is refused, the province's goes; refused there; settled above as ours."""
    async with stage() as house:
        await begin(house)
        await roads.to_subject(house, whereabouts="out_of_province", whereabouts_county="980101")
        await correct_household(house)
        await house.act("c", roads.CASE, "set_responsible_party", party="theirs")
        letter = {"to_county": "980101", "letter_no": "函-1", **PROOF}
        assert await house.is_refused("h", roads.HEAD, "send_hand_over_letter", **letter) == [
            "route_wrong"
        ]
        await house.act("h", roads.HEAD, "send_hand_over_letter", route="province", **letter)
        await house.act("c", roads.CASE, "record_reply", is_accepted=False, letter_no="复-1",
                        **PROOF)  # fmt: skip
        await house.act("h", roads.HEAD, "escalate_hand_over", route="province", letter_no="请-1",
                        **PROOF)  # fmt: skip
        await house.wait(days=40)
        assert "coordination" in house.missed
        async with house.engine.connect() as connection:
            items = await agenda(connection, EVERYTHING)
        assert "上级协调逾期" in {item["why"] for item in items}
        await house.act("c", roads.CASE, "record_coordination", is_theirs=False,
                        letter_no="协-1", **PROOF)  # fmt: skip
        assert (await house.state()).party is Party.OURS
        await roads.assign(house)
        assert (await house.state()).stage is Stage.PERSUASION
        await must_be_whole(house)


async def correct_household(house: Playhouse) -> None:
    """The roster had the wrong county of registration: put right in the case, by two."""
    await house.act("t", roads.TEACHER, "propose_correction", fact="household_county",
                    value="980101", reason="户口簿为外省", **PROOF)  # fmt: skip
    (key,) = (await house.state()).corrections
    await house.act("h2", roads.HEAD, "approve_correction", correction=key)


async def test_a_disabled_child_is_placed_by_home_teaching(stage: Stages) -> None:
    """Steps frozen, the committee finds the child able to learn at home, 送教上门, monitoring."""
    async with stage() as house:
        await begin(house)
        await roads.to_persuasion(house, cause="disability")
        guardian = await roads.legal_guardian(house)
        await roads.visit(house, guardian)
        await roads.visit(house, guardian)
        refused = await house.is_refused(
            "m", roads.TOWN_HEAD, "end_persuasion", guardian=guardian, reason="拒绝",
            has_just_cause=False,
        )  # fmt: skip
        assert refused == ["assessment_first"]
        await house.act("c", roads.CASE, "begin_assessment", commission_no="委-1")
        await house.wait(days=14)
        await house.act("c", roads.CASE, "conclude_assessment", is_able=True, opinion_no="评-1",
                        **PROOF)  # fmt: skip
        state = await house.state()
        await house.act("p", roads.PRINCIPAL, "place", way="home_teaching", school=state.school,
                        plan="每周两次、每次两课时送教上门")  # fmt: skip
        assert (await house.state()).placement is PlacementWay.HOME_TEACHING
        await must_be_whole(house)


async def test_every_miss_writes_one_clue_with_its_article_and_excuse(stage: Stages) -> None:
    """Under Yunnan's rules each missed deadline is one row: who, which item, done late or not."""
    async with stage("yunnan") as house:
        await begin(house)
        await roads.to_verifying(house)
        await house.wait(days=12)
        await house.act("p", roads.PRINCIPAL, "verify", conclusion="dropout", cause="weary",
                        whereabouts="at_home")  # fmt: skip
        await house.act("c", roads.CASE, "open_referral", department="police", reason="协助",
                        letter_no="转-1")  # fmt: skip
        await house.wait(days=60)
        found = {row.duty: row for row in await clues(house)}
        assert found["verify"].article == "YN-14.4"
        assert found["verify"].done_on is not None
        assert found["confirm_party"].article == "YN-14.6"
        assert found["confirm_party"].done_on is None
        assert found["referral_feedback"].suggested == "no_reply"
        assert {row.status for row in found.values()} == {"open"}
        missed = [kind for kind in await kinds(house) if kind == "obligation_missed"]
        assert len(missed) == len(await clues(house))


async def test_a_correction_that_undoes_a_miss_excuses_its_clue(stage: Stages) -> None:
    """The date was wrong, the duty was never late: the clue is excused, and stays to be read."""
    async with stage() as house:
        await begin(house)
        await roads.to_persuasion(house)
        await house.act("t", roads.TEACHER, "record_return", returned_on=str(house.today),
                    evidence=["考勤"])  # fmt: skip
        await house.wait(days=14)
        assert "place" in house.missed
        value = str(house.today - timedelta(days=1))
        await house.act("t", roads.TEACHER, "propose_correction", fact="returned_on", value=value,
                        reason="返校日录入有误", **PROOF)  # fmt: skip
        (key,) = (await house.state()).corrections
        await house.act("p", roads.PRINCIPAL, "approve_correction", correction=key)
        (clue,) = [row for row in await clues(house) if row.duty == "place"]
        assert (clue.status, clue.excuse) == ("excused", "corrected")
        async with house.engine.connect() as connection:
            (decision,) = await decisions_of(connection, UUID(str(clue.id)))
        assert (decision.decided_by, decision.reason) == ("system", "数据更正")
        await must_be_whole(house)


async def test_a_live_case_adopts_new_rules_and_keeps_them_through_a_crash_of_memory(
    stage: Stages,
) -> None:
    """Adopted, the snapshot is the case's own: the workflow decides by it, and so does the audit."""
    async with stage() as house:
        await begin(house)
        await roads.to_persuasion(house)
        before = {o.duty: o.due_on for o in (await house.state()).live_obligations()}
        async with house.engine.begin() as connection:
            await connection.execute(text("update office set profile = 'sample'"))
            county = (await house.state()).county
            new = (await bundle(connection, county, house.today, None)).policy
        assert new.sha256 != (await house.state()).policy_sha
        adopt = {"policy_sha": new.sha256, "reason": "县里发布了新规定"}
        assert await house.is_refused("h", roads.HEAD, "adopt_policy", **adopt) == ["not_proposed"]
        await roads.propose(house, "adopt_policy", roads.CASE, policy_sha=new.sha256)
        bogus = {"policy_sha": "0" * 64, "reason": "没有这份规则"}
        assert "rules_not_loaded" in await house.is_refused(
            "h", roads.HEAD, "adopt_policy", **bogus
        )
        await house.act("h", roads.HEAD, "adopt_policy", **adopt)
        state: CaseState = await house.state()
        assert state.policy_sha == new.sha256
        assert {o.duty: o.due_on for o in state.live_obligations()} == before
        # The sample's penalty basis is in force from here on: the case is decided by the new rules.
        guardian = await roads.legal_guardian(house)
        await roads.visit(house, guardian)
        await roads.visit(house, guardian)
        async with house.engine.connect() as connection:
            row = await connection.execute(
                text("select policy_sha from case_file where case_id = :case"),
                {"case": house.case},
            )
            assert row.scalar_one() == new.sha256
            assert all(verdict.is_whole for verdict in await verify_all(connection, None))
            _, differences = await redecide(connection, house.case)
        assert differences == []


@pytest.mark.parametrize("by", [Role.TOWNSHIP_CASE, Role.VILLAGE])
async def test_the_search_opens_the_way_when_nobody_is_found(stage: Stages, by: Role) -> None:
    """The police have looked in vain: the order may go its way, to be served by public notice."""
    async with stage() as house:
        await begin(house)
        await roads.to_persuasion(house)
        guardian = await roads.legal_guardian(house)
        for _ in range(2):
            await house.act("w", roads.TOWN, "record_visit", visitors=["孙玉", "何平"],
                            organs=["镇政府", "学校"], met=[], was_child_met=True,
                            child_words="爸妈都在外面", result="not_met")  # fmt: skip
        end = {"guardian": guardian, "reason": "下落不明", "has_just_cause": False}
        assert await house.is_refused("m", roads.TOWN_HEAD, "end_persuasion", **end) == [
            "guardian_not_met"
        ]
        await house.act("v", by, "record_search", guardian=guardian, organ="示例派出所",
                        is_by_police=True, is_found=False, result="查无下落", **PROOF)  # fmt: skip
        await house.act("m", roads.TOWN_HEAD, "end_persuasion", **end)
