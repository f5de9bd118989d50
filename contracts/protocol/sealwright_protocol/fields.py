"""A record's fields, set and read at once. The build replaces this by the C module `_fields`.

Fields are plain attributes: the C twin writes past properties and descriptors.
"""

from collections.abc import Sequence
from typing import Any


def fill(record: object, fields: tuple[str, ...], values: Sequence[Any]) -> None:
    """Set each field to the value at its place; the caller has counted them."""
    for name, value in zip(fields, values, strict=True):
        setattr(record, name, value)


def values_of(record: object, fields: tuple[str, ...]) -> list[Any]:
    """The value of each field. AttributeError when one was never set."""
    return [getattr(record, name) for name in fields]
