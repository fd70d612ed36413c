"""What an event may tell whom: a confidential fact is read by those who decide on it."""

from __future__ import annotations

from typing import Any

import pytest

from console.views import readable
from models.people import Actor
from models.words import Role

SECRET = {"note": "残疾证二级", "reason": "残疾证二级", "before": "weary", "after": "disability",
          "value": "disability", "is_able": False, "deferral": "statutory"}  # fmt: skip


def told(role: Role | None, **body: Any) -> dict[str, Any]:
    actor = None if role is None else Actor(id="甲", role=role, office="990101")
    said: dict[str, Any] = readable({"seq": 3, "event": body}, actor)["event"]
    return said


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("case_verified", {"cause": "disability", "note": SECRET["note"]}),
        ("cause_redetermined", {"cause": "religion", "reason": SECRET["reason"]}),
        ("correction_proposed", {"fact": "cause", "before": "weary", "value": "disability"}),
        ("fact_corrected", {"fact": "cause", "before": "weary", "after": "disability"}),
        ("assessment_concluded", {"is_able": False}),
        ("deferral_approved", {"deferral": "statutory"}),
        ("deferral_reviewed", {"note": SECRET["note"]}),
    ],
)
def test_a_confidential_fact_is_taken_out_of_the_timeline(kind: str, facts: dict[str, Any]) -> None:
    """The event stays with its day and its hand; what it tells of health or faith does not (C4)."""
    for role in (Role.CLASS_TEACHER, Role.REGISTRAR, Role.TOWNSHIP_CASE, Role.SUPERVISOR):
        said = told(role, kind=kind, happened_on="2026-10-12", **facts)
        assert said["kind"] == kind
        assert not {*SECRET.values()} & {*said.values()}, said
        assert "cause" not in said
    for reader in (Role.EDU_CASE, Role.AUDITOR, None):
        assert told(reader, kind=kind, **facts) == {"kind": kind, **facts}


def test_an_open_cause_is_told_to_all_and_a_masked_one_by_its_class() -> None:
    """厌学 is no secret; a confidential one reads 特殊原因（密）."""
    open_ = told(Role.CLASS_TEACHER, kind="case_verified", cause="weary", note="不想上学")
    assert (open_["cause"], open_["note"]) == ("weary", "不想上学")
    masked = told(Role.CLASS_TEACHER, kind="case_verified", cause="illness", note="住院")
    assert masked["cause_label"] == "特殊原因（密）"
