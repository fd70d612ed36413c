"""The regulation as a table of its own: what must have happened before each act may stand.

Written from the clauses and laws, looking at the record of a case only: kinds, days, people and
facts of the events. It imports nothing of ``lifecycle``, knows no state, no chart and no duty, and
counts days with the table walker of the day oracle. A breach names its clause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.lifecycle.test_day_oracle import almanac, months_on, nth, taught, worked

Record = list[tuple[Any, date]]
"""Every event with the Shanghai day it was decided on."""
Breach = str | None


@dataclass(frozen=True)
class Law:
    clause: str
    on: tuple[str, ...]
    breach: Callable[[Record, Any, date], Breach]


def plus_days(day: date, amount: int) -> date:
    """Calendar days; an end on a rest day moves to the next working day (民法典 203)."""
    days, at = almanac()
    place = at[day.isoformat()] + amount
    while not worked()[place]:
        place += 1
    return date.fromisoformat(days[place])


def plus_working(day: date, amount: int) -> date:
    days, at = almanac()
    place = nth(worked(), at[day.isoformat()], amount)
    assert place is not None
    return date.fromisoformat(days[place])


def plus_months(day: date, amount: int) -> date:
    days, at = almanac()
    place = at[months_on(day.isoformat(), amount)]
    while not worked()[place]:
        place += 1
    return date.fromisoformat(days[place])


def run_of(record: Record) -> Record:
    """The present run: what has happened since the last relapse (再辍学 starts the steps anew)."""
    for index in range(len(record) - 1, -1, -1):
        if record[index][0].kind == "relapse_reported":
            return record[index:]
    return record


def said(record: Record, kind: str, **facts: Any) -> Iterator[Any]:
    for event, _ in reversed(record):
        if event.kind == kind and all(getattr(event, k, None) == v for k, v in facts.items()):
            yield event


def last(record: Record, kind: str, **facts: Any) -> Any:
    return next(said(record, kind, **facts), None)


def since(record: Record, event: Any) -> Record:
    for index in range(len(record) - 1, -1, -1):
        if record[index][0] is event:
            return record[index + 1 :]
    return []


def cause(record: Record) -> str | None:
    for event, _ in reversed(record):
        if event.kind in {"case_verified", "cause_redetermined"}:
            return str(event.cause) if event.cause is not None else None
        if event.kind == "fact_corrected" and event.fact == "cause":
            return str(event.after)
    return None


def needs(kind: str, why: str) -> Callable[[Record, Any, date], Breach]:
    """The same guardian's earlier step, in the present run."""

    def check(record: Record, event: Any, _day: date) -> Breach:
        found = last(run_of(record), kind, guardian=event.guardian)
        return None if found is not None else why

    return check


def two_people(name: str) -> Callable[[Record, Any, date], Breach]:
    def check(_record: Record, event: Any, _day: date) -> Breach:
        people = {str(getattr(p, "licence_no", p)).strip() for p in getattr(event, name)} - {""}
        return None if len(people) >= 2 else f"{name}不足两人"

    return check


def not_by(kind: str, why: str) -> Callable[[Record, Any, date], Breach]:
    """Somebody else than the one who did the earlier thing."""

    def check(record: Record, event: Any, _day: date) -> Breach:
        facts = {"guardian": event.guardian} if hasattr(event, "guardian") else {}
        earlier = last(record, kind, **facts)
        return why if earlier is not None and earlier.actor.id == event.actor.id else None

    return check


def proposed(act: str) -> Callable[[Record, Any, date], Breach]:
    """Put forward by another person beforehand, and not yet used up."""

    def check(record: Record, event: Any, _day: date) -> Breach:
        guardian = getattr(event, "guardian", None)
        done = last(record, event.kind, **({"guardian": guardian} if guardian else {}))
        scope = since(record, done) if done is not None else record
        asked = next(
            (p for p in said(scope, "act_proposed", act=act) if p.guardian in {None, guardian}),
            None,
        )
        if asked is None:
            return "没有经人提请"
        return "提请人自己批准" if asked.actor.id == event.actor.id else None

    return check


def evidence(_record: Record, event: Any, _day: date) -> Breach:
    return None if event.evidence else "没有证明材料"


def not_the_schools_fault(record: Record, _event: Any, _day: date) -> Breach:
    return "学校原因仍对监护人采取措施" if cause(record) == "school" else None


def opinion_in_force(record: Record) -> bool | None:
    """What the committee last found; nothing once it has been asked again or its term is over."""
    for event, _ in reversed(record):
        if event.kind == "assessment_concluded":
            return bool(event.is_able)
        is_reopened = event.kind == "deferral_ended" and event.moved_to[-1] == "assessment"
        if event.kind in {"assessment_begun", "opinion_disputed"} or is_reopened:
            break
    return None


def assessed_first(record: Record, _event: Any, _day: date) -> Breach:
    able = opinion_in_force(record)
    if able is False:
        return "不具备学习条件仍对监护人采取措施"
    bodily = cause(record) in {"illness", "disability"}
    return "未评估即进入第二至四步" if bodily and able is None else None


def ends_where_it_was_approved(record: Record, event: Any, _day: date) -> Breach:
    """Nobody but the one who approves moves the end: a review only finds (JJ5-2.2f, YN-8e)."""
    running = None
    for e, _ in record:
        if e.kind == "deferral_approved":
            running = e
        elif running is not None and e.moved_to is not None and e.moved_to[-1] != "deferred":
            running = None
    if running is None:
        return None
    if event.kind == "deferral_reviewed":
        return "复查自行延长" if event.has_moved_end else None
    if event.kind == "deferral_ended" and str(event.actor.role) == "system":
        late = event.happened_on != running.until
        return f"批准到{running.until}，{event.happened_on}才终止" if late else None
    if event.kind == "deferral_approved":
        found = next(said(since(record, running), "deferral_reviewed"), None)
        if found is None or not found.is_continued:
            return "未经复查即延长"
        if event.deferral is not running.deferral:
            return "两种延缓混用"
    return None


def freed_from_the_body(record: Record, event: Any, day: date) -> Breach:
    """YN-10a: an opinion lifts the freeze, or two people of whom the county's decides."""
    before = cause(record)
    after = event.after if event.kind == "fact_corrected" else str(event.cause)
    is_cause = event.kind != "fact_corrected" or event.fact == "cause"
    bodily = {"illness", "disability"}
    if not is_cause or before not in bodily or after in bodily:
        return None
    able = opinion_in_force(record)
    if able is not None:
        return None if able else "不具备学习条件仍改认其他原因"
    if not str(event.actor.role).startswith("edu_") and str(event.actor.role) != "county_group":
        return "不是县级认定"
    if event.kind == "fact_corrected":
        return None
    return proposed("redetermine_cause")(record, event, day)


def looked_at_again(record: Record, event: Any, _day: date) -> Breach:
    """What the body has excused ends in a new assessment, never in persuasion with steps."""
    granted = last(record, "deferral_approved")
    if granted is None or str(granted.deferral) != "statutory":
        return None
    return None if event.moved_to[-1] == "assessment" else "因身体状况的延缓期满未重新评估"


def visits_enough(record: Record, event: Any, _day: date) -> Breach:
    run = run_of(record)
    visits = list(said(run, "visit_recorded"))
    before = record[: len(record) - len(run)]
    least = 1 if last(before, "order_accepted") is not None else 2
    if len(visits) < least:
        return "劝返次数不足"
    if not any(len({o.strip() for o in v.organs}) >= 2 for v in visits):
        return "没有联合劝返"
    hunted = list(said(record, "search_recorded", guardian=event.guardian))
    in_vain = bool(hunted) and not hunted[0].is_found and any(s.is_by_police for s in hunted)
    if not in_vain and not any(event.guardian in v.met for v in visits):
        return "没有见到监护人"
    return "有正当理由仍升级" if event.has_just_cause else None


def served_of(record: Record, guardian: str) -> tuple[Any, int] | None:
    """The last service of a correction order on the guardian, with the period the paper names."""
    run = run_of(record)
    service = last(run, "paper_served", guardian=guardian)
    if service is None:
        return None
    draft = last(run, "correction_order_drafted", guardian=guardian, paper_key=service.paper)
    return (service, draft.days) if draft is not None else None


def served_on(record: Record, guardian: str) -> date | None:
    """The day of service as since put right."""
    found = served_of(record, guardian)
    if found is None:
        return None
    day: date = found[0].happened_on
    for event, _ in since(record, found[0]):
        if event.kind == "fact_corrected" and event.fact == f"order_served_on:{guardian}":
            day = date.fromisoformat(event.after)
    return day


def period_has_run(record: Record, event: Any, _day: date) -> Breach:
    found, began = served_of(record, event.guardian), served_on(record, event.guardian)
    if found is None or began is None:
        return "责令没有送达"
    if str(event.outcome) != "still_out":
        return None
    ends = plus_days(began, found[1])
    day = event.happened_on
    return None if day > ends else f"改正期到{ends}止，{day}即核查"


def put_right(record: Record, event: Any, fact: str) -> date:
    """The day of an act as since put right by a correction."""
    day: date = event.happened_on
    for later, _ in since(record, event):
        if later.kind == "fact_corrected" and later.fact == f"{fact}:{event.guardian}":
            day = date.fromisoformat(later.after)
    return day


IN_TURN = {
    "penalty_filed": "penalty_filed_on", "penalty_notified": "penalty_notified_on",
    "penalty_decided": "", "decision_served": "decision_served_on",
    "performance_demanded": "demand_served_on", "enforcement_applied": "",
}  # fmt: skip
"""Acts of a penalty in the order their days must have, with the fact a correction names them by."""


def days_in_turn(record: Record, event: Any, _day: date) -> Breach:
    """No act is dated before one it stands on, whenever it was written down."""
    filed = last(run_of(record), "penalty_filed", guardian=event.guardian)
    scope = [(filed, None), *since(record, filed)] if filed is not None else []
    for kind, fact in IN_TURN.items():
        if kind == event.kind:
            return None
        for earlier, _ in scope:
            if earlier.kind == kind and earlier.guardian == event.guardian:
                day = put_right(record, earlier, fact)
                if event.happened_on < day:
                    return f"{event.happened_on}早于{earlier.kind}的{day}"
    return None


def fine_in_force(record: Record, event: Any, _day: date) -> Breach:
    """Only what was decided, served and not paid is demanded; a return of the child changes nothing."""
    own = procedure(record, event.guardian)
    if last(own, "decision_served", guardian=event.guardian) is None:
        return "没有送达的决定"
    if last(own, "performance_recorded", guardian=event.guardian, is_performed=True) is not None:
        return "已经履行"
    if last(own, "penalty_dropped", guardian=event.guardian) is not None:
        return "决定已经撤销"
    return None


def paid_once(record: Record, event: Any, _day: date) -> Breach:
    own = procedure(record, event.guardian)
    paid = last(own, "performance_recorded", guardian=event.guardian, is_performed=True)
    return "同一罚款履行两次" if paid is not None and event.run is None else None


def served_after_issue(record: Record, event: Any, _day: date) -> Breach:
    issued = [e for e, _ in record if e.kind == "correction_order_issued"
              and e.paper.key == event.paper]  # fmt: skip
    if not issued:
        return None if not event.paper.startswith("correction_order") else "没有签发即送达"
    if event.happened_on < issued[-1].happened_on:
        return "送达早于签发"
    twice = last(record, "paper_served", paper=event.paper)
    return "重复送达" if twice is not None else None


def ladder(record: Record, event: Any, _day: date) -> Breach:
    target = getattr(event, "paper", None) or f"decision:{event.guardian}"
    tried = {str(f.method) for f in said(record, "service_failed", target=target)}
    wanted = RUNGS.get(str(event.method))
    if wanted and not tried & wanted:
        return "上一级送达方式未曾尝试"
    if str(event.method) == "notice":
        if event.published_on is None:
            return "没有公告日"
        if event.happened_on != event.published_on + timedelta(days=30):
            return "公告满三十日之日才是送达日"
    return None


RUNGS = {
    "family": {"direct"}, "left": {"direct", "family"}, "post": {"direct"},
    "entrusted": {"direct"}, "notice": {"post", "entrusted", "left"},
}  # fmt: skip


def rung_by_rung(record: Record, event: Any, _day: date) -> Breach:
    """An attempt that failed is an attempt: it too comes after the rung below (orders, decisions)."""
    if not event.target.startswith(("correction_order", "decision:")):
        return None
    wanted = RUNGS.get(str(event.method))
    tried = {str(f.method) for f in said(record, "service_failed", target=event.target)}
    return "上一级送达方式未曾尝试" if wanted and not tried & wanted else None


def expired_order(record: Record, event: Any, _day: date) -> Breach:
    check = last(run_of(record), "correction_checked", guardian=event.guardian)
    if check is None or str(check.outcome) != "still_out":
        return "没有逾期未改正的核查"
    return None


def has_basis(_record: Record, event: Any, _day: date) -> Breach:
    return None if event.legal_basis else "没有处罚依据"


def procedure(record: Record, guardian: str) -> Record:
    """What has happened in the present penalty procedure against the guardian."""
    filed = last(run_of(record), "penalty_filed", guardian=guardian)
    return since(record, filed) if filed is not None else []


def decisions_on_paper(own: Record, guardian: str) -> Iterator[Any]:
    """The drafts of the decisions signed in the procedure that are neither voided nor replaced."""
    issued = {e.paper.key for e in said(own, "paper_issued", guardian=guardian)}
    gone = {e.paper for e in said(own, "paper_voided")}
    gone |= {e.replaces for e in said(own, "paper_issued")}
    for draft in said(own, "paper_drafted", guardian=guardian):
        if draft.paper_kind.endswith("penalty_decision") and draft.paper_key in issued - gone:
            yield draft


def decided_rightly(record: Record, event: Any, _day: date) -> Breach:
    day = event.happened_on
    filed = last(run_of(record), "penalty_filed", guardian=event.guardian)
    if filed is None:
        return "没有立案"
    own = procedure(record, event.guardian)
    told = last(own, "penalty_notified", guardian=event.guardian)
    if told is None:
        return "没有事先告知"
    hearing = last(own, "hearing_held", guardian=event.guardian)
    window = plus_working(put_right(record, told, "penalty_notified_on"), 5)
    if hearing is None and day <= window:
        return f"听证申请期到{window}止"
    if last(own, "hearing_requested", guardian=event.guardian) is not None and hearing is None:
        return "申请了听证而没有举行"
    if hearing is not None:
        review = last(since(record, hearing), "legality_reviewed", guardian=event.guardian)
        if review is None or not review.is_passed:
            return "听证后未经法制审核"
    if day > plus_days(put_right(record, filed, "penalty_filed_on"), 90):
        return "超过九十日"
    if event.actor.id in filed.officers:
        return "调查人员自己作决定"
    for paper in decisions_on_paper(own, event.guardian):
        if (paper.paper_kind == "no_penalty_decision") != (str(event.penalty) == "none"):
            return f"与{paper.paper_key}的种类不一致"
        if str(event.penalty) == "none" and paper.content.get("ground") != str(event.ground):
            return f"与{paper.paper_key}的情形不一致"
        if int(paper.content.get("amount_yuan", 0)) != event.amount_yuan and event.amount_yuan:
            return f"与{paper.paper_key}的数额不一致"
    if str(event.penalty) == "none" and event.ground is None:
        return "不予处罚没有写明情形"
    weight = ["none", "warning", "fine"]
    if weight.index(str(event.penalty)) > weight.index(str(told.penalty)):
        return "重于告知"
    return None


def decision_service(record: Record, guardian: str) -> Any:
    return last(procedure(record, guardian), "decision_served", guardian=guardian)


def after_remedies(record: Record, event: Any, _day: date) -> Breach:
    """行政强制法 53: six months to sue first; a pending remedy stops it; a review adds 15 days."""
    day = event.happened_on
    own = procedure(record, event.guardian)
    service = decision_service(record, event.guardian)
    if service is None:
        return "决定没有送达"
    against = {"guardian": event.guardian, "against": "decision"}
    opened = list(said(own, "remedy_opened", **against))
    closed = list(said(own, "remedy_closed", **against))
    if len(opened) > len(closed):
        return "救济尚未了结"
    if closed:
        return None  # the window then follows the remedy; the scenarios count it
    began = service.happened_on
    for e, _ in since(record, service):
        if e.kind == "fact_corrected" and e.fact == f"decision_served_on:{event.guardian}":
            began = date.fromisoformat(e.after)
    opens = plus_months(began, 6)
    return None if day > opens else f"起诉期限到{opens}止"


def ten_days_after_the_demand(record: Record, event: Any, _day: date) -> Breach:
    day = event.happened_on
    demand = last(procedure(record, event.guardian), "performance_demanded",
                  guardian=event.guardian)  # fmt: skip
    if demand is None:
        return "没有催告"
    began = demand.happened_on
    for e, _ in since(record, demand):
        if e.kind == "fact_corrected" and e.fact == f"demand_served_on:{event.guardian}":
            began = date.fromisoformat(e.after)
    ends = plus_working(began, 10)
    return None if day > ends else f"催告期到{ends}止"


def hearing_apart(record: Record, event: Any, _day: date) -> Breach:
    filed = last(run_of(record), "penalty_filed", guardian=event.guardian)
    if filed is not None and event.presider in filed.officers:
        return "调查人员主持听证"
    if not event.is_closed:
        return "涉及未成年人而公开听证"
    earliest = plus_working(event.happened_on, 7)
    return None if event.hearing_on >= earliest else "不足七个工作日前通知"


def suit_ground(record: Record, event: Any, day: date) -> Breach:
    run = run_of(record)
    checked = last(run, "correction_checked", guardian=event.guardian)
    return None if checked is not None else "责令逾期之前即起诉"


def statutory_deferral(record: Record, event: Any, _day: date) -> Breach:
    """义务教育法 11: the body, the guardian's application, the township or the county bureau."""
    if str(event.deferral) != "statutory":
        return None
    if opinion_in_force(record) is not False:
        return "没有不具备学习条件的意见"
    if not event.application_no.strip():
        return "没有监护人的书面申请"
    return None if str(event.actor.role) in {"township_head", "edu_head"} else "批准机关无权"


def deferred_by_a_decision(record: Record, event: Any, _day: date) -> Breach:
    """No event but an approval leads into a deferral (义务教育法 11; YN-8e)."""
    is_in = event.moved_to is not None and event.moved_to[-1] == "deferred"
    return "未经批准即延缓" if is_in and event.kind != "deferral_approved" else None


def policy_deferral(record: Record, event: Any, _day: date) -> Breach:
    if str(event.deferral) != "policy":
        return None
    joint = [v for v in said(run_of(record), "visit_recorded")
             if len({o.strip() for o in v.organs}) >= 2]  # fmt: skip
    judged = any(j.must_send_child for j in said(run_of(record), "judgment_recorded"))
    if len(joint) >= 3 or (judged and event.has_guardian_complied and event.does_child_refuse):
        return None if str(event.actor.role) == "county_group" else "不是县级核准"
    return "延缓条件未到"


def monitored(record: Record, event: Any, day: date) -> Breach:
    since_return = last(record, "attendance_confirmed")
    if since_return is None:
        return "没有到校事实"
    own = since(record, since_return)
    began = since_return.attending_since
    for e, _ in own:
        if e.kind == "fact_corrected" and e.fact == "attending_since":
            began = date.fromisoformat(e.after)
    if day <= date.fromisoformat(months_on(began.isoformat(), 3)):
        return "监测期未满"
    told = told_days(own)
    if not told:
        return "没有监测记录"
    days, at = almanac()
    first, last_told = at[began.isoformat()], max(at[day] for day in told)
    end = max(at[months_on(began.isoformat(), 3)], last_told)
    lessons = [days[n] for n in range(first, end + 1) if taught()[n]]
    if any(day not in told for day in lessons):
        return "监测记录有缺口"
    window = max(first, at[three_months_before(days[last_told])])
    counted = [told[day] for day in lessons if window <= at[day] <= last_told]
    if sum(counted) < 90 * len(counted):
        return "出勤率不足"
    return None if event.is_roll_active else "学籍未恢复"


def told_days(own: Record) -> dict[str, int]:
    """The percent of attendance told of each day since the child attends, as since put right."""
    days, at = almanac()
    stretches: list[list[Any]] = []
    for e, _ in own:
        if e.kind == "monitoring_recorded":
            stretches.append([at[e.from_on.isoformat()], at[e.to_on.isoformat()],
                              e.attendance_percent])  # fmt: skip
        if e.kind == "fact_corrected" and e.fact.startswith("attendance_percent:"):
            stretches[int(e.fact.partition(":")[2]) - 1][2] = int(e.after)
    return {days[n]: share for first, end, share in stretches for n in range(first, end + 1)}


def three_months_before(day: str) -> str:
    year, month, number = (int(part) for part in day.split("-"))
    year, month = (year, month - 3) if month > 3 else (year - 1, month + 9)
    last_of = [31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    return f"{year}-{month:02}-{min(number, last_of):02}"


def told_once(record: Record, event: Any, _day: date) -> Breach:
    """A day of monitoring is told once; what was told wrong is put right by a correction."""
    since_return = last(record, "attendance_confirmed")
    for e in said(since(record, since_return), "monitoring_recorded"):
        if e.from_on <= event.to_on and event.from_on <= e.to_on:
            return "监测时段重复"
    return None


def placed_rightly(record: Record, event: Any, _day: date) -> Breach:
    why = cause(record)
    bodily = {"special_school", "home_teaching", "welfare_class"}
    opinion = last(record, "assessment_concluded")
    if str(event.way) in bodily and (opinion is None or why not in {"illness", "disability"}):
        return "没有专家委员会意见"
    if why in {"religion", "home_school"} and not event.evidence:
        return "没有学识评估"
    if str(event.way) == "vocational_fusion" and len(set(event.fusion_conditions)) < 3:
        return "普职融合三项条件不全"
    return None


def sent_by_letter(record: Record, event: Any, _day: date) -> Breach:
    return None if last(record, "hand_over_letter_sent") or last(
        record, "hand_over_escalated"
    ) else "没有函告即移交"  # fmt: skip


def nothing_after_the_end(record: Record, event: Any, _day: date) -> Breach:
    ended = [e for e, _ in record if e.moved_to and e.moved_to[-1].startswith("closed_")]
    if ended and not event.kind.startswith("obligation_"):
        return f"结案后仍有{event.kind}"
    return None


def in_order_of_days(record: Record, event: Any, day: date) -> Breach:
    return "发生日在将来" if event.happened_on > day else None


def order_stands(record: Record) -> bool:
    """An order issued in the run against somebody who is guardian still."""
    gone = set()
    for event, _ in reversed(run_of(record)):
        if event.kind == "guardian_changed" and str(event.change) == "removed":
            gone.add(event.person)
        if event.kind == "order_revoked" or (
            event.kind == "remedy_closed"
            and (str(event.against), str(event.outcome)) == ("order", "revoked")
        ):
            gone.add(event.guardian)  # the order before it is no order any more
        is_able = event.kind == "assessment_concluded" and event.is_able
        if is_able or event.kind == "deferral_ended":
            return False  # an order whose clock has stopped is made anew
        if event.kind == "correction_order_issued" and event.guardian not in gone:
            return True
    return False


def attends_in_fact(record: Record, event: Any, _day: date) -> Breach:
    """A return is a fact with its record; once an order was made, the school's fact."""
    if not event.evidence:
        return "没有到校考勤"
    if not order_stands(record):
        return None
    acts = (e for e, _ in reversed(record) if not e.kind.startswith("obligation_"))
    before = next(acts)
    if before.kind == "correction_checked":
        return None if str(before.outcome) == "complied" else "核查未到校即登记返校"
    role = str(event.actor.role)
    if role in {"class_teacher", "registrar", "principal"}:
        return None
    has_paper = role == "township_case" and event.school_paper_no.strip()
    return None if has_paper else "责令后返校不是学校确认"


def absent_on_school_days(record: Record, event: Any, day: date) -> Breach:
    """Absence is counted in school days, from its first day to the day it is told."""
    if str(record[0][0].source) in {"first_week", "census", "transition"} and (
        event.kind == "dropout_suspected"
    ):
        return None
    if event.kind == "dropout_suspected" and len(record) == 1:
        return None  # counted by the attendance that opened the case
    _, at = almanac()
    held = sum(taught()[at[event.absent_since.isoformat()] : at[day.isoformat()] + 1])
    return None if event.absent_days <= held else f"填报{event.absent_days}日，只有{held}个教学日"


def completed_rightly(record: Record, event: Any, day: date) -> Breach:
    """S96: graduated, or the school year of the age over; where the child goes; who goes on."""
    born = record[0][0].birth_on
    for e, _ in record:
        if e.kind == "fact_corrected" and e.fact == "birth_on":
            born = date.fromisoformat(e.after)
    if not event.is_graduated and day <= date(born.year + 16, 8, 31):
        return "未毕业也未到学年末"
    if event.onward is None:
        return "没有写明去向"
    filed = last(run_of(record), "suit_filed")
    is_over = filed is None or any(
        e.kind in {"child_returned", "guardian_changed", "flaw_settled", "remedy_closed",
                   "assessment_concluded", "child_placed"}
        for e, _ in since(record, filed)
    )  # fmt: skip
    return None if is_over or event.pending_note.strip() else "法院程序未了结而未交代"


def under_an_order(record: Record, _event: Any, _day: date) -> Breach:
    """YN-8d: a verified dropout, a responsible party, an order signed for with two sponsors."""
    accepted = last(record, "order_accepted")
    if accepted is None:
        return "没有乡镇签收的劝返指令"
    return None if len(accepted.sponsors) >= 2 else "没有包保人"


def reported_anew(record: Record, event: Any, _day: date) -> Breach:
    """A case without an accepted order begins its report again; nothing skips the verification."""
    if last(record, "order_accepted") is not None:
        return None
    return None if event.moved_to[-1] == "suspected" else "未经核证即进入劝返"


def step_of_a_child_still_out(record: Record, event: Any, _day: date) -> Breach:
    """A return ends the steps: none is taken against a guardian whose child is back."""
    for e, _ in reversed(record):
        if e.kind in {"relapse_reported", "deferral_approved"}:
            return None
        if e.kind == "child_returned":
            return "返校后仍采取法律步骤"
    return None


STEPS = (
    "persuasion_ended", "correction_order_drafted", "correction_order_issued",
    "correction_checked", "penalty_filed", "penalty_notified", "penalty_decided", "suit_filed",
)  # fmt: skip
BURDENS = ("persuasion_ended", "correction_order_drafted", "correction_order_issued",
           "penalty_filed", "suit_filed")  # fmt: skip
LAWS: tuple[Law, ...] = (
    Law("DC-2.7.4a", ("correction_order_drafted",), needs("persuasion_ended", "未经宣传教育")),
    Law("DC-2.7.4a", ("correction_order_issued",), needs("correction_order_drafted", "没有拟稿")),
    Law("DC-2.7.4a", ("correction_checked",), period_has_run),
    Law("DC-2.7.4a", ("penalty_filed",), expired_order),
    Law("DC-2.7.4a", ("suit_filed",), suit_ground),
    Law("DC-2.7.4a", STEPS, step_of_a_child_still_out),
    Law("YN-8d、YN-5.3b", BURDENS, under_an_order),
    Law("义务教育法 11、58", ("case_closed_completed",), completed_rightly),
    Law("DC-2.3.2", ("dropout_suspected", "relapse_reported"), absent_on_school_days),
    Law("义务教育法 58", ("child_returned",), attends_in_fact),
    Law("YN-8d", ("relapse_reported",), reported_anew),
    Law("YN-8b", ("persuasion_ended",), visits_enough),
    Law("YN-8b", ("visit_recorded",), two_people("visitors")),
    Law("YN-14.1", BURDENS, not_the_schools_fault),
    Law("YN-10a、义务教育法 11、58", BURDENS, assessed_first),
    Law("义务教育法 11", ("deferral_ended",), looked_at_again),
    Law("YN-10a", ("cause_redetermined", "fact_corrected"), freed_from_the_body),
    Law(
        "JJ5-2.2f、YN-8e",
        ("deferral_reviewed", "deferral_ended", "deferral_approved"),
        ends_where_it_was_approved,
    ),
    Law("YN-14.10", ("correction_order_issued",), not_by("correction_order_drafted", "自拟自签")),
    Law(
        "YN-14.10",
        ("return_order_issued", "hand_over_letter_sent", "notice_letter_sent"),
        lambda record, event, day: (
            not_by("responsible_party_set", "经办人自己签发")(record, event, day)
            if last(record, "coordination_recorded") is None
            else None
        ),
    ),
    Law("YN-14.10", ("verification_confirmed",), not_by("case_verified", "自核自复")),
    Law("YN-14.10", ("deferral_approved",), proposed("defer")),
    Law("YN-14.10", ("case_signed_off",), proposed("sign_off")),
    Law("YN-14.10", ("enforcement_applied",), proposed("apply_enforcement")),
    Law("YN-14.10", ("suit_filed",), proposed("file_suit")),
    Law("YN-14.10", ("case_closed_duplicate",), proposed("close_duplicate")),
    Law("YN-14.10", ("case_closed_deceased",), proposed("close_deceased")),
    Law("YN-14.10", ("case_closed_abroad",), proposed("close_abroad")),
    Law("YN-14.10", ("case_closed_completed",), proposed("close_completed")),
    Law(
        "YN-14.10",
        ("fact_corrected",),
        lambda record, event, _day: "自己批准更正" if event.proposed_by == event.actor.id else None,
    ),
    Law(
        "行政处罚法 42",
        ("penalty_filed", "paper_served", "decision_served"),
        two_people("officers"),
    ),
    Law("行政处罚法 16", ("penalty_filed",), has_basis),
    Law("行政处罚法 57–64", ("penalty_decided",), decided_rightly),
    Law("行政处罚法 57–64", tuple(IN_TURN), days_in_turn),
    Law("行政处罚法 72", ("performance_demanded", "enforcement_applied"), fine_in_force),
    Law("行政处罚法 67", ("performance_recorded",), paid_once),
    Law("行政处罚法 64", ("hearing_scheduled",), hearing_apart),
    Law("行政强制法 53", ("performance_demanded", "enforcement_applied"), after_remedies),
    Law("行政强制法 54", ("enforcement_applied",), ten_days_after_the_demand),
    Law("民事诉讼法 87–95", ("paper_served", "decision_served"), ladder),
    Law("民事诉讼法 87–95", ("service_failed",), rung_by_rung),
    Law("民事诉讼法 87", ("paper_served",), served_after_issue),
    Law("YN-8e、JJ5-2.2f", ("deferral_approved",), policy_deferral),
    Law("义务教育法 11", ("deferral_approved",), statutory_deferral),
    Law("义务教育法 11", (), deferred_by_a_decision),
    Law("JJ5-4.2c", ("case_signed_off",), monitored),
    Law("JJ5-4.2c", ("monitoring_recorded",), told_once),
    Law("DC-2.5、DC-2.6a、YJ138-3c", ("child_placed",), placed_rightly),
    Law("YN-8c", ("hand_over_accepted",), sent_by_letter),
    Law("YN-8c", ("hand_over_accepted", "hand_over_letter_sent"), evidence),
    Law("ZY-2.1d", ("case_closed_deceased", "case_closed_abroad", "transfer_confirmed"), evidence),
    Law("DC-2.3.2a", ("lead_excused",), evidence),
    Law("", (), nothing_after_the_end),
    Law("", (), in_order_of_days),
)


def breaches(record: Record, events: tuple[Any, ...], day: date) -> list[str]:
    """Return every clause the new events break, given the record before them."""
    found = []
    so_far = list(record)
    for event in events:
        for law in LAWS:
            if law.on and event.kind not in law.on:
                continue
            why = law.breach(so_far, event, day)
            if why is not None:
                found.append(f"{law.clause} {event.kind}：{why}")
        so_far.append((event, day))
    return found
