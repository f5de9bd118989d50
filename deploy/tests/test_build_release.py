"""Built contracts: the released bytes come out again, and building twice or at once is safe."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sealwright.build import command, release, toolchain
from sealwright.build.release import Artifact
from sealwright.build.wasm import Module
from sealwright.places import CONTRACTS, RELEASE

MAX_WASM_BYTES = 300_000


@pytest.fixture(scope="module")
def artifacts() -> list[Artifact]:
    if toolchain.emscripten_version() is None:
        pytest.skip(toolchain.INSTALL_HINT)
    return release.build_all()


def test_release_is_what_the_sources_give(artifacts: list[Artifact]) -> None:
    tools = toolchain.find()
    if not tools.is_reference:
        pytest.skip(f"contracts/release was built with emscripten {toolchain.REFERENCE_EMSCRIPTEN}")
    assert release.check(artifacts) == []


def test_every_contract_is_small_and_prepared(artifacts: list[Artifact]) -> None:
    for artifact in artifacts:
        assert len(artifact.wasm) <= MAX_WASM_BYTES, artifact.name
        assert artifact.prepared, artifact.name


def test_exports_are_the_interface(artifacts: list[Artifact]) -> None:
    for artifact in artifacts:
        module = Module(artifact.wasm)
        assert sorted(each.name for each in module.exports()) == artifact.manifest["exports"]
        assert {each.module for each in module.imports()} == {"env"}


def test_manifest_names_wasm_and_sources(artifacts: list[Artifact]) -> None:
    for artifact in artifacts:
        recorded = artifact.manifest["wasm"]
        assert recorded == {"sha256": hashlib.sha256(artifact.wasm).hexdigest(), "bytes": len(artifact.wasm)}
        # NEP-330 metadata inside the contract names the same sources.
        assert artifact.manifest["sources"]["sha256"].encode() in artifact.wasm


def test_parallel_builds_agree(artifacts: list[Artifact]) -> None:
    chosen = next(each for each in artifacts if each.name == "agent_gateway")
    folder = CONTRACTS / chosen.name
    with ThreadPoolExecutor(2) as pool:
        again = list(pool.map(release.build_contract, [folder, folder]))
    assert [each.wasm for each in again] == [chosen.wasm] * 2


def test_written_twice__same_files(artifacts: list[Artifact], tmp_path: Path) -> None:
    for _ in range(2):
        release.write(artifacts[0], tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(artifacts[0].files())
    assert release.check(artifacts[:1], tmp_path) == []


def test_check__notices_a_difference(artifacts: list[Artifact], tmp_path: Path) -> None:
    artifact = artifacts[0]
    release.write(artifact, tmp_path)
    (tmp_path / f"{artifact.name}.wasm").write_bytes(artifact.wasm[:-1])
    (tmp_path / f"{artifact.name}.abi.json").unlink()
    record = json.loads((tmp_path / f"{artifact.name}.manifest.json").read_text())
    (tmp_path / f"{artifact.name}.manifest.json").write_text(json.dumps(record | {"source_commit": "other"}))
    assert release.check([artifact], tmp_path) == [
        f"{artifact.name}.wasm is not what the sources give",
        f"{artifact.name}.abi.json was never released",
    ]


def test_command__says_what_is_no_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["nowhere"]) == command.FAILED
    assert "nowhere is no contract" in capsys.readouterr().err


def test_released_files_are_complete() -> None:
    for wasm in RELEASE.glob("*.wasm"):
        assert (RELEASE / f"{wasm.stem}.manifest.json").is_file()
        assert (RELEASE / f"{wasm.stem}.abi.json").is_file()
