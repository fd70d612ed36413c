"""One case on a clock that skips: real server, real database, real worker."""

import asyncio
import gzip
import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from sqlalchemy import text
from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowHistory,
    WorkflowUpdateFailedError,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import Replayer

import worker
from activities.gateway import Refused
from activities.ledger import LedgerActivities
from lifecycle.owners import ABOVE
from models.commands import OpenLead
from models.events import ObligationMissed
from models.people import SYSTEM
from models.recorded import AppendRequest, AppendResult, Receipt
from models.state import CaseState
from models.words import DutyStatus, LeadSource
from models.work import CaseStart, RefusalDetail, Submission
from runtime.codec import ENCODING, EncryptionCodec
from runtime.sealer import KeyringSealer
from storage import objects
from storage.ledger import events_after
from tests.workflows.conftest import Opener
from tests.workflows.desk import Desk, Stage, payloads
from workflows.case import EMPTY_CASE_PATIENCE, KEPT_RECEIPTS
from workflows.rooms import WORKFLOWS, runner

TASK_QUEUE = "story"
OF_THE_SDK = {
    "seq", "attempt", "activity_id", "activity_type", "complete_time", "backoff",
    "original_schedule_time", "activation_index",
}  # fmt: skip
"""What the SDK's own marker of a local activity says in clear: no argument and no result."""


def codec_of(client: Client) -> EncryptionCodec:
    codec = client.data_converter.payload_codec
    assert isinstance(codec, EncryptionCodec)
    return codec


async def replay(client: Client, history: WorkflowHistory) -> None:
    await Replayer(
        workflows=WORKFLOWS, data_converter=client.data_converter, workflow_runner=runner()
    ).replay_workflow(history)


async def test_a_stale_view_is_refused(stage: Stage) -> None:
    """Who acts on an older revision than the case's is told so, with the revision in force."""
    desk = await stage.open()
    seen = (await desk.state()).revision
    receipt = await desk.contact(seen_revision=seen)
    with pytest.raises(Refused) as refusal:
        await desk.contact(seen_revision=seen)
    assert refusal.value.detail.cause == "stale"
    assert refusal.value.detail.revision == receipt.revision
    assert (await desk.state()).contacts == 1


async def test_a_request_sent_twice_is_done_once(stage: Stage) -> None:
    """The second answer is the first, by the gateway's road and past it."""
    desk = await stage.open()
    command = await desk.command("contact_guardian", method="电话", was_reached=True)
    first = await desk.gateway.submit(desk.case_id, command)
    assert await desk.gateway.submit(desk.case_id, command) == first
    # Under another update id Temporal itself does not know the request again: the case does.
    again = await desk.handle.execute_update(
        "submit", Submission(command=command), id="another-id", result_type=Receipt
    )
    assert again == first
    assert (await desk.state()).contacts == 1


async def test_requests_sent_at_once_are_all_done_once(stage: Stage) -> None:
    """Eight commands at the same moment, each sent twice: eight are in the ledger, in one order."""
    desk = await stage.open()
    commands = [
        await desk.command("contact_guardian", method="电话", was_reached=True) for _ in range(8)
    ]
    twice = [*commands, *commands]
    receipts = await asyncio.gather(
        *(desk.gateway.submit(desk.case_id, command) for command in twice)
    )
    assert receipts[:8] == receipts[8:]
    assert len({receipt.revision for receipt in receipts}) == 8
    assert (await desk.state()).contacts == 8


async def test_an_old_request_is_answered_from_the_ledger(stage: Stage) -> None:
    """A request the workflow has long forgotten is neither refused nor done again."""
    desk = await stage.open()
    command = await desk.command(
        "contact_guardian",
        method="电话",
        was_reached=True,
        seen_revision=(await desk.state()).revision,
    )
    first = await desk.gateway.submit(desk.case_id, command)
    for _ in range(KEPT_RECEIPTS + 1):
        await desk.contact()
    contacts = (await desk.state()).contacts
    with pytest.raises(WorkflowUpdateFailedError):  # the workflow itself would call it stale
        await desk.handle.execute_update("submit", Submission(command=command), id="another-id")
    assert await desk.gateway.submit(desk.case_id, command) == first
    assert (await desk.state()).contacts == contacts


async def test_a_deadline_falls_due_by_itself(stage: Stage) -> None:
    """With nobody acting, the missed deadline is written by the system and goes one level up."""
    desk = await stage.open()
    state = await desk.state()
    first = state.live_obligations()[0]
    await stage.pass_until(first.due_at)
    state = await desk.changed(state.revision)
    assert state.is_overdue
    assert state.obligations[first.key].status is DutyStatus.MISSED
    async with desk.engine.connect() as connection:
        missed = [
            entry
            for entry in await events_after(connection, desk.case_id, 0)
            if isinstance(entry.event, ObligationMissed) and entry.event.key == first.key
        ]
    assert [entry.event.actor for entry in missed] == [SYSTEM]
    assert missed[0].decided_at >= first.due_at
    pressing = [one for one in state.live_obligations() if one.escalates == first.key]
    assert [one.owner.role for one in pressing] == [ABOVE[first.owner.role]]
    attributes = (await desk.handle.describe()).typed_search_attributes
    assert {pair.key.name: pair.value for pair in attributes}["CaseOverdue"] is True


class _Forgetful(LedgerActivities):
    """Commits, and then loses the acknowledgement: the connection broke a moment too early."""

    lost: list[str]

    @activity.defn(name="append_events")
    async def append_events(self, request: AppendRequest) -> AppendResult:
        result = await super().append_events(request)
        if request.command.request_id not in self.lost:
            self.lost.append(request.command.request_id)
            raise ConnectionResetError
        return result


async def test_a_lost_acknowledgement_writes_nothing_twice(
    stage_of: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each append commits and its answer is lost: people and timer alike are written once."""
    _Forgetful.lost = []
    monkeypatch.setattr(worker, "LedgerActivities", _Forgetful)
    async with stage_of() as stage:
        desk = await stage.open()
        receipt = await desk.contact()
        due = (await desk.state()).live_obligations()[0].due_at
        await stage.pass_until(due)
        await desk.changed(receipt.revision)
        later = await desk.contact()
        requests = await desk.requests()
        assert sorted(requests) == sorted(_Forgetful.lost)
        assert len(requests) == 4
        assert await desk.handle.query("state", result_type=CaseState) == await desk.state()
        assert (await desk.state()).revision == later.revision
        await replay(stage.house.env.client, await desk.handle.fetch_history())


async def test_operators_see_codes_and_no_names(stage: Stage) -> None:
    """Search attributes follow the case, and hold no name, number or address of anybody."""
    desk = await stage.open()
    await desk.contact()
    await desk.do("report_to_school", note="三天未到校")
    state = await desk.state()
    shown = {
        pair.key.name: pair.value
        for pair in (await desk.handle.describe()).typed_search_attributes
        if pair.key.name.startswith("Case")
    }
    assert shown == {
        "CaseStage": "reporting",
        "CaseCounty": state.county,
        "CaseTownship": state.township,
        "CaseSchool": state.school,
        "CaseQueue": f"principal@{state.school}",
        "CaseDueAt": state.next_due_at(),
        "CaseLastActionAt": state.last_event_at,
        "CaseOverdue": False,
    }
    clear = [
        payload.data.decode()
        for event in (await desk.handle.fetch_history()).events
        for attributes in (
            event.upsert_workflow_search_attributes_event_attributes.search_attributes,
            event.workflow_execution_started_event_attributes.search_attributes,
        )
        for payload in attributes.indexed_fields.values()
    ]
    assert clear
    said = " ".join(clear) + desk.handle.id
    county = stage.house.county
    private = (
        {child.name for child in county.children}
        | {guardian.name for guardian in county.guardians}
        | {school.name for school in county.schools}
        | {township.name for township in county.townships}
    )
    assert {name for name in private if name in said} == set()
    assert said.isascii()


async def test_a_history_tells_a_thief_nothing(stage: Stage) -> None:
    """Every payload is encrypted and bound to its case; nothing written by people is in clear."""
    desk = await stage.open()
    await desk.contact()
    with pytest.raises(Refused):
        await _open_second_episode(stage, desk)
    await desk.close()
    second = stage.house.env.client.get_workflow_handle(await _second_id(desk))
    for handle in (desk.handle, second):
        history = await handle.fetch_history()
        found = [payload for event in history.events for payload in payloads(event)]
        assert len(found) > 5
        plain = [payload for payload in found if payload.metadata.get("encoding") != ENCODING]
        assert {key for payload in plain for key in json.loads(payload.data)} <= OF_THE_SDK
        bound_to = {
            payload.metadata["encryption-bound-to"].decode()
            for payload in found
            if payload not in plain
        }
        assert bound_to == {handle.id}
        clear = b"".join(event.SerializeToString() for event in history.events)
        state = await desk.state()
        for secret in (
            "监护人",
            "guardian",
            "was_reached",
            "电话",
            "在册",
            "未结案件",
            state.guardians[0].ref,
        ):
            assert secret.encode() not in clear


async def test_a_closed_case_is_archived_and_replays(stage: Stage) -> None:
    """At close the outbox exports the sealed history; opened again it replays to the same end."""
    desk = await stage.open()
    await desk.close()
    assert await desk.handle.result() == "closed_false_alarm"
    last = await desk.command("contact_guardian", method="电话", was_reached=True)
    with pytest.raises(Refused) as refusal:
        await desk.gateway.submit(desk.case_id, last)
    assert [unmet.code for unmet in refusal.value.detail.unmet] == ["case_closed"]
    await stage.house.pump.once()
    archived: Any = None
    query = text("select * from history_archive where workflow_id = :id")
    async with asyncio.timeout(20):
        while archived is None:
            await asyncio.sleep(0.05)
            async with desk.engine.connect() as connection:
                rows = await connection.execute(query, {"id": desk.handle.id})
                archived = rows.one_or_none()
    async with desk.engine.connect() as connection:
        sealed = await objects.get(connection, archived.object_sha256)
    client = stage.house.env.client
    plain = KeyringSealer(codec_of(client)._keyring).open(sealed, archived.run_id)
    history = WorkflowHistory.from_json(desk.handle.id, gzip.decompress(plain).decode())
    assert len(history.events) == archived.event_count
    assert history.events[-1].event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED
    await replay(client, history)
    assert b"CaseWorkflow" not in sealed


async def _second_id(desk: Desk) -> str:
    return f"case/{(await desk.state()).child_ref}/2"


async def _open_second_episode(stage: Stage, desk: Desk) -> None:
    """Open another case for a child who has one, past the gateway's own check of that."""
    state = await desk.state()
    command = OpenLead(
        request_id="lead-second-episode",
        actor=SYSTEM,
        happened_on=stage.house.today,
        child_ref=state.child_ref,
        episode=2,
        source=LeadSource.ATTENDANCE,
        lead_ref="lead-2",
        school=state.school,
        township=state.township,
        county=state.county,
        enrol_county=state.county,
        household_county=state.county,
        birth_on=state.birth_on,
        grade=state.grade,
        guardians=state.guardians,
        absent_since=state.absent_since,
        absent_days=3,
    )
    workflow_id = await _second_id(desk)
    case_id = str(uuid5(NAMESPACE_URL, f"case/{state.child_ref}/2"))
    start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        "CaseWorkflow",
        CaseStart(case_id=case_id, workflow_id=workflow_id, county=state.county),
        id=workflow_id,
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    try:
        await stage.house.env.client.execute_update_with_start_workflow(
            "submit",
            Submission(command=command),
            start_workflow_operation=start,
            id=command.request_id,
            result_type=Receipt,
        )
    except WorkflowUpdateFailedError as error:
        cause: Any = error.cause
        raise Refused(RefusalDetail.model_validate(cause.details[0])) from error


async def test_a_refused_opening_ends_by_itself(stage: Stage) -> None:
    """The ledger lets a child have one open case; the second workflow ends and leaves nothing."""
    desk = await stage.open()
    with pytest.raises(Refused) as refusal:
        await _open_second_episode(stage, desk)
    assert [unmet.code for unmet in refusal.value.detail.unmet] == ["already_open"]
    second = stage.house.env.client.get_workflow_handle(await _second_id(desk), result_type=str)
    await stage.pass_until(stage.house.now + EMPTY_CASE_PATIENCE)
    async with asyncio.timeout(20):
        assert await second.result() == "empty"
    async with desk.engine.connect() as connection:
        cases = await connection.execute(text("select count(*) from case_file"))
        assert cases.scalar_one() == 1
