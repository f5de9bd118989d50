"""Instrumented builds for `sealwright_sandbox`: entry point of the group `sealwright_sandbox.instrumenters`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from sealwright_sandbox.instrumented import Instrumented
from sealwright_sandbox.observe import Observer

from sealwright.build import instrument, release
from sealwright.places import RELEASE


def instrumented(source: Path, kind: str) -> Instrumented | None:
    """The instrumented build of a contract; None where there is no contract.py. BuildError."""
    file = source if source.suffix == ".py" else source / "contract.py"
    return instrument.build(source, kind) if file.is_file() else None


def released() -> Iterator[tuple[bytes, Path]]:
    """The suite's released contracts with their folders."""
    for folder in release.contracts():
        wasm = RELEASE / f"{folder.name}.wasm"
        if wasm.is_file():
            yield wasm.read_bytes(), folder


def watch_release(observer: Observer, kinds: Iterable[str], *, always: bool = True) -> None:
    """Watch all released contracts. Builds what is not in the cache: some seconds a build."""
    wanted = tuple(kinds)
    for wasm, folder in released():
        for kind in wanted:
            observer.watch(wasm, instrument.build(folder, kind), always=always)
