"""Borsh by format string: one line says what a record looks like on the wire.

    B H I Q U   u8 u16 u32 u64 u128        ?     bool
    s           String (str)               b     Vec<u8> (bytes)
    32x         [u8; 32] (bytes)           [T]   Vec<T> (list)
    <T>         Option<T> (None or value)  (TT)  record (list or tuple; read as list)

A top-level sequence has no parentheses: `pack("sQ32x", (name, height, digest))`.
An enum is its variant as `B` and then the payload, put together by hand.

This module is the specification. The build replaces it by the C module `_borsh`
in a contract; both accept the same input and refuse the rest with ValueError.
"""

from collections.abc import Sequence
from typing import Any

UNSIGNED = {"B": 1, "H": 2, "I": 4, "Q": 8, "U": 16}


def pack(fmt: str, values: Sequence[Any]) -> bytes:
    """Borsh bytes of `values`, one value for each item of `fmt`. ValueError on any mismatch."""
    out = bytearray()
    _pack_items(out, fmt, 0, len(fmt), values)
    return bytes(out)


def unpack(fmt: str, data: bytes) -> list[Any]:
    """The values in `data`, read to its last byte. ValueError on short, long or invalid data."""
    values, offset = _unpack_items(fmt, 0, len(fmt), data, 0)
    if offset != len(data):
        raise ValueError("bytes left over")
    return values


def _pack_items(out: bytearray, fmt: str, at: int, end: int, values: Sequence[Any]) -> None:
    if not isinstance(values, (list, tuple)):
        raise ValueError("a record is a list or tuple")
    index = 0
    while at < end:
        if index == len(values):
            raise ValueError("too few values")
        item_end = _item_end(fmt, at)
        _pack_item(out, fmt, at, item_end, values[index])
        at = item_end
        index += 1
    if index != len(values):
        raise ValueError("too many values")


def _pack_item(out: bytearray, fmt: str, at: int, end: int, value: Any) -> None:
    kind = fmt[at]
    if kind in UNSIGNED:
        out += _unsigned(value, UNSIGNED[kind])
    elif kind == "?":
        if value is not True and value is not False:
            raise ValueError("not a bool")
        out.append(1 if value else 0)
    elif kind == "s":
        if not isinstance(value, str):
            raise ValueError("not a str")
        _pack_bytes(out, value.encode())
    elif kind == "b":
        _pack_bytes(out, _bytes(value))
    elif kind == "[":
        if not isinstance(value, (list, tuple)):
            raise ValueError("not a list")
        out += _unsigned(len(value), 4)
        for item in value:
            _pack_item(out, fmt, at + 1, end - 1, item)
    elif kind == "<":
        out.append(0 if value is None else 1)
        if value is not None:
            _pack_item(out, fmt, at + 1, end - 1, value)
    elif kind == "(":
        _pack_items(out, fmt, at + 1, end - 1, value)
    else:
        value = _bytes(value)
        if len(value) != int(fmt[at : end - 1]):
            raise ValueError("wrong number of bytes")
        out += value


def _unpack_items(fmt: str, at: int, end: int, data: bytes, offset: int) -> tuple[list[Any], int]:
    values = []
    while at < end:
        item_end = _item_end(fmt, at)
        value, offset = _unpack_item(fmt, at, item_end, data, offset)
        values.append(value)
        at = item_end
    return values, offset


def _unpack_item(fmt: str, at: int, end: int, data: bytes, offset: int) -> tuple[Any, int]:
    kind = fmt[at]
    if kind in UNSIGNED:
        after = _after(data, offset, UNSIGNED[kind])
        return int.from_bytes(data[offset:after], "little"), after
    if kind == "?":
        return _flag(data, offset), offset + 1
    if kind == "s":
        raw, after = _unpack_bytes(data, offset)
        return _text(raw), after
    if kind == "b":
        return _unpack_bytes(data, offset)
    if kind == "[":
        return _unpack_list(fmt, at + 1, end - 1, data, offset)
    if kind == "<":
        if not _flag(data, offset):
            return None, offset + 1
        return _unpack_item(fmt, at + 1, end - 1, data, offset + 1)
    if kind == "(":
        return _unpack_items(fmt, at + 1, end - 1, data, offset)
    after = _after(data, offset, int(fmt[at : end - 1]))
    return bytes(data[offset:after]), after


def _unpack_list(fmt: str, at: int, end: int, data: bytes, offset: int) -> tuple[list[Any], int]:
    after = _after(data, offset, 4)
    count = int.from_bytes(data[offset:after], "little")
    # Every item takes a byte at least, so a count beyond the data cannot be honest;
    # refused before any memory is spent on it.
    if count > len(data) - after:
        raise ValueError("data too short")
    values = []
    for _ in range(count):
        value, after = _unpack_item(fmt, at, end, data, after)
        values.append(value)
    return values, after


def _item_end(fmt: str, at: int) -> int:
    """Index just past the item of `fmt` that starts at `at`."""
    kind = fmt[at]
    if kind in "BHIQU?sb":
        return at + 1
    if kind in "[<(":
        depth = 1
        while depth:
            at += 1
            if at == len(fmt):
                raise ValueError("format has an open bracket")
            depth += (fmt[at] in "[<(") - (fmt[at] in "]>)")
        return at + 1
    end = at
    while end < len(fmt) and fmt[end] in "0123456789":
        end += 1
    if end == at or end == len(fmt) or fmt[end] != "x":
        raise ValueError("unknown format " + kind)
    return end + 1


def _unsigned(value: Any, size: int) -> bytes:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("not an int")
    if value < 0 or value >> (8 * size):
        raise ValueError("int out of range")
    return value.to_bytes(size, "little")


def _bytes(value: Any) -> bytes:
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise ValueError("not bytes")
    return bytes(value)


def _pack_bytes(out: bytearray, value: bytes) -> None:
    out += _unsigned(len(value), 4)
    out += value


def _after(data: bytes, offset: int, size: int) -> int:
    if offset + size > len(data):
        raise ValueError("data too short")
    return offset + size


def _flag(data: bytes, offset: int) -> bool:
    flag = data[_after(data, offset, 1) - 1]
    if flag > 1:
        raise ValueError("flag is neither 0 nor 1")
    return flag == 1


def _unpack_bytes(data: bytes, offset: int) -> tuple[bytes, int]:
    start = _after(data, offset, 4)
    after = _after(data, start, int.from_bytes(data[offset:start], "little"))
    return bytes(data[start:after]), after


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeError:
        raise ValueError("not UTF-8") from None
