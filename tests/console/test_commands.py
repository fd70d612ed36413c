"""Doing something to a case over HTTP: once, on what was seen, or with every reason why not."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from models.words import Role
from tests.console.town import COUNTY, Case, Town
from tests.walk import lead_facts

CONTACT = {"kind": "contact_guardian", "method": "电话", "was_reached": True}
SECRET = "张小明的妈妈说他去了深圳"


def contact(town: Town, **more: Any) -> dict[str, Any]:
    return CONTACT | {"happened_on": str(town.today)} | more


async def count_events(case: Case) -> int:
    return len((await case.get("/events")).json()["events"])


async def test_an_act_is_acknowledged_with_a_receipt_and_stands_in_the_ledger(case: Case) -> None:
    """The receipt names case, revision and events; the timeline holds them under the person's name."""
    before = await case.revision()
    said = await case.do(Role.CLASS_TEACHER, "contact_guardian", method="电话", was_reached=True)
    assert (said["case_no"], said["stage"]) == (case.no, "suspected")
    assert said["events"][0] == "guardian_contacted"
    assert said["revision"] == before + len(said["events"])
    events = (await case.get("/events")).json()["events"]
    (told,) = [e for e in events if e["seq"] == before + 1]
    assert (told["label"], told["actor"]["id"]) == ("联系监护人", "class_teacher-1")


async def test_the_case_is_shown_with_its_revision_as_etag(case: Case) -> None:
    """What is seen is what If-Match names; every live duty says why it is due when it is."""
    answer = await case.get()
    said = answer.json()
    assert answer.headers["etag"] == f'"{said["revision"]}"'
    assert (said["stage_label"], said["owner"]["role_label"]) == ("疑似辍学待报告", "班主任")
    assert said["obligations"]
    assert all("到期日" in duty["why"] for duty in said["obligations"])
    assert said["child_name"] == case.child.name


async def test_a_key_is_asked_for(quiet_case: Case) -> None:
    """Without an Idempotency-Key nothing is done, for nobody could retry it safely."""
    head = quiet_case.as_(Role.CLASS_TEACHER) | {"If-Match": "1"}
    for key in ({}, {"Idempotency-Key": ""}, {"Idempotency-Key": "short"}):
        answer = await quiet_case.town.http.post(
            f"/api/cases/{quiet_case.no}/commands",
            headers=head | key,
            json=contact(quiet_case.town),
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize("revision", [None, "", "*", "abc", '""', "-1", "1.5", "²", "9" * 5000])
async def test_the_revision_seen_is_asked_for(quiet_case: Case, revision: str | None) -> None:
    """Without a number in If-Match nothing is done, for the person may look at an old page."""
    head = quiet_case.as_(Role.CLASS_TEACHER) | {"Idempotency-Key": quiet_case.town.key()}
    said = {} if revision is None else {"If-Match": revision.encode("latin-1")}
    answer = await quiet_case.town.http.post(
        f"/api/cases/{quiet_case.no}/commands",
        headers=[(k, v) for k, v in (head | said).items()], json=contact(quiet_case.town),
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (428, "revision_missing")


async def test_a_stale_revision_is_a_conflict(case: Case) -> None:
    """Somebody else has acted since: 409 with the revision that holds now, nothing done."""
    seen = await case.revision()
    await case.do(Role.CLASS_TEACHER, "contact_guardian", method="电话", was_reached=True)
    before = await count_events(case)
    for stale in (str(seen), "999999", "1" * 30):
        answer = await case.post(Role.CLASS_TEACHER, contact(case.town), revision=stale)
        assert (answer.status_code, answer.json()["code"]) == (409, "stale")
        assert answer.json()["revision"] == before
    assert await count_events(case) == before


async def test_the_same_key_acts_once(case: Case) -> None:
    """Sent again, ten at once or after the case has moved on: the same receipt, one event."""
    key = case.town.key()
    seen = str(await case.revision())
    answers = await asyncio.gather(
        *(case.post(Role.CLASS_TEACHER, contact(case.town), key=key, revision=seen)
          for _ in range(10))
    )  # fmt: skip
    await case.do(Role.CLASS_TEACHER, "contact_guardian", method="微信", was_reached=False)
    again = await case.post(Role.CLASS_TEACHER, contact(case.town), key=key, revision=seen)
    assert {answer.status_code for answer in (*answers, again)} == {200}
    assert {answer.text for answer in (*answers, again)} == {again.text}
    events = (await case.get("/events")).json()["events"]
    assert [e["kind"] for e in events].count("guardian_contacted") == 2


async def test_a_refusal_lists_every_unmet_condition(case: Case) -> None:
    """Three wrongs in one form are three reasons, each in Chinese, some with their clause."""
    town = case.town
    early = town.today - timedelta(days=1)
    await case.do(Role.CLASS_TEACHER, "contact_guardian", method="电话", was_reached=True)
    answer = await case.post(
        Role.EDU_HEAD,
        {"kind": "close_completed", "happened_on": str(early), "is_graduated": False,
         "decision_no": "决-1"},
    )  # fmt: skip
    said = answer.json()
    assert (answer.status_code, said["code"]) == (422, "refused")
    assert [unmet["code"] for unmet in said["unmet"]] == [
        "date_before_case", "not_proposed", "not_of_age", "onward_missing", "evidence_missing",
    ]  # fmt: skip
    assert all(unmet["message"] in said["detail"] for unmet in said["unmet"])
    assert said["revision"] == await case.revision()


async def test_the_actions_say_beforehand_what_a_refusal_would(case: Case) -> None:
    """A greyed action carries its reasons; an allowed one is accepted."""
    said = (await case.get("/actions", Role.CLASS_TEACHER)).json()
    options = {option["kind"]: option for option in said["actions"]}
    assert options["contact_guardian"]["is_allowed"]
    (unmet,) = options["report_to_school"]["unmet"]
    assert (unmet["code"], unmet["clause"]) == ("no_contact", "DC-2.3.3g、YN-7c")
    answer = await case.post(
        Role.CLASS_TEACHER, {"kind": "report_to_school", "happened_on": str(case.town.today)}
    )
    assert answer.json()["unmet"] == [unmet]
    assert "sign_off" not in options


async def test_a_role_that_may_not_is_forbidden(case: Case) -> None:
    """In scope but not in charge: 403 that names who is."""
    answer = await case.post(Role.SUPERVISOR, contact(case.town))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert "班主任" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"was_reached": "也许"}, "was_reached"),
        ({"was_reached": None}, "was_reached"),
        ({"method": ""}, "method"),
        ({"method": 5}, "method"),
        ({"method": "长" * 201}, "method"),
        ({"note": "长" * 4001}, "note"),
        ({"note": SECRET + "\x00"}, "note"),
        ({"evidence": ["a\x00b"]}, "evidence"),
        ({"happened_on": "昨天"}, "happened_on"),
        ({"happened_on": "2026-02-30"}, "happened_on"),
        ({"happened_on": None}, "happened_on"),
        ({"evidence": "证-1"}, "evidence"),
        ({"evidence": [["证-1"]]}, "evidence"),
        ({"kind": "dance"}, "办理动作"),
        ({"kind": None}, "办理动作"),
        ({"kind": ["verify"]}, "办理动作"),
    ],
    ids=str,
)
async def test_a_bad_field_is_named_in_chinese_and_not_repeated(
    quiet_case: Case, body: dict[str, Any], field: str
) -> None:
    """422 says which field and what is wrong with it; what was typed is not sent back."""
    typed = contact(quiet_case.town, note=SECRET) | body
    answer = await quiet_case.post(Role.CLASS_TEACHER, typed)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
    assert field in answer.text
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"note": "长" * 4001}, "contact_guardian.note：内容太长，最多4000字"),
        ({"evidence": ["x"] * 101}, "证明材料编号一次最多填100项，请归并成册后再填。"),
        ({"kind": "excuse", "reason": "长"}, "excuse.reason：内容太短，至少2字"),
        ({"kind": "nothing"}, "没有这种办理动作"),
    ],
)
async def test_how_much_may_be_written_is_told(
    quiet_case: Case, typed: dict[str, Any], said: str
) -> None:
    """A text too long is not "of a wrong form", and one too short is not a missing entry."""
    body = contact(quiet_case.town) | typed
    if body["kind"] != "contact_guardian":
        del body["method"], body["was_reached"]
    answer = await quiet_case.post(Role.CLASS_TEACHER, body)
    assert (answer.status_code, answer.json()["detail"]) == (422, said)


async def test_a_body_too_large_for_one_act_is_refused_at_once(quiet_case: Case) -> None:
    """The engine would never take it, and "try again" would be asked for ever."""
    body = contact(quiet_case.town, guardian="长" * 600_000)
    answer = await quiet_case.post(Role.CLASS_TEACHER, body)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_name_typed_as_a_field_is_not_repeated(case: Case) -> None:
    """Even the name of an unknown field may hold a child's name; a plain one is told."""
    answer = await case.post(Role.CLASS_TEACHER, contact(case.town, **{SECRET: 1}))
    assert answer.status_code == 422
    assert SECRET not in answer.text
    answer = await case.post(Role.CLASS_TEACHER, contact(case.town, colour="red"))
    assert "colour" in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"7", b'"text"', b"\xff\xfe", b"[" * 100_000,
        b'{"kind":' * 5000, b"{\"kind\": NaN}", b'{"kind": 1e999}', b'{"kind": ' + b"9" * 6000 + b"}",
        b'{"kind": "contact_guardian", "kind": {}}', b'{"\\ud800": "\\udfff"}',
    ],
    ids=lambda body: repr(body[:24]),
)  # fmt: skip
async def test_json_garbage_is_a_problem_and_never_a_fault(quiet_case: Case, body: bytes) -> None:
    """Whatever the body is, the answer is 422 in the usual form."""
    answer = await quiet_case.post(Role.CLASS_TEACHER, body, revision="1")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text


@pytest.mark.parametrize("kind", ["mark_due", "open_lead"])
async def test_what_only_the_system_does_cannot_be_asked_for(quiet_case: Case, kind: str) -> None:
    """Nobody rings the timer by hand, and cases are opened from leads only."""
    facts = {} if kind == "mark_due" else lead_facts()
    body = {"kind": kind, "happened_on": str(quiet_case.town.today)} | {
        name: [g.model_dump() for g in value] if name == "guardians" else str(value) if "_on" in name
        or "since" in name else value
        for name, value in facts.items()
    }  # fmt: skip
    answer = await quiet_case.post(Role.EDU_CASE, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "system_only"), answer.text


async def test_nobody_writes_another_name_revision_or_request_into_the_body(case: Case) -> None:
    """Actor, revision and request id come from token and headers, whatever the body says."""
    forged = {
        "actor": {"id": "局长", "role": "edu_head", "office": COUNTY},
        "seen_revision": 1, "request_id": "another-request",
    }  # fmt: skip
    answer = await case.post(Role.CLASS_TEACHER, contact(case.town, **forged))
    assert answer.status_code == 200
    assert answer.json()["request_id"] != "another-request"
    told = (await case.get("/events")).json()["events"]
    assert {e["actor"]["id"] for e in told if e["kind"] == "guardian_contacted"} == {
        "class_teacher-1"
    }


NASTY_TEXTS = (
    "", " ", "\t\n", "'; drop table case_event; --", "<script>alert(1)</script>", "{{7*7}}", "%00",
    "‮txt.exe", "👩‍👩‍👧", "﷽" * 50, "𠮷𡈽", "a" * 200, "\u2028", "NaN", "../../etc/passwd",
)  # fmt: skip


async def test_strange_but_honest_text_is_kept_letter_for_letter(case: Case) -> None:
    """No text a person may type is lost, changed or executed."""
    for nasty in NASTY_TEXTS:
        said = await case.do(
            Role.CLASS_TEACHER, "contact_guardian", method="电话", was_reached=True, note=nasty
        )
        events = (await case.get("/events")).json()["events"]
        (told,) = [
            e for e in events if e["request_id"] == said["request_id"] and "note" in e["event"]
        ]
        assert told["event"]["note"] == nasty
