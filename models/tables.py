"""The ledger's tables and its read models as SQLModel classes; the DDL is in storage/migrations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


def _instant(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(DateTime(timezone=True), nullable=nullable))


def _json(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(JSONB, nullable=nullable))


class CaseFile(SQLModel, table=True):
    """Head of one case: its place in the chain and the read model of the lists."""

    __tablename__ = "case_file"
    case_id: UUID = Field(primary_key=True)
    case_no: str
    workflow_id: str
    child_ref: UUID
    episode: int
    county: str
    township: str
    school: str
    head_seq: int
    head_hash: str
    stage: str
    queue: str
    owner_role: str
    owner_office: str
    due_at: datetime | None = _instant(nullable=True)
    due_on: date | None = None
    is_overdue: bool
    opened_on: date | None = None
    closed_on: date | None = None
    last_event_at: datetime = _instant()
    policy_sha: str
    state: dict[str, Any] = _json()


class CaseRequest(SQLModel, table=True):
    """One command that was accepted, with all that is needed to decide it again."""

    __tablename__ = "case_request"
    case_id: UUID = Field(primary_key=True)
    request_id: str = Field(primary_key=True)
    first_seq: int
    last_seq: int
    decided_at: datetime = _instant()
    recorded_at: datetime = _instant()
    command: str
    receipt: str
    policy_sha: str
    calendar_sha: str
    code_version: str


class CaseEventRow(SQLModel, table=True):
    """One event in the chain of its case; ``body`` is the hashed text."""

    __tablename__ = "case_event"
    case_id: UUID = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    kind: str
    request_id: str
    happened_on: date
    recorded_at: datetime = _instant()
    body: str
    prev_hash: str
    hash: str


class ObligationRow(SQLModel, table=True):
    """One deadline with its derivation, from opening to end."""

    __tablename__ = "obligation"
    case_id: UUID = Field(primary_key=True)
    key: str = Field(primary_key=True)
    duty: str
    label: str
    owner_role: str
    owner_office: str
    guardian: str | None = None
    due_on: date
    due_at: datetime = _instant()
    status: str
    was_missed: bool = False
    is_provisional: bool
    escalates: str | None = None
    derivation: dict[str, Any] = _json()
    opened_seq: int
    ended_seq: int | None = None


class PaperRow(SQLModel, table=True):
    """One paper of a case; its bytes are stored objects named by their hash."""

    __tablename__ = "paper"
    paper_id: UUID = Field(primary_key=True)
    case_id: UUID
    key: str
    kind: str
    status: str
    guardian: str | None = None
    issuer: str | None = None
    word: str | None = None
    year: int | None = None
    serial: int | None = None
    doc_no: str | None = None
    issued_on: date | None = None
    served_on: date | None = None
    data: dict[str, Any] | None = _json(nullable=True)
    data_sha256: str | None = None
    template_sha256: str | None = None
    fonts_sha256: str | None = None
    pdf_sha256: str | None = None
    docx_sha256: str | None = None
    problem: str | None = None
    issued_seq: int | None = None
    verify_code: str | None = None


class OutboxRow(SQLModel, table=True):
    """One effect owed to the world, written in the ledger's own transaction."""

    __tablename__ = "outbox"
    id: UUID = Field(
        sa_column=Column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    )
    kind: str
    payload: dict[str, Any] = _json()
    dedupe_key: str
    due_at: datetime = _instant()
    claimed_until: datetime | None = _instant(nullable=True)
    attempts: int = 0
    done_at: datetime | None = _instant(nullable=True)
    problem: str | None = None
