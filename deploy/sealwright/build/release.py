"""Builds contracts: wasm, NEAR ABI, JSON Schema and manifest, and compares them with what was released.

artifact = build_contract(Path("contracts/task_market"))
write(artifact, RELEASE)
differences = check(build_all())          # [] when contracts/release is what the sources give
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sealwright.build import abi, image, interpreter, link, manifest, sdk, staging, toolchain
from sealwright.build.staging import VERSION, Staged
from sealwright.build.wasm import Module
from sealwright.places import CONTRACTS, RELEASE

# Folders under contracts/ that hold no contract of their own.
LIBRARIES = ("common", "protocol", "c_modules", "release", "tee_attestation_verifier")


@dataclass(frozen=True)
class Artifact:
    """A built contract. `prepared` tells whether its imports were done at build time (see image)."""

    name: str
    wasm: bytes
    abi: dict[str, Any]
    schema: dict[str, Any] | None
    manifest: dict[str, Any]
    prepared: bool

    def files(self) -> dict[str, bytes]:
        """Everything that is released, by file name."""
        found = {
            f"{self.name}.wasm": self.wasm,
            f"{self.name}.abi.json": _json(self.abi),
            f"{self.name}.manifest.json": _json(self.manifest),
        }
        if self.schema is not None:
            found[f"{self.name}.schema.json"] = _json(self.schema)
        return found


def contracts() -> list[Path]:
    """The suite's contracts: every folder under contracts/ (and contracts/examples/) with a contract.py."""
    found = [*CONTRACTS.glob("*/contract.py"), *CONTRACTS.glob("examples/*/contract.py")]
    return sorted(path.parent for path in found if path.parent.name not in LIBRARIES)


def build_contract(folder: Path) -> Artifact:
    """Build the contract in a folder (or in one near-sdk-py file). BuildError says what to change."""
    staged = staging.stage(folder)
    engine = interpreter.get(staged.near_sdk)
    wasm, prepared = _wasm(engine, staged)
    tools = toolchain.find()
    record = manifest.record(staged, folder, wasm, tools)
    if staged.interface is None:
        source = folder if folder.suffix == ".py" else folder / "contract.py"
        return Artifact(staged.name, wasm, sdk.abi(source), None, record, prepared)
    described = abi.write(staged.interface, VERSION, record["wasm"]["sha256"])
    return Artifact(staged.name, wasm, described, abi.schema(staged.interface), record, prepared)


def build_all(folders: Iterable[Path] | None = None) -> list[Artifact]:
    """Build several contracts at once, all of the suite's by default."""
    chosen = list(contracts() if folders is None else folders)
    for near_sdk in {sdk.is_near_sdk(_source(folder)) for folder in chosen}:
        interpreter.get(near_sdk)  # compiled once, before the contracts wait for it
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(build_contract, chosen))


def compile_modules(modules: dict[str, str], exports: list[str], *, near_sdk: bool = False) -> bytes:
    """The wasm of bare modules (path -> source, one of them link.ENTRY_FILE): for probes and experiments.

    What they do while they are imported happens at build time; AsksHost when that needs the host.
    """
    return image.prepare(link.link(interpreter.get(near_sdk), modules, exports), exports)


def write(artifact: Artifact, folder: Path = RELEASE) -> None:
    """Write a contract's files, each in one step, so that a reader never sees half of one."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in artifact.files().items():
        partial = folder / f".{name}.{os.getpid()}"
        partial.write_bytes(content)
        partial.replace(folder / name)


def check(artifacts: Iterable[Artifact], folder: Path = RELEASE) -> list[str]:
    """What differs between built contracts and the released files, in words. Commits may differ."""
    differences = []
    for artifact in artifacts:
        for name, content in artifact.files().items():
            released = folder / name
            if not released.is_file():
                differences.append(f"{name} was never released")
            elif _comparable(name, released.read_bytes()) != _comparable(name, content):
                differences.append(f"{name} is not what the sources give")
    return differences


def _wasm(engine: interpreter.Interpreter, staged: Staged) -> tuple[bytes, bool]:
    try:
        return image.prepare(link.link(engine, staged.modules, staged.exports), staged.exports), True
    except image.AsksHost:
        if not staged.near_sdk:
            raise
    # Sources that we do not own may ask the host while they are imported: then each call imports them.
    linked = link.link(engine, staged.modules, staged.exports, cold=True)
    return image.finish(Module(linked), staged.exports), False


def _source(folder: Path) -> Path:
    return folder if folder.suffix == ".py" else folder / "contract.py"


def _comparable(name: str, content: bytes) -> Any:
    if not name.endswith(".manifest.json"):
        return content
    return {key: value for key, value in json.loads(content).items() if key != "source_commit"}


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"
