"""Evidence files of a case: sealed at rest, kept once, every reading written down."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.sealing import Sealer
from models.base import digest
from models.people import Actor
from papers.attached import look
from storage import objects

SEALED = "application/vnd.guixue.sealed"
_LIST = """
select a.id, a.evidence_ref, a.file_name, a.media_type, a.size_bytes, a.sha256, a.uploaded_by,
    a.uploaded_at, a.thumbnail_sha256 is not null as has_thumbnail, coalesce(a.event_seq, (
        select min(e.seq) from case_event e where e.case_id = a.case_id and (
            (e.body::jsonb -> 'event' -> 'evidence') ? a.evidence_ref
            or e.body::jsonb -> 'event' ->> 'receipt' = a.evidence_ref)
    )) as event_seq
from attachment a where a.case_id = :case_id order by a.uploaded_at, a.id
"""


@dataclass(frozen=True)
class AttachmentFile:
    """An attachment as it goes back to whoever may see it."""

    file_name: str
    media_type: str
    content: bytes


def plain_name(given: str) -> str:
    """Keep of an uploaded file's name what no file system, no header and no reader stumbles over.

    Marks that turn the direction of writing make one ending look like another.
    """
    wrong = r"[\x00-\x1f\x7f/\\\"\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]"
    letters = re.sub(wrong, "", given.rpartition("/")[2]).strip(". ")
    return letters[-80:] or "附件"


async def keep(
    connection: AsyncConnection,
    sealer: Sealer,
    case_id: UUID,
    evidence_ref: str,
    file_name: str,
    content: bytes,
    actor: Actor,
) -> UUID:
    """Keep a file as the evidence ``evidence_ref`` of a case; the same file is kept once.

    Raises AttachmentRefused where the content is none of the kinds that are kept.
    """
    looked = await asyncio.to_thread(look, content)
    sha = digest(content)
    identity = uuid5(case_id, f"{evidence_ref}/{sha}")
    there = await connection.execute(
        text("select 1 from attachment where id = :id"), {"id": identity}
    )
    if there.scalar_one_or_none() is not None:
        return identity
    stored = await objects.put(connection, sealer.seal(content, _name(sha)), SEALED)
    small = looked.thumbnail
    thumbnail = (
        await objects.put(connection, sealer.seal(small, _name(sha, "small")), SEALED)
        if small
        else None
    )
    await connection.execute(
        text(
            "insert into attachment (id, case_id, evidence_ref, file_name, media_type, size_bytes,"
            " sha256, object_sha256, thumbnail_sha256, uploaded_by, uploaded_role) values (:id,"
            " :case_id, :ref, :name, :type, :size, :sha, :object, :small, :by, :role)"
            " on conflict (id) do nothing"
        ),
        {
            "id": identity, "case_id": case_id, "ref": evidence_ref, "name": plain_name(file_name),
            "type": looked.media_type, "size": len(content), "sha": sha, "object": stored,
            "small": thumbnail, "by": actor.id, "role": actor.role.value,
        },
    )  # fmt: skip
    return identity


def _name(sha: str, which: str = "whole") -> str:
    """Bind the sealed bytes to what they are: one cannot stand in for another."""
    return f"attachment/{sha}/{which}"


async def attachments_of(connection: AsyncConnection, case_id: UUID) -> list[Any]:
    """List a case's attachments with the event each proves, without their bytes."""
    return list((await connection.execute(text(_LIST), {"case_id": case_id})).all())


async def fetch(
    connection: AsyncConnection,
    sealer: Sealer,
    attachment_id: UUID,
    actor: Actor,
    *,
    is_small: bool = False,
) -> AttachmentFile:
    """Open an attachment and write down who read it; LookupError where there is none."""
    query = text("select * from attachment where id = :id")
    row = (await connection.execute(query, {"id": attachment_id})).one_or_none()
    if row is None or (is_small and row.thumbnail_sha256 is None):
        raise LookupError("no such attachment")
    stored = row.thumbnail_sha256 if is_small else row.object_sha256
    content = sealer.open(
        await objects.get(connection, stored), _name(row.sha256, "small" if is_small else "whole")
    )
    if not is_small and digest(content) != row.sha256:
        raise ValueError(f"attachment {attachment_id} is damaged")
    await connection.execute(
        text(
            "insert into attachment_read (attachment_id, actor_id, actor_role, actor_office)"
            " values (:id, :actor, :role, :office)"
        ),
        {"id": attachment_id, "actor": actor.id, "role": actor.role.value, "office": actor.office},
    )
    kind = "image/jpeg" if is_small else row.media_type
    return AttachmentFile(row.file_name, kind, content)
