"""What was built from what: the record beside every released wasm."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

from sealwright.build.interpreter import PROJECT
from sealwright.build.staging import Staged
from sealwright.build.toolchain import Toolchain

# What a contract is made of, besides its own folder.
SHARED_SOURCES = (
    "contracts/common",
    "contracts/protocol",
    "contracts/tee_attestation_verifier",
    "contracts/c_modules",
    "deploy/sealwright/build",
)


def record(staged: Staged, folder: Path, wasm: bytes, tools: Toolchain) -> dict[str, Any]:
    """The manifest of one contract.

    wasm           sha256 (hex) and bytes of the built module
    sources        sha256 of everything that was staged, as `contract_source_metadata` returns it
    source_commit  last commit that touched those sources; null outside a checkout or with changes on top
    """
    return {
        "contract": staged.name,
        "wasm": {"sha256": hashlib.sha256(wasm).hexdigest(), "bytes": len(wasm)},
        "sources": {"sha256": staged.sources, "modules": sorted(staged.modules)},
        "exports": sorted(staged.exports),
        "toolchain": tools.record(),
        "kind": "near-sdk-py" if staged.near_sdk else "kit",
        "source_commit": _commit(folder),
    }


def _commit(folder: Path) -> str | None:
    path = folder.resolve()
    if shutil.which("git") is None or not path.is_relative_to(PROJECT):
        return None
    paths = [str(path.relative_to(PROJECT)), *SHARED_SOURCES]
    if _git("status", "--porcelain", "--", *paths) != "":
        return None
    return _git("log", "-1", "--format=%H", "--", *paths) or None


def _git(*arguments: str) -> str | None:
    """What git says, None when this is no checkout."""
    command = ["git", "-C", str(PROJECT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip() if done.returncode == 0 else None
