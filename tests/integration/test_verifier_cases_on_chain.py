"""The released verifier contract judges the catalogue's cases as the package does off chain."""

from __future__ import annotations

from pathlib import Path

import pytest
from sealwright.verify.on_chain import VerifierOnChain
from sealwright_sandbox import CallFailed

from tests.attestation_cases.case import ROOT_STEP, Case
from tests.attestation_cases.catalogue import CASES, REFUSED
from tests.attestation_cases.on_chain import CasesOnChain, is_asked, wanted


def test_verify_quote__judges_as_the_catalogue_says(release: Path) -> None:
    contract = CasesOnChain((release / "attestation_verifier.wasm").read_bytes())
    asked = [case for case in CASES.values() if is_asked(case)]
    assert len(asked) > len(CASES) * 9 // 10
    assert {case.name: contract.judge(case) for case in asked} == {case.name: wanted(case) for case in asked}


@pytest.mark.parametrize(
    "case",
    [each for each in REFUSED if each.step == ROOT_STEP and each.puts is None],
    ids=lambda each: each.name,
)
def test_new__refuses_the_anchors_of_the_catalogue(case: Case, release: Path) -> None:
    wasm = (release / "attestation_verifier.wasm").read_bytes()
    with pytest.raises(CallFailed, match=f"ROOT_REFUSED: .*{case.code}"):
        VerifierOnChain(wasm, case.evidence.root_der)
