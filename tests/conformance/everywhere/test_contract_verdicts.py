"""The released contract says of edited evidence what the verifier says off chain: the same code, status, advisories."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

import pytest
from sealwright.verify.on_chain import VerifierOnChain
from sealwright_protocol.verdict import Rejected, VerifiedReport
from tee_attestation_verifier.intel.collateral import Collateral, as_bytes

from tests.differential import cases
from tests.differential.cases import KINDS
from tests.differential.evidence import ours
from tests.differential.minting import DER_PARTS, JSON_PARTS, Minter
from tests.differential.rules import copied

# One edit in so many: a call takes some twenty milliseconds.
EVERY = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 43
TEXTS = (
    "pck_crl_issuer_chain",
    "tcb_info_issuer_chain",
    "tcb_info",
    "qe_identity_issuer_chain",
    "qe_identity",
)
PARTS = [*(("td10", part) for part in (*JSON_PARTS, *DER_PARTS)), ("sgx", "report"), ("td15", "report")]


@pytest.fixture(scope="module")
def contract(release: Path) -> VerifierOnChain:
    wasm = (release / "attestation_verifier.wasm").read_bytes()
    return VerifierOnChain(wasm, Minter(KINDS["td10"]).root)


@pytest.mark.parametrize(("kind", "part"), PARTS)
def test_edits__signed_again_are_judged_alike(contract: VerifierOnChain, kind: str, part: str) -> None:
    for name, evidence in islice(cases.signed_again(kind, part), 0, None, EVERY):
        here = ours(evidence)
        verdict, _ = contract.judge(evidence.quote, as_text(evidence.collateral), evidence.now)
        assert said(verdict) == (here.reason if here.status is None else (here.status, here.advisories)), name


def as_text(collateral: Collateral) -> Collateral:
    """The same with chains and documents as text, as the wire's record has them."""
    given = copied(collateral)
    for name in TEXTS:
        setattr(given, name, as_bytes(getattr(given, name)).decode())
    return given


def said(verdict: VerifiedReport | Rejected) -> str | tuple[str, tuple[str, ...]]:
    """The code of a refusal, or status and sorted advisories."""
    if isinstance(verdict, Rejected):
        return verdict.reason.partition(":")[0]
    return verdict.status, tuple(sorted(verdict.advisory_ids))
