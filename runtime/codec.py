"""Encrypt every Temporal payload: AES-256-GCM, key id in the envelope, workflow id bound in.

Several keys can be read, one writes; a payload copied into another workflow does not open. Algorithm
and key id stand in the metadata, so that keys can be rotated while cases run.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterable, Mapping
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    ActivitySerializationContext,
    DataConverter,
    DefaultFailureConverter,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

ENCODING = b"binary/encrypted"
ALGORITHM = b"AES-256-GCM"
NONCE_BYTES = 12
_FIRED_AT = re.compile(r"-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
"""What the server appends to the workflow id of a schedule, each time it starts one."""


class KeyUnknown(Exception):
    """A payload was written with a key that is not configured for reading."""


class PayloadDamaged(Exception):
    """A payload does not open with its key and workflow id: changed, or moved from elsewhere."""


@dataclasses.dataclass(frozen=True)
class Keyring:
    """Keys by id (32 bytes each); ``writing`` names the one used for new payloads."""

    keys: Mapping[str, bytes]
    writing: str

    def seal(self, plain: bytes, bound_to: bytes) -> bytes:
        """Return nonce and ciphertext of ``plain`` under the writing key."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.keys[self.writing]).encrypt(nonce, plain, bound_to)

    def open(self, key_id: str, sealed: bytes, bound_to: bytes) -> bytes:
        """Open what ``seal`` made; KeyUnknown or PayloadDamaged where it cannot be."""
        key = self.keys.get(key_id)
        if key is None:
            raise KeyUnknown(f"no key {key_id!r} for reading")
        try:
            return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
        except InvalidTag as error:
            raise PayloadDamaged("payload does not open with its key and workflow") from error


class EncryptionCodec(PayloadCodec, WithSerializationContext):
    """The codec both client and worker use; its context says which workflow a payload is of."""

    def __init__(self, keyring: Keyring, workflow_id: str = "") -> None:
        self._keyring = keyring
        self._workflow_id = workflow_id

    def with_context(self, context: SerializationContext) -> Self:
        """Bind the codec to the workflow whose payloads it is about to see."""
        workflow_id = ""
        if isinstance(context, WorkflowSerializationContext | ActivitySerializationContext):
            workflow_id = context.workflow_id or ""
        return type(self)(self._keyring, workflow_id)

    async def encode(self, payloads: Iterable[Payload]) -> list[Payload]:
        """Seal each payload whole, its own metadata included."""
        bound_to = self._workflow_id.encode()
        return [
            Payload(
                metadata={
                    "encoding": ENCODING,
                    "encryption-algorithm": ALGORITHM,
                    "encryption-key-id": self._keyring.writing.encode(),
                    "encryption-bound-to": bound_to,
                },
                data=self._keyring.seal(payload.SerializeToString(), bound_to),
            )
            for payload in payloads
        ]

    async def decode(self, payloads: Iterable[Payload]) -> list[Payload]:
        """Open each payload; one that is not ours is handed on as it is."""
        return [self._decode(payload) for payload in payloads]

    def _decode(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        bound_to = payload.metadata.get("encryption-bound-to", b"")
        if self._workflow_id and bound_to and not self._is_ours(bound_to.decode()):
            raise PayloadDamaged("payload belongs to another workflow")
        key_id = payload.metadata["encryption-key-id"].decode()
        return Payload.FromString(self._keyring.open(key_id, payload.data, bound_to))

    def _is_ours(self, bound_to: str) -> bool:
        """Tell whether a payload is of this workflow, or of the schedule that started it.

        The server hands each run the schedule's arguments and the result of the run before.
        """
        return _FIRED_AT.sub("", bound_to) == _FIRED_AT.sub("", self._workflow_id)


def data_converter(keyring: Keyring) -> DataConverter:
    """Pydantic models, encrypted; failures too, so that no message shows in the clear."""
    return DataConverter(
        payload_converter_class=PydanticPayloadConverter,
        failure_converter_class=_HiddenFailures,
        payload_codec=EncryptionCodec(keyring),
    )


class _HiddenFailures(DefaultFailureConverter):
    """Put message and stack of a failure into an encrypted attribute."""

    def __init__(self) -> None:
        super().__init__(encode_common_attributes=True)
