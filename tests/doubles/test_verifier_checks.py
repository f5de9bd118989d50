"""Each check of the verifier, disabled in a double, is missed by a case of the catalogue."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import pytest
from tee_attestation_verifier.offchain.catalogue import CODES

from tests.attestation_cases.case import Case
from tests.attestation_cases.catalogue import CASES, REFUSED
from tests.attestation_cases.judged import Verifier, judge
from tests.doubles.implied_checks import ANSWERS, REDUNDANT, UNREACHED
from tests.doubles.verifier_checks import Check, checks
from tests.doubles.verifier_double import double
from tests.doubles.verifier_rules import RULES, WrongRule, wrong

VERIFIED = "verified"
Reached = dict[tuple[str, int], list[Case]]


@dataclass(frozen=True)
class Caught:
    """What the cases that a check refuses come to without it: each verdict or error, and how often."""

    reached: bool
    outcomes: Counter[str]
    errors: int


@pytest.fixture(scope="module")
def reached() -> Reached:
    """The refused cases by every line of the verifier that their refusal passes through."""
    verifier = double()
    found: Reached = defaultdict(list)
    for case in REFUSED:
        for line in passed(case, verifier):
            found[line].append(case)
    return found


def passed(case: Case, verifier: Verifier) -> set[tuple[str, int]]:
    lines: set[tuple[str, int]] = set()
    try:
        verifier.claims(case.evidence)
    except (verifier.errors.Rejection, verifier.errors.CollateralMissing) as rejection:
        error: BaseException | None = rejection
        while error is not None:
            trace = error.__traceback__
            while trace is not None:
                lines.add((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
                trace = trace.tb_next
            error = error.__context__
    return lines


@pytest.fixture(scope="module")
def caught(reached: Reached) -> dict[str, Caught]:
    """Every check, disabled in turn."""
    return {name: without(check, reached) for name, check in checks().items()}


def without(check: Check, reached: Reached) -> Caught:
    """Judge without the check; a check that answers instead of raising is tried on all refused cases."""
    there = {case.name: case for line in check.lines for case in reached[check.module, line]}
    outcomes: Counter[str] = Counter()
    verifier, errors = double(check), 0
    for case in there.values() if there or check.raises else REFUSED:
        try:
            outcomes[judge(case.evidence, verifier).code or VERIFIED] += 1
        except Exception as error:
            outcomes[type(error).__name__] += 1
            errors += 1
        if VERIFIED in outcomes:
            break
    return Caught(bool(there) or not check.raises, outcomes, errors)


def test_double__is_the_verifier_itself_when_nothing_is_disabled() -> None:
    verifier = double()
    for case in CASES.values():
        assert judge(case.evidence, verifier) == judge(case.evidence), case.name


def test_checks__are_missed_by_a_case_or_implied(
    caught: dict[str, Caught], capsys: pytest.CaptureFixture[str]
) -> None:
    implied = {**REDUNDANT, **ANSWERS, **UNREACHED}
    unproven = {name: each for name, each in caught.items() if VERIFIED not in each.outcomes}
    with capsys.disabled():
        print(
            f"\nverifier: {len(caught)} checks, {len(caught) - len(unproven)} missed by a case that is then"
            f" verified; {len(REDUNDANT)} redundant, {len(ANSWERS)} for an answer, {len(UNREACHED)} unreached;"
            f" {len(CASES)} cases, {len(CODES)} codes"
        )
    assert unproven.keys() == implied.keys(), {
        name: unproven.get(name) for name in unproven.keys() ^ implied.keys()
    }


@pytest.mark.parametrize("name", REDUNDANT)
def test_redundant_check__leaves_every_case_refused(caught: dict[str, Caught], name: str) -> None:
    assert caught[name].reached
    assert set(caught[name].outcomes) <= {case.code for case in REFUSED}


@pytest.mark.parametrize("name", ANSWERS)
def test_check_for_an_answer__is_missed_by_a_case_that_ends_in_an_error(
    caught: dict[str, Caught], name: str
) -> None:
    assert caught[name].errors > 0


@pytest.mark.parametrize("name", UNREACHED)
def test_unreached_check__refuses_no_case(caught: dict[str, Caught], name: str) -> None:
    assert not caught[name].reached


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.breaks)
def test_wrong_rule__changes_the_verdict_of_its_case(rule: WrongRule) -> None:
    case = CASES[rule.case]
    assert judge(case.evidence, wrong(rule)) != judge(case.evidence)
