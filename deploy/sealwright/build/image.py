"""Runs a contract's imports at build time and keeps the memory they leave as its initial memory.

A contract's modules are imported the same way in every call, so their work is done once, here: the linked
module runs in node up to the point where its first method could be called, and what its memory then holds
becomes its data. A call starts there. Nothing else changes: every call still starts from the same state.

What runs here must not depend on a call: a module that asks the host for anything while it is imported
cannot be prepared, and says so.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from sealwright.build import toolchain
from sealwright.build.link import STACK_BYTES
from sealwright.build.toolchain import BuildError
from sealwright.build.wasm import Module

PREPARE = "contract_prepare"
RUNNER = Path(__file__).with_name("prepare.cjs")
OPTIMISE = ["wasm-opt", "-O3", "--enable-bulk-memory", "--low-memory-unused", "--strip-debug"]
STRIP = ["--strip-producers", "--strip-target-features"]


class AsksHost(BuildError):
    """The contract's modules call the host while they are imported."""


def prepare(linked: bytes, exports: list[str], messages: list[str] | None = None) -> bytes:
    """The final wasm: imports done, exactly these exports. AsksHost when that is impossible.

    `messages` receives what an instrumented build reports while its modules are imported.
    """
    module = Module(linked)
    with tempfile.TemporaryDirectory(prefix="sealwright-image-") as name:
        folder = Path(name)
        (folder / "linked.wasm").write_bytes(linked)
        try:
            said = toolchain.run(["node", str(RUNNER), str(folder / "linked.wasm"), str(folder / "memory")])
        except BuildError as error:
            raise (AsksHost if "host:" in str(error) else BuildError)(str(error)) from None
        memory = bytearray((folder / "memory").read_bytes())
    if messages is not None:
        messages += said.splitlines()
    top = module.stack_top()
    # What calls left on the stack is dead.
    memory[top - STACK_BYTES : top] = bytes(STACK_BYTES)
    module.set_memory(bytes(memory))
    return finish(module, exports)


def finish(module: Module, exports: list[str]) -> bytes:
    """Keep these exports only, drop what nothing reaches, optimise, check."""
    check_imports(module)
    wanted = set(exports)
    module.set_exports(each for each in module.exports() if each.name in wanted)
    with tempfile.TemporaryDirectory(prefix="sealwright-image-") as name:
        source, target = Path(name, "in.wasm"), Path(name, "out.wasm")
        source.write_bytes(module.encode())
        toolchain.run([*OPTIMISE, *STRIP, str(source), "-o", str(target)])
        return target.read_bytes()


def check_imports(module: Module) -> None:
    """Everything a contract imports is a function of the host: anything else was forgotten at linking."""
    foreign = [f"{each.module}.{each.name}" for each in module.imports() if each.module != "env"]
    if foreign:
        raise BuildError(f"undefined symbols: {', '.join(foreign)}")
