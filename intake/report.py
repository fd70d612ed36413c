"""What an import did, for people and for programs. It names no person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from intake.detect import AbsenceRun
from intake.judging import RejectedRow
from intake.problems import RowProblem
from intake.reading import said_of_hidden
from models.roster import AbsenceKind


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One child-day as it was and as it is; None is a day at school."""

    child_ref: UUID
    day: date
    before: AbsenceKind | None
    after: AbsenceKind | None


@dataclass(frozen=True, slots=True, order=True)
class StreakChange:
    """One child's unexcused days in a row as they were and as they are, (first, last, count)."""

    child_ref: UUID
    before: tuple[tuple[date, date, int], ...]
    after: tuple[tuple[date, date, int], ...]


@dataclass(frozen=True, slots=True)
class LeadOutcome:
    opened: tuple[UUID, ...] = ()
    extended: tuple[UUID, ...] = ()
    """Leads already known whose absence has grown or been corrected."""
    contradicted: tuple[UUID, ...] = ()
    """Leads whose absence the corrected attendance no longer shows: a person must look."""
    ended_runs: tuple[AbsenceRun, ...] = ()
    covered_until: tuple[tuple[str, date], ...] = ()
    """School code and the last day its attendance covers."""
    withdrawn: tuple[UUID, ...] = ()
    """Leads taken back before they became cases: the corrected attendance does not show them."""
    revived: tuple[UUID, ...] = ()
    """Leads once taken back that the attendance shows again."""
    streaks: tuple[StreakChange, ...] = ()
    """What corrections did to counts of days in a row."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    import_id: UUID
    file_name: str
    file_sha256: str
    is_repeat: bool
    """The very same file was taken in before: only the rows refused then were looked at."""
    rows_total: int
    rows_ok: int
    rejected: tuple[RejectedRow, ...]
    added: tuple[Change, ...]
    replaced: tuple[Change, ...]
    withdrawn: tuple[Change, ...]
    unchanged: int
    class_days: int
    """Class-days newly reported."""
    leads: LeadOutcome
    is_void: bool
    """Nothing was written: the file is known and its refused rows are still wrong."""
    error_file: Path | None = None
    unknown_days: int = 0
    """Days of a child, or of a class, that the refused rows leave unknown."""
    hidden: tuple[str, ...] = ()
    """Hidden sheets of the workbook, which were not read."""

    @property
    def rows_rejected(self) -> int:
        return len(self.rejected)

    def problems(self) -> Counter[RowProblem]:
        return Counter(found.code for row in self.rejected for found in row.problems)

    def sentences(self) -> list[str]:
        """Say in Chinese what happened and what to do next."""
        lines = [
            f"共 {self.rows_total} 行，通过 {self.rows_ok} 行，退回 {self.rows_rejected} 行。",
            f"缺勤记录：新增 {len(self.added)} 条，更正 {len(self.replaced)} 条，"
            f"撤销 {len(self.withdrawn)} 条，未变 {self.unchanged} 条；"
            f"新报告的班级日 {self.class_days} 个。",
        ]
        if self.is_repeat:
            lines.insert(0, "该文件以前导入过，已导入的行未作改动，只重新核对了当时退回的行。")
        if self.error_file is not None:
            lines.append(
                f"退回的行已写入《{self.error_file.name}》，请按“错误原因”一列改正后再导入该文件。"
            )
        lines += said_of_hidden(self.hidden)
        leads = self.leads
        if leads.opened:
            lines.append(
                f"发现 {len(leads.opened)} 名学生连续旷课达到规定天数且仍未返校，已生成线索。"
            )
        if self.unknown_days:
            lines.append(
                f"退回的行使 {self.unknown_days} 个学生（班级）日的出勤不明：改正之前既不算到校，"
                "也不算缺勤，清单见“出勤不明”。"
            )
        if leads.streaks:
            lines.append(f"更正改变了 {len(leads.streaks)} 名学生的连续缺勤天数：")
            lines += [f"  原{_runs(s.before)}，现{_runs(s.after)}。" for s in leads.streaks[:50]]
        if leads.withdrawn:
            lines.append(
                f"有 {len(leads.withdrawn)} 条线索尚未立案而缺勤已被更正，已撤回并注明，记录保留。"
            )
        if leads.revived:
            lines.append(f"有 {len(leads.revived)} 条曾撤回的线索再次成立，已恢复。")
        if leads.contradicted:
            lines.append(
                f"有 {len(leads.contradicted)} 条线索的缺勤已被更正，请经办人核实后决定是否排除。"
            )
        if leads.ended_runs:
            lines.append(
                f"已返校的历史缺勤 {len(leads.ended_runs)} 段（曾连续旷课达到规定天数），"
                "未生成线索，请学校回访。"
            )
            if self.rejected:
                lines.append("其中有的可能只是被退回的行隔断，请先改正退回的行再看这一项。")
        return lines


def _runs(spans: tuple[tuple[date, date, int], ...]) -> str:
    """Say runs without naming anybody: first day, last day and number of school days."""
    return "、".join(f"{first}至{last}旷课{days}天" for first, last, days in spans) or "无连续旷课"
