"""Import a roster file (`guixue import KIND FILE`): read, judge, compare, write, tell."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import takewhile
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import polars as pl
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from intake import normalise, roster_errors
from intake import roster_store as store
from intake.beside import said_of
from intake.columns import Column, find_header, labels
from intake.frames import RosterFrame, digest_of, read_frame
from intake.problems import FileProblem, IntakeError
from intake.reading import said_of_hidden
from intake.roster_changes import Changes, compare
from intake.roster_rows import COLUMNS, Judged, judge_rows
from intake.roster_store import Place
from models.rosters import RosterImport

CHINA = ZoneInfo("Asia/Shanghai")
log = structlog.get_logger(__name__)
Progress = Callable[[str, int, int], None]
"""Told the step's Chinese name, what is done and what there is to do."""


def silent(_step: str, _done: int, _all: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to import and for whom."""

    place: Place
    by: str
    signed_by: str = ""
    """Who made the list and answers for it (ZY-2.1g)."""
    chosen: Mapping[str, str] = field(default_factory=dict)
    """Header → field, where a person says what a column is."""
    may_restore: bool = False
    """A file already replaced by a later one is taken in again."""
    may_remove: int = 0
    """How many rows may go, where that is more than a correction usually takes out."""
    file_name: str = ""
    """The name the file came under, where it is not the path's own."""


@dataclass(frozen=True, slots=True)
class Preview:
    """How a file would be read, before anything is written."""

    columns: tuple[Column, ...]
    header_row: int
    rows_total: int
    rows_rejected: int
    problems: Counter[str]
    is_amendment: bool
    is_repeat: bool
    added: int
    changed: int
    removed: int
    kept: int
    held: int
    """Rows in force now."""
    is_too_much: bool
    """So much would go that the import is refused unless the number is said."""
    source: str
    beside: tuple[str, ...]
    """What of the file is not read, in sentences."""

    def sentences(self) -> list[str]:
        """Say in Chinese what each column is taken for and what the import would do."""
        said = [f"表头在第 {self.header_row} 行。各列识别为："]
        hows = {"known": "", "remembered": "（上次已确认）", "chosen": "（本次指定）"}
        said += [f"  {c.header} → {c.label}{hows.get(c.why, '')}" for c in self.columns]
        said.append(
            f"共 {self.rows_total} 行，可导入 {self.rows_total - self.rows_rejected} 行，"
            f"退回 {self.rows_rejected} 行；将新增 {self.added}、更正 {self.changed}、"
            f"移出 {self.removed}（现在册 {self.held} 行）。以上只是预览，没有写入。"
        )
        said += self.beside
        if self.kept:
            said.append(_said_of_kept(self.kept))
        if self.is_too_much:
            said.append(
                f"注意：正式导入会被拒绝。{_too_much(self.source, self.held, self.removed)}"
            )
        said += [f"  {sentence}：{count} 处" for sentence, count in self.problems.most_common(8)]
        return said


@dataclass(frozen=True, slots=True)
class RosterReport:
    """What an import did; it names nobody."""

    import_id: UUID
    place: Place
    file_sha256: str
    rows_total: int
    rows_rejected: int
    added: int
    changed: int
    removed: int
    unchanged: int
    changed_fields: Mapping[str, int]
    problems: Counter[str]
    flags: Counter[str]
    replaces: UUID | None
    kept: int
    """Rows whose child stands in a refused row only: they stay as they were."""
    is_void: bool
    """The very same file is in force already: nothing was written."""
    matched: int = 0
    """New rows whose child is known to the system."""
    error_file: Path | None = None
    to_restore: tuple[str, ...] = ()
    """Mended files of a list taken in again, which were not taken in again with it."""
    beside: tuple[str, ...] = ()
    """What of the file is not read, in sentences."""

    @property
    def rows_accepted(self) -> int:
        return self.rows_total - self.rows_rejected

    def sentences(self) -> list[str]:
        """Say in Chinese what happened and what to do next."""
        kind = self.place.kind.label
        if self.is_void:
            return [f"这个{kind}文件已经导入过，内容没有变化，未作任何改动。"]
        said = [
            f"{kind}：共 {self.rows_total} 行，通过 {self.rows_accepted} 行，"
            f"退回 {self.rows_rejected} 行；新增 {self.added}，更正 {self.changed}，"
            f"移出 {self.removed}，未变 {self.unchanged}。"
        ]
        said += self.beside
        if self.kept:
            said.append(_said_of_kept(self.kept))
        if self.to_restore:
            names = "、".join(f"《{name}》" for name in self.to_restore)
            said.append(f"这个文件退回的行改好后曾另行导入：{names}，请依次再恢复这些文件。")
        if self.changed_fields:
            words = "、".join(
                f"{labels().get(name, name)} {count}" for name, count in self.changed_fields.items()
            )
            said.append(f"更正涉及：{words}。")
        if self.flags["id_15_digits"]:
            said.append(f"{self.flags['id_15_digits']} 行是 15 位旧号码，已列入人工核对。")
        if self.flags["conflict"]:
            said.append(f"{self.flags['conflict']} 行与另一行同号而内容不同，已标记，待核对。")
        said += [f"退回原因：{why}（{n} 处）" for why, n in self.problems.most_common(5)]
        if self.error_file:
            said.append(
                f"退回的行已写入《{self.error_file.name}》，改好标红的格子后直接再导入该文件。"
            )
        return said


def _said_of_kept(kept: int) -> str:
    return f"另有 {kept} 行只在退回的行里出现，名册上原有的行保留不动；改好退回的行后再导入即更正。"


def _said_of_rest(frame: RosterFrame) -> tuple[str, ...]:
    return (*said_of(frame.aside), *said_of_hidden(frame.hidden))


def _too_much(source: str, held: int, removed: int) -> IntakeError:
    return IntakeError(FileProblem.REMOVES_MUCH, source=source, held=held, removed=removed)


async def preview(connection: AsyncConnection, file: Path, order: Order) -> Preview:
    """Read a file and say what importing it would do; nothing is written."""
    work = await _prepare(connection, file, order, silent)
    mapping = work.frame.mapping
    return Preview(
        mapping.columns, mapping.header_row, work.judged.total, work.judged.refused_rows,
        work.judged.problems(), work.is_amendment, work.same is not None,
        work.changes.added.height, work.changes.changed.height, work.changes.removed.height,
        work.changes.kept, work.changes.held, _is_too_much(work.changes, order), order.place.source,
        _said_of_rest(work.frame),
    )  # fmt: skip


def _is_too_much(changes: Changes, order: Order) -> bool:
    return changes.removes_much and changes.removed.height > order.may_remove


async def import_roster(
    connection: AsyncConnection,
    file: Path,
    order: Order,
    *,
    progress: Progress = silent,
    errors_to: Path | None = None,
) -> RosterReport:
    """Take the good rows in and hand the bad rows back, in the caller's transaction.

    ``errors_to`` is where the file of refused rows goes, beside the input unless told. Raises
    IntakeError when nothing can be read, everything is refused, or more would go than was said;
    then nothing is changed.
    """
    await store.lock(connection, order.place)
    work = await _prepare(connection, file, order, progress)
    if work.judged.good.is_empty():
        path = await asyncio.to_thread(_hand_back, file, work, errors_to)
        raise IntakeError(FileProblem.NO_GOOD_ROW, file=path.name)
    if _is_too_much(work.changes, order):
        raise _too_much(order.place.source, work.changes.held, work.changes.removed.height)
    report = _report(work, order, uuid4())
    if not report.is_void:
        report = await _write(connection, file, work, order, report, progress)
    if work.judged.refused_rows and not report.is_void:
        path = await asyncio.to_thread(_hand_back, file, work, errors_to)
        report = replace(report, error_file=path)
    log.info(
        "roster_imported", import_ref=str(report.import_id), kind=order.place.kind.value,
        total=report.rows_total, count=report.rows_accepted,
    )  # fmt: skip
    return report


@dataclass(slots=True)
class _Work:
    sha: str
    frame: RosterFrame
    judged: Judged
    changes: Changes
    current: store.Earlier | None
    same: store.Earlier | None
    is_amendment: bool
    to_restore: tuple[str, ...]


async def _prepare(
    connection: AsyncConnection, file: Path, order: Order, progress: Progress
) -> _Work:
    place = order.place
    progress("读取", 0, 4)
    known = await store.remembered(connection, place.county, place.source, place.kind)
    find = partial(find_header, kind=place.kind, chosen=order.chosen, remembered=known)
    frame = await asyncio.to_thread(read_frame, file, find)
    sha = await asyncio.to_thread(digest_of, file)
    earlier = await store.earlier_imports(connection, place)
    current = next((one for one in earlier if one.is_current), None)
    same = next((one for one in earlier if one.file_sha256 == sha), None)
    if same and not same.is_current and not order.may_restore:
        day = same.imported_at.astimezone(CHINA).date()
        raise IntakeError(FileProblem.REPLACED_FILE, day=day)
    is_amendment = frame.mapping.is_mended
    if is_amendment and current is None:
        raise IntakeError(FileProblem.NOTHING_TO_AMEND)
    progress("核对", 1, 4)
    places = await store.places_of(connection, place.county)
    judged = await asyncio.to_thread(judge_rows, frame, place.kind, places)
    progress("比对", 2, 4)
    before = await store.rows_in_force(connection, place)
    is_repeat = same is not None and same.is_current
    changes = await asyncio.to_thread(
        compare, before, judged.good, judged.named, may_remove=not (is_amendment or is_repeat)
    )
    if is_repeat:  # rows mended since are not undone by the file they were wrong in
        changes = replace(
            changes, changed=changes.changed.clear(), before=changes.before.clear(), fields={},
            unchanged=changes.unchanged + changes.changed.height,
        )  # fmt: skip
    return _Work(
        sha, frame, judged, changes, current, same, is_amendment or is_repeat,
        _mended_after(earlier, same) if same and not same.is_current and not is_amendment else (),
    )  # fmt: skip


def _mended_after(earlier: list[store.Earlier], same: store.Earlier) -> tuple[str, ...]:
    """Name the mended files that followed an import, up to the next list, the earliest first."""
    later = reversed(earlier[: earlier.index(same)])
    return tuple(one.file_name for one in takewhile(lambda one: one.is_amendment, later))


def _report(work: _Work, order: Order, import_id: UUID) -> RosterReport:
    changes, judged = work.changes, work.judged
    is_void = changes.is_none and work.same is not None and work.same.is_current
    flags = judged.good["flags"].explode().drop_nulls().to_list()
    return RosterReport(
        import_id=work.same.id if is_void and work.same else import_id,
        place=order.place,
        file_sha256=work.sha,
        rows_total=judged.total,
        rows_rejected=judged.refused_rows,
        added=changes.added.height,
        changed=changes.changed.height,
        removed=changes.removed.height,
        unchanged=changes.unchanged,
        changed_fields=changes.fields,
        problems=judged.problems(),
        flags=Counter(flags),
        replaces=work.current.id if work.current else None,
        kept=changes.kept,
        to_restore=work.to_restore,
        beside=_said_of_rest(work.frame),
        is_void=is_void,
    )


async def _write(
    connection: AsyncConnection, file: Path, work: _Work, order: Order, report: RosterReport,
    progress: Progress,
) -> RosterReport:  # fmt: skip
    place, changes = order.place, work.changes
    if not work.is_amendment:
        await store.retire(connection, place)
    await store.record_import(connection, _record(file, work, order, report))
    gone = [*changes.removed["key"], *changes.changed["key"]]
    await store.remove_rows(connection, place, gone)
    fresh = pl.concat([changes.added, changes.changed])
    children = await store.children_of(connection)
    fresh = await asyncio.to_thread(know, fresh, children)
    await store.put_rows(
        connection, place, report.import_id, fresh,
        lambda done: progress("写入", done, fresh.height),
    )  # fmt: skip
    if work.current is not None:
        await store.record_changes(connection, report.import_id, changes.as_records())
    await store.remember(
        connection, place, work.frame.mapping.as_chosen(), order.by, datetime.now(CHINA)
    )
    return replace(report, matched=len(fresh["child_ref"].drop_nulls()))


def _record(file: Path, work: _Work, order: Order, report: RosterReport) -> RosterImport:
    place = order.place
    return RosterImport(
        id=report.import_id, county=place.county, kind=place.kind, term=place.term,
        source=place.source, file_sha256=work.sha, file_name=order.file_name or file.name,
        signed_by=order.signed_by, imported_by=order.by, imported_at=datetime.now(CHINA),
        replaces=report.replaces, is_amendment=work.is_amendment, is_current=True,
        rows_total=report.rows_total, rows_accepted=report.rows_accepted,
        rows_rejected=report.rows_rejected, rows_added=report.added, rows_changed=report.changed,
        rows_removed=report.removed,
        columns={c.header: c.field or c.why for c in work.frame.mapping.columns},
    )  # fmt: skip


def _hand_back(file: Path, work: _Work, errors_to: Path | None) -> Path:
    if errors_to is not None:
        return roster_errors.write(errors_to, work.frame, work.judged.refused)
    return roster_errors.hand_back(file, work.frame, work.judged.refused)


def know(rows: pl.DataFrame, children: pl.DataFrame) -> pl.DataFrame:
    """Say which child of the system a row speaks of: the same number and the same name.

    A number whose name differs is left to the review of matches.
    """
    known = children.with_columns(normalise.names(children["name"]).alias("known_name"))
    by_id = known.drop_nulls("id_no").select(
        "id_no", pl.col("child_ref").alias("by_id"), pl.col("known_name").alias("id_name")
    )
    by_roll = known.drop_nulls("roll_no").select(
        "roll_no", pl.col("child_ref").alias("by_roll"), pl.col("known_name").alias("roll_name")
    )
    return (
        rows.join(by_id, on="id_no", how="left")
        .join(by_roll, on="roll_no", how="left")
        .with_columns(
            pl.coalesce(
                pl.when(pl.col("id_name") == pl.col("name_key")).then("by_id"),
                pl.when(pl.col("roll_name") == pl.col("name_key")).then("by_roll"),
            ).alias("child_ref")
        )
        .select(*[name for name in rows.columns if name in COLUMNS], "child_ref")
    )
