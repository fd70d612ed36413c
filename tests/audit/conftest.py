"""The same two connections as the storage tests."""

from tests.storage.conftest import engine, owner

__all__ = ["engine", "owner"]
