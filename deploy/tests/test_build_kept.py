"""The builder that the sandbox's pytest plugin finds."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest
from sealwright.build import kept, release, toolchain
from sealwright.places import CONTRACTS
from sealwright_sandbox import builders


def test_builder__is_installed() -> None:
    (point,) = entry_points(group=builders.GROUP, name="python")
    assert point.load() is kept.build


def test_build__is_for_python_contracts(tmp_path: Path) -> None:
    (tmp_path / "notes.py").mkdir()
    (tmp_path / "contract.rs").write_text("fn main() {}")
    for path in (tmp_path, tmp_path / "contract.rs", tmp_path / "absent.py", tmp_path / "notes.py"):
        assert kept.build(path) is None


def test_build__is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    if toolchain.emscripten_version() is None:
        pytest.skip(toolchain.INSTALL_HINT)
    source = CONTRACTS / "task_market"
    first = builders.wasm(source)
    assert first.startswith(builders.WASM_MAGIC)

    def fail(folder: Path) -> None:
        raise AssertionError(f"{folder} is built again")

    monkeypatch.setattr(release, "build_contract", fail)
    assert builders.wasm("task_market", [CONTRACTS.parent, CONTRACTS]) == first
