"""Walks through the instructions of wasm functions, as far as sealwright.build.unwind needs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sealwright.build.wasm import CODE, CUSTOM, FUNCTION, GLOBAL, TYPE, Module, Reader, unsigned

BLOCK, LOOP, IF, ELSE, END_OP = 0x02, 0x03, 0x04, 0x05, 0x0B
BR, BR_IF, BR_TABLE, RETURN, CALL, CALL_INDIRECT = 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11
DROP, SELECT_T, LOCAL_GET, LOCAL_SET = 0x1A, 0x1C, 0x20, 0x21
GLOBAL_GET, GLOBAL_SET = 0x23, 0x24
I32_LOAD, MEMORY_SIZE, MEMORY_GROW, I32_ADD = 0x28, 0x3F, 0x40, 0x6A
I32, I64, F32, F64 = 0x7F, 0x7E, 0x7D, 0x7C
ZERO = {I32: b"\x41\0", I64: b"\x42\0", F32: b"\x43" + bytes(4), F64: b"\x44" + bytes(8)}
BULK = 0xFC
BULK_IMMEDIATES = {8: 2, 9: 1, 10: 2, 11: 1}


@dataclass(frozen=True)
class Instruction:
    """One instruction: `start` and `stop` in the body, the blocks around it, its first immediate."""

    opcode: int
    start: int
    stop: int
    depth: int
    operand: int = 0


@dataclass(frozen=True)
class Function:
    """A function that the module defines: index among all functions, result types, local entries, code."""

    index: int
    results: tuple[int, ...]
    parameters: int
    locals: tuple[tuple[int, int], ...]
    body: bytes

    def encode(self, body: bytes, more_locals: tuple[tuple[int, int], ...] = ()) -> bytes:
        """The entry of the code section with another body."""
        entries = [*self.locals, *more_locals]
        declared = b"".join(unsigned(count) + bytes([kind]) for count, kind in entries)
        whole = unsigned(len(entries)) + declared + body
        return unsigned(len(whole)) + whole

    @property
    def first_free_local(self) -> int:
        """Index of the first local that could be added."""
        return self.parameters + sum(count for count, _ in self.locals)


def instructions(body: bytes) -> Iterator[Instruction]:
    """Every instruction of a function's code. Raises ValueError at one that this does not know."""
    reader = Reader(body)
    depth = 0
    while not reader.done:
        start = reader.at
        opcode = reader.byte()
        operand = _immediates(reader, opcode)
        if opcode == END_OP:
            depth -= 1
        yield Instruction(opcode, start, reader.at, max(depth, 0), operand)
        if opcode in (BLOCK, LOOP, IF):
            depth += 1


def _immediates(reader: Reader, opcode: int) -> int:
    """Step over an instruction's immediates; the first of them where it is an index."""
    if opcode in (BLOCK, LOOP, IF):
        return reader.signed()
    if opcode in (BR, BR_IF, CALL) or LOCAL_GET <= opcode <= GLOBAL_SET:
        return reader.unsigned()
    if opcode == CALL_INDIRECT:
        kind = reader.unsigned()
        reader.unsigned()
        return kind
    if opcode == BR_TABLE:
        for _ in range(reader.unsigned() + 1):
            reader.unsigned()
    elif I32_LOAD <= opcode <= 0x3E:
        reader.unsigned()
        reader.unsigned()
    elif opcode in (MEMORY_SIZE, MEMORY_GROW):
        reader.unsigned()
    elif opcode in (0x41, 0x42):
        return reader.signed()
    elif opcode in (0x43, 0x44):
        reader.take(4 if opcode == 0x43 else 8)
    elif opcode == BULK:
        kind = reader.unsigned()
        for _ in range(BULK_IMMEDIATES.get(kind, 0)):
            reader.unsigned()
    elif opcode > 0xC4 or opcode == SELECT_T:
        raise ValueError(f"unknown wasm instruction {opcode:#x}")
    return 0


class Program:
    """A module's functions with their types and names."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.types = list(_types(Reader(module.payload(TYPE))))
        imported = sum(1 for _ in module.imports())
        kinds = Reader(module.payload(FUNCTION))
        signatures = [kinds.unsigned() for _ in range(kinds.unsigned())]
        self.first = imported
        self.signatures = [*_imported_signatures(module), *signatures]
        self.functions = list(self._functions(signatures))
        self.names = _names(module)

    def _functions(self, signatures: list[int]) -> Iterator[Function]:
        reader = Reader(self.module.payload(CODE))
        reader.unsigned()
        for offset, signature in enumerate(signatures):
            body = Reader(reader.take(reader.unsigned()))
            declared = tuple((body.unsigned(), body.byte()) for _ in range(body.unsigned()))
            parameters, results = self.types[signature]
            yield Function(self.first + offset, results, len(parameters), declared, body.data[body.at :])

    def results_of(self, call: Instruction) -> tuple[int, ...]:
        """What a call leaves on the stack."""
        signature = call.operand if call.opcode == CALL_INDIRECT else self.signatures[call.operand]
        return self.types[signature][1]

    def set_bodies(self, encoded: list[bytes]) -> None:
        """Replace the whole code section."""
        self.module.replace(CODE, unsigned(len(encoded)) + b"".join(encoded))

    def add_global(self) -> int:
        """Add a mutable i32 that starts as 0; its index."""
        reader = Reader(self.module.payload(GLOBAL))
        count = reader.unsigned()
        self.module.replace(GLOBAL, unsigned(count + 1) + reader.data[reader.at :] + b"\x7f\x01\x41\0\x0b")
        return count


def _types(reader: Reader) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    for _ in range(reader.unsigned()):
        reader.byte()
        parameters = tuple(reader.take(reader.unsigned()))
        yield parameters, tuple(reader.take(reader.unsigned()))


def _imported_signatures(module: Module) -> Iterator[int]:
    reader = Reader(module.payload(2))
    for _ in range(0 if reader.done else reader.unsigned()):
        reader.name()
        reader.name()
        reader.byte()
        yield reader.unsigned()


def _names(module: Module) -> dict[str, int]:
    """Function names of the linker's name section."""
    for kind, payload in module.sections:
        reader = Reader(payload)
        if kind != CUSTOM or reader.name() != "name":
            continue
        while not reader.done:
            part, content = reader.byte(), Reader(reader.take(reader.unsigned()))
            if part == 1:
                found = [(content.unsigned(), content.name()) for _ in range(content.unsigned())]
                return {name: index for index, name in found}
    return {}
