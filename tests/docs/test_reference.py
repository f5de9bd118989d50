"""The documents say what the code does: generated pages are current, named things exist, links lead somewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from sealwright.build import interface, reference_writer
from sealwright.places import CONTRACTS

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    [*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"), *PROJECT.glob("contracts/*/README.md")]
)
SPECIFICATIONS = {
    "attestation_verifier": "attestation-contract",
    "task_market": "task-market",
    "node_registry": "node-registry",
    "agent_gateway": "agent-gateway",
}


def test_reference_pages__are_current() -> None:
    for name, text in reference_writer.generate().items():
        page = reference_writer.REFERENCE / name
        assert page.read_text() == text, f"{name} is stale: python -m sealwright.build.reference_writer"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_links__lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", document.read_text()):
        if not target.startswith(("http://", "https://")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize("contract", SPECIFICATIONS)
def test_specification__names_every_method_and_error(contract: str) -> None:
    text = (PROJECT / "docs" / "spec" / f"{SPECIFICATIONS[contract]}.md").read_text()
    text += (PROJECT / "docs" / "spec" / "ledger.md").read_text()
    folder = CONTRACTS / contract
    offered = interface.read(folder).methods
    missing = [each.name for each in offered if each.kind != "callback" and each.name not in text]
    missing += [code for code in _declared_errors(folder) if code not in text]
    assert not missing


@pytest.mark.parametrize("contract", SPECIFICATIONS)
def test_specification__names_every_event(contract: str) -> None:
    text = (PROJECT / "docs" / "spec" / f"{SPECIFICATIONS[contract]}.md").read_text()
    emitted = {event for path in (CONTRACTS / contract).glob("*.py") for event in _events(path)}
    assert emitted, "no event was found in the sources: the test looks in the wrong place"
    assert not {event for event in emitted if f"`{event}`" not in text}


def _declared_errors(folder: Path) -> list[str]:
    return re.findall(r'Refusal\(\s*"([A-Z_0-9]+)"', (folder / "errors.py").read_text())


def _events(path: Path) -> list[str]:
    """First text argument of every call of the contract's events module."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            function = ast.unparse(node.func)
            first = node.args[0].value
            if function.startswith("events.") and isinstance(first, str):
                found.append(first)
    return found
