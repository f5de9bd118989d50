"""The byte scanners against hostile input: right answers for good input, ValueError for everything else."""

from __future__ import annotations

import base64 as standard_base64
import json as standard_json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealwright_agents.simulated.der import tlv
from tee_attestation_verifier import plain, plain_json
from tee_attestation_verifier.times import iso_time

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
    if depth(value) <= plain_json.MAX_JSON_DEPTH:
        assert plain_json.json(text) == value
        assert plain_json.json(b" \t\r\n" + text + b"\n") == value
    else:
        with pytest.raises(ValueError, match="deep"):
            plain_json.json(text)


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
        plain_json.json(text)


@given(st.binary(max_size=40) | VALUES.map(lambda value: standard_json.dumps(value).encode()), st.data())
def test_json__accepts_nothing_that_the_standard_library_refuses(text: bytes, data: st.DataObject) -> None:
    edited = bytearray(text)
    if edited:
        at = data.draw(st.integers(0, len(edited) - 1))
        edited[at] = data.draw(st.sampled_from(b'{}[]:,"-0129etn \x00\\'))
    try:
        value = plain_json.json(bytes(edited))
    except ValueError:
        return
    assert standard_json.loads(bytes(edited)) == value


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


def pem(text: bytes) -> bytes:
    return plain.PEM_BEGIN + text + plain.PEM_END


@given(st.lists(st.binary(max_size=60), max_size=4))
def test_pem__decodes_with_line_breaks(contents: list[bytes]) -> None:
    texts = [standard_base64.b64encode(each) for each in contents]
    assert plain.pem(b"".join(map(pem, texts))) == contents
    loose = [b"\n".join(each[at : at + 5] for at in range(0, len(each), 5)) for each in texts]
    assert (
        plain.pem(b" \t\0" + b"\r\n\0".join(pem(b"\r\n" + each + b"\n") for each in loose) + b"\n\0")
        == contents
    )


@pytest.mark.parametrize(
    "text",
    [
        b"A",
        b"AA",
        b"AAA",
        b"AA=",
        b"AB==",
        b"AAB=",
        b"=",
        b"====",
        b"AAAA=",
        b"AA==AAAA",
        b"AA AA",
        b"A-AA",
        b"\0",
    ],
)
def test_pem__refuses_base64_that_is_not_canonical(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text of a refusal is free
        plain.pem(pem(text))


@pytest.mark.parametrize(
    "text",
    [
        b"x" + pem(b""),
        pem(b"") + b"x",
        pem(b"") + b"-" + pem(b""),
        plain.PEM_BEGIN,
        plain.PEM_BEGIN + pem(b""),
        plain.PEM_BEGIN[:-1] + pem(b""),
        pem(b"") + plain.PEM_END,
        pem(b"")[:-1],
    ],
)
def test_pem__refuses_text_outside_the_certificates(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text of a refusal is free
        plain.pem(text)


def test_extensions__reads_each_once() -> None:
    usage = tlv(0x30, tlv(6, b"\x55\x1d\x0f") + tlv(1, b"\xff") + tlv(4, b"ab"))
    number = tlv(0x30, tlv(6, b"\x55\x1d\x14") + tlv(4, b""))
    data = usage + number
    found = {b"\x55\x1d\x0f": (True, b"ab"), b"\x55\x1d\x14": (False, b"")}
    assert plain.extensions(data, 0, len(data)) == found
    for bad in (
        usage + usage,
        tlv(0x31, usage[2:]),
        usage.replace(b"\x01\x01\xff", b"\x01\x01\x00"),
        usage.replace(b"\x01\x01\xff", b"\x02\x01\xff"),
        tlv(0x30, tlv(6, b"\x55") + tlv(4, b"") + tlv(4, b"")),
        tlv(0x30, tlv(4, b"")),
        tlv(0x30, tlv(4, b"") + tlv(6, b"")),
    ):
        with pytest.raises(ValueError, match="extension"):
            plain.extensions(bad, 0, len(bad))


def test_signed_object__takes_certificates_and_lists_apart() -> None:
    scalar = tlv(2, b"\x00" + b"\xff" * 32)
    numbers = tlv(0x30, scalar + tlv(2, b"\x05"))
    body, algorithm = tlv(0x30, tlv(2, b"\x07")), plain.ECDSA_WITH_SHA256
    data = tlv(0x30, body + algorithm + tlv(3, b"\0" + numbers))
    signed, signature, fields = plain.signed_object(data)
    assert (signed, signature) == (body, b"\xff" * 32 + bytes(31) + b"\x05")
    assert [field[0] for field in fields] == [2]
    for bad in (
        data + b"\0",
        tlv(0x31, data[2:]),
        tlv(0x30, body + algorithm),
        tlv(0x30, body + algorithm.replace(b"\x03\x02", b"\x03\x03") + tlv(3, b"\0" + numbers)),
        tlv(0x30, tlv(0x31, b"") + algorithm + tlv(3, b"\0" + numbers)),
        tlv(0x30, body + algorithm + tlv(3, b"\1" + numbers)),
        tlv(0x30, body + algorithm + tlv(3, b"")),
        tlv(0x30, body + algorithm + tlv(4, b"\0" + numbers)),
        tlv(0x30, body + algorithm + tlv(3, b"\0" + numbers + b"\0")),
        *(
            tlv(0x30, body + algorithm + tlv(3, b"\0" + tlv(0x30, scalar + tlv(*other))))
            for other in ((2, b""), (2, b"\x80"), (2, b"\0\1"), (2, b"\1" * 33), (4, b"\1"))
        ),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - the text of a refusal is free
            plain.signed_object(bad)


def name_part(oid: bytes, value: bytes, tag: int = 0x0C) -> bytes:
    return tlv(0x31, tlv(0x30, tlv(6, oid) + tlv(tag, value)))


def test_common_name__finds_the_only_one() -> None:
    data = (
        name_part(b"\x55\x04\x0a", b"org") + name_part(b"\x55\x04\x03", b"A name") + name_part(b"\x55", b"")
    )
    assert plain.common_name(data, 0, len(data)) == "A name"
    for bad in (
        b"",
        data + name_part(b"\x55\x04\x03", b"other"),
        name_part(b"\x55\x04\x03", b""),
        name_part(b"\x55\x04\x03", b"\x1f"),
        name_part(b"\x55\x04\x03", b"caf\xc3\xa9"),
        name_part(b"\x55\x04\x03", b"teletex", 0x14),
        tlv(0x30, b""),
        tlv(0x31, tlv(0x31, b"")),
        tlv(0x31, tlv(0x30, tlv(6, b"\x55"))),
    ):
        with pytest.raises(ValueError, match="name"):
            plain.common_name(bad, 0, len(bad))


def test_entries__reads_each_number_once() -> None:
    arc = b"\x2a\x01"
    data = tlv(0x30, tlv(6, arc + b"\x07") + tlv(2, b"\x09")) + tlv(0x30, tlv(6, arc + b"\x01") + tlv(4, b""))
    found = plain.entries(data, 0, len(data), arc)
    assert {number: data[node[2] : node[3]] for number, node in found.items()} == {7: b"\x09", 1: b""}
    for bad in (
        data + data,
        tlv(0x30, tlv(6, arc) + tlv(4, b"")),
        tlv(0x30, tlv(6, arc + b"\x01\x01") + tlv(4, b"")),
        tlv(0x30, tlv(6, b"\x2a\x02\x01") + tlv(4, b"")),
        tlv(0x30, tlv(6, arc + b"\x01")),
        tlv(0x31, tlv(6, arc + b"\x01") + tlv(4, b"")),
        tlv(0x30, tlv(5, arc + b"\x01") + tlv(4, b"")),
    ):
        with pytest.raises(ValueError, match="entry"):
            plain.entries(bad, 0, len(bad), arc)


def test_svns__wants_sixteen_octets() -> None:
    good: list[object] = [{"svn": number, "category": "BIOS"} for number in range(240, 256)]
    assert plain.svns(good) == bytes(range(240, 256))
    for bad in (
        good[:-1],
        [*good, {"svn": 0}],
        [*good[:-1], {}],
        [*good[:-1], 5],
        [*good[:-1], None],
        [*good[:-1], {"svn": 256}],
        [*good[:-1], {"svn": -1}],
        [*good[:-1], {"svn": True}],
        [*good[:-1], {"svn": "1"}],
        [*good[:-1], {"svn": 1 << 40}],
    ):
        with pytest.raises(ValueError, match="component"):
            plain.svns(bad)


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
        plain.seconds(digits)
