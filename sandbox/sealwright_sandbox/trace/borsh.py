"""Borsh decoded by the schema that a NEAR ABI carries (borsh's own schema, in near-abi's JSON).

A type is a name; what is no primitive is defined in the schema's `definitions`:
`{"Array": {length, elements}}`, `{"Sequence": elements}`, `{"Tuple": [...]}`,
`{"Enum": [[variant, type]]}`, `{"Struct": [[field, type]] | [type] | null}`; newer schemas give
sequences and enums widths and discriminants besides.
"""

import struct
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_INTEGERS = {f"{sign}{bits}": bits // 8 for sign in "ui" for bits in (8, 16, 32, 64, 128)}
_FLOATS = {"f32": "<f", "f64": "<d"}
_EMPTY = ("nil", "()", "")
SAFE_INTEGER = 2**53
"""Integers from here on are given as decimal strings: JSON's readers use doubles."""


class NotBorsh(ValueError):
    """The bytes are not of the type that the schema names."""


def decode(raw: bytes, schema: Schema) -> Any:
    """The value as JSON. Raises NotBorsh, also where bytes are left over."""
    reader = _Reader(raw, schema.get("definitions") or {})
    value = reader.read(str(schema["declaration"]))
    if reader.rest:
        raise NotBorsh(f"{len(reader.rest)} bytes are left over")
    return value


class _Reader:
    def __init__(self, raw: bytes, definitions: Mapping[str, Any]) -> None:
        self.rest = raw
        self._definitions = definitions

    def read(self, name: str) -> Any:
        if name in self._definitions:
            return self._defined(self._definitions[name])
        if name in _INTEGERS:
            return self._integer(_INTEGERS[name], signed=name[0] == "i")
        if name in _FLOATS:
            layout = _FLOATS[name]
            return struct.unpack(layout, self._take(struct.calcsize(layout)))[0]
        if name == "bool":
            return self._bool()
        if name in ("string", "String"):
            return self._text()
        if name in _EMPTY:
            return None
        raise NotBorsh(f"the schema does not define {name}")

    def _defined(self, definition: Any) -> Any:
        found: tuple[str, Any] = (str(definition), None)
        if isinstance(definition, dict):
            found = next(iter(definition.items()))
        kind, content = found
        if kind == "Primitive":
            return self._integer(int(content), signed=False)
        if kind == "Array":
            return self._elements(content["elements"], int(content["length"]))
        if kind == "Sequence":
            return self._sequence(content)
        if kind == "Tuple":
            names = content["elements"] if isinstance(content, dict) else content
            return [self.read(name) for name in names]
        if kind == "Enum":
            return self._enum(content)
        if kind == "Struct":
            return self._struct(content)
        raise NotBorsh(f"the schema has an unknown kind of type, {kind}")

    def _sequence(self, content: Any) -> Any:
        if isinstance(content, str):
            return self._elements(content, self._length(4))
        if int(content["length_width"]) == 0:
            return self._elements(content["elements"], int(content["length_range"]["end"]))
        return self._elements(content["elements"], self._length(int(content["length_width"])))

    def _length(self, width: int) -> int:
        return int.from_bytes(self._take(width), "little")

    def _elements(self, name: str, count: int) -> Any:
        if name == "u8":
            return "0x" + self._take(count).hex()
        # An element of no bytes would let a length of four bytes fill the memory.
        if count > len(self.rest):
            raise NotBorsh(f"{count} elements do not fit into {len(self.rest)} bytes")
        return [self.read(name) for _ in range(count)]

    def _enum(self, content: Any) -> Any:
        variants = content["variants"] if isinstance(content, dict) else content
        tag = self._length(int(content.get("tag_width", 1)) if isinstance(content, dict) else 1)
        for index, variant in enumerate(variants):
            discriminant, name, inner = variant if len(variant) == 3 else (index, *variant)
            if discriminant == tag:
                value = self.read(inner)
                return name if value is None or value == {} else {name: value}
        raise NotBorsh(f"{tag} is no variant")

    def _struct(self, content: Any) -> Any:
        fields = content.get("fields", content) if isinstance(content, dict) else content
        if isinstance(fields, dict):
            fields = next(iter(fields.values()), None)
        if not fields or fields == "Empty":
            return {}
        if isinstance(fields[0], str):
            return [self.read(name) for name in fields]
        return {field: self.read(name) for field, name in fields}

    def _integer(self, size: int, *, signed: bool) -> int | str:
        value = int.from_bytes(self._take(size), "little", signed=signed)
        return value if abs(value) < SAFE_INTEGER else str(value)

    def _bool(self) -> bool:
        value = self._take(1)[0]
        if value > 1:
            raise NotBorsh(f"{value} is neither true nor false")
        return bool(value)

    def _text(self) -> str:
        try:
            return self._take(self._length(4)).decode()
        except UnicodeDecodeError as error:
            raise NotBorsh(str(error)) from None

    def _take(self, size: int) -> bytes:
        if size > len(self.rest):
            raise NotBorsh(f"{size} bytes are wanted, {len(self.rest)} are left")
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken
