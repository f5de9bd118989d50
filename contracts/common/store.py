"""Typed storage. Each operation costs one read or write of the host; nothing loads a collection.

A contract gives every collection its own first byte, in a list that only grows:

    CONFIG = Cell(b"c", Config)
    TASKS = Map(b"t", Task, key="Q")        # by u64
    LAPSES = Map(b"l", Lapse, key="Qs")     # by (u64, str)
    NODES = Listing(b"n")

Layout (docs/spec/contract-kit.md): a key is the prefix, then the key's parts; a value is
the record's Borsh. Prefix zero is the kit's own.
"""

from typing import Any, Generic, TypeVar

from sealwright_protocol.records import Record

from common.errors import NOT_INITIALISED, require
from common.shim import _host

R = TypeVar("R", bound=Record)


def key_bytes(parts: str, key: Any) -> bytes:
    """Storage bytes of a key: `Q` a u64, eight bytes big-endian; `s` a str; `32x` bytes as they are.

    Several parts take a tuple. A str that is not last has its length before it in one byte,
    so no two keys share their bytes. ValueError when a part does not fit.
    """
    if parts == "Q":
        return _u64(key)
    if parts == "s":
        return bytes(key, "utf-8")
    if parts[-1] == "x" and parts[:-1].isdigit():
        return _fixed(key, parts[:-1])
    out = b""
    at = 0
    for value in key:
        end = at + 1
        if parts[at] == "s":
            text = bytes(value, "utf-8")
            out += text if end == len(parts) else bytes((len(text),)) + text
        elif parts[at] == "Q":
            out += _u64(value)
        else:
            end = parts.index("x", at) + 1
            out += _fixed(value, parts[at : end - 1])
        at = end
    if at != len(parts):
        raise ValueError("key has too few parts")
    return out


def _u64(value: int) -> bytes:
    if value < 0 or value >> 64:
        raise ValueError("key out of range")
    return value.to_bytes(8, "big")


def _fixed(value: bytes, size: str) -> bytes:
    if len(value) != int(size):
        raise ValueError("key has the wrong length")
    return value


class Blobs:
    """Raw bytes by key, for what a contract stores but does not read."""

    def __init__(self, prefix: bytes, key: str) -> None:
        self.prefix = prefix
        self.key = key

    def get(self, key: Any) -> bytes | None:
        """The stored bytes, or None."""
        return _host.storage_read(self.prefix + key_bytes(self.key, key))

    def put(self, key: Any, data: bytes) -> None:
        """Store `data`, whatever stood there before."""
        _host.storage_write(self.prefix + key_bytes(self.key, key), data)

    def remove(self, key: Any) -> bool:
        """Delete; whether there was something."""
        return _host.storage_remove(self.prefix + key_bytes(self.key, key))

    def has(self, key: Any) -> bool:
        """Whether something is stored, without reading it."""
        return _host.storage_has(self.prefix + key_bytes(self.key, key))


class Map(Generic[R]):
    """Records by key. A record that was got is a copy: `put` it to keep a change."""

    def __init__(self, prefix: bytes, record: type[R], key: str) -> None:
        self.prefix = prefix
        self.record = record
        self.key = key

    def get(self, key: Any) -> R | None:
        """The record, or None."""
        data = _host.storage_read(self.prefix + key_bytes(self.key, key))
        return None if data is None else self.record.from_borsh(data)

    def put(self, key: Any, record: R) -> None:
        """Store the record, whatever stood there before."""
        _host.storage_write(self.prefix + key_bytes(self.key, key), record.to_borsh())

    def remove(self, key: Any) -> bool:
        """Delete; whether there was a record."""
        return _host.storage_remove(self.prefix + key_bytes(self.key, key))

    def has(self, key: Any) -> bool:
        """Whether there is a record, without reading it."""
        return _host.storage_has(self.prefix + key_bytes(self.key, key))


class Cell(Generic[R]):
    """One record under a fixed key, such as a contract's configuration."""

    def __init__(self, prefix: bytes, record: type[R]) -> None:
        self.prefix = prefix
        self.record = record

    def get(self) -> R:
        """The record. Refuses the call with NOT_INITIALISED when there is none."""
        data = _host.storage_read(self.prefix)
        require(data is not None, NOT_INITIALISED)
        return self.record.from_borsh(data)  # type: ignore[arg-type]  # `require` has just proved it

    def find(self) -> R | None:
        """The record, or None."""
        data = _host.storage_read(self.prefix)
        return None if data is None else self.record.from_borsh(data)

    def put(self, record: R) -> None:
        """Store the record."""
        _host.storage_write(self.prefix, record.to_borsh())


class Listing:
    """A set of strings that can be paged through; removing one moves the last into its place."""

    def __init__(self, prefix: bytes) -> None:
        self.count_key = prefix + b"\x00"
        self.item_prefix = prefix + b"\x01"
        self.index_prefix = prefix + b"\x02"

    def count(self) -> int:
        """How many there are."""
        return _number(_host.storage_read(self.count_key) or b"")

    def has(self, item: str) -> bool:
        """Whether `item` is listed."""
        return _host.storage_has(self.index_prefix + item.encode())

    def add(self, item: str) -> bool:
        """List `item`; False when it was listed already."""
        index_key = self.index_prefix + item.encode()
        if _host.storage_has(index_key):
            return False
        count = self.count()
        _host.storage_write(self.item_prefix + _index(count), item.encode())
        _host.storage_write(index_key, _index(count))
        _host.storage_write(self.count_key, _index(count + 1))
        return True

    def remove(self, item: str) -> bool:
        """Take `item` out; False when it was not listed."""
        index_key = self.index_prefix + item.encode()
        place = _host.storage_read(index_key)
        if place is None:
            return False
        last_place = _index(self.count() - 1)
        if place != last_place:
            last = _host.storage_read(self.item_prefix + last_place) or b""
            _host.storage_write(self.item_prefix + place, last)
            _host.storage_write(self.index_prefix + last, place)
        _host.storage_remove(self.item_prefix + last_place)
        _host.storage_remove(index_key)
        _host.storage_write(self.count_key, last_place)
        return True

    def page(self, from_index: int, limit: int) -> list[str]:
        """Up to `limit` items from `from_index` on; each costs one read."""
        items = []
        for index in range(from_index, min(from_index + limit, self.count())):
            items.append((_host.storage_read(self.item_prefix + _index(index)) or b"").decode())
        return items


def _index(number: int) -> bytes:
    return number.to_bytes(4, "big")


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")
