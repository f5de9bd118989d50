"""The interpreter that contracts share, compiled once a machine and kept in the user's cache.

Its folder is named by everything that it is made of, so another toolchain, port or C module gets another
folder and nothing in a finished one ever changes. A lock makes builds in parallel wait for the first.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sealwright.build import toolchain
from sealwright.build.toolchain import Toolchain

PROJECT = Path(__file__).resolve().parents[3]
C_MODULES = PROJECT / "contracts" / "c_modules"
FINISHED = "finished"


@dataclass(frozen=True)
class Interpreter:
    """A compiled interpreter: its objects, and how they were compiled."""

    folder: Path
    mpy_cross: Path

    @property
    def objects(self) -> list[Path]:
        """Every object to link, in a fixed order."""
        return [self.folder / line for line in self._lines("objects.txt")]

    @property
    def cflags(self) -> list[str]:
        """The flags that further C must be compiled with."""
        return self._lines("cflags.txt")

    @property
    def qstrs(self) -> Path:
        """The names that the interpreter knows: frozen bytecode refers to them."""
        return self.folder / "genhdr" / "qstrdefs.preprocessed.h"

    def _lines(self, name: str) -> list[str]:
        return (self.folder / name).read_text().splitlines()


def get(near_sdk: bool = False) -> Interpreter:
    """The interpreter for kit contracts, or the one with nearc's `near` module. Compiles it the first time."""
    tools = toolchain.find()
    cache = toolchain.cache_folder()
    mpy_cross = cache / f"mpy-cross-{tools.nearc_version}"
    folder = cache / f"{'near-sdk' if near_sdk else 'kit'}-{_key(tools)}"
    with lock(cache):
        once(mpy_cross, lambda target: _make_mpy_cross(tools, target))
        once(folder, lambda target: _make_objects(tools, target, near_sdk))
    return Interpreter(folder, mpy_cross / "mpy-cross")


def c_sources() -> list[Path]:
    """Every file that goes into the interpreter from this project, in a fixed order."""
    return sorted(
        path for path in C_MODULES.rglob("*") if path.suffix in (".c", ".h", ".mk") or path.name == "Makefile"
    )


def _key(tools: Toolchain) -> str:
    digest = hashlib.sha256(json.dumps(tools.record()).encode())
    # The folder of the sources is part of the recorded flags, so it is part of the key.
    digest.update(f"{C_MODULES}\0{tools.nearc}\0".encode())
    for path in c_sources():
        digest.update(str(path.relative_to(C_MODULES)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _make_mpy_cross(tools: Toolchain, target: Path) -> None:
    source = tools.micropython / "mpy-cross"
    toolchain.run(["make", jobs(), "-C", str(source), f"BUILD={target}", f"PYTHON={toolchain.python()}"])


def _make_objects(tools: Toolchain, target: Path, near_sdk: bool) -> None:
    command = ["make", jobs(), "-C", str(C_MODULES / "port"), f"PYTHON={toolchain.python()}"]
    command += [f"TOP={tools.micropython}", f"BUILD={target}", f"USER_C_MODULES={C_MODULES}"]
    if near_sdk:
        command += ["NEAR_SDK=1", f"NEARC_PORT={tools.nearc_port}"]
    toolchain.run(command)


def once(target: Path, make: Callable[[Path], None]) -> None:
    """Make a folder unless a finished one is there; a half-made one is thrown away first."""
    if (target / FINISHED).exists():
        return
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    make(target)
    (target / FINISHED).touch()


def jobs() -> str:
    """How many processes `make` may use here."""
    return f"-j{os.cpu_count() or 1}"


@contextlib.contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold a folder of finished builds alone; made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
