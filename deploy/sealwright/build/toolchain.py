"""The programs that turn contract sources into wasm, and the surroundings they run in.

nearc brings MicroPython's sources, emscripten the compiler. Everything that could differ between two
builds of the same sources (dates, git's answers, paths, locale) is pinned here, so that anybody gets the
same bytes from any folder at any time.
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sealwright import places

REFERENCE_EMSCRIPTEN = "3.1.6"  # Debian 12's: contracts/release was built with it
MICROPYTHON_TAG = "v1.24.1"
INSTALL_HINT = "emscripten is missing: on Debian or Ubuntu, apt-get install emscripten"


class BuildError(Exception):
    """A contract could not be built. The text says what to change."""


@dataclass(frozen=True)
class Toolchain:
    """What a build used: versions for the manifest, folders for the build."""

    nearc: Path
    nearc_version: str
    emscripten: str
    binaryen: str

    @property
    def micropython(self) -> Path:
        """MicroPython's source tree inside the nearc package."""
        return self.nearc / "micropython"

    @property
    def nearc_port(self) -> Path:
        """nearc's own port: its `near` module for near-sdk-py sources."""
        return self.micropython / "ports" / "webassembly-near"

    @property
    def is_reference(self) -> bool:
        """Whether this toolchain must reproduce contracts/release byte for byte."""
        return self.emscripten == REFERENCE_EMSCRIPTEN

    def record(self) -> dict[str, str]:
        """Its versions, as manifests and cache keys have them."""
        return {
            "nearc": self.nearc_version,
            "micropython": MICROPYTHON_TAG,
            "emscripten": self.emscripten,
            "binaryen": self.binaryen,
        }


@functools.cache
def find() -> Toolchain:
    """The installed toolchain. BuildError names what is missing."""
    spec = importlib.util.find_spec("nearc")
    if spec is None or spec.origin is None:
        raise BuildError("nearc is missing: pip install 'sealwright[build]'")
    emscripten = emscripten_version()
    if emscripten is None:
        raise BuildError(INSTALL_HINT)
    if shutil.which("node") is None or shutil.which("make") is None:
        raise BuildError("make and node are needed to build contracts")
    return Toolchain(
        nearc=Path(spec.origin).parent,
        nearc_version=importlib.metadata.version("nearc"),
        emscripten=emscripten,
        binaryen=_version(["wasm-opt", "--version"], r"version (\d+)"),
    )


def emscripten_version() -> str | None:
    """The version of the emcc on PATH, None without one."""
    if shutil.which("emcc") is None:
        return None
    return _version(["emcc", "--version"], r"(\d+\.\d+\.\d+)")


def cache_folder() -> Path:
    """Where interpreters are kept between builds: under the user's cache folder, not in the project."""
    return places.cache_folder() / "contract-build"


def environment() -> dict[str, str]:
    """The variables that every tool runs with: this process's, with what matters pinned.

    EM_CACHE is taken out: Debian's emscripten has a complete, read-only cache and refuses any other.
    """
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("EMCC_", "EM_", "MICROPY"))
    }
    dropped = ("CFLAGS", "CPPFLAGS", "LDFLAGS", "MAKEFLAGS", "MFLAGS", "USER_C_MODULES", "CPATH")
    for name in dropped:
        kept.pop(name, None)
    return kept | {
        "LC_ALL": "C",
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": "0",
        "MICROPY_GIT_TAG": MICROPYTHON_TAG,
        "MICROPY_GIT_HASH": MICROPYTHON_TAG,
    }


def run(command: list[str], folder: Path | None = None) -> str:
    """Standard output of a tool. BuildError with the end of what it said when it fails."""
    done = subprocess.run(  # noqa: S603  # our own tools with our own arguments
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("CC ")]
        raise BuildError(f"{Path(command[0]).name} failed:\n" + "\n".join(said[-30:]))
    return done.stdout


def python() -> str:
    """The interpreter that MicroPython's own scripts run with."""
    return sys.executable


def _version(command: list[str], pattern: str) -> str:
    found = re.search(pattern, run(command))
    return found.group(1) if found else "unknown"
