"""Records: named fields over one Borsh format, for wire formats and contract state alike."""

from typing import Any, Self

from sealwright_protocol import borsh
from sealwright_protocol.fields import fill, values_of


class Record:
    """Base of all records. A subclass gives the field names and the Borsh format.

        class Node(Record):
            FIELDS = ("node_id", "registered_ms")
            FORMAT = "sQ"
            node_id: str
            registered_ms: TimestampMs

    `Node("a.b.near", 5)` and `Node(node_id="a.b.near", registered_ms=5)` are equal.
    With a DOMAIN the first field is `domain`: the constructor fills it in and bytes
    that carry another one are refused. Values are range-checked when they are encoded, not when they are set.
    """

    FIELDS: tuple[str, ...] = ()
    FORMAT = ""
    DOMAIN = ""  # where given, the first field is `domain` and the constructor fills it in

    def __init__(self, *values: Any, **named: Any) -> None:
        """Every field exactly once, in order or by name. TypeError otherwise."""
        if self.DOMAIN:
            values = (self.DOMAIN,) + values  # noqa: RUF005  MicroPython has no star here
        fields = self.FIELDS
        if len(values) + len(named) != len(fields):
            raise TypeError(f"record takes {len(fields)} values")
        if named:
            values += tuple([_taken(named, name) for name in fields[len(values) :]])
        fill(self, fields, values)

    def values(self) -> list[Any]:
        """The field values in wire order."""
        return values_of(self, self.FIELDS)

    def to_borsh(self) -> bytes:
        """The record's bytes. ValueError when a value does not fit its field."""
        return borsh.pack(self.FORMAT, self.values())

    @classmethod
    def from_borsh(cls, data: bytes) -> Self:
        """The record in exactly these bytes. ValueError when they are not one."""
        return cls.from_values(borsh.unpack(cls.FORMAT, data))

    @classmethod
    def from_values(cls, values: list[Any]) -> Self:
        """The record with these field values in wire order, nested records as lists."""
        if cls.DOMAIN:
            if values[0] != cls.DOMAIN:
                raise ValueError("domain is not " + cls.DOMAIN)
            values = values[1:]
        return cls(*values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and type(self) is type(other) and self.values() == other.values()

    def __hash__(self) -> int:
        return hash(self.to_borsh())

    def __repr__(self) -> str:
        fields = ", ".join([f"{name}={getattr(self, name)!r}" for name in self.FIELDS])
        return f"{type(self).__name__}({fields})"


def _taken(named: dict[str, Any], name: str) -> Any:
    if name not in named:
        raise TypeError("record lacks " + name)
    return named[name]
