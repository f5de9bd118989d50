"""dstack's rules inside a contract, on NEAR's VM, give what they give on CPython."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sealwright.build import kept
from sealwright_agents.simulated import SimulatedGuest
from sealwright_protocol import borsh
from sealwright_sandbox import NEAR, Sandbox
from tee_attestation_verifier.dstack import report_data
from tee_attestation_verifier.errors import Rejection

from tests.conftest import PROJECT
from tests.contracts.dstack_probe.contract import HostHashes, answer

PROBE_ID = "dstack.near"
GUEST = SimulatedGuest("{}", (("app:event", b"\1"), ('quoted "name"\t', b"")))
COMPOSE, APP_ID = bytes(range(32)), bytes(range(20))
DOCUMENT = json.dumps({"compose_hash": COMPOSE.hex(), "key_provider": "kms", "app_id": APP_ID.hex()}).encode()
Ask = Callable[[str, bytes, bytes], bytes]


class Hashes(HostHashes):
    """The probe's digests with hashlib's SHA-256."""

    def sha256(self, data: bytes) -> bytes:
        return hashlib.sha256(data).digest()

    def sha384(self, data: bytes) -> bytes:
        digest = hashlib.sha256(b"384" + data).digest()
        return digest + digest[:16]

    def keccak256(self, data: bytes) -> bytes:
        return hashlib.sha256(b"keccak" + data).digest()


HASHES = Hashes()


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Asks the contract, and asserts that CPython answers the same."""
    wasm = kept.wasm(PROJECT / "tests" / "contracts" / "dstack_probe")
    with Sandbox() as sandbox:
        sandbox.create_account(PROBE_ID, balance=20 * NEAR).deploy(wasm)

        def both(rule: str, first: bytes, second: bytes) -> bytes:
            told = sandbox.view_raw(PROBE_ID, "ask", borsh.pack("sbb", (rule, first, second)))
            try:
                expected = b"=" + answer(rule, first, second, HASHES)
            except Rejection as rejection:
                expected = b"!" + rejection.code.encode()
            assert told == expected
            return bytes(told)

        yield both


def encoded(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def logged(*changes: dict[str, Any]) -> bytes:
    """The guest's own events, the narrow JSON of contracts; each change edits the event at its `at`."""
    log = [{**event, "digest": ""} for event in GUEST.event_log() if event["imr"] == 3]
    log = [{**event, "event": event["event"].split('"')[0].strip()} for event in log]
    for change in changes:
        log[change.pop("at")].update(change)
    return encoded(log)


def test_event_log__replays_and_is_refused_alike(ask: Ask) -> None:
    assert ask("boot", logged(), b"").endswith(GUEST.compose_hash[:20] + b"local-sgx")
    assert ask("boot", logged({"at": 1, "version": 2}), b"").startswith(b"=")
    for change, code in (
        ({"at": 1, "event": "x"}, b"!DSTACK_EVENT_MISSING"),
        ({"at": 0, "event_type": 4}, b"!DSTACK_EVENT_TYPE"),
        ({"at": 7, "event": "app-id:x"}, b"!DSTACK_EVENT_DUPLICATE"),
        ({"at": 2, "event_payload": "00"}, b"!DSTACK_EVENT_PAYLOAD"),
        ({"at": 5, "digest": "00" * 48}, b"!DSTACK_EVENT_DIGEST"),
        ({"at": 5, "digest": "00"}, b"!DSTACK_EVENT_LOG_MALFORMED"),
    ):
        assert ask("boot", logged(change), b"") == code
    assert ask("boot", b"{}", b"") == b"!DSTACK_EVENT_LOG_MALFORMED"


def test_config_id__is_judged_alike(ask: Ask) -> None:
    tail = bytes(15)
    document = b"\3" + HASHES.sha256(b"dstack-mr-config-v3:\0" + DOCUMENT) + tail
    assert ask("document", document, DOCUMENT) == b"=" + COMPOSE + APP_ID + b"kms"
    assert ask("document", document, DOCUMENT + b" ") == b"!DSTACK_CONFIG_ID"
    broken = DOCUMENT.replace(b"kms", b"hsm")
    digest = HASHES.sha256(b"dstack-mr-config-v3:\0" + broken)
    assert ask("document", b"\3" + digest + tail, broken) == b"!DSTACK_CONFIG_MALFORMED"
    parts = COMPOSE + APP_ID + b"key"
    hashed = b"\2" + HASHES.keccak256(COMPOSE + APP_ID + b"\2key") + tail
    assert ask("hashed", hashed, parts) == b"=" + COMPOSE
    assert ask("hashed", hashed, parts + b"!") == b"!DSTACK_CONFIG_ID"
    assert ask("plain", b"\1" + COMPOSE + tail, b"") == b"=" + COMPOSE
    assert ask("plain", bytes(48), b"") == b"!DSTACK_CONFIG_ID_UNKNOWN"


def test_compose_policy__is_applied_alike(ask: Ask) -> None:
    compose = {"runner": "docker-compose", "kms_enabled": False, "allowed_envs": []}
    assert ask("compose", encoded(compose), b"") == b"="
    for change in ({"kms_enabled": 0}, {"init_script": "x"}, {"unknown": None}, {"allowed_envs": ["A"]}):
        assert ask("compose", encoded({**compose, **change}), b"") == b"!DSTACK_COMPOSE_REFUSED"


def test_report_data__is_compared_alike(ask: Ask) -> None:
    keys = bytes(range(64))
    said = report_data.near_mpc(keys[:32], keys[32:], HASHES)
    assert ask("report_data", said, keys) == b"=" + said
    assert ask("report_data", bytes(64), keys) == b"!DSTACK_REPORT_DATA"
