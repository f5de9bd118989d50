"""Judged bundles, and what the commands about bundles and nodes hand to their output."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.trust import TrustedRoot
from tee_attestation_verifier.offchain.bundle_case import BundleCase, Trust
from tee_attestation_verifier.offchain.bundle_claims import CLAIMS
from tee_attestation_verifier.offchain.explain import Explanation, explain
from tee_attestation_verifier.offchain.findings import FAIL, Finding, judge_claims

from sealwright.verify.inputs import bundle_case


@dataclass(frozen=True)
class Judged:
    """Findings about `subject`, judged at `at` (unix seconds) with evidence under `root`.

    `explanations` by claim, for claims that were refuted; `facts` what else is worth showing.
    """

    subject: str
    at: int
    root: TrustedRoot
    findings: list[Finding]
    explanations: dict[str, Explanation] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)


def judge_bundle_file(path: Path, trust: Trust) -> Judged:
    """A bundle's findings with their explanations. Raises UsageError when it cannot be read."""
    return judge_case(str(path), bundle_case(path, trust))


def judge_case(subject: str, case: BundleCase) -> Judged:
    """The findings about a bundle under judgement, with their explanations."""
    findings = judge_claims(CLAIMS, case)
    return Judged(subject, case.at, case.root, findings, explanations_of(case, findings))


def explanations_of(case: BundleCase, findings: list[Finding]) -> dict[str, Explanation]:
    """An explanation for each refuted claim of a bundle."""
    explained = {}
    for finding in findings:
        if finding.result == FAIL and finding.code is not None:
            rejection = Rejection(finding.code, finding.detail)
            rejection.step = finding.step
            evidence = case.bundle
            explained[finding.claim] = explain(
                rejection, evidence.quote, evidence.collateral, case.at, case.root
            )
    return explained
