"""Signed development tokens: who acts, as which role, for which office. Never a bare header."""

from __future__ import annotations

from datetime import datetime, timedelta

import jwt

from models.people import Actor
from models.words import Role

ALGORITHM = "HS256"
ISSUER = "guixue"


class TokenInvalid(Exception):
    """The token is missing, forged, or has run out."""


def issue(key: bytes, actor: Actor, now: datetime, days: int = 30) -> str:
    """Sign a token that names ``actor`` and runs out after ``days``."""
    return jwt.encode(
        {
            "iss": ISSUER,
            "sub": actor.id,
            "role": actor.role.value,
            "office": actor.office,
            "iat": now,
            "exp": now + timedelta(days=days),
        },
        key,
        algorithm=ALGORITHM,
    )


def read(key: bytes, token: str) -> Actor:
    """Return the actor a token names; TokenInvalid where it does not hold."""
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            options={"require": ["exp", "sub", "role", "office"]},
        )
        return Actor(id=claims["sub"], role=Role(claims["role"]), office=claims["office"])
    except (jwt.PyJWTError, ValueError, KeyError) as error:
        raise TokenInvalid("token does not hold") from error
