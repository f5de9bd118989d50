"""What a verifier makes of a case: its verdict, in a form that verdicts of other verifiers can be compared with."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

from tee_attestation_verifier import errors
from tee_attestation_verifier.crypto import Crypto
from tee_attestation_verifier.intel import attributes, trust, verify
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto

from tests.attestation_cases.case import ROOT_STEP, Evidence

GATE_STEP = 16


@dataclass(frozen=True)
class Verdict:
    """`code` and `step` of a rejection; or status, advisories, date of the TCB and validity."""

    code: str
    step: int = 0
    status: str = ""
    advisory_ids: tuple[str, ...] = ()
    tcb_date: Any = None
    valid_from: int = 0
    valid_until: int = 0


@dataclass(frozen=True)
class Verifier:
    """The modules of a verifier package: the package itself, or a double of it."""

    errors: ModuleType
    trust: ModuleType
    verify: ModuleType
    attributes: ModuleType
    crypto: Crypto

    def claims(self, evidence: Evidence) -> Any:
        """Root, fifteen steps, attribute gate; raises the package's own Rejection, its step set."""
        step = ROOT_STEP
        try:
            root = self.trust.root_from_der(evidence.root_der, self.crypto)
            claims = self.verify.verify(evidence.quote, evidence.collateral, evidence.now, root, self.crypto)
            step = GATE_STEP
            self.attributes.check_attributes(claims.report)
        except self.errors.Rejection as rejection:
            rejection.step = rejection.step or step
            raise
        return claims


PACKAGE = Verifier(errors, trust, verify, attributes, OpenSslCrypto())


def judge(evidence: Evidence, verifier: Verifier = PACKAGE) -> Verdict:
    """The verdict. Errors that are no rejection come through."""
    try:
        claims = verifier.claims(evidence)
    except verifier.errors.Rejection as rejection:
        return Verdict(rejection.code, rejection.step)
    window = (claims.valid_from, claims.valid_until)
    return Verdict("", 0, claims.status, tuple(claims.advisory_ids), claims.tcb_date, *window)
