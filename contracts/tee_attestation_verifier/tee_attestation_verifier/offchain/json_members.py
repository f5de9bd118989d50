"""Typed access to members of people's JSON files; every ValueError names the member that is wrong."""

from collections.abc import Collection

MOST = 2**53 - 1  # the largest number that JSON readers keep exact


def refuse_unknown(members: dict[str, object], known: Collection[str], what: str) -> None:
    """Only these names may occur."""
    unknown = sorted(set(members) - set(known))
    if unknown:
        raise ValueError(f"{what}: unknown member {unknown[0]}")


def array(value: object, name: str) -> list[object]:
    """A JSON array."""
    if not isinstance(value, list):
        raise ValueError(f"{name}: not an array")
    return value


def members_of(value: object, name: str) -> dict[str, object]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise ValueError(f"{name}: not an object")
    return value


def text(value: object, name: str) -> str:
    """A JSON string that has a UTF-8 form: no half of a surrogate pair alone."""
    if not isinstance(value, str) or not has_utf8(value):
        raise ValueError(f"{name}: not a string")
    return value


def has_utf8(value: str) -> bool:
    """Whether a string can be written at all: JSON can name halves of surrogate pairs."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def octets(value: object, name: str, size: int | None = None) -> bytes:
    """Bytes in hexadecimal of either case, `size` of them where that is given."""
    digits = text(value, name)
    try:
        data = bytes.fromhex(digits)
    except ValueError:
        raise ValueError(f"{name}: not hexadecimal") from None
    if 2 * len(data) != len(digits) or len(data) != (len(data) if size is None else size):
        raise ValueError(f"{name}: not {size or 'any number of'} bytes in hexadecimal")
    return data


def number(value: object, name: str, most: int = MOST) -> int:
    """An integer from 0 to `most`."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError(f"{name}: not a number from 0 to {most}")
    return value


def flag(value: object, name: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError(f"{name}: neither true nor false")
    return value
