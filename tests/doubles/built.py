"""Broken contracts, built for tests only and kept in the user's cache."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sealwright.build import interpreter, kept

from tests.doubles.double import Double, write


def build_double(double: Double) -> bytes:
    """The wasm of a broken contract."""
    with tempfile.TemporaryDirectory(prefix="sealwright-double-") as root:
        return kept.wasm(write(double, Path(root)))


def build_doubles(doubles: Iterable[Double]) -> dict[str, bytes]:
    """The wasm of several broken contracts by identifier, built side by side."""
    chosen = list(doubles)
    interpreter.get()  # compiled once, before they wait for it
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        built = list(pool.map(build_double, chosen))
    return {double.identifier: wasm for double, wasm in zip(chosen, built, strict=True)}
