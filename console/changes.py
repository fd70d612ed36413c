"""Before signing: what a command would change, what can be corrected, which rules hold."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from access.scope import may_read_confidential
from console.cases import body_of, case_within, command_of, must_read_file
from console.problems import Problem
from console.wiring import ActorHere, ServicesHere
from lifecycle.correctable import known_facts, split
from lifecycle.days import legal_date
from lifecycle.preview import preview
from lifecycle.verdict import Refusal
from models.commands import AdoptPolicy, ProposeAct
from models.state import CaseState
from policy.spoken import said
from storage.rules import bundle, load_policy

router = APIRouter(prefix="/api/cases", tags=["个案"])


@router.post("/{case_no}/preview", summary="预览：这样办会改变什么（不办理）")
async def show_preview(
    case_no: str, request: Request, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    """Answer as the command itself would be answered, with what moves; nothing is written."""
    async with here.engine.begin() as connection:
        row = await case_within(connection, actor, case_no)
        command = command_of(await body_of(request), actor, "preview-only", str(row.revision))
        now = here.clock()
        rules = await bundle(connection, row.county, legal_date(now), row.policy_sha)
        sha = command.policy_sha if isinstance(command, ProposeAct | AdoptPolicy) else None
        try:
            new_policy = await load_policy(connection, sha) if sha else None
        except LookupError as error:
            said = "没有这份规则快照，请先取本案的“规则对照”。"
            raise Problem(422, "没有这份规则", said, "rules_not_loaded") from error
    found = preview(
        CaseState.model_validate(row.state), command, at=now, policy=rules.policy,
        calendar=rules.calendar, new_policy=new_policy,
    )  # fmt: skip
    if isinstance(found, Refusal):
        return {"revision": row.revision, "is_allowed": False,
                "unmet": [unmet.model_dump() for unmet in found.unmet]}  # fmt: skip
    return {"revision": row.revision, "is_allowed": True} | found.model_dump(mode="json")


@router.get("/{case_no}/correctable", summary="可以申请更正的内容与现值")
async def correctable(case_no: str, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    """List facts with their values: never for the village, a confidential cause for few."""
    must_read_file(actor)
    async with here.engine.connect() as connection:
        row = await case_within(connection, actor, case_no)
    state = CaseState.model_validate(row.state)
    opens = may_read_confidential(actor) or state.cause is None or not state.cause.is_confidential
    facts = []
    for fact, value in known_facts(state).items():
        kind, part = split(fact)
        if kind is None:
            continue
        shown = value if opens or kind.id != "cause" else "特殊原因（密）"
        facts.append({"fact": fact, "label": kind.label, "part": part, "value": shown})
    pending = [
        {"correction": key} | request.model_dump()
        for key, request in state.corrections.items()
        if request.fact != "cause" or may_read_confidential(actor)
    ]
    return {"revision": row.revision, "facts": facts, "pending": pending}


@router.get("/{case_no}/rules", summary="规则对照：本案适用的与现在施行的")
async def rules_compared(case_no: str, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    """Store today's snapshot under its hash, so that it can be named when it is adopted."""
    async with here.engine.begin() as connection:
        row = await case_within(connection, actor, case_no)
        today = legal_date(here.clock())
        own = (await bundle(connection, row.county, today, row.policy_sha)).policy
        new = (await bundle(connection, row.county, today, None)).policy
    names = sorted(own.parameters.keys() | new.parameters.keys())
    differences = []
    for name in names:
        before, after = own.parameters.get(name), new.parameters.get(name)
        if before is None or after is None or before.value != after.value:
            stands = after or before
            assert stands is not None
            differences.append(
                {
                    "name": name,
                    "label": stands.label,
                    "before": before.value if before else None,
                    "after": after.value if after else None,
                    "before_said": said(before) if before else None,
                    "after_said": said(after) if after else None,
                    "source": after.source_text if after else "",
                }
            )
    return {"case": own.sha256, "in_force": new.sha256, "differences": differences}
