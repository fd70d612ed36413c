"""Decide whether a paper may exist: every gap is named before anything is rendered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from papers.catalogue import PaperKind
from papers.data import Officer, PaperData
from papers.wording import cn_number


def problems(kind: PaperKind, data: PaperData) -> list[str]:
    """List, as Chinese sentences, everything that keeps the paper from existing."""
    found = list(_missing(kind, data))
    if not kind.legal_bases and not (kind.clauses and kind.form in {"表格", "横表"}):
        found.append(f"“{kind.title}”的模板没有登记法律依据，不得出具。")
    found.extend(_uncited(kind, getattr(data, "legal_bases", ())))
    found.extend(_officers(kind, getattr(data, "officers", ())))
    found.extend(_fine(data))
    found.extend(_ground(kind, data))
    found.extend(_unmasked(data))
    found.extend(_periods(data))
    return found


def _missing(kind: PaperKind, data: PaperData) -> Iterator[str]:
    for requirement in kind.all_required:
        if requirement.final_only and data.is_draft:
            continue
        value = getattr(data, requirement.field)
        label = requirement.label or type(data).model_fields[requirement.field].title
        if _is_empty(value):
            yield f"缺少“{label}”：{requirement.why}。"
        elif value == 0 and requirement.field in _MAY_BE_NONE:
            continue
        elif isinstance(value, int) and value <= 0:
            yield f"“{label}”须为正整数，现为{value}。"
        elif isinstance(value, int) and value < requirement.at_least:
            yield (
                f"“{label}”不得少于{requirement.at_least}，现为{value}："
                f"{requirement.at_least_why}。"
            )
        elif isinstance(value, tuple):
            yield from _missing_parts(str(label), value)
    if data.serial is not None and data.serial <= 0:
        yield f"“文号序号”须为正整数，现为{data.serial}。"


_MAY_BE_NONE = {"absent_school_days"}
"""In the holidays a child is missed before a school day has passed."""


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, (str, tuple)) and not value)


_PART_LABELS = {
    "name": "姓名",
    "relation": "与学生的关系",
    "licence_no": "执法证号",
}


def _missing_parts(label: str, entries: tuple[Any, ...]) -> Iterator[str]:
    """Name empty entries of a list; a guardian's phone alone may be unknown."""
    for place, entry in enumerate(entries, start=1):
        if isinstance(entry, BaseModel):
            for name, part_label in _PART_LABELS.items():
                if getattr(entry, name, "given") == "":
                    yield f"“{label}”第{place}项缺少“{part_label}”。"
        elif _is_empty(entry):
            yield f"“{label}”第{place}项是空的，请填写或者删去。"


def _uncited(kind: PaperKind, bases: tuple[str, ...]) -> Iterator[str]:
    for citation in kind.must_cite:
        texts = " ".join(base for base in bases if citation.law in base)
        for article in citation.articles:
            if f"第{cn_number(article)}条" not in texts:
                yield (
                    f"“法律依据”没有引用《{citation.law}》第{cn_number(article)}条，"
                    f"“{kind.title}”必须引用。"
                )


def _officers(kind: PaperKind, officers: tuple[Officer, ...]) -> Iterator[str]:
    if officers and len(officers) < kind.min_officers:
        yield f"“承办人员”只有{len(officers)}人，须由{kind.min_officers}人以上承办。"


def _fine(data: PaperData) -> Iterator[str]:
    """A fine without its sum, or a sum without a fine, tells the guardian nothing (行政处罚法 44、59)."""
    told = getattr(data, "penalty_text", "")
    if not told:
        return
    if "罚款" in told and not getattr(data, "amount_yuan", None):
        yield "“罚款金额（元）”没有填写：处罚种类有罚款的，须写明数额。"
    if "罚款" not in told and getattr(data, "amount_yuan", None):
        yield "“处罚的种类”没有写罚款，却填了罚款金额，请核对。"
    if "罚款" in told and "无" in {getattr(data, "payee", ""), getattr(data, "payee_address", "")}:
        yield "“代收机构”不能写“无”：处罚种类有罚款的，须写明到何处缴纳。"


def _ground(kind: PaperKind, data: PaperData) -> Iterator[str]:
    """What is cited and whether there is anything to teach follow from the ground (行政处罚法 33)."""
    ground = kind.ground(getattr(data, "ground", None))
    if ground is None:
        return
    if getattr(data, "legal_bases", ()) != (ground.basis,):
        yield f"“法律依据”与选定的情形不符：应当且只引用{ground.basis}。"
    is_taught = getattr(data, "teaching", "") != "无"
    if ground.is_offence and not is_taught:
        yield "“教育和要求”不能写“无”：不予处罚的，应当对当事人进行教育。"
    if not ground.is_offence and is_taught:
        yield "违法事实不能成立，没有需要教育的违法行为，“教育和要求”请写“无”。"


def _unmasked(data: PaperData) -> Iterator[str]:
    if re.search(r"\d{12}", getattr(data, "roll_no_masked", "")):
        yield "“学籍号（遮蔽）”没有遮蔽：学籍号含身份证号码，文书只印遮蔽后的号码。"


_ENDS = ("feedback_due_on", "return_by", "improve_by", "report_on", "deferred_until")


def _periods(data: PaperData) -> Iterator[str]:
    """A period that ends on the day of the paper, or before it, is none."""
    for name in _ENDS:
        ends = getattr(data, name, None)
        if data.issued_on and ends and ends <= data.issued_on:
            label = type(data).model_fields[name].title or "反馈期限"
            yield f"“{label}”不晚于成文日期，对方无法在期限内办理。"
