"""Judging by kept collateral says what judging with all of it says, whatever is edited."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import pytest
from tee_attestation_verifier.errors import CollateralMissing, Rejection
from tee_attestation_verifier.intel.attributes import check_attributes
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.stored import check_collateral, verify_kept
from tee_attestation_verifier.intel.trust import root_from_der
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.keeper import MemoryKeeper

from tests.differential import cases
from tests.differential.cases import KINDS, Case
from tests.differential.evidence import CRYPTO, Evidence
from tests.differential.minting import DER_PARTS, JSON_PARTS, Minter

# One edit in so many, unless there is time.
EVERY = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 3
PARTS = [("td10", part) for part in (*JSON_PARTS, *DER_PARTS)]
PARTS += [(kind, part) for kind in ("sgx", "td15") for part in ("report", "qe_report")]


def whole(evidence: Evidence) -> Claims | None:
    """The claims, None when refused."""
    root = root_from_der(evidence.root_der, CRYPTO)
    try:
        claims = verify(evidence.quote, evidence.collateral, evidence.now, root, CRYPTO)
        check_attributes(claims.report)
    except Rejection:
        return None
    return claims


def kept(evidence: Evidence) -> Claims | None:
    """The same in two halves."""
    root, keeper = root_from_der(evidence.root_der, CRYPTO), MemoryKeeper()
    try:
        keeper.keep(check_collateral(evidence.collateral, evidence.now, root, CRYPTO))
        claims = verify_kept(evidence.quote, keeper.at(evidence.now), evidence.now, root, CRYPTO)
        check_attributes(claims.report)
    except (Rejection, CollateralMissing):
        return None
    return claims


def require_alike(given: Iterator[Case]) -> None:
    verified = 0
    for name, evidence in given:
        at_once, in_halves = whole(evidence), kept(evidence)
        assert shown(in_halves) == shown(at_once), name
        verified += at_once is not None
    assert verified > 0


def shown(claims: Claims | None) -> dict[str, object] | None:
    """All that is claimed; the report by its bytes."""
    return None if claims is None else vars(claims) | {"report": claims.report.data}


@pytest.mark.parametrize(("kind", "part"), PARTS)
def test_edits__signed_again_are_judged_alike(kind: str, part: str) -> None:
    require_alike(islice(cases.signed_again(kind, part), 0, None, EVERY))


def test_bytes__are_judged_alike() -> None:
    case = ("td10", Minter(KINDS["td10"]).evidence({}))
    require_alike(chain(cases.with_quote_edited(case, 37), cases.with_collateral_edited(case, 101)))


def test_samples__are_judged_alike(attestation_samples: Path) -> None:
    require_alike(cases.samples(attestation_samples))
