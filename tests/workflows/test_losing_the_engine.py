"""Losing the engine loses nothing: a case's workflow starts again from the ledger."""

from __future__ import annotations

from uuid import UUID

import pytest

from activities import gateway
from models.words import Role, Stage
from storage.queries import EVERYTHING, get_case
from tests.stories import roads
from tests.stories.test_stories import Stages, begin, must_be_whole, stage

__all__ = ["stage"]


async def test_a_case_whose_workflow_is_gone_is_revived_by_the_next_command(
    stage: Stages,
) -> None:
    """Terminated behind our back, the case takes the next command as if nothing had been."""
    async with stage() as house:
        await begin(house)
        await roads.to_verifying(house)
        before = await house.state()
        async with house.engine.connect() as connection:
            row = await get_case(connection, EVERYTHING, house.case_no)
        handle = house.env.client.get_workflow_handle(row.workflow_id)
        await handle.terminate("the engine's store is lost")
        await house.act("p", Role.PRINCIPAL, "verify", conclusion="dropout", cause="weary",
                        whereabouts="at_home")  # fmt: skip
        after = await house.state()
        assert after.stage is Stage.SUBJECT_PENDING
        assert after.revision > before.revision
        await must_be_whole(house)


async def test_reviving_a_running_case_changes_nothing(stage: Stages) -> None:
    """``guixue rebuild`` may be run at any time: a case that runs is left alone."""
    async with stage() as house:
        await begin(house)
        before = await house.state()
        case_id: UUID = house.case
        await house.gateway.revive(case_id)
        await house.gateway.revive(case_id)
        assert await house.state() == before
        await roads.to_verifying(house)
        assert (await house.state()).stage is Stage.VERIFYING


async def test_a_case_restarted_after_stricter_rules_goes_on_where_it_stood(stage: Stages) -> None:
    """``guixue rebuild --restart`` ends the old run, whose history might not replay any more."""
    async with stage() as house:
        await begin(house)
        await roads.to_verifying(house)
        before = await house.state()
        async with house.engine.connect() as connection:
            row = await get_case(connection, EVERYTHING, house.case_no)
        handle = house.env.client.get_workflow_handle(row.workflow_id)
        old_run = (await handle.describe()).run_id
        await house.gateway.revive(house.case, is_anew=True)
        assert (await handle.describe()).run_id != old_run
        assert await house.state() == before
        await house.act("p", Role.PRINCIPAL, "verify", conclusion="dropout", cause="weary",
                        whereabouts="at_home")  # fmt: skip
        await must_be_whole(house)


async def test_an_upgrade_restarts_what_the_older_version_has_decided(
    stage: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once: what this version has decided is left alone (docs/decisions/0005)."""
    async with stage() as house:
        await begin(house)
        assert await house.gateway.restart_older() == 0
        async with house.engine.connect() as connection:
            row = await get_case(connection, EVERYTHING, house.case_no)
        handle = house.env.client.get_workflow_handle(row.workflow_id)
        old_run = (await handle.describe()).run_id
        monkeypatch.setattr(gateway, "CODE_VERSION", "9.9.9")  # as if a later version ran now
        assert await house.gateway.restart_older() == 1
        assert (await handle.describe()).run_id != old_run
        monkeypatch.undo()
        await roads.to_verifying(house)
        assert await house.gateway.restart_older() == 0
