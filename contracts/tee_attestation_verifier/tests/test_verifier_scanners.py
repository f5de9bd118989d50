"""The byte scanners against hostile input: right answers for good input, ValueError for everything else."""

from __future__ import annotations

import base64 as standard_base64
import json as standard_json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tee_attestation_verifier import plain
from tee_attestation_verifier.times import iso_time, unix_seconds

PRINTABLE = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters='"\\'), max_size=12
)
NUMBERS = st.integers(-(10**15) + 1, 10**15 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | PRINTABLE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PRINTABLE, inner, max_size=4),
    max_leaves=12,
)


def depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@given(VALUES, st.sampled_from([None, 1]))
def test_json__reads_what_the_standard_library_writes(value: Any, indent: int | None) -> None:
    text = standard_json.dumps(value, indent=indent).encode()
    if depth(value) <= plain.MAX_JSON_DEPTH:
        assert plain.json(text) == value
        assert plain.json(b" \t\r\n" + text + b"\n") == value
    else:
        with pytest.raises(ValueError, match="deep"):
            plain.json(text)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" ",
        b"{",
        b'{"a"}',
        b'{"a":}',
        b'{"a":1,}',
        b'{"a":1 "b":2}',
        b'{"a":1,"a":2}',
        b'{"b":{"a":1,"a":1}}',
        b"{1:2}",
        b"[1,]",
        b"[,1]",
        b"[1 2]",
        b"[1",
        b"[" * 100_000,
        b'{"a":' * 11 + b"1" + b"}" * 11,
        b"01",
        b"+1",
        b"-",
        b"1.0",
        b"1e3",
        b"NaN",
        b"1" * 16,
        b"tru",
        b"truefalse",
        b"1 1",
        b'"a',
        b'"\\u0061"',
        b'"\\"',
        b'"\t"',
        b'"\x7f"',
        b'"\xc3\xa9"',
        b'"a"\x00',
        b"\xef\xbb\xbf1",
        b"\x0c1",
    ],
)
def test_json__refuses(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text of a refusal is free
        plain.json(text)


@given(st.binary(max_size=40) | VALUES.map(lambda value: standard_json.dumps(value).encode()), st.data())
def test_json__accepts_nothing_that_the_standard_library_refuses(text: bytes, data: st.DataObject) -> None:
    edited = bytearray(text)
    if edited:
        at = data.draw(st.integers(0, len(edited) - 1))
        edited[at] = data.draw(st.sampled_from(b'{}[]:,"-0129etn \x00\\'))
    try:
        value = plain.json(bytes(edited))
    except ValueError:
        return
    assert standard_json.loads(bytes(edited)) == value


def tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    head = (
        bytes([size])
        if size < 128
        else bytes([0x81, size])
        if size < 256
        else b"\x82" + size.to_bytes(2, "big")
    )
    return bytes([tag]) + head + content


TAGS = st.integers(0, 255).filter(lambda tag: tag & 0x1F != 0x1F)
ELEMENTS = st.lists(st.tuples(TAGS, st.integers(0, 300).map(bytes)), max_size=5)


@given(ELEMENTS, st.binary(max_size=5))
def test_tlvs__finds_every_element(elements: list[tuple[int, bytes]], before: bytes) -> None:
    data = before + b"".join(tlv(tag, content) for tag, content in elements) + b"\xff\xff"
    found = plain.tlvs(data, len(before), len(data) - 2)
    assert [(tag, data[content:end]) for tag, _, content, end in found] == elements
    assert b"".join(data[start:end] for _, start, _, end in found) == data[len(before) : -2]


@pytest.mark.parametrize(
    "data",
    [
        b"\x30",
        b"\x30\x01",
        b"\x30\x80\x00\x00",
        b"\x30\x81\x01\x00",
        b"\x30\x82\x00\x01\x00",
        b"\x30\x82\x00\x80" + bytes(128),
        b"\x30\x83\x00\x01\x00" + bytes(256),
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x81",
        b"\x30\x82\x01",
        b"\x30\xff",
        b"\x1f\x01\x00",
        b"\x3f\x81\x01\x00",
        b"\x30\x00\x30",
    ],
)
def test_tlvs__refuses(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text of a refusal is free
        plain.tlvs(data, 0, len(data))


def test_tlvs__refuses_a_range_outside_the_data() -> None:
    for start, end in ((-1, 2), (0, 3), (2, 1)):
        with pytest.raises(ValueError, match="range"):
            plain.tlvs(b"\x05\x00", start, end)


@given(st.binary(max_size=60))
def test_tlvs__covers_its_input_or_refuses(data: bytes) -> None:
    try:
        found = plain.tlvs(data, 0, len(data))
    except ValueError:
        return
    assert [each[1] for each in found] + [len(data)] == [0] + [each[3] for each in found]


TIME = tlv(0x17, b"250619100035Z")
REASON = tlv(0x30, tlv(0x30, tlv(6, b"\x55\x1d\x15") + tlv(4, b"\x0a\x01\x01")))


def entry(serial: bytes, rest: bytes = REASON) -> bytes:
    return tlv(0x30, tlv(2, serial) + TIME + rest)


SERIALS = st.integers(1, 2**159).map(lambda number: number.to_bytes(number.bit_length() // 8 + 1, "big"))


@given(st.lists(SERIALS, max_size=6), SERIALS)
def test_lists_serial__compares_whole_serials(serials: list[bytes], wanted: bytes) -> None:
    data = b"".join(entry(each, REASON if each[-1] & 1 else b"") for each in serials)
    assert plain.lists_serial(data, 0, len(data), wanted) == (wanted in serials)
    for each in serials:
        assert plain.lists_serial(data, 0, len(data), each)


def test_lists_serial__sees_no_serial_inside_another_field() -> None:
    hidden = tlv(2, b"\x05")
    data = entry(b"\x01", tlv(0x30, tlv(0x30, tlv(6, b"\x55\x1d\x15") + tlv(4, hidden))))
    assert not plain.lists_serial(data, 0, len(data), b"\x05")


@pytest.mark.parametrize(
    "data",
    [
        tlv(0x31, tlv(2, b"\x01") + TIME),
        tlv(0x30, tlv(2, b"\x01")),
        tlv(0x30, tlv(3, b"\x01") + TIME),
        tlv(0x30, tlv(2, b"\x00\x01") + TIME),
        tlv(0x30, tlv(2, b"\xff\x81") + TIME),
        tlv(0x30, tlv(2, b"") + TIME),
        tlv(0x30, tlv(2, b"\x01") + tlv(0x17, b"2506191000Z")),
        tlv(0x30, tlv(2, b"\x01") + TIME + REASON + REASON),
        entry(b"\x01", tlv(0x31, b"")),
        entry(b"\x01", tlv(0x30, tlv(0x30, tlv(6, b"\x55\x1d\x15") + tlv(1, b"\xff") + tlv(4, b"")))),
        entry(b"\x01", tlv(0x30, tlv(0x30, tlv(6, b"\x55\x1d\x15")))),
        entry(b"\x01") + b"\x30",
    ],
)
def test_lists_serial__refuses_malformed_entries_even_after_a_match(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text of a refusal is free
        plain.lists_serial(entry(b"\x07") + data, 0, len(entry(b"\x07") + data), b"\x07")


@given(st.binary(max_size=80))
def test_base64__decodes_with_line_breaks(data: bytes) -> None:
    text = standard_base64.b64encode(data)
    assert plain.base64(text) == data
    assert plain.base64(b"\n".join(text[at : at + 5] for at in range(0, len(text), 5)) + b"\r\n") == data


@pytest.mark.parametrize(
    "text",
    [b"A", b"AA", b"AAA", b"AA=", b"AB==", b"AAB=", b"=", b"====", b"AAAA=", b"AA==AAAA", b"AA AA", b"A-AA"],
)
def test_base64__refuses(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text of a refusal is free
        plain.base64(text)


@given(st.datetimes(min_value=datetime(1970, 1, 1)))
def test_times__agree_with_the_calendar(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    assert iso_time(moment.strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)) == int(moment.timestamp())


@pytest.mark.parametrize(
    "digits",
    [
        b"20250229000000",
        b"21000229000000",
        b"20250431000000",
        b"20251301000000",
        b"20250001000000",
        b"20250100000000",
        b"20250101240000",
        b"20250101006000",
        b"20250101000060",
        b"19691231235959",
        b"2025010100000",
        b"2025010100000x",
        b"+2025010100000",
    ],
)
def test_times__refuse_what_no_calendar_has(digits: bytes) -> None:
    with pytest.raises(ValueError, match="time"):
        unix_seconds(digits)
