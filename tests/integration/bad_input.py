"""Bad arguments for every method of a contract, generated from its interface.

`cases(method)` yields `(what is wrong, raw input)`: each argument missing, unknown, mistyped, out of range or
malformed, and the whole document truncated, doubled, not UTF-8 or no object. All other arguments are well-typed, so
that only the one mistake can be the reason of a refusal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sealwright.build.interface import Method
from sealwright.build.semantic import SCALARS, Field, Type

WELL_TYPED: dict[str, Any] = {
    "Yocto": "1",
    "AccountId": "client.near",
    "NodeId": "desk.node.near",
    "Sha256": "00" * 32,
    "PublicKey": "ed25519:11111111111111111111111111111111",
    "Signature": "A" * 86 + "==",
    "Base64": "AA==",
    "str": "a",
    "bool": True,
    "Any": {},
}

# What no value of the type may be, besides the mistakes that every type shares.
MALFORMED: dict[str, list[Any]] = {
    "Yocto": ["", "-1", "+1", "01", "1.5", "1e3", " 1", "0x10", "1" * 40, str(1 << 128), 1],
    "AccountId": ["", "a", "A.near", "a..near", ".near", "near.", "a b.near", "a" * 65, "\u00e9.near"],
    "NodeId": ["", "near", "A.near", "desk.", ".near", "a" * 33 + ".near"],
    "Sha256": ["", "00" * 31, "00" * 33, "AB" * 32, "zz" * 32, "0x" + "00" * 31],
    "PublicKey": ["", "1" * 32, "ed25519:", "ed25519:0OIl", "secp256k1:" + "1" * 32, "ed25519:" + "z" * 44],
    "Signature": ["", "AA==", "A" * 88, "*" * 86 + "=="],
    "Base64": ["A", "AAA", "A===", "AB==", "AA=A", "A A=", "____"],
    "bool": [0, 1, "true"],
    "str": [],
    "Any": [],
}
ALWAYS_MISTYPED: list[Any] = [[], {}, ["a"], {"a": 1}]


def well_typed(wanted: Type) -> Any:
    """The smallest ordinary value of a type, as JSON."""
    if wanted.kind == "list":
        return [well_typed(wanted.item)]
    if wanted.kind == "optional":
        return well_typed(wanted.item)
    if wanted.kind == "record":
        return {each.name: well_typed(each.type) for each in wanted.fields}
    return WELL_TYPED.get(wanted.kind, 1)


def wrong_values(wanted: Type) -> Iterator[Any]:
    """Values that the type must refuse."""
    if wanted.kind == "Any":
        return
    if wanted.kind == "optional":
        yield from (each for each in wrong_values(wanted.item) if each is not None)
        return
    yield None
    if wanted.kind == "list":
        yield from ("a", 1, {})
        yield from ([each] for each in wrong_values(wanted.item))
        if wanted.most:
            yield [well_typed(wanted.item)] * (wanted.most + 1)
    elif wanted.kind == "record":
        yield from ("a", 1, [])
        yield from _wrong_records(wanted)
    else:
        yield from _wrong_scalars(wanted)


def _wrong_records(wanted: Type) -> Iterator[Any]:
    whole = well_typed(wanted)
    yield {**whole, "unknown_field": 1}
    for each in wanted.fields:
        if each.required:
            yield {name: value for name, value in whole.items() if name != each.name}
        yield from ({**whole, each.name: wrong} for wrong in wrong_values(each.type))


def _wrong_scalars(wanted: Type) -> Iterator[Any]:
    yield from ALWAYS_MISTYPED
    schema = SCALARS[wanted.kind].schema
    if schema.get("type") == "integer":
        yield from (-1, schema["maximum"] + 1, 1 << 64, 1 << 200, "1", "a", True)
    else:
        yield from (-1, 1 << 200, False if wanted.kind != "bool" else 2)
        yield from MALFORMED[wanted.kind]
    if wanted.most:
        yield "a" * (wanted.most + 1) if wanted.kind == "str" else "AAAA" * (wanted.most // 3 + 1)


def cases(method: Method) -> Iterator[tuple[str, bytes]]:
    """Every bad input for one method, with a name each."""
    if method.codec == "borsh":
        yield from _bad_borsh()
        return
    whole = {each.name: well_typed(each.type) for each in method.arguments}
    for each in method.arguments:
        yield from _bad_argument(each, whole)
    yield "unknown argument", _json({**whole, "unknown_argument": 1})
    yield from _bad_documents(_json(whole), bool(method.arguments))


def _bad_argument(argument: Field, whole: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    name = argument.name
    if argument.required:
        yield f"{name} missing", _json({key: value for key, value in whole.items() if key != name})
    for wrong in wrong_values(argument.type):
        yield f"{name} = {json.dumps(wrong)[:60]}", _json({**whole, name: wrong})
    rest = _json({key: value for key, value in whole.items() if key != name})[1:-1]
    lead = b"{" + rest + (b"," if rest else b"") + json.dumps(name).encode() + b":"
    for what in (
        b"1.5",
        b"1e2",
        b"NaN",
        b"01",
        b"'a'",
        b'"\xff\xfe"',
        b'"\\ud800"',
        b'"\\x"',
        b'"a\x01"',
        b"",
    ):
        yield f"{name} = raw {what!r}", lead + what + b"}"
    value = json.dumps(whole[name]).encode()
    yield f"{name} twice", lead + value + b"," + json.dumps(name).encode() + b":" + value + b"}"


def _bad_documents(whole: bytes, has_arguments: bool) -> Iterator[tuple[str, bytes]]:
    yield from (("an array", b"[]"), ("a text", b'"a"'), ("null", b"null"), ("not UTF-8", b"\xff\xfe{}"))
    yield from (("trailing bytes", whole + b"x"), ("two documents", whole + whole))
    yield from (("deeply nested", b'{"a":' * 2_000), ("an open object", b"{"), ("a number", b"7"))
    if has_arguments:
        yield from ((f"cut at {cut}", whole[:cut]) for cut in range(1, len(whole), max(1, len(whole) // 6)))


def _bad_borsh() -> Iterator[tuple[str, bytes]]:
    yield "no bytes", b""
    yield "one byte", b"\x01"
    yield "a length beyond the end", b"\xff\xff\xff\xff"
    yield "a length of 2 GiB", b"\xff\xff\xff\x7f" + b"a" * 64
    yield "not UTF-8", b"\x04\x00\x00\x00\xff\xfe\xff\xfe" + bytes(300)
    yield "zeros", bytes(400)
    yield "JSON", b'{"node_id": "desk.node.near"}'


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
