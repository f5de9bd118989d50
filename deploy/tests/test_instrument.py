"""Instrumented builds: what they report of lines is what CPython's coverage sees, and a failed call has a place."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest
from sealwright.build import instrument, release, toolchain
from sealwright_sandbox import CallFailed, Sandbox, ViewFailed
from sealwright_sandbox.instrumented import LINES, Instrumented
from sealwright_sandbox.observe import Observer

MAZE = Path(__file__).with_name("coverage_maze")
SOURCE = MAZE / "paths.py"
CONTRACT = MAZE / "contract.py"


@pytest.fixture(scope="module")
def wasm() -> bytes:
    if toolchain.emscripten_version() is None:
        pytest.skip(toolchain.INSTALL_HINT)
    return release.build_contract(MAZE).wasm


@pytest.fixture(scope="module")
def lines(wasm: bytes) -> Instrumented:
    return instrument.build(MAZE, LINES)


@pytest.fixture
def observer(wasm: bytes, lines: Instrumented) -> Observer:
    observer = Observer()
    observer.watch(wasm, lines)
    return observer


@pytest.fixture
def maze(wasm: bytes, observer: Observer) -> Iterator[Sandbox]:
    with Sandbox(observer=observer) as sandbox:
        account = sandbox.create_account("maze")
        account.deploy(wasm)
        account.call("maze.near", "new")
        yield sandbox


def line_of(file: Path, text: str) -> int:
    found = [number for number, line in enumerate(file.read_text().splitlines(), 1) if text in line]
    assert len(found) == 1, text
    return found[0]


def on_cpython(numbers: list[int], folder: Path) -> tuple[list[int], list[int], dict[int, tuple[int, int]]]:
    """(statements, missing lines, branches taken by line) of paths.py after walks on CPython."""
    sys.path.insert(0, str(MAZE.parent))
    measured = coverage.Coverage(data_file=str(folder / "cpython"), branch=True, include=[str(SOURCE)])
    try:
        measured.start()
        paths = importlib.import_module("coverage_maze.paths")
        for number in numbers:
            paths.walk(number)
    finally:
        measured.stop()
        sys.path.remove(str(MAZE.parent))
        sys.modules.pop("coverage_maze.paths", None)
        sys.modules.pop("coverage_maze", None)
    measured.save()
    return summary(folder / "cpython")


def summary(data_file: Path) -> tuple[list[int], list[int], dict[int, tuple[int, int]]]:
    read = coverage.Coverage(data_file=str(data_file), branch=True)
    read.load()
    _, statements, _, missing, _ = read.analysis2(str(SOURCE))
    return statements, missing, read.branch_stats(str(SOURCE))


@pytest.mark.parametrize("numbers", [[0], [1], [4], [6, 3], [8, 0, 5]])
def test_lines_and_branches__are_those_of_cpython(
    maze: Sandbox, observer: Observer, numbers: list[int], tmp_path: Path
) -> None:
    for number in numbers:
        maze.view("maze.near", "walk", {"number": number})
    observer.collect()
    observer.coverage.save(tmp_path / "vm")
    statements, missing, branches = summary(tmp_path / "vm")
    assert (statements, missing, branches) == on_cpython(numbers, tmp_path)
    assert missing


def test_uncaught_exception__points_at_the_innermost_line(maze: Sandbox) -> None:
    caller = maze.create_account("caller")
    with pytest.raises(CallFailed) as failed:
        caller.call("maze.near", "fail_deep", {"number": 7})
    line = line_of(SOURCE, "[number][number]")
    error = failed.value
    assert error.location is not None
    assert (error.location.file, error.location.line, error.location.function) == (str(SOURCE), line, "inner")
    assert f"coverage_maze/paths.py:{line} in inner" in str(error)
    assert f"coverage_maze/paths.py:{line} in inner" in error.outcome.tree()
    assert [place.function for place in error.traceback] == ["fail_deep", "fail_deep", "outer", "inner"]


def test_uncaught_exception__has_a_place_without_an_observer(wasm: bytes) -> None:
    with Sandbox() as sandbox:
        account = sandbox.create_account("maze")
        account.deploy(wasm)
        account.call("maze.near", "new")
        with pytest.raises(CallFailed) as failed:
            account.call("maze.near", "fail_deep", {"number": 7})
    place = f"coverage_maze/paths.py:{line_of(SOURCE, '[number][number]')}"
    assert str(failed.value.location) == place
    assert str(failed.value).endswith(f"({place})")


def test_refusal__points_at_the_contracts_own_line(maze: Sandbox) -> None:
    caller = maze.create_account("caller")
    with pytest.raises(CallFailed) as failed:
        caller.call("maze.near", "refuse", {"number": 11})
    location = failed.value.location
    assert location is not None
    assert (location.file, location.function) == (str(CONTRACT), "check")
    assert line_of(CONTRACT, "    require(") <= location.line <= line_of(CONTRACT, "        TOO_LARGE,")
    assert [place.function for place in failed.value.traceback][-2:] == ["require", "refuse"]


def test_bad_argument__points_at_the_methods_def_line(maze: Sandbox) -> None:
    caller = maze.create_account("caller")
    with pytest.raises(CallFailed, match="BAD_ARGUMENT") as failed:
        caller.call("maze.near", "refuse", {"number": "many"})
    place = failed.value.location
    assert place is not None
    assert (place.file, place.line) == (str(CONTRACT), line_of(CONTRACT, "def refuse("))


def test_failed_view__has_a_place(maze: Sandbox) -> None:
    with pytest.raises(ViewFailed) as failed:
        maze.view("maze.near", "walk", {})
    assert f"contract.py:{line_of(CONTRACT, 'def walk(')} in walk" in str(failed.value)


def test_watching__changes_nothing_on_chain(wasm: bytes, observer: Observer) -> None:
    outcomes = []
    for watcher in (None, observer):
        with Sandbox(observer=watcher) as sandbox:
            account = sandbox.create_account("maze")
            account.deploy(wasm)
            account.call("maze.near", "new")
            with pytest.raises(CallFailed) as failed:
                account.call("maze.near", "refuse", {"number": 11})
            outcomes.append((failed.value.outcome.view, sandbox.block_hash, sandbox.block_height))
    assert outcomes[0] == outcomes[1]
