"""Evidence in bulk: the samples, and every edit of minted and of given evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sealwright_agents.simulated.quotes import SGX, TD10, TD10_V5, TD15, TD15_EX
from tee_attestation_verifier.intel.collateral import Collateral, as_bytes
from tee_attestation_verifier.offchain.collateral_file import read_collateral
from tee_attestation_verifier.plain import pem

from tests.differential import der, json_edits, quote_edits
from tests.differential.evidence import Evidence
from tests.differential.minting import DER_PARTS, JSON_PARTS, Minter
from tests.differential.rules import copied

KINDS = {"sgx": SGX, "td10": TD10, "td10_v5": TD10_V5, "td15": TD15, "td15_ex": TD15_EX}
GIVEN = Collateral.FIELDS[:9]
Case = tuple[str, Evidence]


def samples(folder: Path) -> Iterator[Case]:
    """All of `real` and `synthetic`, at their dates, with the root that they name."""
    synthetic_root = (folder / "synthetic" / "root.der").read_bytes()
    for parent in ("real", "synthetic"):
        for each in sorted(path for path in (folder / parent).iterdir() if path.is_dir()):
            collateral = read_collateral((each / "collateral.json").read_bytes())
            root = (
                synthetic_root
                if parent == "synthetic"
                else pem(as_bytes(collateral.tcb_info_issuer_chain))[-1]
            )
            now = json.loads((each / "expected.json").read_text())["now"]
            yield f"{parent}/{each.name}", Evidence((each / "quote.bin").read_bytes(), collateral, now, root)


def part_edits(minter: Minter, part: str) -> Iterator[tuple[str, bytes]]:
    """Every edit of one part that somebody signs."""
    data = minter.parts[part]
    if part in JSON_PARTS:
        yield from json_edits.edits(data)
    elif part in DER_PARTS:
        yield from der.edits(data)
    elif part == "qe_report":
        yield from quote_edits.qe_report_edits(data)
    else:
        yield from quote_edits.report_edits(minter.kind, data)


def signed_again(kind: str, part: str) -> Iterator[Case]:
    """Every edit of a part, signed again."""
    minter = Minter(KINDS[kind])
    for name, data in part_edits(minter, part):
        yield f"{kind} {part} {name}", minter.evidence({part: data})


def with_quote_edited(case: Case, step: int) -> Iterator[Case]:
    """Edits of the quote's bytes; nothing is signed again."""
    name, evidence = case
    for edit, data in quote_edits.byte_edits(evidence.quote, step):
        yield f"{name} quote {edit}", replace(evidence, quote=data)


def with_collateral_edited(case: Case, step: int) -> Iterator[Case]:
    """Edits of the bytes of each part of the collateral; nothing is signed again."""
    name, evidence = case
    for field in GIVEN:
        data = as_bytes(getattr(evidence.collateral, field))
        # A raw signature is short, and its middle is where s begins.
        for edit, edited in quote_edits.byte_edits(data, step if len(data) > 64 else 8):
            yield f"{name} {field} {edit}", with_field(evidence, field, edited)


def with_parts_exchanged(case: Case, other: Case) -> Iterator[Case]:
    """Each part of the collateral taken from the other, then all of it."""
    (name, evidence), (from_name, giver) = case, other
    for field in GIVEN:
        given = as_bytes(getattr(giver.collateral, field))
        yield f"{name} with {field} of {from_name}", with_field(evidence, field, given)
    yield f"{name} with the collateral of {from_name}", replace(evidence, collateral=giver.collateral)


def with_field(evidence: Evidence, field: str, data: bytes) -> Evidence:
    """One part of the collateral replaced; one that is already bytes may be anything."""
    collateral = copied(evidence.collateral)
    setattr(collateral, field, data)
    return replace(evidence, collateral=collateral)
