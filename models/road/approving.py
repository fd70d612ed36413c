"""Proposals, corrections, newer rules."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.base import Frozen
from models.facts import Short, Text
from models.road.base import CommandBase, EventBase


class ProposeActFacts(Frozen):
    """Put an act before the one who signs: drafter and approver are two people."""

    act: Short
    """Kind of the command that is asked for."""
    note: Annotated[Text, Field(min_length=2)]
    guardian: str | None = None
    policy_sha: Short | None = None
    """For adopting new rules: the snapshot that is meant."""


class ProposeAct(ProposeActFacts, CommandBase):
    """Put an act before the one who signs (second person)."""

    kind: Literal["propose_act"] = "propose_act"


class ActProposed(ProposeActFacts, EventBase):
    kind: Literal["act_proposed"] = "act_proposed"
    label: ClassVar[str] = "提请审批"


class ProposeCorrectionFacts(Frozen):
    fact: Annotated[Short, Field(min_length=2)]
    """Which fact: an id of ``lifecycle.correctable``, with its part after a colon."""
    value: Annotated[Short, Field(min_length=1)]
    reason: Annotated[Text, Field(min_length=4)]


class ProposeCorrection(ProposeCorrectionFacts, CommandBase):
    """Ask for a fact to be put right (数据更正申请)."""

    kind: Literal["propose_correction"] = "propose_correction"


class CorrectionProposed(ProposeCorrectionFacts, EventBase):
    kind: Literal["correction_proposed"] = "correction_proposed"
    label: ClassVar[str] = "申请更正"
    correction: str
    before: str


class ApproveCorrectionFacts(Frozen):
    correction: Short


class ApproveCorrection(ApproveCorrectionFacts, CommandBase):
    """Approve a correction: a compensating event, nothing is erased (YN-14.10)."""

    kind: Literal["approve_correction"] = "approve_correction"


class RejectCorrectionFacts(Frozen):
    correction: Short
    reason: Annotated[Text, Field(min_length=2)]


class RejectCorrection(RejectCorrectionFacts, CommandBase):
    """Turn a correction down with the reason."""

    kind: Literal["reject_correction"] = "reject_correction"


class CorrectionRejected(RejectCorrectionFacts, EventBase):
    kind: Literal["correction_rejected"] = "correction_rejected"
    label: ClassVar[str] = "退回更正"


class SettleFlawFacts(Frozen):
    """Decide what becomes of a legal step whose ground a correction has taken away."""

    guardian: str
    is_upheld: bool
    opinion_no: Annotated[Short, Field(min_length=1)]


class SettleFlaw(SettleFlawFacts, CommandBase):
    """Uphold or withdraw a step whose ground was corrected away."""

    kind: Literal["settle_flaw"] = "settle_flaw"


class FlawSettled(SettleFlawFacts, EventBase):
    kind: Literal["flaw_settled"] = "flaw_settled"
    label: ClassVar[str] = "处理失去前提的步骤"


class AdoptPolicyFacts(Frozen):
    policy_sha: Short
    reason: Annotated[Text, Field(min_length=4)]


class AdoptPolicy(AdoptPolicyFacts, CommandBase):
    """Take the case over to the rules in force now."""

    kind: Literal["adopt_policy"] = "adopt_policy"


class PolicyAdopted(AdoptPolicyFacts, EventBase):
    kind: Literal["policy_adopted"] = "policy_adopted"
    label: ClassVar[str] = "采用新规则"
    before: str


class FactCorrected(EventBase):
    kind: Literal["fact_corrected"] = "fact_corrected"
    label: ClassVar[str] = "更正事实"
    correction: str
    fact: str
    before: str
    after: str
    reason: str
    proposed_by: str
    guardian: str | None = None
    flaw: str | None = None
    """What has lost its ground by the correction, where a later legal step rested on the old value."""
