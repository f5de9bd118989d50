"""`sealwright build`: builds contracts and says what came out."""

from __future__ import annotations

import sys
from pathlib import Path

from sealwright.build import release, toolchain
from sealwright.build.annotations import InterfaceError
from sealwright.build.release import Artifact
from sealwright.build.toolchain import BuildError
from sealwright.places import CONTRACTS, RELEASE

FAILED = 1
USAGE = 2


def main(names: list[str], *, check: bool = False, out: Path = RELEASE) -> int:
    """Build the named contracts (all of the suite's if none); the exit code.

    With `check` nothing is written: the result is compared with contracts/release, which only the
    toolchain that built it can reproduce.
    """
    try:
        folders = [_folder(name) for name in names] or release.contracts()
        artifacts = release.build_all(folders)
    except (BuildError, InterfaceError, SyntaxError) as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    for artifact in artifacts:
        print(_line(artifact))
    if check:
        return _check(artifacts)
    for artifact in artifacts:
        release.write(artifact, out)
    return 0


def _folder(name: str) -> Path:
    for path in (Path(name), CONTRACTS / name, CONTRACTS / "examples" / name):
        if (path / "contract.py").is_file() or (path.suffix == ".py" and path.is_file()):
            return path.resolve()
    raise BuildError(f"{name} is no contract: no folder with a contract.py")


def _line(artifact: Artifact) -> str:
    wasm = artifact.manifest["wasm"]
    note = "" if artifact.prepared else "  (imports run in every call)"
    return f"{artifact.name:24} {wasm['bytes']:>8,} bytes  sha256 {wasm['sha256'][:16]}...{note}"


def _check(artifacts: list[Artifact]) -> int:
    tools = toolchain.find()
    if not tools.is_reference:
        reference = toolchain.REFERENCE_EMSCRIPTEN
        print(f"not compared with contracts/release: emscripten is {tools.emscripten}, it was {reference}")
        return 0
    differences = release.check(artifacts)
    for difference in differences:
        print(f"error: contracts/release/{difference}", file=sys.stderr)
    if differences:
        print("run `sealwright build` and commit contracts/release", file=sys.stderr)
    return FAILED if differences else 0
