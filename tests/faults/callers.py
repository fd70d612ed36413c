"""Caseworkers outside: plain HTTP, signed tokens, a key per request, and a memory of every answer."""

import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import httpx

from access import tokens
from lifecycle.days import legal_date
from models.people import Actor
from models.words import Role
from runtime.settings import secret
from tests.faults.harness import Installation

TOKEN_KEY = "token-key"
PATIENCE_SECONDS = 150.0
"""A request that has no answer for this long is a stuck case."""
_TO_CALL_AGAIN = frozenset({500, 502, 503, 504})


@dataclass
class Sent:
    """One request as its sender saw it."""

    key: str
    case_no: str
    kind: str
    attempts: int = 0
    receipt: dict[str, Any] | None = None
    refusal: dict[str, Any] | None = None
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def is_acknowledged(self) -> bool:
        return self.receipt is not None


class Journal:
    """What all callers together sent and were told; shared by their threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.sent: list[Sent] = []
        self.in_flight = 0
        self.acknowledged_at: list[float] = []

    def begin(self, sent: Sent) -> None:
        with self._lock:
            self.sent.append(sent)
            self.in_flight += 1

    def end(self, sent: Sent) -> None:
        with self._lock:
            self.in_flight -= 1
            if sent.is_acknowledged:
                self.acknowledged_at.append(time.monotonic())

    @property
    def acknowledged(self) -> list[Sent]:
        return [sent for sent in self.sent if sent.is_acknowledged]

    def longest_outage(self) -> float:
        """The longest time in which nobody got an acknowledgement."""
        pairs = zip(self.acknowledged_at, self.acknowledged_at[1:], strict=False)
        return max((later - earlier for earlier, later in pairs), default=0.0)


class Caller:
    """One person who works on one case and never gives a request up."""

    def __init__(
        self, installation: Installation, journal: Journal, case_no: str, role: Role, office: str
    ) -> None:
        actor = Actor(id=f"{role.value}-{case_no[-5:]}", role=role, office=office)
        token = tokens.issue(secret(installation.home, TOKEN_KEY), actor, datetime.now(UTC))
        self._http = httpx.Client(
            base_url=installation.base_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
            trust_env=False,
        )
        self._journal = journal
        self._case_no = case_no
        self._name = actor.id
        self._count = 0

    def close(self) -> None:
        self._http.close()

    def revision(self) -> int:
        """Read the case's revision, however long that takes."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            try:
                answer = self._http.get(f"/api/cases/{self._case_no}")
            except httpx.HTTPError:
                time.sleep(0.2)
                continue
            if answer.status_code == 200:
                return int(answer.json()["revision"])
            assert answer.status_code in _TO_CALL_AGAIN, answer.text
            time.sleep(0.2)
        raise AssertionError(f"{self._case_no} could not be read for {PATIENCE_SECONDS} seconds")

    def do(self, kind: str, **facts: Any) -> Sent:
        """Do one thing; a stale revision is read again and sent under a new key."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            sent = self._send(kind, self.revision(), facts)
            if sent.refusal is None or sent.refusal["code"] != "stale":
                return sent
        raise AssertionError(f"{self._case_no} calls every view of it stale: {sent.refusal}")

    def _send(self, kind: str, revision: int, facts: dict[str, Any]) -> Sent:
        self._count += 1
        sent = Sent(f"{self._name}-{self._count:05d}", self._case_no, kind)
        self._journal.begin(sent)
        began = time.monotonic()
        try:
            while sent.receipt is None and sent.refusal is None:
                self._try(sent, revision, facts)
                if time.monotonic() - began > PATIENCE_SECONDS:
                    raise AssertionError(f"{sent.key} was never answered: {sent.faults[-5:]}")
        finally:
            sent.seconds = time.monotonic() - began
            self._journal.end(sent)
        return sent

    def _try(self, sent: Sent, revision: int, facts: dict[str, Any]) -> None:
        sent.attempts += 1
        try:
            answer = self._http.post(
                f"/api/cases/{self._case_no}/commands",
                json={"kind": sent.kind, "happened_on": _today().isoformat(), **facts},
                headers={"Idempotency-Key": sent.key, "If-Match": f'"{revision}"'},
            )
        except httpx.HTTPError as error:
            sent.faults.append(type(error).__name__)
            time.sleep(0.2)
            return
        if answer.status_code == 200:
            sent.receipt = answer.json()
        elif answer.status_code in _TO_CALL_AGAIN:
            sent.faults.append(str(answer.status_code))
            time.sleep(0.2)
        else:
            sent.refusal = answer.json()

    def call_guardians(self, rng: random.Random, until: threading.Event) -> None:
        """Ring the guardians again and again until told to stop."""
        while not until.is_set():
            self.contact()
            until.wait(rng.uniform(0.0, 0.25))

    def contact(self) -> Sent:
        return self.do("contact_guardian", method="电话", was_reached=False, note="无人接听")


def _today() -> date:
    return legal_date(datetime.now(UTC))
