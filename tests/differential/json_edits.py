"""Every single edit of a JSON document, as text: members, types, numbers, order, notation."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

Edit = tuple[str, bytes]
Path = tuple[str | int, ...]
OTHER_TYPES: tuple[Any, ...] = (None, True, 0, 1, 65_536, -1, 1.5, "", "x", [], {})


def compact(document: Any) -> bytes:
    """As Intel writes it."""
    return json.dumps(document, separators=(",", ":")).encode()


def edits(text: bytes) -> Iterator[Edit]:
    """Every edit of one value or member, with its place: (name, text)."""
    document = json.loads(text)
    for path in paths(document):
        for name, edited in _value_edits(document, path):
            yield f"{_shown(path)} {name}", compact(edited)
    yield from _text_edits(text)


def paths(value: Any, at: Path = ()) -> Iterator[Path]:
    """Where the values stand: the first, second and last element of an array stand for all of them."""
    if at:
        yield at
    if isinstance(value, dict):
        for name in value:
            yield from paths(value[name], (*at, name))
    elif isinstance(value, list):
        for index in sorted({0, 1, len(value) - 1} & set(range(len(value)))):
            yield from paths(value[index], (*at, index))


def _value_edits(document: Any, path: Path) -> Iterator[tuple[str, Any]]:
    value = get(document, path)
    yield "removed", replaced(document, path, removed=True)
    for other in OTHER_TYPES:
        if repr(other) != repr(value):
            yield f"is {other!r}", replaced(document, path, other)
    if isinstance(value, list):
        yield "reversed", replaced(document, path, value[::-1])
        yield "doubled", replaced(document, path, value + value)
        yield "first again", replaced(document, path, value + value[:1])
    elif isinstance(value, bool):
        yield "not", replaced(document, path, not value)
    elif isinstance(value, int):
        for number in {value + 1, value - 1, 255, 256, 10**15, -value} - {value}:
            yield f"is {number}", replaced(document, path, number)
    elif isinstance(value, str):
        yield from ((name, replaced(document, path, each)) for name, each in _string_edits(value))
    elif isinstance(value, dict):
        yield "one member more", replaced(document, path, {**value, "unheard of": [1, {"a": None}]})
        yield "members reversed", replaced(document, path, dict(reversed(value.items())))


def _string_edits(value: str) -> Iterator[tuple[str, str]]:
    for name, edited in (
        ("lower", value.lower()),
        ("upper", value.upper()),
        ("shorter", value[:-1]),
        ("longer", value + value[-1:]),
        ("last character", value[:-1] + ("1" if value[-1:] == "0" else "0")),
        ("not ASCII", value + "é"),
        ("blank after", value + " "),
    ):
        if edited != value:
            yield name, edited


def _text_edits(text: bytes) -> Iterator[Edit]:
    document = json.loads(text)
    yield "indented", json.dumps(document, indent=1).encode()
    yield "blanks around", b" \n" + text + b"\t\r\n"
    yield "a mark before", b"\xef\xbb\xbf" + text
    yield "a second value", text + b"{}"
    yield "cut", text[:-1]
    yield "in a list", b"[" + text + b"]"
    yield "a comma at the end", text[:-1] + b",}"
    for name in document:
        quoted = json.dumps(name).encode()
        yield f"{name} escaped", text.replace(quoted, b'"\\u%04x%s' % (quoted[1], quoted[2:]), 1)
        value = compact(document[name])
        yield f"{name} twice alike", text[:-1] + b"," + quoted + b":" + value + b"}"
        yield f"{name} twice", b"{" + quoted + b":null," + text[1:]
    for depth in (8, 9, 10, 11, 200):
        yield f"{depth} deep", text[:-1] + b',"unheard of":' + b"[" * depth + b"]" * depth + b"}"
    for number in (b"1.0", b"1e1", b"-0", b"01", b"123456789012345", b"1234567890123456", b"1" * 30):
        yield f"number {number.decode()}", text[:-1] + b',"unheard of":' + number + b"}"


def get(document: Any, path: Path) -> Any:
    """The value at a path."""
    for step in path:
        document = document[step]
    return document


def replaced(document: Any, path: Path, value: Any = None, *, removed: bool = False) -> Any:
    """A copy with another value at a path, or none."""
    edited = copy.deepcopy(document)
    holder = get(edited, path[:-1])
    if removed:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return edited


def _shown(path: Path) -> str:
    return ".".join(map(str, path))
