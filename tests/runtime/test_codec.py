"""What Temporal stores: sealed, bound to its case, and readable after a change of keys."""

import os
from pathlib import Path

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import WorkflowSerializationContext
from temporalio.exceptions import ApplicationError

from runtime.client import key_id, keyring
from runtime.codec import (
    EncryptionCodec,
    Keyring,
    KeyUnknown,
    PayloadDamaged,
    data_converter,
)
from runtime.sealer import KeyringSealer
from runtime.settings import Settings, secret

OLD, NEW = os.urandom(32), os.urandom(32)
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data='{"名":"学生甲"}'.encode())


def codec(keys: Keyring, workflow_id: str = "case/a/1") -> EncryptionCodec:
    return EncryptionCodec(keys).with_context(
        WorkflowSerializationContext(namespace="default", workflow_id=workflow_id)
    )


@pytest.fixture
def keys() -> Keyring:
    return Keyring(keys={"old": OLD}, writing="old")


async def test_what_was_sealed_opens_again(keys: Keyring) -> None:
    """A payload comes back as it was, metadata included, and shows nothing in between."""
    sealed = await codec(keys).encode([PLAIN])
    assert await codec(keys).decode(sealed) == [PLAIN]
    assert "学生甲".encode() not in sealed[0].SerializeToString()
    assert b"json/plain" not in sealed[0].SerializeToString()


async def test_equal_payloads_look_different(keys: Keyring) -> None:
    """Two sealings of the same words share no ciphertext: nobody can tell that they are equal."""
    first, second = await codec(keys).encode([PLAIN, PLAIN])
    assert first.data != second.data


async def test_a_payload_of_another_case_does_not_open(keys: Keyring) -> None:
    """Copied into another workflow a payload is refused, also when its label is rewritten."""
    [sealed] = await codec(keys).encode([PLAIN])
    with pytest.raises(PayloadDamaged):
        await codec(keys, "case/b/1").decode([sealed])
    for forged in (b"case/b/1", b""):
        sealed.metadata["encryption-bound-to"] = forged
        with pytest.raises(PayloadDamaged):
            await codec(keys, "case/b/1").decode([sealed])


async def test_a_schedule_hands_on_its_arguments_and_the_result_before(keys: Keyring) -> None:
    """The server adds the moment to the id; nothing else that begins alike is let in."""
    [sealed] = await codec(keys, "duty-attendance").encode([PLAIN])
    fired = codec(keys, "duty-attendance-2026-11-22T09:15:00Z")
    assert await fired.decode([sealed]) == [PLAIN]
    before = codec(keys, "duty-attendance-2026-11-22T09:00:00Z")
    assert await fired.decode(await before.encode([PLAIN])) == [PLAIN]
    for other in ("duty-attendance-2", "duty-sampling-2026-11-22T09:15:00Z", "duty-attendance/1"):
        with pytest.raises(PayloadDamaged):
            await codec(keys, other).decode([sealed])


async def test_a_changed_payload_does_not_open(keys: Keyring) -> None:
    """One flipped bit anywhere is noticed."""
    [sealed] = await codec(keys).encode([PLAIN])
    for place in (0, 12, len(sealed.data) - 1):
        damaged = Payload.FromString(sealed.SerializeToString())
        data = bytearray(damaged.data)
        data[place] ^= 1
        damaged.data = bytes(data)
        with pytest.raises(PayloadDamaged):
            await codec(keys).decode([damaged])


async def test_an_unknown_key_is_named(keys: Keyring) -> None:
    """Without its key a payload is refused with the id of the key that is missing."""
    sealed = await codec(keys).encode([PLAIN])
    with pytest.raises(KeyUnknown, match="old"):
        await codec(Keyring(keys={"new": NEW}, writing="new")).decode(sealed)


async def test_keys_are_rotated_while_cases_run(keys: Keyring) -> None:
    """The new key writes, the old one still reads; who has only the new one reads the new."""
    both = Keyring(keys={"old": OLD, "new": NEW}, writing="new")
    before = await codec(keys).encode([PLAIN])
    after = await codec(both).encode([PLAIN])
    assert await codec(both).decode([*before, *after]) == [PLAIN, PLAIN]
    assert after[0].metadata["encryption-key-id"] == b"new"
    with pytest.raises(KeyUnknown):
        await codec(keys).decode(after)


def test_a_renamed_key_file_still_reads(tmp_path: Path) -> None:
    """The rotation the client describes: rename the file, start again, nothing is lost."""
    settings = Settings(home=tmp_path)
    before = keyring(settings)
    sealed = KeyringSealer(before).seal(b"history", "run-1")
    old = secret(tmp_path, "payload-key")
    folder = tmp_path / "secrets"
    (folder / "payload-key").rename(folder / f"payload-key.{key_id(old)}")
    after = keyring(settings)
    assert after.writing != before.writing
    assert KeyringSealer(after).open(sealed, "run-1") == b"history"
    with pytest.raises(PayloadDamaged):
        KeyringSealer(after).open(sealed, "run-2")


async def test_failures_are_sealed_too(keys: Keyring) -> None:
    """Message, details and stack of a failure are encrypted; only its type stays readable."""
    converter = data_converter(keys).with_context(
        WorkflowSerializationContext(namespace="default", workflow_id="case/a/1")
    )
    failure = Failure()
    try:
        raise ApplicationError("监护人拒绝", {"note": "学生甲在家"}, type="refused")
    except ApplicationError as error:
        await converter.encode_failure(error, failure)
    clear = failure.SerializeToString()
    for words in ("监护人", "学生甲", "note", "test_codec"):
        assert words.encode() not in clear
    decoded = await converter.decode_failure(failure)
    assert isinstance(decoded, ApplicationError)
    assert decoded.message == "监护人拒绝"
    assert decoded.details == ({"note": "学生甲在家"},)
    assert decoded.type == "refused"
