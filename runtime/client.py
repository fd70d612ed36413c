"""Connect to Temporal as everybody here does: standard settings, encrypted payloads."""

from __future__ import annotations

import os

from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.envconfig import ClientConfig

from models.base import digest
from runtime.codec import Keyring, data_converter
from runtime.settings import Settings, secret
from runtime.telemetry import quiet_runtime

PAYLOAD_KEY = "payload-key"


def keyring(settings: Settings) -> Keyring:
    """Return the payload keys: ``payload-key`` writes, ``payload-key.<id>`` are still read.

    To rotate, rename ``secrets/payload-key`` to ``secrets/payload-key.<id>`` (its id is the first
    eight hex digits of its own hash, see ``key_id``) and start again: a new writing key is made.
    """
    writing = secret(settings.home, PAYLOAD_KEY)
    keys = {key_id(writing): writing}
    for path in sorted((settings.home / "secrets").glob(f"{PAYLOAD_KEY}.*")):
        old = path.read_bytes()
        keys[key_id(old)] = old
    return Keyring(keys=keys, writing=key_id(writing))


def key_id(key: bytes) -> str:
    """Name a key without telling anything of it."""
    return digest(b"key id:" + key)[:8]


def converter(settings: Settings) -> DataConverter:
    return data_converter(keyring(settings))


async def connect(settings: Settings) -> Client:
    """Connect by Temporal's own environment settings, or to the embedded server."""
    config = ClientConfig.load_client_connect_config()
    if not os.environ.get("TEMPORAL_ADDRESS"):
        config["target_host"] = f"127.0.0.1:{settings.temporal_port}"
        config["namespace"] = settings.temporal_namespace
    return await Client.connect(
        **config, data_converter=converter(settings), runtime=quiet_runtime()
    )
