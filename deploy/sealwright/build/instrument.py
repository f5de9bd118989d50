"""Instrumented builds of a contract: the same sources, and Python says where it is.

    build(folder, LINES)   every line that runs, every function entered and left
    build(folder, GAS)     every function entered and left, with the gas burnt in between

Both report through `sandbox_debug_log` (instrument.c has the messages), which sandboxes have and live networks
have not. They are run beside the released contract, never instead of it: see `sealwright_sandbox.observe`.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from sealwright_sandbox.instrumented import GAS, LINES, Instrumented, Place

from sealwright.build import image, interpreter, link, staging, toolchain
from sealwright.build.code import CALL, Program, instructions
from sealwright.build.link import ENTRY_FILE, Addition
from sealwright.build.staging import Staged
from sealwright.build.toolchain import BuildError
from sealwright.build.traceable import erased_lines, traceable
from sealwright.build.wasm import Module, Reader, unsigned
from sealwright.places import CONTRACTS

SOURCE = Path(__file__).with_name("instrument.c")
LOOP, HOOK = "mp_execute_bytecode", "report_position"
I32_STORE = 0x36
IP_OFFSET = 4  # of `ip` in MicroPython's mp_code_state_t: one pointer comes before it


def build(folder: Path, kind: str) -> Instrumented:
    """The instrumented build (LINES or GAS) of the contract in a folder, or the one made earlier.

    BuildError says what cannot be built; so does AsksHost for a contract that asks the host while it is imported.
    """
    source = folder if folder.suffix == ".py" else folder / "contract.py"
    staged = staging.stage(folder)
    engine = interpreter.get(staged.near_sdk)
    kept = toolchain.cache_folder() / "instrumented" / f"{staged.name}-{kind}-{_key(staged, engine)}"
    if not kept.with_suffix(".json").exists():
        _build(staged, engine, kind, kept)
    record = json.loads(kept.with_suffix(".json").read_text())
    return Instrumented(
        kind=kind,
        wasm=kept.with_suffix(".wasm").read_bytes(),
        sources=_sources(staged, source),
        methods=_methods(staged, source),
        entry=ENTRY_FILE,
        imported=tuple(record["imported"]),
        library=(str(CONTRACTS / "common"), "near_sdk_py"),
        erased=_erased(staged, source),
    )


def _build(staged: Staged, engine: interpreter.Interpreter, kind: str, target: Path) -> None:
    """Build and keep: <target>.wasm, and last <target>.json with what was reported by imports."""
    modules = staged.modules
    if kind == LINES:
        modules = {path: traceable(source) for path, source in modules.items()}
    imported: list[str] = []
    linked = link.link(engine, modules, staged.exports, addition=ADDITIONS[kind])
    wasm = image.prepare(linked, staged.exports, imported)
    target.parent.mkdir(parents=True, exist_ok=True)
    for suffix, content in ((".wasm", wasm), (".json", json.dumps({"imported": imported}).encode())):
        partial = target.with_suffix(f".{os.getpid()}{suffix}")
        partial.write_bytes(content)
        partial.replace(target.with_suffix(suffix))


def _key(staged: Staged, engine: interpreter.Interpreter) -> str:
    """Names everything an instrumented build is made of; the interpreter's folder is named so, too."""
    digest = hashlib.sha256(f"{engine.folder}\0{staged.sources}\0{sorted(staged.exports)}".encode())
    for file in (SOURCE, Path(__file__), Path(__file__).with_name("traceable.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _sources(staged: Staged, source: Path) -> dict[str, str]:
    """The file of each staged module that has one."""
    found = {}
    for path in staged.modules:
        for root in (source.parent.parent, source.parent, *staging.ROOTS):
            if path != ENTRY_FILE and (root / path).is_file():
                found[path] = str(root / path)
                break
    if staged.near_sdk:
        found[ENTRY_FILE] = str(source)  # taken as it is; what the build adds comes after it
    return found


def _erased(staged: Staged, source: Path) -> dict[str, dict[int, int]]:
    """By file, the lines of statements and decorators that were taken out, and what they belong to."""
    if staged.near_sdk:
        return {}
    return {
        path: erased_lines(Path(file).read_text(), staged.modules[path])
        for path, file in _sources(staged, source).items()
    }


def _methods(staged: Staged, source: Path) -> dict[str, Place]:
    """Where the methods of a kit contract are defined."""
    if staged.interface is None:
        return {}
    names = {method.name for method in staged.interface.methods}
    tree: Any = ast.parse(source.read_text())
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in names]
    return {node.name: Place(str(source), node.lineno, node.name) for node in functions}


def report_positions(linked: bytes) -> bytes:
    """The module, whose bytecode loop calls HOOK after it noted the position of the next instruction.

    It notes it by storing to `state->ip`. Other stores with that offset only call HOOK once more.
    """
    program = Program(Module(linked))
    for name in (LOOP, HOOK):
        if name not in program.names:
            raise BuildError(f"{name} is not in the linked module")
    call = bytes([CALL]) + unsigned(program.names[HOOK])
    bodies = []
    for function in program.functions:
        body = function.body
        if function.index == program.names[LOOP]:
            body = _after_stores(body, call)
        bodies.append(function.encode(body))
    program.set_bodies(bodies)
    return program.module.encode()


def _after_stores(body: bytes, call: bytes) -> bytes:
    out = bytearray()
    for each in instructions(body):
        text = body[each.start : each.stop]
        out += text
        if each.opcode == I32_STORE and _offset(text) == IP_OFFSET:
            out += call
    if len(out) == len(body):
        raise BuildError("the bytecode loop stores its position somewhere else")
    return bytes(out)


def _offset(store: bytes) -> int:
    reader = Reader(store[1:])
    reader.unsigned()  # alignment
    return reader.unsigned()


ADDITIONS = {
    LINES: Addition(SOURCE, ("REPORT_LINES",), (LOOP,), report_positions),
    GAS: Addition(
        SOURCE,
        ("REPORT_GAS",),
        (
            LOOP,
            "contract_call",
            "host_used_gas",
            "host_promise_create",
            "host_promise_then",
            "host_promise_yield_create",
            "host_batch_function_call",
        ),
        bytes,
    ),
}
