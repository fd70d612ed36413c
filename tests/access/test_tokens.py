"""Tokens: only one we signed ourselves, whole and in time, names anybody."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from access import tokens
from access.tokens import TokenInvalid
from models.people import Actor
from models.words import Role

KEY = bytes(range(32))
NOW = datetime.now(UTC).replace(microsecond=0)
WHO = Actor(id="甲", role=Role.EDU_CASE, office="990101")


def claims(**changes: Any) -> dict[str, Any]:
    said = {
        "iss": "guixue", "sub": "甲", "role": "edu_case", "office": "990101",
        "iat": NOW, "exp": NOW + timedelta(hours=1),
    } | changes  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}


def signed(key: bytes = KEY, algorithm: str = "HS256", **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm=algorithm)


def test_a_token_names_whom_it_was_issued_to() -> None:
    """Id, role and office come back as they went in, Chinese included."""
    assert tokens.read(KEY, tokens.issue(KEY, WHO, NOW)) == WHO


def test_a_token_runs_out_after_its_days() -> None:
    """The day after its last it is nobody's."""
    assert tokens.read(KEY, tokens.issue(KEY, WHO, NOW - timedelta(days=29), days=30)) == WHO
    with pytest.raises(TokenInvalid):
        tokens.read(KEY, tokens.issue(KEY, WHO, NOW - timedelta(days=31), days=30))


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"exp": NOW - timedelta(seconds=1)},
        {"exp": "never"},
        {"sub": None},
        {"sub": 7},
        {"role": None},
        {"role": "emperor"},
        {"role": ["edu_case"]},
        {"office": None},
        {"office": 990101},
        {"iss": None},
        {"iss": "somebody"},
        {"nbf": NOW + timedelta(hours=1)},
        {"iat": NOW + timedelta(hours=1)},
    ],
    ids=lambda changes: "-".join(f"{name}_{type(said).__name__}" for name, said in changes.items()),
)
def test_a_token_with_a_claim_missing_or_wrong_does_not_hold(changes: dict[str, Any]) -> None:
    """Signed by us or not: without every claim in its form it names nobody."""
    with pytest.raises(TokenInvalid):
        tokens.read(KEY, signed(**changes))


def test_a_token_signed_with_another_key_does_not_hold() -> None:
    """A forger without the key signs in vain."""
    with pytest.raises(TokenInvalid):
        tokens.read(KEY, signed(key=bytes(32)))


@pytest.mark.parametrize(
    "forged",
    [
        jwt.encode(claims(), key=None, algorithm="none"),
        signed(key=KEY * 2, algorithm="HS512"),
        signed(key=KEY * 2, algorithm="HS384"),
    ],
    ids=["none", "HS512", "HS384"],
)
def test_only_the_one_algorithm_is_taken(forged: str) -> None:
    """A token that names its own algorithm, ``none`` above all, does not hold."""
    for key in (KEY, KEY * 2):
        with pytest.raises(TokenInvalid):
            tokens.read(key, forged)


def test_a_changed_claim_breaks_the_signature() -> None:
    """A clerk cannot write himself another office into his own token."""
    head, _, signature = tokens.issue(KEY, WHO, NOW).split(".")
    said = claims(office="990202") | {"iat": 0, "exp": 4102444800}
    body = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
    with pytest.raises(TokenInvalid):
        tokens.read(KEY, f"{head}.{body}.{signature}")


@pytest.mark.parametrize("said", ["", ".", "a.b.c", "中文", "x" * 9000, "\x00", "e30.e30."])
def test_nonsense_is_no_token(said: str) -> None:
    """Whatever stands in the header, the answer is that it does not hold."""
    with pytest.raises(TokenInvalid):
        tokens.read(KEY, said)
