"""Every Python example of the migration guide runs."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

pytest_plugins = ["pytester"]

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "migration-near-workspaces.md"
BLOCK = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples() -> Iterator[tuple[str, str]]:
    """File name and source of each."""
    text = GUIDE.read_text()
    found = BLOCK.findall(text)
    assert len(found) == text.count("```python\n"), "an example has no file name in its first line"
    yield from found


def status_message(build: ModuleType) -> bytes:
    """The contract of the guide; whoever resets it is not its owner."""
    register = build.REGISTER
    write = ("storage_write", b"status", register, 0, 1)
    code = build.contract(
        {
            "new": [("input", 0), ("storage_write", b"owner", register, 0, 1)],
            "set_status": [("input", 0), write, ("log_utf8", b"status set")],
            "get_status": [("input", 1), ("storage_read", b"status", 1), ("value_return", register, 1)],
            "reset": [("panic_utf8", b"NOT_OWNER: only the owner resets")],
        }
    )
    assert isinstance(code, bytes)
    return code


def test_guide__examples_pass(pytester: pytest.Pytester, tiny_build: ModuleType) -> None:
    pytester.path.joinpath("status_message.wasm").write_bytes(status_message(tiny_build))
    pytester.makeini("[pytest]\naddopts = -p no:faulthandler\nfilterwarnings = error\n")
    sources = dict(examples())
    for name, source in sources.items():
        pytester.path.joinpath(name).write_text(source)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-v")
    tests = sum(len(re.findall(r"^ *def test_", source, re.MULTILINE)) for source in sources.values())
    assert tests > 10
    result.assert_outcomes(passed=tests)
