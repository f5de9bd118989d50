"""Writes the reference pages: methods of each contract with their gas, and every error code.

    python -m sealwright.build.reference_writer     rewrites docs/reference

The pages are checked in; a test keeps them equal to the contracts and to the gas snapshot.
"""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

from sealwright.build import interface
from sealwright.build.client_writer import contract_folders, refusals
from sealwright.build.interface import Interface, Method
from sealwright.places import CONTRACTS

REFERENCE = CONTRACTS.parent / "docs" / "reference"
GAS_SNAPSHOT = REFERENCE / "gas.json"
NOTICE = "<!-- Generated from the contracts' sources by `python -m sealwright.build.reference_writer`. -->"


def update(folder: Path = REFERENCE) -> list[Path]:
    """Write every page whose text has changed; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, text in generate().items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def generate(contracts: Path = CONTRACTS) -> dict[str, str]:
    """File name -> text of every page."""
    gas = json.loads(GAS_SNAPSHOT.read_text()) if GAS_SNAPSHOT.exists() else {}
    pages = {"errors.md": _errors(contracts)}
    for folder in contract_folders(contracts):
        pages[f"{folder.name}.md"] = _contract(interface.read(folder), gas)
    return pages


def _contract(contract: Interface, gas: dict[str, int]) -> str:
    parts = [f"# {contract.package}: methods", NOTICE, _summary(contract, gas)]
    parts += [_method(method) for method in contract.methods]
    return "\n\n".join(parts) + "\n"


def _summary(contract: Interface, gas: dict[str, int]) -> str:
    rows = [
        "Gas is burnt gas of the whole receipt tree on the success path, as in the snapshot `gas.json`.",
        "",
        "| method | kind | deposit | minimum gas (Tgas) | measured gas (Tgas) |",
        "|---|---|---|---|---|",
    ]
    for method in contract.methods:
        burnt = gas.get(f"{contract.package}.{method.name}")
        measured = f"{burnt / 10**12:.2f}" if burnt else "-"
        least = method.min_gas or "-"
        anchor = f"[`{method.name}`](#{method.name})"
        rows.append(f"| {anchor} | {method.kind} | {_deposit(method)} | {least} | {measured} |")
    return "\n".join(rows)


def _deposit(method: Method) -> str:
    if method.kind == "view":
        return "-"
    if method.one_yocto or method.owner:
        return "1 yocto"
    return "any" if method.payable else "none"


def _method(method: Method) -> str:
    lines = [f"## {method.name}", ""]
    if method.codec == "borsh":
        lines.append("Raw Borsh bytes as argument.")
    elif method.arguments:
        lines += ["| argument | type | |", "|---|---|---|"]
        for each in method.arguments:
            optional = "" if each.required else "may be left out"
            lines.append(f"| `{each.name}` | `{each.type.python.replace('|', chr(92) + '|')}` | {optional} |")
    else:
        lines.append("No arguments.")
    result = method.resolves or method.result
    returns = "raw bytes" if method.returns_bytes else f"`{result.python}`" if result else "nothing"
    lines += ["", f"Returns {returns}."]
    if method.doc:
        lines += ["", "```text", textwrap.dedent(method.doc).strip(), "```"]
    return "\n".join(lines)


def _errors(contracts: Path) -> str:
    rows = [
        "# Error codes",
        "",
        NOTICE,
        "",
        "A refused call panics with `CODE: text`. Codes are stable, texts may improve.",
        "Each code is an exception class in `sealwright_protocol.client.errors`.",
        "",
        "| code | text |",
        "|---|---|",
    ]
    rows += [f"| `{code}` | {text} |" for code, text in sorted(refusals(contracts).items())]
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    for written in update():
        print(written)
