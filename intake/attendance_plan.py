"""What an attendance report changes, compared with what is on record, and the writing of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from intake import attendance_store as store
from intake.attendance_store import ChildDayKey, Stored
from intake.cutoff import due_at
from intake.judging import ChildDay, Judgement, Unclear
from intake.leads import Basis, follow_up, runs_of, streak_changes
from intake.report import Change, LeadOutcome
from intake.unknown import put_unclear, settle_mended
from models.roster import AbsenceKind, ImportRun


@dataclass(slots=True)
class Plan:
    """What differs between the file and what is on record."""

    put: dict[ChildDayKey, Stored] = field(default_factory=dict)
    remove: set[ChildDayKey] = field(default_factory=set)
    class_days: dict[tuple[str, date], bool | None] = field(default_factory=dict)
    """Whether nobody was absent; None where a row says only that one child was there."""
    touched: set[ChildDayKey] = field(default_factory=set)
    seen: set[ChildDayKey] = field(default_factory=set)
    """Marked present in so many words."""
    added: list[Change] = field(default_factory=list)
    replaced: list[Change] = field(default_factory=list)
    withdrawn: list[Change] = field(default_factory=list)
    unchanged: int = 0

    def compare(self, row: ChildDay, before: Stored | None) -> None:
        key = (row.child_ref, row.day)
        self.touched.add(key)
        class_day = (row.class_code, row.day)
        if not isinstance(row.mark, AbsenceKind):
            self.class_days.setdefault(class_day, None)
            self.seen.add(key)
            if before is None:
                self.unchanged += 1
            else:
                self.withdraw(key, before)
            return
        self.class_days[class_day] = False
        now = Stored(row.mark, row.reason)
        if before == now:
            self.unchanged += 1
            return
        self.put[key] = now
        change = Change(*key, before.kind if before else None, now.kind)
        (self.replaced if before else self.added).append(change)

    is_complete: bool = False
    """What is written speaks for everybody of its classes, as an entry by hand does."""

    def corrected_days(self) -> set[ChildDayKey]:
        return {(change.child_ref, change.day) for change in (*self.replaced, *self.withdrawn)}

    def withdraw(self, key: ChildDayKey, before: Stored) -> None:
        if key not in self.remove:
            self.touched.add(key)
            self.remove.add(key)
            self.withdrawn.append(Change(*key, before.kind, None))


async def plan_for(connection: AsyncConnection, judgement: Judgement) -> Plan:
    keys = [(row.child_ref, row.day) for row in judgement.child_days]
    full_days = [(row.class_code, row.day) for row in judgement.full_days]
    stored = await store.stored_absences(connection, keys)
    plan = Plan()
    for row in judgement.child_days:
        plan.compare(row, stored.get((row.child_ref, row.day)))
    of_classes = await store.stored_absences_of_classes(connection, full_days)
    for key, before in of_classes.items():
        plan.withdraw(key, before)
    plan.class_days.update(dict.fromkeys(full_days, True))
    return plan


async def write_plan(
    connection: AsyncConnection,
    run: ImportRun,
    plan: Plan,
    unclear: list[Unclear],
    *,
    basis: Basis,
) -> tuple[int, LeadOutcome]:
    """Write the run and what it says; give the new class-days and what became of the leads."""
    corrected = sorted({c.child_ref for c in (*plan.replaced, *plan.withdrawn)})
    before = await runs_of(connection, corrected, basis, shortest=1)
    await store.record_run(connection, run)
    await store.put_absences(connection, run.id, plan.put.items())
    await store.remove_absences(connection, sorted(plan.remove))
    await store.put_present_marks(connection, run.id, plan.seen)
    class_days = await store.put_class_days(
        connection, run.id, plan.class_days, is_complete=plan.is_complete
    )
    await put_unclear(connection, run.id, run.file_name, unclear)
    doubtful = [(row.class_code, row.day) for row in unclear]
    await settle_mended(connection, run.file_name, plan.class_days, doubtful, by=basis.by)
    await store.record_reports(
        connection, run.id, plan.class_days, by=basis.by, at=basis.at,
        channel="entry" if plan.is_complete else "file",
        due_at=lambda day: due_at(day, basis.cutoff),
    )  # fmt: skip
    watched = await store.watched_children(connection, [*plan.class_days, *doubtful])
    leads = await follow_up(connection, sorted({*plan.touched, *watched}), basis)
    after = await runs_of(connection, corrected, basis, shortest=1)
    return class_days, replace(leads, streaks=streak_changes(plan.corrected_days(), before, after))
