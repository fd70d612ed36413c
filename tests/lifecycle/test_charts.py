"""The charts, the words and the tables of verbs, duties, folds and labels agree with each other."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from lifecycle.charts import CaseChart, TrackChart, initial, move
from lifecycle.duties import ALL as DUTIES
from lifecycle.folds import FOLDS
from lifecycle.owners import ABOVE, owner
from lifecycle.verbs import ALL as VERBS
from lifecycle.verbs import BY_KIND
from models import commands as c
from models import events as e
from models.words import Role, Stage, TrackStep
from tests.lifecycle import roads

NOTHING_TO_FOLD = {
    "case_closed_abroad", "case_closed_completed", "case_closed_deceased",
    "case_closed_duplicate", "case_signed_off", "agreement_recorded", "roll_marked", "home_taught",
    "support_recorded", "lead_cleared", "ageing_decided",
    "correction_period_ended", "hand_over_accepted",
    "payment_period_ended", "demand_period_ended",
    "lead_excused", "reports_completed",
    "school_informed", "suit_refused", "transfer_confirmed",
    "verification_confirmed",
}  # fmt: skip
"""Events that say nothing the rules ask for but where the charts stand afterwards."""


def leaves(chart: Any) -> set[str]:
    def below(states: Any) -> set[str]:
        found: set[str] = set()
        for state in states:
            inner = list(state.states)
            found |= below(inner) if inner else {str(state.value)}
        return found

    return below(chart.states)


def kinds_of(union: Any) -> set[str]:
    return {cls.model_fields["kind"].default for cls in get_args(get_args(union)[0])}


def test_every_stage_is_a_state_of_the_case_chart_and_the_other_way_round() -> None:
    """No word without a state, no state without a word."""
    assert leaves(CaseChart) == {stage.value for stage in Stage}


def test_every_step_is_a_state_of_the_track_chart_and_the_other_way_round() -> None:
    """No word without a state, no state without a word."""
    assert leaves(TrackChart) == {step.value for step in TrackStep}


def test_stage_labels_are_those_of_the_chart() -> None:
    """People read the same words in the list and on the drawing."""
    names = {str(state.value): state.name for state in CaseChart().states_map.values()}
    for stage in Stage:
        assert names[stage.value] == stage.label.removeprefix("结案：")


def test_every_command_kind_has_one_verb_but_for_the_systems_own() -> None:
    """The union of commands and the table of verbs name the same things."""
    assert set(BY_KIND) <= kinds_of(c.Command)
    assert kinds_of(c.Command) - set(BY_KIND) <= {"mark_due", "adopt_calendar"}
    assert len(VERBS) == len(BY_KIND)


def test_every_verb_has_roles_a_label_and_known_stages() -> None:
    """Somebody may do each thing, and it is called something."""
    for verb in VERBS:
        assert verb.roles, verb.kind
        assert verb.label, verb.kind
        assert verb.stages is None or verb.stages, verb.kind


def test_neither_the_administrator_nor_the_auditor_may_do_anything_to_a_case() -> None:
    """Roles that only look or only keep the system running have no verb (roles.md 2)."""
    for verb in VERBS:
        assert not verb.roles & {Role.PLATFORM_ADMIN, Role.AUDITOR}, verb.kind


def test_every_event_kind_is_folded_or_listed_as_having_nothing_to_fold() -> None:
    """A new event cannot be forgotten in the fold."""
    kinds = kinds_of(e.CaseEvent)
    assert kinds == set(FOLDS) | NOTHING_TO_FOLD
    assert not set(FOLDS) & NOTHING_TO_FOLD
    assert kinds == set(e.LABELS)


def test_every_duty_hangs_on_events_that_exist() -> None:
    """A misspelt event would silently start or end no clock."""
    kinds = kinds_of(e.CaseEvent)
    for duty in DUTIES:
        assert set(duty.opens_on) | set(duty.met_by) <= kinds, duty.id
        assert duty.stages, duty.id
        assert duty.steps, duty.id


def test_every_owner_of_a_duty_has_an_office_above_up_to_the_county_group() -> None:
    """A missed deadline climbs, and the climb ends."""
    for duty in DUTIES:
        role = duty.owner
        climbed = 0
        while role is not None and role is not Role.COUNTY_GROUP:
            role, climbed = ABOVE[role], climbed + 1
            assert climbed < 8, duty.id


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage.is_closed])
def test_no_way_leads_out_of_a_closed_case(stage: Stage) -> None:
    """A closing is final: no event of the chart moves it."""
    from lifecycle.charts import events_of

    for event in events_of(CaseChart):
        assert move(CaseChart, ("closed", stage.value), event) is None


def test_every_open_stage_is_reachable_and_owned() -> None:
    """From the first lead the chart reaches every stage; each has an owner."""
    from lifecycle.charts import events_of

    seen, todo = set(), [initial(CaseChart)]
    while todo:
        here = todo.pop()
        if here in seen:
            continue
        seen.add(here)
        todo += [
            target
            for event in events_of(CaseChart)
            if (target := move(CaseChart, here, event)) is not None
        ]
    assert {Stage(place[-1]) for place in seen} == set(Stage)
    base = roads.suspected().state
    for place in seen:
        if not Stage(place[-1]).is_closed:
            assert owner(base.but(configuration=place)).office


def test_no_step_is_reached_without_the_one_before_it() -> None:
    """Every way to a step of the ladder passes through the whole of the step below."""
    from lifecycle.charts import events_of

    def reachable_without(forbidden: TrackStep) -> set[str]:
        seen: set[tuple[str, ...]] = set()
        todo = [initial(TrackChart)]
        while todo:
            here = todo.pop()
            if here in seen or here[-1] == forbidden.value:
                continue
            seen.add(here)
            todo += [
                to
                for event in events_of(TrackChart)
                if (to := move(TrackChart, here, event)) is not None
            ]
        return {place[-1] for place in seen}

    beyond = {
        TrackStep.PERSUASION_FAILED: {
            "order_drafted",
            "order_served",
            "penalty_filed",
            "suit_filed",
        },
        TrackStep.ORDER_SERVED: {"order_due", "penalty_filed", "suit_filed"},
        TrackStep.ORDER_EXPIRED: {"penalty_filed", "suit_filed", "demand_served"},
        TrackStep.PENALTY_NOTIFIED: {"penalty_decided", "demand_served"},
        TrackStep.PENALTY_DEFENDED: {"penalty_decided"},
        TrackStep.PENALTY_SERVED: {"demand_served", "enforcement_applied"},
        TrackStep.DEMAND_SERVED: {"enforcement_applied", "enforcement_ruled"},
        TrackStep.SUIT_ACCEPTED: {"suit_decided"},
    }
    for gate, later in beyond.items():
        assert not reachable_without(gate) & later, gate
