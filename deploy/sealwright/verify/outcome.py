"""A verdict with its steps, and how to get one off chain."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tee_attestation_verifier.dstack.config_id import bound_plainly
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.attributes import check_attributes
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.policy import Policy, validate
from tee_attestation_verifier.intel.status import REVOKED
from tee_attestation_verifier.intel.trust import TrustedRoot
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.catalogue import ATTRIBUTE_GATE, CODES, step_titles
from tee_attestation_verifier.offchain.explain import Explanation, explain
from tee_attestation_verifier.offchain.findings import FAIL, PASS, UNPROVEN
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto


@dataclass
class Outcome:
    """What came out.

    `status` the TCB status, None when a rejection came before it was known; `code` and `detail` of a rejection;
    `claims` further facts as text; `gas` what the contract burnt, in gas units, None off chain. `policy` PASS, FAIL or
    UNPROVEN, None when none was given; `explanation` of a rejection.
    """

    status: str | None = None
    code: str | None = None
    detail: str = ""
    failed_step: int | None = None
    advisory_ids: list[str] = field(default_factory=list)
    claims: dict[str, str] = field(default_factory=dict)
    gas: int | None = None
    policy: str | None = None
    explanation: Explanation | None = None

    @property
    def verified(self) -> bool:
        """Whether the quote was verified."""
        return self.code is None

    def steps(self) -> list[dict[str, Any]]:
        """Every step with its number, title and result: pass, fail, or unproven after a failure."""
        failed = self.failed_step
        found = []
        for number, title in step_titles():
            result = PASS if failed is None or number < failed else FAIL if number == failed else UNPROVEN
            found.append({"step": number, "title": title, "result": result})
        return found

    def refuse(self, code: str, detail: str, step: int | None = None) -> None:
        """Turn into a rejection; without a step, the code's own."""
        self.code, self.detail = code, detail
        self.failed_step = step or CODES.get(code, (1, ""))[0]
        if code == "TCB_REVOKED":
            self.status = REVOKED

    def apply(self, claims: Claims, policy: Policy, at: int) -> None:
        """Turn a verified quote into a rejection when the policy refuses it."""
        try:
            validate(claims, policy, at, _compose_hash(claims))
            self.policy = PASS
        except Rejection as rejection:
            self.code, self.detail, self.policy = rejection.code, rejection.detail, FAIL

    def explain(self, quote: bytes, collateral: Collateral, at: int, root: TrustedRoot) -> None:
        """Add the explanation of a rejection."""
        if self.code is not None:
            rejection = Rejection(self.code, self.detail)
            rejection.step = self.failed_step or 0
            self.explanation = explain(rejection, quote, collateral, at, root)


def judge_off_chain(
    quote: bytes, collateral: Collateral, at: int, root: TrustedRoot, policy: Policy | None = None
) -> Outcome:
    """Verify, apply the attribute gate and then the policy, with this machine's own package."""
    outcome = Outcome(policy=None if policy is None else UNPROVEN)
    try:
        claims = verify(quote, collateral, at, root, OpenSslCrypto())
    except Rejection as rejection:
        outcome.refuse(rejection.code, rejection.detail, rejection.step)
        return outcome
    outcome.status, outcome.advisory_ids = claims.status, list(claims.advisory_ids)
    outcome.claims = _facts(claims)
    try:
        check_attributes(claims.report)
    except Rejection as rejection:
        outcome.refuse(rejection.code, rejection.detail, ATTRIBUTE_GATE)
        return outcome
    if policy is not None:
        outcome.apply(claims, policy, at)
    return outcome


def _compose_hash(claims: Claims) -> bytes | None:
    """What a quote alone proves of a dstack application: the compose hash in mr_config_id version 1."""
    if not claims.report.has("mr_config_id"):
        return None
    try:
        return bound_plainly(claims.report.field("mr_config_id")).compose_hash
    except Rejection:
        return None


def _facts(claims: Claims) -> dict[str, str]:
    """Claims as text, the ones that people compare."""
    names = ("mr_td", "rt_mr0", "rt_mr1", "rt_mr2", "rt_mr3", "mr_config_id", "mr_enclave", "mr_signer")
    report = claims.report
    facts = {
        "quote": f"{claims.tee} v{claims.quote_version}, {report.layout.name}",
        "tcb_date": str(claims.tcb_date),
        "platform_status": claims.platform_status,
        "qe_status": claims.qe_status,
        "tcb_evaluation": str(claims.tcb_evaluation_number),
        "fmspc": claims.fmspc.hex(),
        "ppid": claims.ppid.hex(),
        "valid_from": str(claims.valid_from),
        "valid_until": str(claims.valid_until),
    }
    for name in (*names, "report_data"):
        if report.has(name):
            facts[name] = report.field(name).hex()
    return facts
