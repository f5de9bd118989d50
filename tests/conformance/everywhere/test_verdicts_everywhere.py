"""The same bytes give the same verdict, code and claims on CPython and on a 64-bit MicroPython.

The contract: test_contract_verdicts.py, tests/integration/test_verifier_on_chain.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import pytest
from tee_attestation_verifier.intel.trust import root_from_der
from tee_attestation_verifier.intel.verify import verify

from tests.conformance.everywhere import answers
from tests.conformance.everywhere.micropython import CRYPTO, VerifierOnMicroPython
from tests.conformance.everywhere.scans import scans
from tests.differential import cases
from tests.differential.cases import KINDS, Case
from tests.differential.minting import DER_PARTS, JSON_PARTS, Minter

# One edit in so many is judged there too: a judgement takes seven milliseconds.
EVERY = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 12
PARTS = [("td10", part) for part in (*JSON_PARTS, *DER_PARTS)]
PARTS += [(kind, part) for kind in KINDS for part in ("report", "qe_report")]


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[VerifierOnMicroPython]:
    with VerifierOnMicroPython() as verifier:
        yield verifier


def require_alike(elsewhere: VerifierOnMicroPython, case: Case) -> str:
    name, evidence = case
    given = evidence.quote, evidence.collateral, evidence.now, root_from_der(evidence.root_der, CRYPTO)
    here = answers.judged(*given, CRYPTO)
    assert elsewhere.judged(*given) == here, name
    return here


def test_samples__are_judged_alike(elsewhere: VerifierOnMicroPython, attestation_samples: Path) -> None:
    said = {require_alike(elsewhere, case).partition(" ")[0] for case in cases.samples(attestation_samples)}
    assert len(said) > 30


@pytest.mark.parametrize(("kind", "part"), PARTS)
def test_edits__signed_again_are_judged_alike(elsewhere: VerifierOnMicroPython, kind: str, part: str) -> None:
    said = {
        require_alike(elsewhere, case).partition(" ")[0]
        for case in islice(cases.signed_again(kind, part), 0, None, EVERY)
    }
    assert len(said) > 1


def test_bytes__are_judged_alike(elsewhere: VerifierOnMicroPython) -> None:
    case = ("td15", Minter(KINDS["td15"]).evidence({}))
    for edited in chain(cases.with_quote_edited(case, 67), cases.with_collateral_edited(case, 233)):
        require_alike(elsewhere, edited)


def test_plain_forms__answer_alike(elsewhere: VerifierOnMicroPython) -> None:
    answered: dict[str, set[bool]] = {}
    for scanner, data, last in scans(EVERY):
        here = answers.scanned(scanner, data, 0, len(data), last)
        assert elsewhere.scanned(scanner, data, last=last) == here, (scanner, data)
        answered.setdefault(scanner, set()).add(here == "refused")
    assert all(len(kinds) == 2 for kinds in answered.values()), answered


def test_claims__are_all_shown() -> None:
    evidence = Minter(KINDS["td10"]).evidence({})
    root = root_from_der(evidence.root_der, CRYPTO)
    claims = verify(evidence.quote, evidence.collateral, evidence.now, root, CRYPTO)
    assert {*answers.CLAIMS, "report"} == set(vars(claims))
