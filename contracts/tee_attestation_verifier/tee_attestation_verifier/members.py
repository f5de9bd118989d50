"""Typed access to the members of a parsed JSON object; everything unexpected raises ValueError."""

from tee_attestation_verifier.binary import from_hex


def members(value: object) -> dict[str, object]:
    """The value as an object."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def member(holder: dict[str, object], name: str) -> object:
    """A member that must be there."""
    if name not in holder:
        raise ValueError(name + " is missing")
    return holder[name]


def text(holder: dict[str, object], name: str) -> str:
    """A string member."""
    value = member(holder, name)
    if not isinstance(value, str):
        raise ValueError(name + " is not a string")
    return value


def number(holder: dict[str, object], name: str, most: int) -> int:
    """An integer member from 0 to `most`."""
    value = member(holder, name)
    if not isinstance(value, int) or value is True or value is False or not 0 <= value <= most:
        raise ValueError(name + " is not a number in range")
    return value


def items(holder: dict[str, object], name: str, most: int) -> list[object]:
    """An array member of at most `most` items."""
    value = member(holder, name)
    if not isinstance(value, list) or len(value) > most:
        raise ValueError(name + " is not an array in range")
    return value


def octets(holder: dict[str, object], name: str, size: int) -> bytes:
    """A member of `size` bytes in hexadecimal of either case."""
    return from_hex(text(holder, name), size)


def texts(holder: dict[str, object], name: str, most: int) -> list[str]:
    """An optional array of at most `most` strings; absent means empty."""
    if name not in holder:
        return []
    found = []
    for item in items(holder, name, most):
        if not isinstance(item, str):
            raise ValueError(name + " holds something that is not a string")
        found.append(item)
    return found
