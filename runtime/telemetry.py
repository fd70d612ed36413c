"""Route the SDK core's own log lines through our masked logging: it prints whole histories."""

from __future__ import annotations

import logging
from functools import cache

from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig

CORE = "temporalio.core"


@cache
def quiet_runtime() -> Runtime:
    """Return the process's one runtime; what core logs goes to the logger ``temporalio.core``."""
    forwarding = LogForwardingConfig(logger=logging.getLogger(CORE))
    runtime = Runtime(
        telemetry=TelemetryConfig(logging=LoggingConfig(filter="ERROR", forwarding=forwarding))
    )
    Runtime.set_default(runtime, error_if_already_set=False)
    return runtime
