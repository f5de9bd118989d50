"""pytest's options for contracts, used in a project of somebody who tests the released contracts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import coverage
import pytest
from sealwright.build import toolchain
from sealwright.places import CONTRACTS, RELEASE

TEST = f"""
from pathlib import Path
import pytest
from sealwright_sandbox import Sandbox, ViewFailed

WASM = Path({str(RELEASE / "task_market.wasm")!r})

@pytest.mark.parametrize("limit", [1, 0])
def test_tasks(limit):
    with Sandbox() as sandbox:
        market = sandbox.create_account("market")
        market.deploy(WASM.read_bytes())
        assert market.view("market.near", "get_task", {{"task_id": limit}}) is None
        if limit == 0:
            market.view("market.near", "get_tasks", {{"limit": "many"}})
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    if toolchain.emscripten_version() is None:
        pytest.skip(toolchain.INSTALL_HINT)
    (tmp_path / "test_tasks.py").write_text(TEST)
    return tmp_path


def run(project: Path, *options: str) -> str:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    return done.stdout


def test_contract_fixture__is_watched_from_its_sources(project: Path) -> None:
    maze = Path(__file__).with_name("coverage_maze")
    test = f"""
def test_maze(contract, account):
    maze = contract({str(maze)!r}, name="maze", init="new")
    account.call(maze.account_id, "fail_deep", {{"number": 7}})
"""
    (project / "test_tasks.py").write_text(test)
    assert "coverage_maze/paths.py:" in run(project, "--contract-locations")


def test_no_option__watches_nothing(project: Path) -> None:
    said = run(project)
    assert "BAD_ARGUMENT" in said
    assert "contract.py:" not in said
    assert [path.name for path in project.iterdir() if path.name.startswith((".coverage", "contract-"))] == []


def test_locations__are_in_the_failure(project: Path) -> None:
    line = 1 + (CONTRACTS / "task_market" / "contract.py").read_text().splitlines().index("def get_tasks(")
    assert f"task_market/contract.py:{line} in get_tasks" in run(project, "--contract-locations")


def test_profile__refuses_several_processes(project: Path) -> None:
    pytest.importorskip("xdist")
    command = [sys.executable, "-m", "pytest", "-n", "2", "--contract-profile"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--contract-profile needs one process" in done.stderr


def test_coverage_and_profile__are_written(project: Path) -> None:
    said = run(project, "--contract-coverage", "--contract-profile=profile.json")
    assert "gas by Python function" in said
    assert "get_task (" in said
    assert json.loads((project / "profile.json").read_text())["profiles"][0]["endValue"] > 0
    data = coverage.CoverageData(basename=str(project / ".coverage.contracts"))
    data.read()
    file = str(CONTRACTS / "task_market" / "contract.py")
    assert data.has_arcs()
    assert data.lines(file)
