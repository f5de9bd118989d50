"""The distribution is enough for an enclave: every import is the standard library's or declared."""

import ast
import re
import sys
import tomllib
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1]
# What a distribution is called, where that differs from what it is imported as.
IMPORT_NAMES = {"py-near": "py_near"}


def declared() -> set[str]:
    project = tomllib.loads((FOLDER / "pyproject.toml").read_text())["project"]
    names = [re.split(r"[<>=\[]", each)[0] for each in project["dependencies"]]
    return {IMPORT_NAMES.get(name, name.replace("-", "_")) for name in names}


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def test_sources__import_only_what_the_distribution_declares() -> None:
    allowed = declared() | set(sys.stdlib_module_names) | {"sealwright_agents"}
    for path in (FOLDER / "sealwright_agents").rglob("*.py"):
        assert imported(path) <= allowed, path


def test_script__is_part_of_the_distribution() -> None:
    scripts = tomllib.loads((FOLDER / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts == {"sealwright-agent": "sealwright_agents.cli:main"}
