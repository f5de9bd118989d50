"""Each check of the C scanners, disabled in a double of the contract, is missed by a case of the catalogue.

CI asks for those that a forgery would need; HYPOTHESIS_PROFILE=deep asks for all of them.
"""

from __future__ import annotations

import os

import pytest
from sealwright_sandbox import SandboxError

from tests.attestation_cases.case import Case
from tests.attestation_cases.catalogue import CASES, REFUSED
from tests.attestation_cases.on_chain import CasesOnChain, is_asked, wanted
from tests.doubles.c_checks import build, checks, double
from tests.doubles.c_implied import IMPLIED, MISSED_BY, WANTED_IN_CI

CHECKS = {check.name: check for check in checks()}
DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
# The codes of what the scanners read.
SCANNED = (
    "CERT_CHAIN_MALFORMED",
    "CERT_MALFORMED",
    "CRL_MALFORMED",
    "PCK_EXTENSION_MALFORMED",
    "TCB_INFO_MALFORMED",
)


@pytest.fixture(scope="module")
def switched() -> bytes:
    """The contract in which each check has its switch."""
    return build()


def test_c_checks__are_missed_by_a_case_or_implied() -> None:
    assert sorted([*MISSED_BY, *IMPLIED]) == sorted(CHECKS)
    assert set(WANTED_IN_CI) <= set(MISSED_BY)


@pytest.mark.slow
def test_switched_contract__judges_as_the_released_one(switched: bytes) -> None:
    contract = CasesOnChain(switched)
    for name in ("tdx_v4", "sgx_v3", *MISSED_BY.values()):
        assert contract.judge(CASES[name]) == wanted(CASES[name]), name


@pytest.mark.slow
@pytest.mark.parametrize("name", MISSED_BY if DEEP else WANTED_IN_CI)
def test_c_double__verifies_a_case_that_must_be_refused(name: str, switched: bytes) -> None:
    case = CASES[MISSED_BY[name]]
    assert case.code
    assert CasesOnChain(double(switched, CHECKS[name])).judge(case)[0] == ""


@pytest.mark.slow
@pytest.mark.skipif(not DEEP, reason="by hand: HYPOTHESIS_PROFILE=deep")
@pytest.mark.parametrize("name", IMPLIED)
def test_implied_c_check__lets_no_case_through(name: str, switched: bytes) -> None:
    contract = CasesOnChain(double(switched, CHECKS[name]))
    for case in REFUSED:
        if case.code in SCANNED and is_asked(case):
            assert refused(contract, case), case.name


def refused(contract: CasesOnChain, case: Case) -> bool:
    """Whether the contract rejects the case, or gives no answer at all."""
    try:
        return contract.judge(case)[0] != ""
    except SandboxError:
        return True
