"""Files into a bundle: the evidence as it came, in one place. Nothing is judged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tee_attestation_verifier.offchain.bundle_file import (
    Bundle,
    Expected,
    config_preimage_from_members,
    write_bundle,
)
from tee_attestation_verifier.offchain.dstack_files import DstackEvidence, read_evidence
from tee_attestation_verifier.offchain.strict_json import load_object

from sealwright.verify import inputs
from sealwright.verify.inputs import UsageError

T = TypeVar("T")


@dataclass(frozen=True)
class Files:
    """What the user names; None where there is none."""

    quote: Path | None
    collateral: Path
    evidence: list[Path]
    app_compose: Path | None
    preimage: Path | None
    expected: Path | None
    root: Path | None


def gather(files: Files, recorded_at: int) -> Bundle:
    """Read the files into a bundle. Raises UsageError for what is unreadable, missing or named twice."""
    found = [_evidence(path) for path in files.evidence]
    quotes = [each.quote for each in found if each.quote is not None]
    if files.quote is not None:
        quotes = [inputs.read_quote(files.quote)]
    logs = [each.event_log for each in found if each.event_log is not None]
    composes = [each.app_compose for each in found if each.app_compose is not None]
    if files.app_compose is not None:
        composes = [_text(files.app_compose)]
    if not quotes:
        raise UsageError("no quote: name one with --quote, or the guest agent's answer with --evidence")
    preimage = None
    if files.preimage is not None:
        preimage = inputs.parsed(files.preimage, lambda data: config_preimage_from_members(load_object(data)))
    return Bundle(
        recorded_at,
        _one(quotes, "quotes"),
        inputs.read_collateral_file(files.collateral),
        inputs.read_root(files.root)[1],
        _one(logs, "event logs") if logs else None,
        _one(composes, "app-compose files") if composes else None,
        preimage,
        Expected() if files.expected is None else inputs.read_expected_file(files.expected),
    )


def parts(bundle: Bundle) -> list[str]:
    """The names of the members that the bundle has besides its head."""
    names = ("quote", "collateral", "root", "event_log", "app_compose", "config_preimage")
    expected = ["expected"] if bundle.expected != Expected() else []
    return [name for name in names if getattr(bundle, name) is not None] + expected


def as_json(bundle: Bundle, out: Path) -> str:
    """The documented document: bundle, recorded_at, parts."""
    document = {"bundle": str(out), "recorded_at": bundle.recorded_at, "parts": parts(bundle)}
    return json.dumps(document, indent=2)


def write(bundle: Bundle, out: Path) -> None:
    """Write the bundle's file. UsageError when that cannot be done."""
    try:
        out.write_text(write_bundle(bundle) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out}: {error.strerror}") from None


def _evidence(path: Path) -> DstackEvidence:
    return inputs.parsed(path, read_evidence)


def _text(path: Path) -> str:
    return inputs.parsed(path, bytes.decode)


def _one(found: list[T], what: str) -> T:
    if any(each != found[0] for each in found):
        raise UsageError(f"several different {what}")
    return found[0]
