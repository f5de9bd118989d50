"""Just enough of the WebAssembly binary format to replace a module's data and exports.

A module is a list of sections; those that nobody looks into are carried along as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAGIC = b"\0asm\1\0\0\0"
TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL, EXPORT, START, ELEMENT, CODE, DATA, DATA_COUNT = range(1, 13)
CUSTOM = 0
FUNCTION_KIND, TABLE_KIND, MEMORY_KIND, GLOBAL_KIND = range(4)
I32, I32_CONST, END = 0x7F, 0x41, 0x0B
PAGE = 65536


class Reader:
    """A cursor over bytes. Reading past the end raises IndexError."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        """The next byte."""
        self.at += 1
        return self.data[self.at - 1]

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        if self.at + size > len(self.data):
            raise IndexError("wasm ends too early")
        self.at += size
        return self.data[self.at - size : self.at]

    def unsigned(self) -> int:
        """A LEB128 number."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def signed(self) -> int:
        """A signed LEB128 number."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value - (1 << shift) if byte & 0x40 else value

    def name(self) -> str:
        """A length and that many bytes of UTF-8."""
        return self.take(self.unsigned()).decode()

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.data)


@dataclass(frozen=True)
class Import:
    """Something that the host must provide. `kind` is FUNCTION_KIND for functions."""

    module: str
    name: str
    kind: int


@dataclass(frozen=True)
class Export:
    """Something that the host may use."""

    name: str
    kind: int
    index: int


class Module:
    """A parsed module: `sections` in order, as (id, payload)."""

    def __init__(self, data: bytes) -> None:
        if not data.startswith(MAGIC):
            raise ValueError("not a wasm module")
        reader = Reader(data[len(MAGIC) :])
        self.sections: list[tuple[int, bytes]] = []
        while not reader.done:
            kind = reader.byte()
            self.sections.append((kind, reader.take(reader.unsigned())))

    def encode(self) -> bytes:
        """The module's bytes."""
        return MAGIC + b"".join(
            bytes([kind]) + unsigned(len(payload)) + payload for kind, payload in self.sections
        )

    def payload(self, kind: int) -> bytes:
        """The payload of the section of that kind, empty when there is none."""
        return next((payload for each, payload in self.sections if each == kind), b"")

    def replace(self, kind: int, payload: bytes) -> None:
        """Put another payload into the section of that kind, which must exist."""
        self.sections = [(each, payload if each == kind else old) for each, old in self.sections]

    def imports(self) -> Iterator[Import]:
        """What the module imports, in order."""
        reader = Reader(self.payload(IMPORT))
        for _ in range(_count(reader)):
            module, name, kind = reader.name(), reader.name(), reader.byte()
            if kind != FUNCTION_KIND:
                raise ValueError(f"the module imports {module}.{name}, which is not a function")
            reader.unsigned()
            yield Import(module, name, kind)

    def exports(self) -> Iterator[Export]:
        """What the module exports, in order."""
        reader = Reader(self.payload(EXPORT))
        for _ in range(_count(reader)):
            yield Export(reader.name(), reader.byte(), reader.unsigned())

    def set_exports(self, exports: Iterable[Export]) -> None:
        """Export exactly these."""
        entries = [
            unsigned(len(each.name.encode())) + each.name.encode() + bytes([each.kind]) + unsigned(each.index)
            for each in exports
        ]
        self.replace(EXPORT, unsigned(len(entries)) + b"".join(entries))

    def stack_top(self) -> int:
        """The stack pointer's initial value: by the linker's convention the first global."""
        reader = Reader(self.payload(GLOBAL))
        if _count(reader) == 0 or (reader.byte(), reader.byte(), reader.byte()) != (I32, 1, I32_CONST):
            raise ValueError("the module has no stack pointer")
        return reader.signed()

    def set_memory(self, image: bytes) -> None:
        """Start with this memory: data segments for all of it that is not zero."""
        segments = [
            b"\0" + bytes([I32_CONST]) + signed(start) + bytes([END]) + unsigned(len(part)) + part
            for start, part in nonzero_runs(image)
        ]
        self.sections = [(kind, payload) for kind, payload in self.sections if kind not in (DATA, DATA_COUNT)]
        data = (DATA, unsigned(len(segments)) + b"".join(segments))
        after = max(i for i, (kind, _) in enumerate(self.sections) if kind == CODE)
        self.sections.insert(after + 1, data)
        pages = -(-len(image) // PAGE)
        self.replace(MEMORY, b"\1\0" + unsigned(pages))


def nonzero_runs(image: bytes, gap: int = 10) -> Iterator[tuple[int, bytes]]:
    """(start, bytes) of every stretch without `gap` zeros in a row: what a segment's header would cost."""
    zeros = bytes(gap)
    at = 0
    end = len(image)
    while at < end:
        if image[at] == 0:
            at += 1
            continue
        stop = image.find(zeros, at)
        stop = end if stop < 0 else stop
        yield at, image[at:stop].rstrip(b"\0")
        at = stop


def unsigned(value: int) -> bytes:
    """LEB128 of a number that is not negative."""
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        out.append(byte | 0x80 if value else byte)
        if not value:
            return bytes(out)


def signed(value: int) -> bytes:
    """Signed LEB128."""
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        if (value == 0 and not byte & 0x40) or (value == -1 and byte & 0x40):
            out.append(byte)
            return bytes(out)
        out.append(byte | 0x80)


def _count(reader: Reader) -> int:
    return 0 if reader.done else reader.unsigned()
