"""Contracts from their sources, by builders that other distributions bring.

A distribution offers a builder as an entry point of the group `sealwright_sandbox.builders`: a
callable that takes a path and returns the contract's wasm, or None where the sources are not of its
kind. It keeps what it built, if building takes time.
"""

from collections.abc import Callable, Iterable
from importlib.metadata import entry_points
from pathlib import Path

from sealwright_sandbox.errors import SandboxMisused
from sealwright_sandbox.observe import ambient
from sealwright_sandbox.observe.instrumenters import watch_source

GROUP = "sealwright_sandbox.builders"
WASM_MAGIC = b"\x00asm"

Builder = Callable[[Path], bytes | None]


def installed() -> dict[str, Builder]:
    """The builders of this environment by name."""
    return {point.name: point.load() for point in entry_points(group=GROUP)}


def wasm(source: bytes | str | Path, folders: Iterable[Path] = ()) -> bytes:
    """The code of a contract: wasm as bytes or in a file, or sources that an installed builder knows.

    A relative path is looked for in `folders`. Raises SandboxMisused where nothing is found, or
    nobody can build it; builders raise what they want.
    """
    if isinstance(source, bytes):
        return _checked(source, "these bytes")
    path = _find(Path(source), folders)
    if path.suffix == ".wasm":
        return _checked(path.read_bytes(), str(path))
    builders = installed()
    for build in builders.values():
        if (built := build(path)) is not None:
            _let_watch(built, path)
            return built
    known = ", ".join(sorted(builders)) or "none"
    raise SandboxMisused(f"no builder makes a contract of {path} (installed: {known}; group {GROUP})")


def _let_watch(wasm: bytes, source: Path) -> None:
    """A session that watches contracts watches this one, too."""
    observer = ambient()
    if observer is not None:
        watch_source(observer, wasm, source, observer.kinds, always=observer.always)


def _find(path: Path, folders: Iterable[Path]) -> Path:
    candidates = [path] if path.is_absolute() else [folder / path for folder in folders] or [path]
    for candidate in candidates:
        if candidate.exists():
            return candidate
    raise SandboxMisused(f"there is no contract at {' or '.join(map(str, candidates))}")


def _checked(code: bytes, name: str) -> bytes:
    if not code.startswith(WASM_MAGIC):
        raise SandboxMisused(f"{name} are no WebAssembly module")
    return code
