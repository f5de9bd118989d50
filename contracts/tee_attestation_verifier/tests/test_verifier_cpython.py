"""The scanners by CPython's means against their specification in plain Python: equal answers, equal refusals."""

from __future__ import annotations

import json as standard_json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sealwright_agents.simulated import SimulatedTee
from tee_attestation_verifier import cpython, plain, plain_json, scan
from tee_attestation_verifier.crl import parse_crl
from tee_attestation_verifier.offchain.collateral_file import read_collateral

NOW = 1_781_481_600
COLLATERAL = SimulatedTee(b"scanners", NOW).collateral()
TCB_INFO, QE_IDENTITY = str(COLLATERAL.tcb_info).encode(), str(COLLATERAL.qe_identity).encode()
# 19 to 21 content octets, as Intel's CAs give them, with and without a sign octet.
NUMBERS = [(1 << 151) - 5, (1 << 151) + 5, 1 << 152, (1 << 159) - 1, (1 << 159) + 9, (1 << 160) - 1]
SERIALS = [number.to_bytes(number.bit_length() // 8 + 1, "big") for number in NUMBERS]
REASON = bytes.fromhex("300c300a0603551d1504030a0101")
ENTRIES = b"".join(
    bytes([0x30, len(serial) + 31, 2, len(serial)]) + serial + b"\x17\x0d250619100035Z" + REASON
    for serial in SERIALS
)


def answer(scanner: Callable[..., object], *arguments: Any) -> str:
    """What it says, types included, or how it refuses."""
    try:
        return repr(scanner(*arguments))
    except ValueError as error:
        return f"refused: {error}"


def test_scan__takes_these_forms_on_cpython() -> None:
    assert scan.json is cpython.json
    assert scan.lists_serial is cpython.lists_serial


# JSON ---------------------------------------------------------------------------------------------

MARKS = list(b'{}[]:,"\\-+.eE0179 \t\r\n\x00\x1f\x7f\x80truefalsn')
SCRAPS = [
    b'"a":1,',
    b'"id":"TDX",',
    b"[[[[[[",
    b"]]]]]]",
    b'"{[":',
    b'"]}",',
    b'{"":',
    b"1234567890123456",
    b"-123456789012345",
    b"-0",
    b"1.0",
    b"NaN",
    b"Infinity",
    b"true",
    b"null,",
    b'"\\u0041"',
    b" ",
]


@st.composite
def edited_json(draw: st.DrawFn) -> bytes:
    """A published text, or a short one, with a few characters or scraps put in, taken out or doubled."""
    text = bytearray(draw(st.sampled_from([TCB_INFO, QE_IDENTITY, TCB_INFO[:300], b'{"a":[1,{"b":"c"}]}'])))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        kind = draw(st.sampled_from(["mark", "scrap", "cut", "double"]))
        if kind == "mark":
            text[at : at + draw(st.integers(0, 1))] = bytes([draw(st.sampled_from(MARKS))])
        elif kind == "scrap":
            text[at:at] = draw(st.sampled_from(SCRAPS))
        elif kind == "cut":
            del text[at : at + draw(st.integers(1, 30))]
        else:
            text[at:at] = text[at : at + draw(st.integers(1, 60))]
    return bytes(text)


@given(edited_json())
def test_json__answers_edited_collateral_as_specified(text: bytes) -> None:
    assert answer(cpython.json, text) == answer(plain_json.json, text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text('ab{}[]:,\\"é 0\n', max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('ab":[', max_size=2), inner, max_size=3)
    ),
    max_leaves=20,
)


@given(VALUES, st.integers(0, 12), st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", "\n:\r")]))
def test_json__answers_any_value_at_any_depth_as_specified(
    value: Any, depth: int, separators: tuple[str, str]
) -> None:
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    text = standard_json.dumps(value, separators=separators).encode()
    assert answer(cpython.json, text) == answer(plain_json.json, text)


@given(st.text('{}[]:,"\\-01 .e', max_size=14).map(str.encode))
@example(b'{"a":1,"a":1}')
@example(b'{"a":{"b":1,"b":1}}')
@example(b'["]",' * 10 + b'["["]' + b"]" * 10)
@example(b"[" * 10 + b"]" * 10)
@example(b"[" * 11 + b"]" * 11)
@example(b"[" * 60_000)
@example(b'"1234567890123456"')
@example(b"123456789012345")
@example(b"1234567890123456")
@example(b"-0")
@example(b"\xef\xbb\xbf1")
@example(b" 1\x0c")
def test_json__answers_soup_as_specified(text: bytes) -> None:
    assert answer(cpython.json, text) == answer(plain_json.json, text)


# Revocation lists -----------------------------------------------------------------------------------


@given(st.data())
def test_lists_serial__answers_edited_entries_as_specified(data: st.DataObject) -> None:
    entries = bytearray(ENTRIES)
    for _ in range(data.draw(st.integers(0, 2))):
        head = ENTRIES.find(data.draw(st.sampled_from(SERIALS)))  # edit there half of the time
        at = (
            head + data.draw(st.integers(-4, 2))
            if data.draw(st.booleans())
            else data.draw(st.integers(0, 300))
        )
        if data.draw(st.booleans()):
            entries[at % len(entries)] = data.draw(
                st.sampled_from([0, 1, 2, 0x17, 0x18, 0x30, 0x7F, 0x80, 0xFF])
            )
        else:
            del entries[at : at + data.draw(st.sampled_from([1, 2, 13, 14, 50]))]
    serial = data.draw(st.sampled_from(SERIALS) | st.binary(max_size=3))
    arguments = bytes(entries), 0, len(entries), serial
    assert answer(cpython.lists_serial, *arguments) == answer(plain.lists_serial, *arguments)


@given(st.integers(-3, 400), st.integers(-3, 400))
def test_lists_serial__answers_any_range_as_specified(start: int, end: int) -> None:
    arguments = ENTRIES, start, end, b"\x05"
    assert answer(cpython.lists_serial, *arguments) == answer(plain.lists_serial, *arguments)


def test_lists_serial__is_not_deceived_by_a_serial_across_two_fields() -> None:
    serial = ENTRIES[2:10]
    assert ENTRIES.find(serial) >= 0
    assert not cpython.lists_serial(ENTRIES, 0, len(ENTRIES), serial)


# Speed: what Intel publishes never takes the slow way ------------------------------------------------


@pytest.fixture
def no_plain_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes any fall back to the plain forms fail the test."""

    def fail(*_: object) -> object:
        raise AssertionError("left to the plain form")

    monkeypatch.setattr(plain_json, "json", fail)
    monkeypatch.setattr(plain, "lists_serial", fail)


@pytest.mark.usefixtures("no_plain_forms")
def test_genuine_collateral__is_read_the_fast_way(samples: Path) -> None:
    for file in sorted(samples.glob("real/*/collateral.json")):
        collateral = read_collateral(file.read_text())
        for text in (collateral.tcb_info, collateral.qe_identity):
            assert isinstance(cpython.json(str(text).encode()), dict)
        assert not parse_crl(collateral.pck_crl).lists(b"\x01\x02\x03")
        assert not parse_crl(collateral.root_ca_crl).lists(b"\x01\x02\x03")
