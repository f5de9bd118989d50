"""The wasm reader and writer, and the passes that rewrite a linked module."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealwright.build import unwind
from sealwright.build.code import instructions
from sealwright.build.toolchain import BuildError
from sealwright.build.wasm import MAGIC, Export, Module, Reader, nonzero_runs, signed, unsigned

# (module (memory 1) (func (result i32) i32.const 42) (export "f" (func 0)))
TINY = MAGIC + bytes.fromhex(
    "010501600001 7f 03020100 0503010001 070501016600 00 0a06010400412a0b".replace(" ", "")
)


@given(st.integers(0, 2**64 - 1))
def test_unsigned_numbers(value: int) -> None:
    assert Reader(unsigned(value)).unsigned() == value


@given(st.integers(-(2**31), 2**31 - 1))
def test_signed_numbers(value: int) -> None:
    assert Reader(signed(value)).signed() == value


@given(st.lists(st.one_of(st.binary(max_size=30), st.integers(0, 40).map(bytes)), max_size=8).map(b"".join))
def test_nonzero_runs__rebuild_the_image(image: bytes) -> None:
    rebuilt = bytearray(len(image))
    for start, part in nonzero_runs(image):
        assert part[0]
        assert part[-1]
        rebuilt[start : start + len(part)] = part
    assert bytes(rebuilt) == image


def test_module__round_trip() -> None:
    module = Module(TINY)
    assert module.encode() == TINY
    assert list(module.exports()) == [Export("f", 0, 0)]
    module.set_exports([Export("g", 0, 0)])
    assert [each.name for each in Module(module.encode()).exports()] == ["g"]


def test_set_memory__becomes_data() -> None:
    module = Module(TINY)
    module.set_memory(bytes(100) + b"abc" + bytes(70_000) + b"z")
    data = Reader(Module(module.encode()).payload(11))
    assert data.unsigned() == 2
    assert module.payload(5) == b"\1\0\2"


def test_no_module__is_refused() -> None:
    with pytest.raises(ValueError, match="not a wasm module"):
        Module(b"MZ")


def test_instructions__nest() -> None:
    # block (loop (br_if 1)) end: depth counts the blocks around each instruction
    body = bytes.fromhex("0240 0340 4101 0d01 0b 0b 0b".replace(" ", ""))
    assert [each.depth for each in instructions(body)] == [0, 1, 2, 2, 1, 0, 0]


def test_unknown_instruction__is_refused() -> None:
    with pytest.raises(ValueError, match="unknown wasm instruction"):
        list(instructions(b"\xfd\0"))


def test_unwind__needs_the_linkers_names() -> None:
    with pytest.raises(BuildError, match="nlr_push"):
        unwind.unwind(TINY)
