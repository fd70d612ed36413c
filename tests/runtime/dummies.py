"""Stand-ins for worker and API, so that `up` is tested without the product: `dummies.py up`."""

import http.server
import os
import signal
import sys
import threading
from typing import Any

from runtime.settings import Settings
from runtime.supervisor import Part, parts_of
from runtime.up import Plan, up

_ME = [sys.executable, "-m", "tests.runtime.dummies"]


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _plan(settings: Settings) -> Plan:
    servers = [part for part in parts_of(settings) if part.name in ("postgres", "temporal")]
    programs = [
        Part("worker", "流程执行", [*_ME, "worker"]),
        Part("api", "网页与接口", [*_ME, "api"]),
    ]
    job = os.environ.get("DUMMY_MIGRATE", "nothing")
    return Plan(servers + programs, [*_ME, job], [*_ME, "nothing"], [*_ME, "nothing"])


def main(role: str) -> int:
    settings = Settings()
    if role == "up":
        return up(settings, _plan(settings))
    if role == "fail":
        sys.stderr.write("迁移失败[/]\n")
        return 3
    if role == "hang":
        threading.Event().wait()
    if role == "worker":
        signal.sigwait([signal.SIGTERM])
    if role == "api":
        server = http.server.ThreadingHTTPServer(("127.0.0.1", settings.api_port), _Handler)
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
