"""Load the rules in force: dated TOML, one parameter per file, inherited along a profile's chain."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError

from models.base import Frozen
from models.rules import Parameter, PolicySnapshot
from models.words import Unit, Weight

ROOM = Path(__file__).parent
_Shape = TypeVar("_Shape", bound=Frozen)


class PolicyError(Exception):
    """A rule file that cannot be used; the message names file and key."""


class _Period(Frozen):
    effective_from: date
    effective_to: date | None = None
    """Last day in force; an ended rule does not fall back to the one before it."""
    value: int | str | bool
    weight: Weight
    source: tuple[str, ...] = ()
    moves_off_rest_day: bool = False
    note: str = Field(min_length=2)


class _RuleFile(Frozen):
    name: str
    label: str
    unit: Unit
    in_force: tuple[_Period, ...] = Field(min_length=1)


class _Profile(Frozen):
    name: str
    label: str
    chain: tuple[str, ...] = Field(min_length=1)
    """Jurisdictions from the widest to the most particular; the last that speaks decides."""
    supersedes: dict[str, date] = {}
    """A jurisdiction whose rules of that day beat older local papers below it (YN-16)."""


def profiles() -> dict[str, str]:
    """Return every profile's name and Chinese label."""
    found = sorted((ROOM / "profiles").glob("*.toml"))
    return {path.stem: _profile(path.stem).label for path in found}


@cache
def snapshot(profile: str, as_of: date) -> PolicySnapshot:
    """Return every parameter in force for ``profile`` on ``as_of``, sealed with its hash.

    Raises PolicyError where a file is malformed or a value without source claims to be more than
    a house default.
    """
    parameters: dict[str, Parameter] = {}
    chosen = _profile(profile)
    for jurisdiction in chosen.chain:
        for rule in _rules(jurisdiction):
            period = _in_force(rule, as_of)
            if period is None:
                continue
            below = parameters.get(rule.name)
            if below and below.weight is Weight.LAW and period.weight is not Weight.LAW:
                continue  # law beats every local paper
            if below and _is_superseded(chosen, below, period, as_of):
                continue
            parameters[rule.name] = Parameter(
                name=rule.name,
                label=rule.label,
                value=period.value,
                unit=rule.unit,
                weight=period.weight,
                source=period.source,
                note=period.note,
                jurisdiction=jurisdiction,
                effective_from=period.effective_from,
                moves_off_rest_day=period.moves_off_rest_day,
            )
    return PolicySnapshot(profile=profile, as_of=as_of, parameters=parameters).sealed()


def _is_superseded(chosen: _Profile, below: Parameter, period: _Period, as_of: date) -> bool:
    since = chosen.supersedes.get(below.jurisdiction)
    return since is not None and since <= as_of and period.effective_from < since


def _in_force(rule: _RuleFile, as_of: date) -> _Period | None:
    begun = [period for period in rule.in_force if period.effective_from <= as_of]
    if not begun:
        return None
    latest = max(begun, key=lambda period: period.effective_from)
    if latest.effective_to is not None and latest.effective_to < as_of:
        return None
    return latest


@cache
def _profile(name: str) -> _Profile:
    path = ROOM / "profiles" / f"{name}.toml"
    if not path.is_file():
        known = "、".join(sorted(p.stem for p in (ROOM / "profiles").glob("*.toml")))
        raise PolicyError(f"没有名为“{name}”的辖区规则，可选：{known}。")
    return _read(path, _Profile)


@cache
def _rules(jurisdiction: str) -> tuple[_RuleFile, ...]:
    folder = ROOM / "rules" / jurisdiction
    if not folder.is_dir():
        raise PolicyError(f"规则目录不存在：rules/{jurisdiction}。")
    rules = tuple(_read(path, _RuleFile) for path in sorted(folder.glob("*.toml")))
    for path, rule in zip(sorted(folder.glob("*.toml")), rules, strict=True):
        _must_be_honest(path, rule)
    return rules


def _must_be_honest(path: Path, rule: _RuleFile) -> None:
    if path.stem != rule.name:
        raise PolicyError(f"{path.name}：name 应为“{path.stem}”，现为“{rule.name}”。")
    for period in rule.in_force:
        if bool(period.source) == (period.weight is Weight.HOUSE_DEFAULT):
            raise PolicyError(
                f"{path.name}：{period.effective_from}起的值，"
                "没有来源条款的只能是 house_default，有来源的不能是 house_default。"
            )
    _must_be_usable(path, rule)


_TYPES: dict[Unit, tuple[type, str]] = {
    Unit.FLAG: (bool, "true 或 false"),
    Unit.TEXT: (str, "文字"),
}


def _must_be_usable(path: Path, rule: _RuleFile) -> None:
    """Refuse at loading what would only fail, or mislead, in the middle of a case."""
    kind, said = _TYPES.get(rule.unit, (int, "不小于零的整数"))
    begins: set[date] = set()
    for period in rule.in_force:
        where = f"{path.name}：{period.effective_from}起的值，"
        if type(period.value) is not kind or (kind is int and int(period.value) < 0):
            raise PolicyError(f"{where}value 应为{said}（unit 为 {rule.unit.value}）。")
        if period.effective_from in begins:
            raise PolicyError(f"{where}与另一段的 effective_from 相同。")
        if period.effective_to is not None and period.effective_to < period.effective_from:
            raise PolicyError(f"{where}effective_to 早于 effective_from。")
        begins.add(period.effective_from)


def _read(path: Path, shape: type[_Shape]) -> _Shape:
    try:
        return shape.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{path.name}：不是合法的 TOML（{error}）。") from error
    except UnicodeDecodeError as error:
        raise PolicyError(f"{path.name}：不是 UTF-8 编码，请另存为 UTF-8。") from error
    except ValidationError as error:
        keys = "；".join(
            f"{'.'.join(str(part) for part in item['loc'])}：{item['msg']}"
            for item in error.errors(include_url=False, include_input=False)
        )
        raise PolicyError(f"{path.name}：{keys}。") from error
