"""What is gathered into a contract."""

from __future__ import annotations

from pathlib import Path

import pytest
from sealwright.build import sdk, staging
from sealwright.build.link import ENTRY_FILE
from sealwright.build.toolchain import BuildError

CONTRACT = '''
from __future__ import annotations

from common import env
from common.entry import call, view
from sealwright_protocol.types import AccountId


@call
def greet(name: str) -> str:
    """Greets."""
    return helper(name) + env.predecessor()


@view
def owner() -> AccountId:
    return AccountId("a.near")


def helper(name: str) -> str:
    return name
'''


def _write(folder: Path, source: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "contract.py").write_text(source)
    return folder


def test_kit_contract__brings_what_it_imports(tmp_path: Path) -> None:
    staged = staging.stage(_write(tmp_path / "greeter", CONTRACT))
    assert staged.name == "greeter"
    assert set(staged.exports) == {"greet", "owner", "contract_source_metadata"}
    assert {ENTRY_FILE, "greeter/contract.py", "common/env.py", "common/runtime.py"} <= set(staged.modules)
    assert not any("shim" in path or "types" in path for path in staged.modules)
    assert not staged.near_sdk


def test_types_and_declarations_are_gone(tmp_path: Path) -> None:
    lowered = staging.stage(_write(tmp_path / "greeter", CONTRACT)).modules["greeter/contract.py"]
    assert "->" not in lowered
    assert "@call" not in lowered
    assert "common.entry" not in lowered
    assert lowered.count("\n") == CONTRACT.count("\n")


def test_sources_hash__follows_the_sources(tmp_path: Path) -> None:
    first = staging.stage(_write(tmp_path / "a" / "greeter", CONTRACT))
    same = staging.stage(_write(tmp_path / "b" / "greeter", CONTRACT))
    other = staging.stage(_write(tmp_path / "c" / "greeter", CONTRACT.replace("a.near", "b.near")))
    assert first.sources == same.sources != other.sources
    assert first.sources in first.modules[ENTRY_FILE]


def test_missing_module__is_named(tmp_path: Path) -> None:
    folder = _write(tmp_path / "greeter", CONTRACT.replace("from common import env", "import socket as env"))
    with pytest.raises(BuildError, match="no module socket in a contract"):
        staging.stage(folder)


def test_optional_module__may_be_absent(tmp_path: Path) -> None:
    optional = "try:\n    import cryptography\nexcept ImportError:\n    cryptography = None\n"
    staged = staging.stage(_write(tmp_path / "greeter", CONTRACT + optional))
    assert not any("cryptography" in path for path in staged.modules)


def test_folder_without_contract__is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"no contract\.py"):
        staging.stage(tmp_path)


def test_relative_imports_are_followed() -> None:
    found = dict(staging.imported("from .a import b\nfrom ..c import d\nimport e.f", "pkg/sub/mod.py"))
    assert {"pkg.sub.a", "pkg.c", "e", "e.f"} <= set(found)
    assert not found["pkg.sub.a"]


def test_near_sdk_contract__is_recognised(tmp_path: Path) -> None:
    source = "from near_sdk_py import Contract, view\n\n\nclass Counter(Contract):\n"
    source += "    @view\n    def get(self):\n        return 1\n"
    staged = staging.stage(_write(tmp_path / "counter", source))
    assert staged.near_sdk
    assert staged.exports == ["get", *sdk.EXTRA_EXPORTS]
    assert "near_sdk_py/contract.py" in staged.modules
