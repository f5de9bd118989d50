"""The example of a contract that needs nothing of ours but the verifier."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sealwright.build import kept
from sealwright.build.interpreter import PROJECT
from sealwright_agents.simulated import SimulatedTee
from sealwright_protocol import borsh, json_codec
from sealwright_sandbox import NEAR, CallFailed

from tests.properties.kept_world import GAS, NOW, PAYERS, VERIFIER, KeptWorld, sound_verifier, tee

FEED = "feed.near"
PROGRAM = bytes(range(192))
KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"feed").digest())
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
REPORT_DATA = PUBLIC + hashlib.sha256(FEED.encode()).digest()


class Feed:
    """The feed beside a verifier that has collateral."""

    def __init__(self) -> None:
        self.world = KeptWorld(sound_verifier())
        feed = self.world.sandbox.create_account(FEED, balance=10 * NEAR)
        arguments = {
            "verifier_id": VERIFIER,
            "measurement": base64.b64encode(PROGRAM).decode(),
            "least_evaluation": 18,
        }
        wasm = kept.wasm(PROJECT / "contracts" / "examples" / "attested_feed")
        feed.batch().deploy(wasm).function_call("new", arguments, gas=GAS).send()

    def admit(self, quote: bytes) -> Any:
        """Whether the quote's key was admitted."""
        given = {"quote": base64.b64encode(quote).decode()}
        return self.world.people[PAYERS[1]].call(FEED, "admit", given, gas=GAS).value

    def publish(self, value: int, at_ms: int, key: Ed25519PrivateKey = KEY) -> None:
        """A value that the key signed for this feed."""
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        arguments = {
            "value": value,
            "at_ms": at_ms,
            "key": json_codec.text("k", public),
            "signature": base64.b64encode(key.sign(borsh.pack("sQQ", (FEED, value, at_ms)))).decode(),
        }
        self.world.people[PAYERS[2]].call(FEED, "publish", arguments, gas=GAS)

    def value(self) -> Any:
        """What the feed says."""
        return self.world.sandbox.view(FEED, "get_value", {})


def quote(machine: SimulatedTee, report_data: bytes = REPORT_DATA, program: bytes = PROGRAM) -> bytes:
    """A quote of the program (MRTD and RTMR0 to 2)."""
    parts = [program[start : start + 48] for start in range(0, 192, 48)]
    return machine.quote(report_data, mrtd=parts[0], rtmr=(parts[1], parts[2], parts[3], bytes(48)))


@pytest.fixture
def feed() -> Feed:
    return Feed()


def test_feed__takes_what_the_admitted_enclave_signed(feed: Feed) -> None:
    assert feed.value() is None
    assert feed.world.put(tee()) is None
    assert feed.admit(quote(tee())) is True
    feed.publish(42, at_ms=1_000)
    assert feed.value() == 42
    with pytest.raises(CallFailed, match="NOT_NEWER"):
        feed.publish(43, at_ms=1_000)
    with pytest.raises(CallFailed, match="KEY_NOT_ADMITTED"):
        feed.publish(43, at_ms=2_000, key=Ed25519PrivateKey.from_private_bytes(bytes(32)))


def test_admission__ends_with_the_evidence(feed: Feed) -> None:
    assert feed.world.put(tee()) is None
    assert feed.admit(quote(tee())) is True
    feed.world.advance(31)
    with pytest.raises(CallFailed, match="KEY_NOT_ADMITTED"):
        feed.publish(42, at_ms=1_000)


def test_missing_collateral__admits_nobody_and_may_be_tried_again(feed: Feed) -> None:
    assert feed.admit(quote(tee())) is False
    assert feed.world.put(tee()) is None
    assert feed.admit(quote(tee())) is True


@pytest.mark.parametrize(
    "given",
    [
        quote(tee(), program=bytes(192)),
        quote(tee(), report_data=PUBLIC + bytes(32)),
        quote(SimulatedTee(b"another root", NOW)),
        quote(tee())[:-1_000],
        b"no quote",
    ],
)
def test_other_quotes__admit_no_key(feed: Feed, given: bytes) -> None:
    assert feed.world.put(tee()) is None
    assert feed.admit(given) is False
    with pytest.raises(CallFailed, match="KEY_NOT_ADMITTED"):
        feed.publish(42, at_ms=1_000)


def test_outdated_machine__admits_no_key(feed: Feed) -> None:
    assert feed.world.put(tee(status="OutOfDate")) is None
    assert feed.admit(quote(tee())) is False


def test_another_feeds_signature__is_refused(feed: Feed) -> None:
    assert feed.world.put(tee()) is None
    assert feed.admit(quote(tee())) is True
    arguments = {
        "value": 42,
        "at_ms": 1_000,
        "key": json_codec.text("k", PUBLIC),
        "signature": base64.b64encode(KEY.sign(borsh.pack("sQQ", ("other.near", 42, 1_000)))).decode(),
    }
    with pytest.raises(CallFailed, match="BAD_SIGNATURE"):
        feed.world.people[PAYERS[2]].call(FEED, "publish", arguments, gas=GAS)
