"""Gathers what goes into a contract: its entry module and every module that one reaches.

Two kinds of contract folders exist. A *kit* contract has plain functions with the decorators of
`common.entry`: its entry module is written by `decoder`, its sources are lowered. A *near-sdk-py* contract is
ordinary source for near-sdk-py, taken as it is; nearc's own code adds the exports of its classes.
"""

from __future__ import annotations

import ast
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sealwright.build import decoder, interface, lowering, sdk
from sealwright.build.interpreter import C_MODULES, PROJECT, c_sources
from sealwright.build.link import ENTRY_FILE
from sealwright.build.toolchain import BuildError
from sealwright.places import CONTRACTS

VERSION = "0.1.0"
# What the interpreter itself provides; C modules of ours are those with a folder in c_modules.
BUILT_IN = {"sys", "builtins", "collections", "binascii", "gc"}
# CPython 3.11 fails now and then when two threads parse at once ("AST constructor recursion depth mismatch").
_PARSING = threading.Lock()
ROOTS = (CONTRACTS, CONTRACTS / "protocol", CONTRACTS / "tee_attestation_verifier")


@dataclass(frozen=True)
class Staged:
    """A contract ready to be compiled.

    modules   path in the interpreter -> source; ENTRY_FILE has one function without arguments for each export
    exports   names of the exported methods
    sources   SHA-256 (hex) over everything above and the C sources: what NEP-330 metadata names
    """

    name: str
    modules: dict[str, str]
    exports: list[str]
    sources: str
    near_sdk: bool
    interface: interface.Interface | None


def stage(folder: Path) -> Staged:
    """The contract in a folder. BuildError or InterfaceError says what cannot be built."""
    source = folder if folder.suffix == ".py" else folder / "contract.py"
    if not source.is_file():
        raise BuildError(f"{folder} has no contract.py")
    with _PARSING:
        if sdk.is_near_sdk(source):
            return _stage_near_sdk(source)
        return _stage_kit(source)


def _stage_kit(source: Path) -> Staged:
    found = interface.read(source)
    roots = (source.parent.parent, *ROOTS)
    entry = lowering.lower(decoder.write(found))
    modules = _reach(entry, lambda name: _kit_module(name, roots), BUILT_IN)
    digest = _digest(modules)
    metadata = _metadata(source, digest)
    modules[ENTRY_FILE] = lowering.lower(decoder.write(found, metadata))
    return Staged(found.package, modules, decoder.exports(found), digest, False, found)


def _stage_near_sdk(source: Path) -> Staged:
    entry, exports = sdk.entry(source)
    modules = _reach(entry, lambda name: sdk.module(name, source.parent), sdk.BUILT_IN)
    digest = _digest(modules)
    modules[ENTRY_FILE] = entry + sdk.extra_functions(source, _metadata(source, digest))
    return Staged(sdk.name(source), modules, [*exports, *sdk.EXTRA_EXPORTS], digest, True, None)


def _metadata(source: Path, digest: str) -> dict[str, Any]:
    """NEP-330. It names the sources by their hash: a committed wasm cannot contain its own commit."""
    path = source.relative_to(PROJECT) if source.is_relative_to(PROJECT) else Path(source.name)
    return {
        "version": VERSION,
        "standards": [{"standard": "nep330", "version": "1.2.0"}],
        "build_info": {
            "build_command": ["sealwright", "build", path.parent.as_posix()],
            "contract_path": path.parent.as_posix(),
            "source_code_snapshot": f"sha256:{digest}",
        },
    }


# The module graph ------------------------------------------------------------------------------

Finder = Callable[[str], tuple[str, str] | None]


def _reach(entry: str, find: Finder, built_in: set[str]) -> dict[str, str]:
    """The entry module and all that it imports, directly or not, by path."""
    modules = {ENTRY_FILE: entry}
    todo = [(ENTRY_FILE, entry)]
    while todo:
        path, source = todo.pop()
        for name, optional in imported(source, path):
            found = find(name)
            if found is None:
                if optional or _is_built_in(name, built_in) or _is_attribute(name, find):
                    continue
                raise BuildError(f"{path}: no module {name} in a contract")
            if found[0] not in modules:
                modules[found[0]] = found[1]
                todo.append(found)
    return modules


def imported(source: str, path: str) -> Iterator[tuple[str, bool]]:
    """Every module name that a source may import, and whether it can do without (an import inside `try`)."""
    tree = ast.parse(source)
    guarded = {
        id(node) for attempt in ast.walk(tree) if isinstance(attempt, ast.Try) for node in ast.walk(attempt)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _with_parents(alias.name, id(node) in guarded)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, path)
            if base:
                yield from _with_parents(base, id(node) in guarded)
            for alias in node.names:
                # Either a submodule or a name in the module: _reach finds out.
                yield f"{base}.{alias.name}".lstrip("."), True


def _with_parents(name: str, optional: bool) -> Iterator[tuple[str, bool]]:
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        yield ".".join(parts[:count]), optional


def _absolute(node: ast.ImportFrom, path: str) -> str:
    if not node.level:
        return node.module or ""
    package = path.removesuffix(".py").removesuffix("/__init__").split("/")
    if not path.endswith("/__init__.py"):
        package = package[:-1]
    package = package[: len(package) - node.level + 1]
    return ".".join([*package, node.module] if node.module else package)


def _is_built_in(name: str, built_in: set[str]) -> bool:
    first = name.partition(".")[0]
    return first in built_in or (first.startswith("_") and (C_MODULES / first[1:]).is_dir())


def _is_attribute(name: str, find: Finder) -> bool:
    parent = name.rpartition(".")[0]
    return bool(parent) and find(parent) is not None


def _kit_module(name: str, roots: tuple[Path, ...]) -> tuple[str, str] | None:
    """(path, lowered source) of a module of the suite, None when there is none by this name."""
    for root in roots:
        base = root.joinpath(*name.split("."))
        for file in (base / "__init__.py", base.with_suffix(".py")):
            if file.is_file():
                path = file.relative_to(root).as_posix()
                if lowering.is_staged(path):
                    return path, lowering.lower(file.read_text())
        package = f"{'/'.join(name.split('.'))}/__init__.py"
        if any(base.glob("*.py")) and lowering.is_staged(package):
            return package, ""  # a folder is a package without that file, too
    return None


def _digest(modules: dict[str, str]) -> str:
    listing = {path: _sha256(source.encode()) for path, source in modules.items()}
    for c_source in c_sources():
        listing[f"c_modules/{c_source.relative_to(C_MODULES).as_posix()}"] = _sha256(c_source.read_bytes())
    return _sha256(json.dumps(listing, sort_keys=True).encode())


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
