"""Seal stored bytes with the payload keys; the key id stands before the ciphertext."""

from __future__ import annotations

from runtime.codec import Keyring


class KeyringSealer:
    """AES-256-GCM over whole objects, bound to the name they are stored for."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def seal(self, plain: bytes, name: str) -> bytes:
        """Return ``<key id>:<nonce and ciphertext>``."""
        return self._keyring.writing.encode() + b":" + self._keyring.seal(plain, name.encode())

    def open(self, sealed: bytes, name: str) -> bytes:
        """Open what ``seal`` made for the same name."""
        key_id, _, rest = sealed.partition(b":")
        return self._keyring.open(key_id.decode(), rest, name.encode())
