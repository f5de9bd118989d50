"""Contracts built for tests only, kept in the user's cache by the hash of their sources."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sealwright.build import interpreter, release, staging, toolchain

from tests.doubles.double import Double, write


def build(folder: Path) -> bytes:
    """The wasm of a contract folder. BuildError or InterfaceError when it cannot be built."""
    staged = staging.stage(folder)
    cache = toolchain.cache_folder() / "tests"
    kept = cache / f"{staged.name}-{staged.sources}-{interpreter.get().folder.name}.wasm"
    if not kept.exists():
        wasm = release.build_contract(folder).wasm
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=cache, delete=False) as file:
            file.write(wasm)
        # Whole or not at all, also when two test runs build at once.
        os.replace(file.name, kept)
    return kept.read_bytes()


def build_double(double: Double) -> bytes:
    """The wasm of a broken contract."""
    with tempfile.TemporaryDirectory(prefix="sealwright-double-") as root:
        return build(write(double, Path(root)))


def build_doubles(doubles: Iterable[Double]) -> dict[str, bytes]:
    """The wasm of several broken contracts by identifier, built side by side."""
    chosen = list(doubles)
    interpreter.get()  # compiled once, before they wait for it
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        built = list(pool.map(build_double, chosen))
    return {double.identifier: wasm for double, wasm in zip(chosen, built, strict=True)}
