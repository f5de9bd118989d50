"""The verifier's scanners in C, on NEAR's VM, against their specification in plain Python."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealwright.build import kept
from sealwright_agents.simulated import SimulatedTee
from sealwright_agents.simulated.der import tlv
from sealwright_protocol import borsh
from sealwright_sandbox import NEAR, Sandbox
from tee_attestation_verifier import plain, plain_json

from tests.conformance.everywhere.scans import scans
from tests.conftest import PROJECT

PROBE_ID = "scanners.near"
# One edit in so many: a call takes a millisecond.
EVERY = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 12
ARC = bytes.fromhex("2a864886f84d010d01")
Ask = Callable[..., None]


@pytest.fixture(scope="module")
def agree() -> Iterator[Ask]:
    """Asserts that both forms of a scanner answer alike."""
    wasm = kept.wasm(PROJECT / "tests" / "contracts" / "scanner_probe")
    with Sandbox() as sandbox:
        sandbox.create_account(PROBE_ID, balance=20 * NEAR).deploy(wasm)

        def check(
            scanner: str, data: bytes, start: int = 0, end: int | None = None, last: bytes = b""
        ) -> None:
            end = len(data) if end is None else end
            arguments = borsh.pack("sbIIb", (scanner, data, start, end, last))
            answer = sandbox.view_raw(PROBE_ID, "ask", arguments)
            assert unordered(comparable(answer)) == specified(scanner, data, start, end, last)

        yield check


def specified(scanner: str, data: bytes, start: int, end: int, last: bytes) -> Any:
    """What the plain form answers; "!" when it refuses."""
    try:
        if scanner in ("tlvs", "extensions", "common_name"):
            value = getattr(plain, scanner)(data, start, end)
        elif scanner in ("lists_serial", "entries"):
            value = getattr(plain, scanner)(data, start, end, last)
        elif scanner == "svns":
            components: Any = plain_json.json(data)
            value = plain.svns(components if isinstance(components, list) else [])
        elif scanner == "json":
            value = plain_json.json(data)
        else:
            value = getattr(plain, scanner)(data)
    except ValueError:
        return "!"
    return unordered(shown(value))


def shown(value: Any) -> Any:
    """The probe's JSON form."""
    if isinstance(value, bytes):
        return "x" + value.hex()
    if isinstance(value, (list, tuple)):
        return [shown(each) for each in value]
    if isinstance(value, dict):
        return {"pairs": [[shown(name), shown(each)] for name, each in value.items()]}
    return value


def comparable(answer: bytes) -> Any:
    return "!" if answer == b"!" else json.loads(answer[1:])


def unordered(value: Any) -> Any:
    """Objects come as pairs in any order: sort those, and nothing else."""
    if isinstance(value, dict):
        return sorted((unordered(each) for each in value["pairs"]), key=repr)
    return [unordered(each) for each in value] if isinstance(value, list) else value


TAGS = st.sampled_from([1, 2, 4, 5, 6, 0x0C, 0x13, 0x17, 0x18, 0x30, 0x31, 0xA0, 0x1F])
OCTETS = [b"", b"\x00", b"\xff", b"\x01", b"\x00\x01", b"\x00\x80", ARC + b"\x01", ARC, bytes(130)]
TEXTS = [b"\x55\x04\x03", b"\x55\x1d\x0f", b"250619100035Z", b"20250619100035Z", b"name"]
LEAVES = st.sampled_from([*OCTETS, *TEXTS]) | st.binary(max_size=6)
TREES = st.recursive(
    st.tuples(TAGS, LEAVES).map(lambda pair: tlv(*pair)),
    lambda inner: st.tuples(TAGS, st.lists(inner, max_size=4).map(b"".join)).map(lambda pair: tlv(*pair)),
    max_leaves=8,
)
DER = st.lists(TREES, max_size=4).map(b"".join)
EXTENSION = st.tuples(
    st.sampled_from([b"\x55\x1d\x0f", b"\x55\x1d\x13"]), st.sampled_from([b"", b"\x01\x01\xff"]), LEAVES
)
EXTENSIONS = st.lists(
    EXTENSION.map(lambda each: tlv(0x30, tlv(6, each[0]) + each[1] + tlv(4, each[2]))), max_size=3
).map(b"".join)
TIMES = st.sampled_from([tlv(0x17, b"250619100035Z"), tlv(0x18, b"20250619100035Z"), tlv(0x17, b"25")])
ENTRY = st.tuples(LEAVES, TIMES, st.just(b"") | EXTENSIONS.map(lambda each: tlv(0x30, each)))
CRL_ENTRIES = st.lists(ENTRY.map(lambda each: tlv(0x30, tlv(2, each[0]) + each[1] + each[2])), max_size=3)
NAME = st.tuples(
    st.sampled_from([b"\x55\x04\x03", b"\x55\x04\x0a"]), st.sampled_from([0x0C, 0x13, 0x14]), LEAVES
)
NAMES = st.lists(
    NAME.map(lambda each: tlv(0x31, tlv(0x30, tlv(6, each[0]) + tlv(each[1], each[2])))), max_size=3
)
NUMBERED = st.lists(
    st.integers(0, 3).map(lambda number: tlv(0x30, tlv(6, ARC + bytes([number])) + tlv(2, b"\x05"))),
    max_size=4,
)


@given(
    st.sampled_from(["tlvs", "extensions", "common_name"]), DER | EXTENSIONS | NAMES.map(b"".join), st.data()
)
def test_der__is_read_as_specified(agree: Ask, scanner: str, data: bytes, edits: st.DataObject) -> None:
    agree(scanner, edited(data, edits))


@given(
    st.sampled_from(["lists_serial", "entries"]),
    DER | CRL_ENTRIES.map(b"".join) | NUMBERED.map(b"".join),
    st.data(),
)
def test_der_with_an_argument__is_read_as_specified(
    agree: Ask, scanner: str, data: bytes, edits: st.DataObject
) -> None:
    last = ARC if scanner == "entries" else edits.draw(LEAVES)
    agree(scanner, edited(data, edits), last=last)


@given(DER, st.integers(0, 40), st.integers(0, 40))
def test_ranges__are_checked_as_specified(agree: Ask, data: bytes, start: int, end: int) -> None:
    agree("tlvs", data, start, end)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**16), 10**16) | st.text(alphabet='ab {"\\\x7fé', max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "svn", "b"]), inner),
    max_leaves=6,
).map(lambda value: json.dumps(value).encode())
JSON_SOUP = st.text(alphabet='{}[]",:0123456789-+.eE truefalsn\\\n\t"ab', max_size=24).map(str.encode)
DEEP = st.integers(8, 12).map(lambda depth: b"[" * depth + b"]" * depth)


@given(JSON_VALUES | JSON_SOUP | DEEP, st.data())
def test_json__is_read_as_specified(agree: Ask, data: bytes, edits: st.DataObject) -> None:
    agree("json", edited(data, edits))


SVN = st.integers(0, 255) | st.sampled_from([-1, 256, True, None, "1", 2**40])
COMPONENTS = st.lists(st.fixed_dictionaries({"svn": st.integers(0, 255)}), min_size=15, max_size=17)


@given(COMPONENTS, st.booleans(), SVN)
def test_svns__are_read_as_specified(agree: Ask, components: list[Any], odd: bool, svn: Any) -> None:
    if odd:
        components[3] = {"svn": svn}
    agree("svns", json.dumps(components).encode())


SCALARS = st.binary(min_size=1, max_size=34) | st.sampled_from(
    [b"\x00" + b"\xff" * 32, b"\x7f" * 32, b"\x01", b"\x00"]
)
SIGNATURES = st.tuples(SCALARS, SCALARS).map(
    lambda pair: tlv(3, b"\x00" + tlv(0x30, tlv(2, pair[0]) + tlv(2, pair[1])))
)


@given(DER, SIGNATURES, st.data())
def test_signed_objects__are_read_as_specified(
    agree: Ask, content: bytes, signature: bytes, edits: st.DataObject
) -> None:
    data = tlv(0x30, tlv(0x30, content) + plain.ECDSA_WITH_SHA256 + signature)
    agree("signed_object", edited(data, edits))


@given(st.lists(st.binary(max_size=30), max_size=3), st.data())
def test_pem__is_read_as_specified(agree: Ask, contents: list[bytes], edits: st.DataObject) -> None:
    text = b"\n".join(plain.PEM_BEGIN + base64.b64encode(each) + plain.PEM_END for each in contents)
    if edits.draw(st.booleans()):
        at = edits.draw(st.integers(0, len(text)))
        text = (
            text[:at]
            + edits.draw(st.sampled_from([b"\n", b"=", b"A", b" ", b"\0", b"-", b"\x0b"]))
            + text[at:]
        )
    agree("pem", text)


@given(
    st.from_regex(rb"[0-9]{14}", fullmatch=True)
    | st.binary(max_size=15)
    | st.datetimes().map(lambda moment: moment.strftime("%Y%m%d%H%M%S").zfill(14).encode())
)
def test_seconds__are_counted_as_specified(agree: Ask, digits: bytes) -> None:
    agree("seconds", digits)


def test_genuine_forms__are_read_as_specified(agree: Ask) -> None:
    tee = SimulatedTee(b"scanners", 1_781_481_600)
    collateral = tee.collateral()
    agree("pem", tee.pck_chain.encode())
    agree("json", str(collateral.tcb_info).encode())
    agree("json", str(collateral.qe_identity).encode())
    agree("tlvs", tee.root_der)
    agree("signed_object", tee.root_der)
    agree("signed_object", collateral.pck_crl)


def test_edits_of_genuine_forms__are_read_as_specified(agree: Ask) -> None:
    for scanner, data, last in scans(EVERY):
        # The probe shows an object as a list of pairs: what is nested deeper than this it cannot show.
        if scanner != "json" or b"unheard of" not in data:
            agree(scanner, data, last=last)


def edited(data: bytes, edits: st.DataObject) -> bytes:
    """The data, in half of the cases with one octet changed."""
    if not data or edits.draw(st.booleans()):
        return data
    at = edits.draw(st.integers(0, len(data) - 1))
    return data[:at] + bytes([edits.draw(st.integers(0, 255))]) + data[at + 1 :]
