"""Small WebAssembly contracts put together byte by byte, so that tests need no toolchain.

Every host function of NEAR takes and returns i64, so a contract is a list of host calls with
constant arguments. A length of -1 makes a host function read from the register named instead of
memory.
"""

from collections.abc import Sequence

REGISTER = -1

_I64 = b"\x7e"
_I32 = b"\x7f"

# Results of the host functions that do not return one i64; parameters are counted from the calls.
_RETURNS = {
    "input": b"",
    "value_return": b"",
    "attached_deposit": b"",
    "promise_batch_action_transfer": b"",
    "panic_utf8": b"",
    "log_utf8": b"",
    "promise_return": b"",
    "promise_yield_resume": _I32,
}
_KEEP = {b"": b"", _I64: b"\x21\x00", _I32: b"\x1a"}


def contract(methods: dict[str, Sequence[Sequence[object]]]) -> bytes:
    """A contract whose methods are lists of host calls.

    A call is `(name, *arguments)`. An int is passed as it is; bytes are put into memory and passed
    as length and address; "last" is the previous call's result.
    """
    return _Module(methods).encode()


class _Module:
    def __init__(self, methods: dict[str, Sequence[Sequence[object]]]) -> None:
        self._data = b""
        self._imports: list[tuple[str, int, bytes]] = []
        self._bodies = [self._body(calls) for calls in methods.values()]
        self._names = list(methods)

    def encode(self) -> bytes:
        kinds = sorted({(taken, given) for _, taken, given in self._imports} | {(0, b"")})
        types = [b"\x60" + _vector([_I64] * taken) + _unsigned(len(given)) + given for taken, given in kinds]
        imports = [
            _name("env") + _name(name) + b"\x00" + _unsigned(kinds.index((taken, given)))
            for name, taken, given in self._imports
        ]
        methods = [_unsigned(kinds.index((0, b"")))] * len(self._names)
        exports = [
            _name(name) + b"\x00" + _unsigned(len(imports) + index) for index, name in enumerate(self._names)
        ]
        data = [b"\x00\x41\x00\x0b" + _unsigned(len(self._data)) + self._data]
        sections = {1: types, 2: imports, 3: methods, 5: [b"\x00\x01"], 7: exports}
        sections |= {10: self._bodies, 11: data}
        return b"\x00asm\x01\x00\x00\x00" + b"".join(
            bytes([number]) + _sized(_vector(items)) for number, items in sections.items()
        )

    def _body(self, calls: Sequence[Sequence[object]]) -> bytes:
        # The one local holds the last result.
        code = b"\x01\x01\x7e"
        for name, *arguments in calls:
            pushed, count = self._push(arguments)
            given = _RETURNS.get(str(name), _I64)
            code += pushed + b"\x10" + _unsigned(self._import(str(name), count, given))
            code += _KEEP[given]
        return _sized(code + b"\x0b")

    def _push(self, arguments: Sequence[object]) -> tuple[bytes, int]:
        code, count = b"", 0
        for argument in arguments:
            if argument == "last":
                code, count = code + b"\x20\x00", count + 1
                continue
            if isinstance(argument, bytes):
                values = [len(argument), len(self._data)]
                self._data += argument
            else:
                assert isinstance(argument, int)
                values = [argument]
            code += b"".join(b"\x42" + _signed(value) for value in values)
            count += len(values)
        return code, count

    def _import(self, name: str, taken: int, given: bytes) -> int:
        entry = (name, taken, given)
        if entry not in self._imports:
            self._imports.append(entry)
        return self._imports.index(entry)


def _unsigned(value: int) -> bytes:
    encoded = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        encoded.append(low | (0x80 if value else 0))
        if not value:
            return bytes(encoded)


def _signed(value: int) -> bytes:
    encoded = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        done = (value == 0 and not low & 0x40) or (value == -1 and low & 0x40)
        encoded.append(low if done else low | 0x80)
        if done:
            return bytes(encoded)


def _sized(content: bytes) -> bytes:
    return _unsigned(len(content)) + content


def _name(text: str) -> bytes:
    return _sized(text.encode())


def _vector(items: Sequence[bytes]) -> bytes:
    return _unsigned(len(items)) + b"".join(items)
