"""Claims, each judged by itself: proven, refuted, or left open because something is missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tee_attestation_verifier.errors import Rejection

PASS, FAIL, UNPROVEN = "pass", "fail", "unproven"

T = TypeVar("T")


class Unproven(Exception):
    """A claim can be neither proven nor refuted: the text says what is missing."""


@dataclass(frozen=True)
class Finding:
    """One judged claim.

    `claim` its stable name, `title` a sentence, `result` PASS, FAIL or UNPROVEN, `detail` what was found, `code` and
    `step` of the rejection behind a FAIL (step 0 where the code has none).
    """

    claim: str
    title: str
    result: str
    detail: str
    code: str | None = None
    step: int = 0


def judge_claims(checks: Sequence[tuple[str, Callable[[T], str]]], case: T) -> list[Finding]:
    """Judge each claim in turn.

    A check returns what it found (PASS) or raises Rejection (FAIL) or Unproven; its docstring's first line is the
    claim's title.
    """
    return [_judge(claim, check, case) for claim, check in checks]


def _judge(claim: str, check: Callable[[T], str], case: T) -> Finding:
    title = (check.__doc__ or claim).splitlines()[0].rstrip(".")
    try:
        return Finding(claim, title, PASS, check(case))
    except Rejection as rejection:
        return Finding(claim, title, FAIL, rejection.detail, rejection.code, rejection.step)
    except Unproven as reason:
        return Finding(claim, title, UNPROVEN, str(reason))


def has_failed(findings: Sequence[Finding]) -> bool:
    """Whether a claim is refuted."""
    return any(each.result == FAIL for each in findings)


def is_proven(findings: Sequence[Finding]) -> bool:
    """Whether every claim is proven."""
    return all(each.result == PASS for each in findings)
