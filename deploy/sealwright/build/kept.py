"""Contracts built on demand, kept in the user's cache by the hash of their sources.

`build` is a builder of the group `sealwright_sandbox.builders`: with it the fixture `contract` of the
sandbox's pytest plugin takes Python sources.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from sealwright.build import interpreter, release, staging, toolchain

FOLDER = "tests"


def build(source: Path) -> bytes | None:
    """The wasm of a contract's folder or single file; None where it is no Python contract.

    BuildError or InterfaceError when it cannot be built.
    """
    is_contract = (source / "contract.py").is_file() or (source.suffix == ".py" and source.is_file())
    return wasm(source) if is_contract else None


def wasm(folder: Path) -> bytes:
    """The wasm of a contract folder. BuildError or InterfaceError when it cannot be built."""
    staged = staging.stage(folder)
    cache = toolchain.cache_folder() / FOLDER
    kept = cache / f"{staged.name}-{staged.sources}-{interpreter.get(staged.near_sdk).folder.name}.wasm"
    if not kept.exists():
        built = release.build_contract(folder).wasm
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=cache, delete=False) as file:
            file.write(built)
        # Whole or not at all, also when two test runs build at once.
        os.replace(file.name, kept)
    return kept.read_bytes()
