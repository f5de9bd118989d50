"""Files of dstack's evidence: every form is read, everything else is refused; no sample is needed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sealwright_agents.simulated import SimulatedGuest
from tee_attestation_verifier.offchain.dstack_files import read_attestation, read_evidence
from tee_attestation_verifier.offchain.scale import ScaleReader
from tee_attestation_verifier.offchain.strict_json import load

LOG = SimulatedGuest("{}").event_log()
QUOTE = bytes(300)


def compact(value: int) -> bytes:
    """SCALE's compact form of a length in one, two or four bytes."""
    for mode, size in ((0, 1), (1, 2), (2, 4)):
        if value < 1 << (8 * size - 2):
            return (value << 2 | mode).to_bytes(size, "little")
    raise AssertionError(value)


def octets(data: bytes) -> bytes:
    return compact(len(data)) + data


def attestation(head: bytes = b"\0\0", log: list[dict[str, Any]] = LOG, end: bytes = b"") -> bytes:
    data = head + octets(QUOTE) + compact(len(log))
    for event in log:
        data += event["imr"].to_bytes(4, "little") + event["event_type"].to_bytes(4, "little")
        data += octets(bytes.fromhex(event["digest"])) + octets(event["event"].encode())
        data += octets(bytes.fromhex(event["event_payload"]))
    runtime = [event for event in LOG if event["imr"] == 3]
    data += compact(len(runtime))
    for event in runtime:
        data += octets(event["event"].encode()) + octets(bytes.fromhex(event["event_payload"]))
    return data + bytes(64) + octets(b'{"cpu_count":1}') + end


def test_attestation__gives_quote_runtime_events_and_configuration() -> None:
    for text in (
        json.dumps({"attestation": attestation().hex()}),
        json.dumps({"attestation": attestation().hex().upper()}),
    ):
        found = read_evidence(text)
        assert (found.quote, found.vm_config) == (QUOTE, '{"cpu_count":1}')
        assert found.event_log == [event for event in LOG if event["imr"] == 3]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (attestation(head=b"\1\0"), "another version"),
        (attestation(head=b"\0\1"), "another version"),
        (attestation(log=LOG[:-1]), "two lists"),
        (attestation(end=b"\0"), "left over"),
        (attestation()[:-1], "truncated"),
        (b"\0\0" + b"\3" * 8, "beyond"),
    ],
)
def test_attestation__refuses_other_forms(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_attestation(data)


def test_scale__reads_lengths_of_one_two_and_four_bytes() -> None:
    for value in (0, 63, 64, 16_383, 16_384, (1 << 30) - 1):
        reader = ScaleReader(compact(value))
        assert reader.compact() == value
        reader.require_end()


def test_evidence__reads_logs_answers_and_quotes() -> None:
    text = json.dumps(LOG)
    for form in (text, json.dumps(text), json.dumps({"event_log": LOG}), json.dumps({"event_log": text})):
        assert read_evidence(form).event_log == LOG
    assert read_evidence(json.dumps(list(QUOTE))).quote == QUOTE
    answer = read_evidence(json.dumps({"quote": QUOTE.hex(), "event_log": text, "vm_config": "{}"}))
    assert (answer.quote, answer.event_log, answer.vm_config) == (QUOTE, LOG, "{}")


@pytest.mark.parametrize(
    "text",
    [
        "1",
        '"1"',
        "{}",
        '{"app_compose": "{}"}',
        '{"event_log": {}}',
        '{"event_log": "{}"}',
        '{"event_log": [], "app_compose": {}}',
        '{"quote": 1}',
        '{"quote": "0"}',
        '{"attestation": 1}',
        "[256]",
    ],
)
def test_evidence__refuses_everything_else(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_evidence(text)


def test_json__is_bounded() -> None:
    assert load(json.dumps("x" * 3_999_998)) == "x" * 3_999_998
    with pytest.raises(ValueError, match="larger"):
        load(json.dumps("x" * 3_999_999))
