"""The state of one case: the fold of its events, small enough to be carried anywhere."""

from __future__ import annotations

from datetime import date, datetime

from models.base import Frozen
from models.obligation import Obligation
from models.people import Actor, GuardianRef
from models.words import (
    Cause,
    Conclusion,
    DeferralKind,
    Department,
    DutyStatus,
    LeadSource,
    LetterRoute,
    NoPenaltyGround,
    OfficeKind,
    PaperStatus,
    Party,
    PenaltyKind,
    PlacementWay,
    RemedyKind,
    RemedyOutcome,
    ReportLine,
    Role,
    ServiceMethod,
    Stage,
    TrackStep,
    Whereabouts,
)


class Remedy(Frozen):
    """A review or suit that is pending; persuasion goes on, enforcement waits."""

    kind: RemedyKind
    body: str
    opened_on: date


class OwedFine(Frozen):
    """A fine in force from an earlier run of the steps: a relapse does not undo it."""

    run: int
    amount_yuan: int
    decided_on: date | None = None
    served_on: date | None = None


class EndedRemedy(Frozen):
    kind: RemedyKind
    opened_on: date
    ended_on: date
    outcome: RemedyOutcome


class Referral(Frozen):
    """A matter another department has been asked to act on."""

    key: str
    department: Department
    opened_on: date
    is_answered: bool = False


class LegalTrack(Frozen):
    """The four steps against one guardian; a return ends them, a relapse starts a new run."""

    guardian: str
    run: int = 1
    configuration: tuple[str, ...] = ()
    persuasion_ended_on: date | None = None
    order_drafter: str | None = None
    order_paper: str | None = None
    order_days: int | None = None
    order_served_on: date | None = None
    penalty_filed_on: date | None = None
    penalty_notified_on: date | None = None
    penalty: PenaltyKind | None = None
    penalty_decided_on: date | None = None
    amount_yuan: int = 0
    ground: NoPenaltyGround | None = None
    """Why it was decided not to punish."""
    investigators: tuple[str, ...] = ()
    decision_served_on: date | None = None
    demand_served_on: date | None = None
    has_judgment: bool = False
    hearing_requested_on: date | None = None
    hearing_on: date | None = None
    hearing_presider: str | None = None
    hearing_held_on: date | None = None
    legal_reviewer: str | None = None
    is_legality_passed: bool = False
    payment_due_on: date | None = None
    grace_until: date | None = None
    order_checked_on: date | None = None
    enforcement_applied_on: date | None = None
    suit_filed_on: date | None = None
    suit_accepted_on: date | None = None
    court_decided_on: date | None = None
    """The day of the ruling on the application, or of the judgment or mediation."""
    enforced_on: date | None = None
    """The day the court's enforcement was done."""
    flaw: str | None = None
    """Why the step stands on nothing since a correction; it rests until that is settled."""
    remedy: Remedy | None = None
    """Against the penalty decision."""
    remedies_ended: tuple[EndedRemedy, ...] = ()
    order_remedy: Remedy | None = None
    """Against the order to correct."""
    remedy_period_ended_on: date | None = None
    """The last day on which the decision could still be contested, once it has passed."""
    performed_on: date | None = None
    penalty_dropped_on: date | None = None
    is_penalty_barred: bool = False
    """Dropped after the ninety days: the same act is not taken up for a penalty again."""
    owed: tuple[OwedFine, ...] = ()

    @property
    def has_live_fine(self) -> bool:
        """Tell whether a fine is in force and neither paid nor ruled upon: a return does not end it."""
        return self.step in _OWING and self.amount_yuan > 0 and self.performed_on is None

    @property
    def outlives_return(self) -> bool:
        """Tell whether the track goes on although the child is back: a fine, or its enforcement."""
        is_ruled = self.step is TrackStep.ENFORCEMENT_RULED and self.performed_on is None
        return self.has_live_fine or is_ruled

    @property
    def step(self) -> TrackStep:
        """The leaf state the track stands in."""
        return TrackStep(self.configuration[-1]) if self.configuration else TrackStep.PERSUADING


_OWING = frozenset(
    {
        TrackStep.PENALTY_SERVED, TrackStep.PENALTY_UNPERFORMED, TrackStep.DEMAND_SERVED,
        TrackStep.ENFORCEMENT_APPLIED,
    }
)  # fmt: skip


class PaperFact(Frozen):
    """What the case knows of one of its papers; bytes live in storage."""

    key: str
    kind: str
    status: PaperStatus
    guardian: str | None = None
    drafted_by: str | None = None
    issued_on: date | None = None
    served_on: date | None = None
    word: str | None = None
    year: int | None = None
    serial: int | None = None
    office: OfficeKind | None = None
    """The kind of office a paper beside the main line was drafted in."""
    checked_by: str | None = None
    replaces: str | None = None
    """Key of the paper this one takes the place of when it is issued."""
    amount_yuan: int | None = None
    """The fine a penalty paper prints, in yuan; 0 where it prints none, None where that is unknown."""
    ground: NoPenaltyGround | None = None
    """Why the decision not to punish says there is no penalty."""


class VisitFact(Frozen):
    on: date
    is_joint: bool
    met: tuple[str, ...]
    was_child_heard: bool


class Proposal(Frozen):
    """An act put before the one who signs it."""

    act: str
    by: str
    on: date
    guardian: str | None = None
    policy_sha: str | None = None


class CorrectionRequest(Frozen):
    """A fact that is to be put right, waiting for a second person."""

    fact: str
    value: str
    by: str
    reason: str
    before: str = ""
    """The value it is to take the place of, as written."""
    relapses: int = 0
    """The return it speaks of: after a relapse the first monitored stretch is another."""


class Signer(Frozen):
    """Who put a fact into the case: a correction needs somebody above, and somebody else."""

    id: str
    role: Role


class SearchFact(Frozen):
    on: date
    guardian: str | None
    is_by_police: bool
    is_found: bool


class MonitoringFact(Frozen):
    from_on: date
    to_on: date
    attendance_percent: int


class CaseState(Frozen):
    """Everything the rules need to know of a case. Revision 0 is a case not yet opened."""

    case_id: str = ""
    revision: int = 0
    configuration: tuple[str, ...] = ()
    child_ref: str = ""
    episode: int = 1
    source: LeadSource | None = None
    school: str = ""
    """Empty for a child never enrolled, until it is placed."""
    previous_school: str | None = None
    township: str = ""
    is_subdistrict: bool = False
    county: str = ""
    enrol_county: str = ""
    household_county: str = ""
    birth_on: date | None = None
    grade: int = 0
    guardians: tuple[GuardianRef, ...] = ()
    opened_on: date | None = None
    absent_since: date | None = None
    absent_days: int = 0
    policy_sha: str = ""
    contacts: int = 0
    last_contact_on: date | None = None
    reports: dict[ReportLine, str] = {}
    conclusion: Conclusion | None = None
    verified_by: Actor | None = None
    cause: Cause | None = None
    whereabouts: Whereabouts | None = None
    whereabouts_county: str | None = None
    party: Party | None = None
    party_set_by: str | None = None
    visits: tuple[VisitFact, ...] = ()
    tracks: dict[str, LegalTrack] = {}
    papers: dict[str, PaperFact] = {}
    obligations: dict[str, Obligation] = {}
    referrals: dict[str, Referral] = {}
    failed_services: dict[str, tuple[ServiceMethod, ...]] = {}
    failed_last_on: dict[str, date] = {}
    """The day of the last failed attempt, by what was to be served."""
    has_notice_letter: bool = False
    letter_route: LetterRoute | None = None
    is_before_the_level_above: bool = False
    has_hand_over_failed: bool = False
    """The other county refused, or let the time pass and the matter went up."""
    searches: tuple[SearchFact, ...] = ()
    proposals: dict[str, Proposal] = {}
    corrections: dict[str, CorrectionRequest] = {}
    signers: dict[str, Signer] = {}
    is_school_matter_settled: bool = False
    aged_on: date | None = None
    returned_on: date | None = None
    placement: PlacementWay | None = None
    attending_since: date | None = None
    monitoring: tuple[MonitoringFact, ...] = ()
    monitoring_ended_on: date | None = None
    relapses: int = 0
    assessed_able: bool | None = None
    assessed_from: Stage | None = None
    """Where the case stood when the committee was asked before a township had signed for it."""
    deferral: DeferralKind | None = None
    deferred_until: date | None = None
    is_deferral_to_go_on: bool = False
    """A review since the last approval has found that it should run on."""
    closed_on: date | None = None
    last_event_at: datetime | None = None

    @property
    def stage(self) -> Stage:
        """The leaf state of the main line."""
        return Stage(self.configuration[-1]) if self.configuration else Stage.LEAD

    @property
    def is_open(self) -> bool:
        return self.revision > 0 and not self.stage.is_closed

    @property
    def is_never_enrolled(self) -> bool:
        """Tell whether no school holds the child (未入学): the township stands in for one."""
        return not self.school

    def live_obligations(self) -> tuple[Obligation, ...]:
        """Open and missed duties, the earliest first."""
        live = (o for o in self.obligations.values() if o.status.is_live)
        return tuple(sorted(live, key=lambda o: (o.due_at, o.key)))

    def next_due_at(self) -> datetime | None:
        """The earliest instant at which an open deadline passes; what the timer is set to."""
        due = [o.due_at for o in self.obligations.values() if o.status is DutyStatus.OPEN]
        return min(due, default=None)

    @property
    def is_overdue(self) -> bool:
        return any(o.status is DutyStatus.MISSED for o in self.obligations.values())
