"""Anchors outside the database find what the chain alone cannot."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from activities.supervision import SupervisionActivities
from audit.anchor import check_anchors, heads
from audit.verify import verify_all
from storage.engine import create_engine
from tests.stories.roads import to_verifying
from tests.stories.test_stories import Stages, begin, stage

__all__ = ["stage"]


async def test_a_rewritten_chain_that_hashes_is_found_by_its_anchor(
    stage: Stages, owner_url: str, tmp_path: Path
) -> None:
    """Whoever owns the database can cut a chain so that it verifies; not its anchor."""
    async with stage() as house:
        await begin(house)
        await to_verifying(house)
        folder = tmp_path / "anchors"
        result = await SupervisionActivities(house.engine, folder).prove_coverage()
        assert result.open_cases == 1
        assert len(list(folder.glob("*.json"))) == 1
        async with house.engine.connect() as connection:
            assert await check_anchors(connection, folder) == []
            last = (await heads(connection))[0]
        owner = create_engine(owner_url)
        async with owner.begin() as connection:
            await connection.execute(text("alter table case_event disable trigger user"))
            await connection.execute(
                text("delete from case_event where seq = :seq"), {"seq": last.seq}
            )
            await connection.execute(
                text(
                    "update case_file set head_seq = :seq, head_hash = (select hash from case_event"
                    " order by seq desc limit 1)"
                ),
                {"seq": last.seq - 1},
            )
        await owner.dispose()
        async with house.engine.connect() as connection:
            assert all(verdict.is_whole for verdict in await verify_all(connection, None))
            assert len(await check_anchors(connection, folder)) == 1
