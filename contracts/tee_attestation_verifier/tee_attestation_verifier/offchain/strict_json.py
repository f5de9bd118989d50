"""JSON from people's files: the whole language, but nothing that two readers could take differently.

`scan.json` reads the narrow form that Intel signs. Compose files and event logs need escapes and Unicode, so
they are read here, off chain.
"""

import json
from typing import NoReturn

MAX_TEXT = 4_000_000


def load(text: str | bytes) -> object:
    """The value; ValueError for duplicate names, NaN, Infinity, nesting beyond Python's, or over 4 MB."""
    if len(text) > MAX_TEXT:
        raise ValueError("JSON larger than 4000000 bytes")
    try:
        return json.loads(text, object_pairs_hook=_members, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("JSON: too deep") from None


def load_object(text: str | bytes) -> dict[str, object]:
    """The members of one object; ValueError otherwise."""
    value = load(text)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("JSON: duplicate name")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"JSON: {constant}")
