"""JSON by form string, as `borsh` is Borsh by format string: strict, typed, without floats.

    B H I      number, u8 u16 u32             ?          true or false
    Q          number up to 2^53 - 1          s  s64     string (of at most 64 UTF-8 bytes)
    p          number, basis points <= 10000  b  b1024   Base64 string (of at most 1024 bytes)
    y          decimal string, u128           <T>        T or null (None)
    a          account id                     [T] [8T]   list (of at most 8 items)
    n          node id                        {x:T,y~:T} object (dict); y may be missing
    h          32 bytes as lowercase hex      (x:T,y~:T) object (list in this order; missing: None)
    k          ed25519:<base58> (32 bytes)    *          any JSON value without floats
    g          Base64 of exactly 64 bytes

A method's arguments are a `(...)`, its result is any of these. In a written `*` bytes
become lowercase hex. Errors are ValueErrors that read "path: why".

This module is the specification; the build replaces it by the C module `_json_codec`
in a contract, which accepts and returns the same, and refuses input in the same words.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from sealwright_protocol import scalars
from sealwright_protocol.json_text import MAX_INT, Refused, Scanner, quote

NUMBERS = {"B": 0xFF, "H": 0xFFFF, "I": 0xFFFF_FFFF, "Q": MAX_INT, "p": 10_000}
TEXTS = "sanyhkgb"
SIGNATURE_BYTES = 64
WRITTEN_DEPTH = 16


class Form(NamedTuple):
    """One parsed form: its letter, its bound (0: none) and what stands inside it."""

    kind: str
    most: int = 0
    inner: tuple["Form", ...] = ()
    names: tuple[str, ...] = ()
    optional: tuple[bool, ...] = ()


def unpack(form: str, data: bytes) -> Any:
    """The value in exactly these bytes. For a `(...)` no bytes at all mean `{}`."""
    parsed = parse_form(form)
    try:
        scanner = Scanner(bytes(data) or (b"{}" if parsed.kind == "(" else b""))
        value = _read(scanner, parsed)
        scanner.end()
    except Refused as refused:
        if parsed.kind == "(" and not refused.path:
            refused.within("arguments")
        raise ValueError(str(refused)) from None
    return value


def pack(form: str, value: Any) -> bytes:
    """Compact JSON of `value`. ValueError when it does not have this form."""
    return _write(parse_form(form), value).encode()


def text(kind: str, value: Any) -> str:
    """The text of one value of a text kind: `text("k", key)` is "ed25519:..."."""
    return _text_of(Form(kind), value)


def value(kind: str, text: str) -> Any:
    """The value of such a text. ValueError when it is malformed."""
    return _value_of(Form(kind), text)


@lru_cache(maxsize=1024)
def parse_form(form: str) -> Form:
    """The tree of a form string. ValueError when it is not one."""
    try:
        parsed, at = _parse(form, 0)
    except IndexError:
        raise ValueError("form ends too early") from None
    if at != len(form):
        raise ValueError("form has something left over")
    return parsed


def _parse(form: str, at: int) -> tuple[Form, int]:
    kind = form[at]
    at += 1
    if kind in "{(":
        return _parse_object(form, kind, at)
    most = 0
    if kind in "sb[":
        while form[at : at + 1].isdigit():
            most = most * 10 + int(form[at])
            at += 1
    if kind in "[<":
        inner, at = _parse(form, at)
        if form[at] != {"[": "]", "<": ">"}[kind]:
            raise ValueError("form has an open bracket")
        return Form(kind, most, (inner,)), at + 1
    if kind not in NUMBERS and kind not in TEXTS and kind not in "?*":
        raise ValueError("unknown form " + kind)
    return Form(kind, most), at


def _parse_object(form: str, kind: str, at: int) -> tuple[Form, int]:
    close = {"{": "}", "(": ")"}[kind]
    names: list[str] = []
    optional: list[bool] = []
    inner: list[Form] = []
    while form[at] != close:
        colon = form.index(":", at)
        name = form[at:colon].lstrip(",")
        optional.append(name.endswith("~"))
        names.append(name.rstrip("~"))
        field, at = _parse(form, colon + 1)
        inner.append(field)
        if form[at] not in "," + close:
            raise ValueError("form has an open bracket")
    return Form(kind, 0, tuple(inner), tuple(names), tuple(optional)), at + 1


# Reading ------------------------------------------------------------------------------------


def _read(scanner: Scanner, form: Form) -> Any:
    kind = form.kind
    if kind in NUMBERS:
        number = scanner.read_int()
        if not 0 <= number <= NUMBERS[kind]:
            raise Refused("out of range")
        return number
    if kind in TEXTS:
        try:
            return _value_of(form, scanner.read_string())
        except Refused:
            raise
        except ValueError as error:
            raise Refused(str(error)) from None
    if kind == "?":
        if scanner.skip("true"):
            return True
        if scanner.skip("false"):
            return False
        raise Refused("not true or false")
    if kind == "<":
        return None if scanner.skip("null") else _read(scanner, form.inner[0])
    if kind == "[":
        return _read_list(scanner, form)
    if kind == "*":
        return scanner.read_any()
    return _read_object(scanner, form)


def _read_list(scanner: Scanner, form: Form) -> list[Any]:
    found: list[Any] = []
    for _ in scanner.items():
        if form.most and len(found) == form.most:
            raise Refused("too many items")
        found.append(_read(scanner, form.inner[0]))
    return found


def _read_object(scanner: Scanner, form: Form) -> Any:
    found: dict[str, Any] = {}
    for name in scanner.names():
        if name not in form.names:
            known = len(name) <= 64 and name.isascii() and name.isidentifier()
            raise Refused("unknown").within(name) if known else Refused("unknown name")
        if name in found:
            raise Refused("duplicate").within(name)
        try:
            found[name] = _read(scanner, form.inner[form.names.index(name)])
        except Refused as refused:
            raise refused.within(name) from None
    for name, optional in zip(form.names, form.optional, strict=True):
        if name not in found and not optional:
            raise Refused("missing").within(name)
    return found if form.kind == "{" else [found.get(name) for name in form.names]


def _value_of(form: Form, text: str) -> Any:
    kind = form.kind
    if kind == "s":
        if form.most and len(text.encode()) > form.most:
            raise ValueError("too long")
        return text
    if kind == "b":
        data = scalars.base64_value(text)
        if form.most and len(data) > form.most:
            raise ValueError("too long")
        return data
    if kind == "g":
        data = scalars.base64_value(text)
        if len(data) != SIGNATURE_BYTES:
            raise ValueError("not 64 bytes")
        return data
    readers = {
        "a": scalars.account_id,
        "n": scalars.node_id,
        "y": scalars.yocto_value,
        "h": scalars.digest_value,
        "k": scalars.key_value,
    }
    return readers[kind](text)


# Writing ------------------------------------------------------------------------------------


def _write(form: Form, value: Any) -> str:
    kind = form.kind
    if kind in NUMBERS:
        return str(_number(value, NUMBERS[kind]))
    if kind in TEXTS:
        return quote(_text_of(form, value))
    if kind == "?":
        if not isinstance(value, bool):
            raise ValueError("not a bool")
        return "true" if value else "false"
    if kind == "<":
        return "null" if value is None else _write(form.inner[0], value)
    if kind == "[":
        if not isinstance(value, (list, tuple)):
            raise ValueError("not a list")
        if form.most and len(value) > form.most:
            raise ValueError("too many items")
        return "[" + ",".join([_write(form.inner[0], item) for item in value]) + "]"
    if kind == "*":
        return _write_any(value, 0)
    return _write_object(form, value)


def _write_object(form: Form, value: Any) -> str:
    if form.kind == "(":
        if not isinstance(value, (list, tuple)) or len(value) != len(form.names):
            raise ValueError("not a value for each field")
        value = {
            name: item
            for name, item, optional in zip(form.names, value, form.optional, strict=True)
            if item is not None or not optional
        }
    if not isinstance(value, dict):
        raise ValueError("not a dict")
    parts = []
    for name, inner, optional in zip(form.names, form.inner, form.optional, strict=True):
        if name in value:
            parts.append(quote(name) + ":" + _write(inner, value[name]))
        elif not optional:
            raise ValueError(name + ": missing")
    if len(parts) != len(value):
        raise ValueError("a field is unknown")
    return "{" + ",".join(parts) + "}"


def _write_any(value: Any, depth: int) -> str:
    if depth > WRITTEN_DEPTH:
        raise ValueError("nested too deeply")
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(-_number(-value, MAX_INT) if value < 0 else _number(value, MAX_INT))
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, bytes):
        return quote(value.hex())
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([_write_any(item, depth + 1) for item in value]) + "]"
    if isinstance(value, dict):
        fields = [quote(_str(name)) + ":" + _write_any(item, depth + 1) for name, item in value.items()]
        return "{" + ",".join(fields) + "}"
    raise ValueError("not a JSON value")


def _text_of(form: Form, value: Any) -> str:
    kind = form.kind
    if kind == "y":
        return str(_number(value, (1 << 128) - 1))
    if kind in "san":
        text = _str(value)
        _value_of(form, text)
        return text
    if not isinstance(value, (bytes, bytearray)):
        raise ValueError("not bytes")
    data = bytes(value)
    if (kind in "hk" and len(data) != 32) or (kind == "g" and len(data) != SIGNATURE_BYTES):
        raise ValueError("wrong number of bytes")
    if kind == "b" and form.most and len(data) > form.most:
        raise ValueError("too long")
    if kind == "h":
        return data.hex()
    return scalars.key_text(data) if kind == "k" else scalars.base64_text(data)


def _number(value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("not an int")
    if not 0 <= value <= most:
        raise ValueError("out of range")
    return value


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a str")
    return value
