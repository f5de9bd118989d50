"""Doubles: contracts broken on purpose, one for each guarantee, to prove that its test bites.

A double is a few edits of the sources. It is built from a patched copy of the contract and
the kit, by the same toolchain as the release.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from sealwright.places import CONTRACTS

IGNORED = shutil.ignore_patterns("tests", "__pycache__", "*.md")


@dataclass(frozen=True)
class Edit:
    """In `file` (below contracts/), the one place that reads `old` reads `new`."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Double:
    """A contract that breaks one guarantee.

    identifier  the guarantee, as in tests/properties/PROPERTIES.md
    package     the contract's folder
    breaks      what it does wrong, in a sentence
    """

    identifier: str
    package: str
    breaks: str
    edits: tuple[Edit, ...]


def write(double: Double, root: Path) -> Path:
    """Write the broken sources below `root`; returns the contract's folder. ValueError for a stale edit."""
    for name in (double.package, "common"):
        shutil.copytree(CONTRACTS / name, root / name, ignore=IGNORED)
    for edit in double.edits:
        path = root / edit.file
        source = path.read_text()
        if source.count(edit.old) != 1:
            raise ValueError(f"{double.identifier}: {edit.file} does not read once: {edit.old}")
        path.write_text(source.replace(edit.old, edit.new))
    return root / double.package
