"""Plausible commands for every verb, so that tests can walk the road by ``available()``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from lifecycle.correctable import known_facts, split
from lifecycle.days import SHANGHAI, legal_date
from lifecycle.decide import available, decide
from lifecycle.evolve import evolve
from lifecycle.owners import office_of
from lifecycle.papers import RULES
from lifecycle.verbs import BY_KIND
from lifecycle.verdict import ActionOption, Decision, Refusal
from models import commands as c
from models.calendar import Calendar, Term
from models.events import CaseEvent
from models.people import SYSTEM, Actor, GuardianRef
from models.rules import Parameter, PolicySnapshot
from models.state import CaseState
from models.words import (
    Cause,
    Conclusion,
    DeferralKind,
    Department,
    GuardianChange,
    LeadSource,
    LetterRoute,
    NoPenaltyGround,
    Outcome,
    Party,
    PenaltyKind,
    PlacementWay,
    RemedyKind,
    RemedyOutcome,
    ReportLine,
    Role,
    RollMark,
    ServiceMethod,
    SupportKind,
    VisitResult,
    Weight,
    Whereabouts,
)
from policy.calendars import county_calendar
from policy.loader import snapshot

SCHOOL, TOWNSHIP, COUNTY = "9901010001", "990101001", "990101"
START = date(2025, 9, 8)
TERMS = (
    Term(name="秋季学期", starts_on=date(2025, 9, 1), ends_on=date(2026, 1, 16)),
    Term(name="春季学期", starts_on=date(2026, 3, 2), ends_on=date(2026, 7, 10)),
    Term(name="秋季学期", starts_on=date(2026, 9, 1), ends_on=date(2027, 1, 15)),
)


def calendar() -> Calendar:
    return county_calendar([2024, 2025, 2026, 2027, 2028], TERMS)


def policy(**changes: Any) -> PolicySnapshot:
    """The default profile, with some values replaced (as a local rule would)."""
    base = snapshot("default", START)
    parameters: dict[str, Parameter] = dict(base.parameters)
    for name, value in changes.items():
        parameters[name] = parameters[name].but(
            value=value, weight=Weight.LOCAL_RULE, source=("测试",)
        )
    return base.but(parameters=parameters).sealed()


def actor(role: Role, state: CaseState | None = None, name: str | None = None) -> Actor:
    office = {
        "school": SCHOOL, "township": TOWNSHIP, "county": COUNTY, "system": "system",
    }[role.office_kind.value]  # fmt: skip
    if state is not None and state.revision:
        office = office_of(state, role)
    return Actor(id=name or f"{role.value}-1", role=role, office=office)


@dataclass
class Walk:
    """One case without any server: ``decide`` and ``evolve`` under a clock of our own."""

    policy: PolicySnapshot = field(default_factory=policy)
    calendar: Calendar = field(default_factory=calendar)
    at: datetime = datetime(2025, 9, 11, 16, 0, tzinfo=SHANGHAI)
    state: CaseState = field(default_factory=CaseState)
    events: list[CaseEvent] = field(default_factory=list)
    log: list[tuple[CaseState, Any, datetime, tuple[CaseEvent, ...]]] = field(default_factory=list)
    ids: Any = field(default_factory=lambda: count(1))

    @property
    def today(self) -> date:
        return legal_date(self.at)

    def command(self, kind: type[Any], role: Role, **facts: Any) -> Any:
        base = {
            "request_id": f"request-{next(self.ids):06d}",
            "actor": actor(role, self.state),
            "happened_on": self.today,
        }
        return kind(**{**base, **facts})

    def try_(self, command: Any) -> Decision | Refusal:
        return decide(self.state, command, at=self.at, policy=self.policy, calendar=self.calendar)

    def put_before(self, command: Any) -> bool:
        """Have somebody else propose what needs a second person; True where the core took it."""
        verb = BY_KIND[command.kind]
        if verb.proposers is None:
            return False
        role = min(verb.proposers, key=list(Role).index)
        guardian = command.guardian if verb.is_about_guardian else None
        proposal = self.command(
            c.ProposeAct, role, act=command.kind, note="请审批", guardian=guardian,
            policy_sha=getattr(command, "policy_sha", None), evidence=("审批表-1",),
            actor=actor(role, self.state, f"{role.value}-proposer"),
        )  # fmt: skip
        verdict = self.try_(proposal)
        if isinstance(verdict, Decision):
            self.take(proposal, verdict)
        return isinstance(verdict, Decision)

    def do(self, kind: type[Any], role: Role, **facts: Any) -> tuple[CaseEvent, ...]:
        """Do it, with the proposal it may need before it."""
        command = self.command(kind, role, **facts)
        self.put_before(command)
        verdict = self.try_(command)
        assert isinstance(verdict, Decision), verdict
        return self.take(command, verdict)

    def refuse(
        self, kind: type[Any], role: Role, *, is_proposed: bool = False, **facts: Any
    ) -> list[str]:
        """Return the codes of everything that is unmet, the proposal asked for beforehand."""
        command = self.command(kind, role, **facts)
        if not is_proposed and command.kind != "open_lead":
            self.put_before(command)
        verdict = self.try_(command)
        assert isinstance(verdict, Refusal), verdict
        return [unmet.code for unmet in verdict.unmet if unmet.code != "not_proposed"]

    def take(self, command: Any, verdict: Decision) -> tuple[CaseEvent, ...]:
        before = self.state
        for event in verdict.events:
            self.state = evolve(self.state, event).but(last_event_at=self.at)
            self.events.append(event)
        self.log.append((before, command, self.at, verdict.events))
        return verdict.events

    def pass_days(self, days: int) -> None:
        """Let time go by; every deadline on the way falls due when it does."""
        end = self.at + timedelta(days=days)
        while self.state.is_open:
            due = self.state.next_due_at()
            if due is None or due > end:
                break
            self.at = max(due, self.at)
            self.tick()
        self.at = end

    def tick(self) -> None:
        command = c.MarkDue(
            request_id=f"due-{next(self.ids):08d}", actor=SYSTEM, happened_on=self.today
        )
        verdict = self.try_(command)
        assert isinstance(verdict, Decision)
        self.take(command, verdict)

    def options(self, role: Role) -> list[ActionOption]:
        return available(
            self.state, at=self.at, policy=self.policy, calendar=self.calendar,
            actor=actor(role, self.state),
        )  # fmt: skip

    def open(self, **facts: Any) -> tuple[CaseEvent, ...]:
        return self.do(c.OpenLead, Role.SYSTEM, **(lead_facts() | facts))


def lead_facts() -> dict[str, Any]:
    return {
        "child_ref": "c0ffee00-0000-4000-8000-000000000001",
        "episode": 1,
        "source": LeadSource.ATTENDANCE,
        "lead_ref": "lead-1",
        "school": SCHOOL,
        "township": TOWNSHIP,
        "county": COUNTY,
        "enrol_county": COUNTY,
        "household_county": COUNTY,
        "birth_on": date(2012, 3, 4),
        "grade": 8,
        "guardians": (
            GuardianRef(ref="g1", relation="父亲", is_primary=True),
            GuardianRef(ref="g2", relation="母亲"),
        ),
        "absent_since": date(2025, 9, 9),
        "absent_days": 3,
    }


Facts = Callable[[Walk, Random, str | None], dict[str, Any]]

_E = {"evidence": ("证-1",)}


def facts_for(kind: str, walk: Walk, rng: Random, guardian: str | None) -> dict[str, Any]:
    """Return well-formed facts for ``kind``; whether the core takes them is the core's matter."""
    build = FACTS.get(kind)
    facts = build(walk, rng, guardian) if build else {}
    return {**({"guardian": guardian} if guardian else {}), **facts}


def command_for(option: ActionOption, walk: Walk, rng: Random, who: Actor) -> Any:
    kinds = {cls.model_fields["kind"].default: cls for cls in c.CommandBase.__subclasses__()}
    for sub in c.CommandBase.__subclasses__():
        kinds[sub.model_fields["kind"].default] = sub
    assert option.kind in BY_KIND
    facts = facts_for(option.kind, walk, rng, option.guardian)
    if option.act is not None:
        facts |= {"act": option.act, "guardian": option.guardian}
    return kinds[option.kind](
        request_id=f"walk-{next(walk.ids):06d}", actor=who, happened_on=walk.today, **facts
    )


def _verify(walk: Walk, rng: Random, _guardian: str | None) -> dict[str, Any]:
    conclusion = rng.choice([Conclusion.DROPOUT] * 6 + list(Conclusion))
    where = {
        Conclusion.DECEASED: Whereabouts.DECEASED,
        Conclusion.ELSEWHERE: Whereabouts.STUDYING_ELSEWHERE,
        Conclusion.ABROAD: Whereabouts.ABROAD,
    }.get(conclusion, rng.choice([Whereabouts.AT_HOME, Whereabouts.IN_PROVINCE]))
    return _E | {
        "conclusion": conclusion,
        "whereabouts": where,
        "cause": rng.choice([Cause.WEARY, Cause.WORK, Cause.ILLNESS, Cause.SCHOOL, Cause.WEARY]),
        "whereabouts_county": "990202",
    }


def _visit(walk: Walk, rng: Random, _guardian: str | None) -> dict[str, Any]:
    return {
        "visitors": ("甲乙", "丙丁"),
        "organs": ("示例镇政府", "示例中学") if rng.random() < 0.7 else ("示例镇政府",),
        "met": tuple(guardian.ref for guardian in walk.state.guardians),
        "was_child_met": True,
        "child_words": "我不想读了",
        "result": rng.choice(list(VisitResult)),
    }


def _serve(walk: Walk, rng: Random, _guardian: str | None) -> dict[str, Any]:
    papers = [
        key
        for key, paper in walk.state.papers.items()
        if paper.kind == "correction_order" or rng.random() < 0.5
    ]
    return _E | {
        "paper": rng.choice(papers) if papers else "correction_order-1",
        "method": ServiceMethod.DIRECT,
        "officers": ("甲乙", "丙丁"),
        "receipt": "回证-1",
    }


def _doc(**facts: Any) -> Facts:
    return lambda _walk, _rng, _guardian: {"document_no": "文-1", **facts}


def _failed(walk: Walk, rng: Random, _guardian: str | None) -> dict[str, Any]:
    targets = [*walk.state.papers, *(f"decision:{ref}" for ref in walk.state.tracks)]
    return _E | {
        "target": rng.choice(targets) if targets else "none",
        "method": rng.choice(list(ServiceMethod)),
        "reason": "拒收",
    }


def _propose_act(walk: Walk, rng: Random, guardian: str | None) -> dict[str, Any]:
    acts = [kind for kind, verb in BY_KIND.items() if verb.proposers is not None]
    return _E | {"act": rng.choice(acts), "note": "请审批", "policy_sha": "x"}


def _propose_correction(walk: Walk, rng: Random, _guardian: str | None) -> dict[str, Any]:
    fact, value = rng.choice(sorted(known_facts(walk.state).items()))
    row, _ = split(fact)
    assert row is not None
    if row.parse is date.fromisoformat:
        value = (date.fromisoformat(value) - timedelta(days=rng.choice([-3, 1, 4]))).isoformat()
    elif value.isdigit():
        value = str(max(0, int(value) - 1))
    return _E | {"fact": fact, "value": value, "reason": "录入有误"}


def _correction(walk: Walk, rng: Random, _guardian: str | None) -> dict[str, Any]:
    return {"correction": rng.choice(sorted(walk.state.corrections) or ["none"])}


_BRANCHES: dict[str, Facts] = {
    "propose_act": _propose_act,
    "propose_correction": _propose_correction,
    "approve_correction": _correction,
    "reject_correction": lambda w, r, g: _correction(w, r, g) | {"reason": "不需要更正"},
    "settle_flaw": lambda w, r, g: _E | {"is_upheld": r.random() < 0.5, "opinion_no": "法-2"},
    "adopt_policy": lambda w, r, g: {"policy_sha": "x", "reason": "新规施行"},
    "mark_roll": lambda w, r, g: {"mark": r.choice(list(RollMark)), "receipt_no": "标-1"},
    "record_home_teaching": lambda w, r, g: (
        _E | {"lessons": 2, "teachers": ("甲乙",), "content": "语文数学", "signed_by": "父亲"}
    ),
    "record_support": lambda w, r, g: {
        "support": r.choice(list(SupportKind)),
        "by": "甲乙",
        "content": "谈心一次",
    },
    "clear_lead": lambda w, r, g: _E | {"returned_on": w.today},
    "record_search": lambda w, r, g: (
        _E
        | {
            "guardian": r.choice([None, *(each.ref for each in w.state.guardians)]),
            "organ": "示例派出所",
            "is_by_police": r.random() < 0.5,
            "is_found": r.random() < 0.5,
            "result": "走访亲属",
        }
    ),
    "record_guardian_change": lambda w, r, g: (
        _E
        | {
            "change": r.choice(list(GuardianChange)),
            "person": r.choice(["g1", "g2", "g3"]),
            "relation": "叔父",
            "reason": "法院指定",
        }
    ),
    "settle_school_matter": lambda w, r, g: (
        _E | {"measures": "责令改正并约谈校长", "document_no": "处-1"}
    ),
    "redetermine_cause": lambda w, r, g: (
        _E | {"cause": r.choice([Cause.WEARY, Cause.WORK, Cause.FAMILY]), "reason": "走访新查明"}
    ),
    "dispute_opinion": lambda w, r, g: _E | {"reason": "不同意评估", "commission_no": "委-2"},
    "review_deferral": lambda w, r, g: (
        _E
        | {
            "is_continued": r.random() < 0.5,
            "until": (w.state.deferred_until or w.today) + timedelta(days=60),
            "note": "身体尚未恢复",
        }
    ),
    "escalate_hand_over": lambda w, r, g: (
        _E | {"route": r.choice(list(LetterRoute)), "letter_no": "请-1"}
    ),
    "record_coordination": lambda w, r, g: (
        _E | {"is_theirs": r.random() < 0.5, "letter_no": "协-1"}
    ),
    "decide_ageing": lambda w, r, g: _E | {"goes_on": True, "note": "继续劝返"},
}


def _side(walk: Walk, rng: Random, _guardian: str | None) -> dict[str, Any]:
    papers = [key for key, paper in walk.state.papers.items() if paper.kind in RULES]
    return {"paper": rng.choice(papers) if papers else "none"}


GROUNDS = list(NoPenaltyGround)


def _draft_paper(walk: Walk, rng: Random, _guardian: str | None) -> dict[str, Any]:
    rule = rng.choice(list(RULES.values()))
    guardian = walk.state.guardians[0].ref if rule.is_about_guardian else None
    content: dict[str, Any] = {"facts": "事实"}
    if rule.needs_penalty_basis and rng.random() < 0.8:
        content |= {"penalty_text": "罚款", "amount_yuan": rng.choice([300, 500, 500])}
        content |= {"ground": str(rng.choice(GROUNDS))}
    return {"paper_kind": rule.kind, "guardian": guardian, "content": content}


FACTS: dict[str, Facts] = _BRANCHES | {
    "draft_paper": _draft_paper,
    "check_paper": lambda w, r, g: _side(w, r, g) | {"opinion": "同意"},
    "approve_paper": _side,
    "return_paper_draft": lambda w, r, g: _side(w, r, g) | {"reason": "重拟"},
    "void_paper": lambda w, r, g: _side(w, r, g) | {"reason": "有误"},
    "replace_paper": lambda w, r, g: _side(w, r, g) | {"reason": "更正"},
    "request_hearing": lambda w, r, g: {},
    "schedule_hearing": lambda w, r, g: {
        "hearing_on": w.today + timedelta(days=r.choice([5, 20])),
        "presider": "presider-1",
        "is_closed": True,
    },
    "hold_hearing": lambda w, r, g: {"record_no": "听-1", "opinion": "维持拟处罚"},
    "review_legality": lambda w, r, g: {"opinion_no": "法-1", "is_passed": r.random() < 0.8},
    "grant_grace": lambda w, r, g: {
        "until": w.today + timedelta(days=60),
        "instalments": 2,
        "approval_no": "延-1",
    },
    "open_remedy": lambda w, r, g: {
        "remedy": r.choice(list(RemedyKind)),
        "body": "示例县人民政府",
    },
    "close_remedy": lambda w, r, g: {
        "outcome": r.choice(list(RemedyOutcome)),
        "document_no": "复决-1",
    },
    "send_notice_letter": lambda w, r, g: _E | {"to_county": "990202", "letter_no": "告-1"},
    "open_referral": lambda w, r, g: {
        "department": r.choice(list(Department)),
        "reason": "协助",
        "letter_no": "转-1",
    },
    "record_feedback": lambda w, r, g: {
        "referral": r.choice(list(w.state.referrals) or ["none"]),
        "result": "已办",
    },
    "record_failed_service": _failed,
    "join_lead": lambda w, r, g: {"source": LeadSource.TIP, "lead_ref": "lead-2"},
    "mark_suspected": lambda w, r, g: {"absent_since": w.today, "absent_days": 3},
    "excuse": lambda w, r, g: _E | {"reason": "请假属实"},
    "contact_guardian": lambda w, r, g: {"method": "电话", "was_reached": True},
    "file_report": lambda w, r, g: {"line": r.choice(list(ReportLine)), "receipt_no": "回执-1"},
    "verify": _verify,
    "review_verification": lambda w, r, g: {"is_confirmed": r.random() < 0.7, "reason": "复核"},
    "confirm_transfer": lambda w, r, g: _E | {"receiving_school": "外县中学", "roll_no": "G99"},
    "refute_transfer": lambda w, r, g: {"reason": "查无此人"},
    "set_responsible_party": lambda w, r, g: {
        "party": r.choice([Party.OURS, Party.OURS, Party.THEIRS]),
        "reason": "经研究",
    },
    "send_hand_over_letter": lambda w, r, g: _E | {"to_county": "990202", "letter_no": "函-1"},
    "record_reply": lambda w, r, g: _E | {"is_accepted": r.random() < 0.5, "letter_no": "复-1"},
    "issue_return_order": lambda w, r, g: {"requirements": ("三日内上门",)},
    "accept_order": lambda w, r, g: {
        "sponsors": (
            {"name": "甲乙", "post": "乡镇干部"},
            {"name": "丙丁", "post": "驻村干部", "is_village_based": True},
        )
    },
    "record_visit": _visit,
    "record_agreement": lambda w, r, g: (
        _E | {"guardian": w.state.guardians[0].ref, "return_on": w.today}
    ),
    "record_return": lambda w, r, g: {"returned_on": w.today},
    "end_persuasion": lambda w, r, g: {"reason": "拒不送学", "has_just_cause": False},
    "order_correction": lambda w, r, g: (
        _E
        | {
            "facts": "监护人拒不送子女入学，经多次劝返无效。",
            "officers": (
                {"name": "甲乙", "licence_no": "执-1"},
                {"name": "丙丁", "licence_no": "执-2"},
            ),
        }
    ),
    "return_correction_draft": lambda w, r, g: {"reason": "事实不清"},
    "serve_paper": _serve,
    "check_correction": lambda w, r, g: (
        _E
        | {
            "outcome": r.choice([Outcome.STILL_OUT, Outcome.STILL_OUT, Outcome.COMPLIED]),
            "checkers": ("甲乙", "丙丁"),
        }
    ),
    "file_penalty": lambda w, r, g: {"officers": ("law-1", "law-2"), "filing_no": "立-1"},
    "notify_penalty": _doc(penalty=PenaltyKind.FINE, amount_yuan=500),
    "record_defence": lambda w, r, g: {"has_stated": r.random() < 0.5, "review": "不成立"},
    "decide_penalty": lambda w, r, g: r.choice(
        [
            {"document_no": "决-1", "penalty": PenaltyKind.FINE, "amount_yuan": 500},
            {"document_no": "决-1", "penalty": PenaltyKind.FINE, "amount_yuan": 300},
            {"document_no": "决-1", "penalty": PenaltyKind.NONE, "ground": r.choice(GROUNDS)},
        ]
    ),
    "serve_decision": lambda w, r, g: {
        "method": ServiceMethod.DIRECT,
        "officers": ("甲乙", "丙丁"),
        "receipt": "回证-2",
    },
    "record_performance": lambda w, r, g: {"is_performed": r.random() < 0.2},
    "demand_performance": _doc(),
    "apply_enforcement": _doc(),
    "record_ruling": _doc(is_granted=True),
    "file_suit": _doc(plaintiff="示例镇政府"),
    "record_suit_refused": _doc(reason="不予受理"),
    "record_enforcement": lambda w, r, g: {
        "document_no": "执-1",
        "is_done": r.random() < 0.5,
        "result": "法院通知",
    },
    "drop_penalty": _doc(reason="程序有误，撤案"),
    "revoke_order": _doc(reason="当事人姓名有误"),
    "record_suit_accepted": lambda w, r, g: {"court_case_no": "（2026）民初1号"},
    "record_judgment": _doc(is_mediated=False, must_send_child=True),
    "begin_assessment": lambda w, r, g: {"commission_no": "委-1"},
    "conclude_assessment": lambda w, r, g: (
        _E
        | {
            "is_able": r.random() < 0.5,
            "until": w.today + timedelta(days=100),
            "opinion_no": "评-1",
        }
    ),
    "defer": lambda w, r, g: (
        _E
        | {
            "deferral": DeferralKind.POLICY,
            "until": w.today + timedelta(days=120),
            "approval_no": "批-1",
        }
    ),
    "end_deferral": lambda w, r, g: {"reason": "可以入学"},
    "place": lambda w, r, g: (
        _E | {"way": PlacementWay.INCLUSIVE_CLASS, "school": SCHOOL, "plan": "随班就读，课后辅导"}
    ),
    "confirm_attendance": lambda w, r, g: (
        _E
        | {
            "attending_since": w.state.returned_on or w.today,
            "school_days": max(
                1, w.calendar.school_days_between(w.state.returned_on or w.today, w.today, SCHOOL)
            ),
        }
    ),
    "record_monitoring": lambda w, r, g: (
        _E
        | {
            "from_on": w.state.attending_since,
            "to_on": w.today,
            "attendance_percent": r.choice([80, 95, 100]),
        }
    ),
    "report_relapse": lambda w, r, g: {"absent_since": w.today, "absent_days": 3},
    "sign_off": lambda w, r, g: _E | {"is_roll_active": True},
    "close_deceased": lambda w, r, g: _E | {"died_on": w.today},
    "close_abroad": lambda w, r, g: _E | {"enrolled_at": "国外学校"},
    "close_completed": lambda w, r, g: _E | {"is_graduated": True, "decision_no": "毕-1"},
    "close_duplicate": lambda w, r, g: {"other_case": "KC-other"},
}
