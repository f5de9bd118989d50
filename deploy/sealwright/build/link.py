"""From staged Python modules to a linked wasm module: freeze the bytecode, export the methods, link.

Works in a temporary folder of its own, so any number of contracts can be built at once.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sealwright.build import toolchain, unwind
from sealwright.build.interpreter import C_MODULES, Interpreter

ENTRY_FILE = "contract_entry.py"  # known to contracts/c_modules/port/entry.c
STACK_BYTES = 256 * 1024
LINK_FLAGS = (
    "-sSTANDALONE_WASM=1",
    "--no-entry",
    "-sALLOW_MEMORY_GROWTH=1",
    f"-sTOTAL_STACK={STACK_BYTES}",
    "-sWASM_BIGINT=1",
    "-sSUPPORT_LONGJMP=0",
    # The host's functions are undefined until a contract runs; wasm.check_imports sees to the rest.
    "-sERROR_ON_UNDEFINED_SYMBOLS=0",
    "-sMALLOC=none",
    "-sEXPORTED_FUNCTIONS=_contract_prepare,_contract_raised",
    "-sASSERTIONS=0",
    "-Wl,--gc-sections,--wrap=nlr_jump,--wrap=m_malloc_fail",
    "--profiling-funcs",  # names, for sealwright.build.unwind; the finished contract has none
)


@dataclass(frozen=True)
class Addition:
    """What an instrumented build links besides: a C source with its macros, functions of the interpreter that
    it wraps (the linker's --wrap), and a last change to the linked module."""

    source: Path
    macros: tuple[str, ...]
    wrapped: tuple[str, ...]
    rewrite: Callable[[bytes], bytes]

    @property
    def link_flags(self) -> list[str]:
        """Flags for the linker."""
        return ["-Wl," + ",".join(f"--wrap={name}" for name in self.wrapped)] if self.wrapped else []


def link(
    interpreter: Interpreter,
    modules: dict[str, str],
    exports: list[str],
    *,
    cold: bool = False,
    addition: Addition | None = None,
) -> bytes:
    """The wasm of the modules (path -> source), whose ENTRY_FILE has a function for each exported name.

    A call expects the modules to be imported already (see sealwright.build.image); with `cold` it does so.
    """
    with tempfile.TemporaryDirectory(prefix="sealwright-build-") as name:
        folder = Path(name)
        frozen = folder / "frozen.c"
        frozen.write_text(_freeze(interpreter, modules, folder))
        contract = folder / "contract.c"
        contract.write_text(_exports(exports, cold))
        objects = [compile_c(interpreter, source) for source in (frozen, contract)]
        if addition is None:
            return _link(interpreter, objects, folder, [])
        added = folder / addition.source.name
        added.write_text(
            "".join(f"#define {macro}\n" for macro in addition.macros) + addition.source.read_text()
        )
        objects.append(compile_c(interpreter, added))
        return addition.rewrite(_link(interpreter, objects, folder, addition.link_flags))


def _freeze(interpreter: Interpreter, modules: dict[str, str], folder: Path) -> str:
    """C source with the bytecode of every module."""
    compiled = []
    for path in sorted(modules):
        source = folder / "modules" / path
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(modules[path])
        target = source.with_suffix(".mpy")
        # -s: what tracebacks say, whatever folder this is.
        toolchain.run([str(interpreter.mpy_cross), "-s", path, "-o", str(target), str(source)])
        compiled.append(str(target))
    tool = toolchain.find().micropython / "tools" / "mpy-tool.py"
    return toolchain.run([toolchain.python(), str(tool), "-f", "-q", str(interpreter.qstrs), *compiled])


def _exports(names: list[str], cold: bool) -> str:
    lines = ["#define CONTRACT_COLD"] if cold else []
    lines.append('#include "contract.h"')
    lines += [f'CONTRACT_EXPORT("{name}", contract_export_{index})' for index, name in enumerate(names)]
    return "\n".join(lines) + "\n"


def compile_c(interpreter: Interpreter, source: Path) -> Path:
    target = source.with_suffix(".o")
    flags = [*interpreter.cflags, f"-ffile-prefix-map={source.parent}=contract"]
    # "." in the interpreter's flags is the port's folder: compile there.
    toolchain.run(["emcc", *flags, "-c", str(source), "-o", str(target)], C_MODULES / "port")
    return target


def _link(interpreter: Interpreter, objects: list[Path], folder: Path, more_flags: list[str]) -> bytes:
    target = folder / "contract.wasm"
    inputs = folder / "inputs.rsp"
    inputs.write_text("\n".join(f'"{each}"' for each in [*interpreter.objects, *objects]))
    toolchain.run(["emcc", "-O0", *LINK_FLAGS, *more_flags, "-o", str(target), f"@{inputs}"], folder)
    return unwind.unwind(target.read_bytes())
