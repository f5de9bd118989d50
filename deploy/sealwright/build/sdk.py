"""Contracts written for near-sdk-py: ordinary source of the ecosystem's SDK, built as it is.

Such a contract needs nearc's `near` module, the near_sdk_py package and a few modules of MicroPython's
standard library. nearc's own code reads its exports and adds those of its classes, so what works with nearc
works here; only the heap, the interpreter's size and the cost of imports differ.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from sealwright.build import toolchain
from sealwright.build.toolchain import BuildError

BUILT_IN = {"near", "json", "sys", "builtins", "collections", "struct", "io", "binascii", "gc", "micropython"}
PACKAGE = "near_sdk_py"
METADATA = "contract_source_metadata"
ABI = "__contract_abi"
EXTRA_EXPORTS = (METADATA, ABI)


def is_near_sdk(source: Path) -> bool:
    """Whether a contract's source imports near-sdk-py or the bare `near` module."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        if any(name.partition(".")[0] in (PACKAGE, "near") for name in names):
            return True
    return False


def name(source: Path) -> str:
    """The contract's name: its file's, or its folder's for a `contract.py`."""
    return source.parent.name if source.stem == "contract" else source.stem


def entry(source: Path) -> tuple[str, list[str]]:
    """(source of the entry module, exported names): what nearc makes of the contract."""
    from nearc import analyzer, exports, utils  # type: ignore[import-untyped]

    utils.console.quiet = True
    with tempfile.TemporaryDirectory(prefix="sealwright-sdk-") as folder:
        copy = Path(shutil.copy(source, folder))
        found = sorted(analyzer.find_exports(copy) - set(EXTRA_EXPORTS))
        if not found:
            raise BuildError(f"{source} exports no method")
        return exports.inject_contract_exports(copy).read_text(), found


def extra_functions(source: Path, metadata: dict[str, Any]) -> str:
    """What every near-sdk-py contract also exports: NEP-330 metadata and its compressed ABI."""
    import zstd

    text = json.dumps(metadata, separators=(",", ":"), sort_keys=True)
    compressed = zstd.compress(json.dumps(abi(source), sort_keys=True).encode())
    return (
        f"\n\nimport near as _near\n\n\ndef {METADATA}():\n    _near.value_return({text!r})\n"
        f"\n\ndef {ABI}():\n    _near.value_return({compressed!r})\n"
    )


def abi(source: Path) -> dict[str, Any]:
    """The NEAR ABI that near-abi-py reads from the source."""
    from near_abi_py import generate_abi

    found: dict[str, Any] = generate_abi(contract_file=str(source), package_path=None)
    return found


def module(name: str, folder: Path) -> tuple[str, str] | None:
    """(path, source) of a Python module that such a contract imports; None for C modules and unknown ones."""
    if name.partition(".")[0] in BUILT_IN:
        return None
    parts = name.split(".")
    for root in _roots(parts[0], folder):
        base = root.joinpath(*parts)
        for file in (base / "__init__.py", base.with_suffix(".py")):
            if file.is_file():
                return file.relative_to(root).as_posix(), file.read_text()
    return None


def _roots(first: str, folder: Path) -> list[Path]:
    """Where modules come from: beside the contract, the SDK's package, then MicroPython's library."""
    tools = toolchain.find()
    roots = [folder]
    if first == PACKAGE:
        spec = importlib.util.find_spec(PACKAGE)
        if spec is None or spec.origin is None:
            raise BuildError("near-sdk-py is missing: pip install 'sealwright[build]'")
        roots = [Path(spec.origin).parent.parent]
    library = tools.micropython / "lib" / "micropython-lib" / "python-stdlib"
    return [*roots, tools.nearc_port / "extra" / "typing", library / first]
