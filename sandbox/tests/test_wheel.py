"""The wheel in somebody else's project: no Rust, nothing of ours but the package."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

SANDBOX = Path(__file__).resolve().parents[1]
TIMEOUT_S = 840

pytestmark = [pytest.mark.slow, pytest.mark.timeout(TIMEOUT_S)]

PROJECT = {
    "conftest.py": """
        import pytest

        @pytest.fixture(scope="module")
        def book(contract):
            return contract("book.wasm", "book")
    """,
    "test_isolation.py": """
        import pytest
        from hypothesis import given, settings, strategies as st

        runs = []

        @pytest.mark.parametrize("turn", range(3))
        def test_turn(turn, account, book):
            assert book.storage == {}
            account.call("book.near", "put", b"1")

        @settings(max_examples=10, deadline=None, database=None)
        @given(text=st.text(max_size=5))
        def test_example(account, book, text):
            assert book.storage == {}
            account.call("book.near", "put", text.encode())
            runs.append(text)

        def test_examples__were_many():
            assert len(runs) >= 10
    """,
    "test_failure.py": """
        def test_refused(account, book):
            account.call("book.near", "put", b"1")
            account.call("book.near", "refuse")
    """,
    "test_nothing_else.py": """
        import importlib.util
        import pytest

        @pytest.mark.parametrize("name", ["sealwright", "sealwright_protocol", "sealwright_agents", "near"])
        def test_absent(name):
            assert importlib.util.find_spec(name) is None
    """,
}


def _run(
    *command: str | Path, cwd: Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*map(str, command)], cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=TIMEOUT_S
    )


@pytest.fixture(scope="module")
def crates() -> Path:
    """Where `make setup` has compiled the crates."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(os.environ.get("CARGO_TARGET_DIR") or cache / "sealwright" / "target")
    if shutil.which("cargo") is None or not (folder / "release").is_dir():
        pytest.skip(f"nothing is compiled in {folder}: run `make setup`")
    return folder


@pytest.fixture(scope="module")
def wheel(crates: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    env = os.environ | {"CARGO_TARGET_DIR": str(crates)}
    done = _run(
        sys.executable,
        *("-m", "maturin", "build", "--release", "--locked", "--offline", "--out", out),
        cwd=SANDBOX,
        env=env,
    )
    assert done.returncode == 0, done.stderr
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment with the wheel, pytest, Hypothesis and pytest-xdist."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if uv is None:
        pytest.skip("uv is not installed")
    folder = tmp_path_factory.mktemp("environment") / "venv"
    assert _run(uv, "venv", "--python", sys.executable, folder, cwd=folder.parent).returncode == 0
    found = folder / "bin" / "python"
    install: list[str | Path] = [uv, "pip", "install", "--python", found]
    wanted = [f"{wheel}[pytest]", "hypothesis", "pytest-xdist"]
    done = _run(*install, "--offline", *wanted, cwd=folder.parent)
    if done.returncode != 0:
        done = _run(*install, *wanted, cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    return found


@pytest.fixture(scope="module")
def scratch(
    python: Path, tiny: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs pytest in the scratch project."""
    folder = tmp_path_factory.mktemp("project")
    for name, source in PROJECT.items():
        lines = source.splitlines()
        (folder / name).write_text("\n".join(line.removeprefix(" " * 8) for line in lines) + "\n")
    (folder / "book.wasm").write_bytes(tiny)
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\naddopts = --strict-markers\n")
    # Neither our environment nor a compiler is anywhere near.
    env = {"PATH": f"{python.parent}:/usr/bin:/bin", "HOME": str(folder), "COLUMNS": "120"}
    return lambda *options: _run(python, "-m", "pytest", *options, cwd=folder, env=env)


def test_wheel__holds_what_it_needs(wheel: Path) -> None:
    assert "-abi3-" in wheel.name
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = (archive.read(name).decode() for name in names if name.endswith("/METADATA"))
        (points,) = (archive.read(name).decode() for name in names if name.endswith("/entry_points.txt"))
    for name in (
        "_engine.abi3.so",
        "_engine.pyi",
        "py.typed",
        "pytest_plugin/__init__.py",
        "backends/__init__.py",
    ):
        assert f"sealwright_sandbox/{name}" in names
    assert not [name for name in names if "/test" in name or name.endswith((".rs", ".wasm"))]
    required = sorted(
        line.split(": ")[1] for line in metadata.splitlines() if line.startswith("Requires-Dist")
    )
    assert [text for text in required if "extra" not in text] == ["base58>=2.1", "click>=8.1"]
    extras = [text.split(" ")[0] for text in required if "extra == 'pytest'" in text]
    assert [text.rstrip(";") for text in extras] == ["pytest>=8", "rich>=13"]
    assert "[pytest11]\nsealwright-sandbox=sealwright_sandbox.pytest_plugin" in points


def test_scratch_project__is_isolated(scratch: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = scratch("--deselect", "test_failure.py::test_refused")
    assert done.returncode == 0, done.stdout
    assert "9 passed, 1 deselected" in done.stdout
    assert "near: embedded, chain seed 0" in done.stdout
    assert "NEAR gas" not in done.stdout


def test_scratch_project__reports_gas_and_traces(
    scratch: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = scratch("--gas-report", "--trace-on-failure")
    assert done.returncode == 1
    assert "1 failed, 9 passed" in done.stdout
    assert "✗ tester.near → book.near  refuse  " in done.stdout
    assert "TOO_EARLY: wait for block 7" in done.stdout
    put = next(line for line in done.stdout.splitlines() if "│ put" in line)
    assert "book.near" in put
    assert int(put.split("│")[3]) >= 14
    assert "STORAGE_WRITE_BASE" in done.stdout


def test_scratch_project__runs_in_several_processes(
    scratch: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = scratch("-n", "2", "--dist", "loadfile", "--gas-report", "--near-seed", "7")
    assert "1 failed, 9 passed" in done.stdout
    assert "chain seed 7, Hypothesis seed: 7" in done.stdout
    refuse = next(line for line in done.stdout.splitlines() if "│ refuse" in line)
    assert int(refuse.split("│")[3]) == 1
