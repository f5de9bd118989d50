"""Edits of bytes after signing, and genuine parts of different collaterals: nothing of it may be accepted by one alone.

The samples stand beside the project; without them the minted evidence is what is edited.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.differential import cases
from tests.differential.cases import KINDS, Case
from tests.differential.evidence import OURS
from tests.differential.minting import Minter
from tests.differential.rules import require_explained

# Bytes between two edits.
STEP_IN_QUOTE, STEP_IN_PART = 3, 37
STEP_IN_SAMPLE_QUOTE, STEP_IN_SAMPLE_PART = 401, 3001
REACHED = {
    "CERT_CHAIN_LENGTH",
    "CERT_CHAIN_MALFORMED",
    "CERT_SIGNATURE",
    "CRL_SIGNATURE",
    "QE_IDENTITY_SIGNATURE",
    "QE_REPORT_SIGNATURE",
    "QUOTE_CERTIFICATION_UNSUPPORTED",
    "QUOTE_MALFORMED",
    "QUOTE_SIGNATURE",
    "ROOT_NOT_TRUSTED",
    "TCB_INFO_SIGNATURE",
}


@pytest.fixture(scope="module")
def samples(attestation_samples: Path) -> list[Case]:
    return list(cases.samples(attestation_samples))


@pytest.mark.parametrize("kind", ["sgx", "td10", "td15"])
def test_minted_bytes__are_judged_alike(kind: str) -> None:
    case, before = (kind, Minter(KINDS[kind]).evidence({})), OURS.copy()
    for name, evidence in cases.with_quote_edited(case, STEP_IN_QUOTE):
        require_explained(evidence, name)
    for name, evidence in cases.with_collateral_edited(case, STEP_IN_PART):
        require_explained(evidence, name)
    assert set(OURS - before) >= REACHED


def test_samples__are_judged_alike(samples: list[Case]) -> None:
    for name, evidence in samples:
        require_explained(evidence, name)


def test_sample_bytes__are_judged_alike(samples: list[Case]) -> None:
    for case in samples:
        for name, evidence in cases.with_quote_edited(case, STEP_IN_SAMPLE_QUOTE):
            require_explained(evidence, name)
        for name, evidence in cases.with_collateral_edited(case, STEP_IN_SAMPLE_PART):
            require_explained(evidence, name)


def test_sample_parts__exchanged_are_judged_alike(samples: list[Case]) -> None:
    for case, other in zip(samples, samples[1:] + samples[:1], strict=True):
        for name, evidence in cases.with_parts_exchanged(case, other):
            require_explained(evidence, name)
