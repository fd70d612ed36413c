"""The product's own worker, which dies right after the commit of one chosen request."""

import json
import os
import sys
from pathlib import Path

from temporalio import activity

import worker
from activities.ledger import LedgerActivities
from models.recorded import AppendRequest, AppendResult
from runtime.settings import Settings

DIE_AFTER, APPENDS = "DIE_AFTER", "APPENDS_LOG"


class MortalLedger(LedgerActivities):
    """Writes down every attempt to append; after the fatal one nobody hears of the commit."""

    @activity.defn(name="append_events")
    async def append_events(self, request: AppendRequest) -> AppendResult:
        result = await super().append_events(request)
        attempt = {
            "request_id": request.command.request_id,
            "decided_at": request.decided_at.isoformat(),
            "expected_seq": request.expected_seq,
            "is_behind": result.is_behind,
        }
        with Path(os.environ[APPENDS]).open("a", encoding="utf-8") as log:  # noqa: ASYNC230
            log.write(json.dumps(attempt) + "\n")
        if request.command.request_id == os.environ.get(DIE_AFTER):
            os._exit(137)
        return result


if __name__ == "__main__":
    worker.LedgerActivities = MortalLedger
    sys.exit(worker.main(Settings()))
