"""From staged Python modules to a linked wasm module: freeze the bytecode, export the methods, link.

Works in a temporary folder of its own, so any number of contracts can be built at once.
"""

from __future__ import annotations

import tempfile
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


def link(
    interpreter: Interpreter, modules: dict[str, str], exports: list[str], *, cold: bool = False
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
        objects = [_compile(interpreter, source) for source in (frozen, contract)]
        return _link(interpreter, objects, folder)


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


def _compile(interpreter: Interpreter, source: Path) -> Path:
    target = source.with_suffix(".o")
    flags = [*interpreter.cflags, f"-ffile-prefix-map={source.parent}=contract"]
    # "." in the interpreter's flags is the port's folder: compile there.
    toolchain.run(["emcc", *flags, "-c", str(source), "-o", str(target)], C_MODULES / "port")
    return target


def _link(interpreter: Interpreter, objects: list[Path], folder: Path) -> bytes:
    target = folder / "contract.wasm"
    inputs = folder / "inputs.rsp"
    inputs.write_text("\n".join(f'"{each}"' for each in [*interpreter.objects, *objects]))
    toolchain.run(["emcc", "-O0", *LINK_FLAGS, "-o", str(target), f"@{inputs}"], folder)
    return unwind.unwind(target.read_bytes())
