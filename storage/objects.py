"""Bytes named by their own hash: papers, exported histories. Written once, never changed."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import digest


async def put(connection: AsyncConnection, content: bytes, media_type: str) -> str:
    """Store ``content`` and return its SHA-256."""
    sha = digest(content)
    await connection.execute(
        text(
            "insert into stored_object (sha256, media_type, bytes) values (:sha, :type, :bytes)"
            " on conflict (sha256) do nothing"
        ),
        {"sha": sha, "type": media_type, "bytes": content},
    )
    return sha


async def get(connection: AsyncConnection, sha: str) -> bytes:
    """Return the bytes; LookupError where there are none, ValueError where they are damaged."""
    query = text("select bytes from stored_object where sha256 = :sha")
    found = (await connection.execute(query, {"sha": sha})).scalar_one_or_none()
    if found is None:
        raise LookupError(f"object {sha} is not stored")
    content = bytes(found)
    if digest(content) != sha:
        raise ValueError(f"object {sha} is damaged")
    return content
