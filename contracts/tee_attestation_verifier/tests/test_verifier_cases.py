"""Every case of the catalogue gets the verdict that it deserves, at the step that it names."""

from __future__ import annotations

import pytest
from tee_attestation_verifier.offchain.catalogue import CODES, ROOT_CODES

from tests.attestation_cases.case import Case
from tests.attestation_cases.catalogue import CASES, GENUINE, REFUSED
from tests.attestation_cases.judged import MISSING, judge


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_verify__judges_as_the_catalogue_says(case: Case) -> None:
    verdict = judge(case.evidence)
    assert (verdict.code, verdict.step) == (case.code, case.step)
    if not case.code:
        assert (verdict.status, verdict.advisory_ids) == (case.status, case.advisory_ids)
        assert case.tcb_date in (None, verdict.tcb_date)


def test_catalogue__names_each_case_once_and_has_one_for_every_code() -> None:
    assert len(CASES) == len(GENUINE) + len(REFUSED)
    assert sorted({case.code for case in REFUSED}) == sorted([*CODES, *ROOT_CODES, MISSING])
