"""What a verifier makes of a case: its verdict, in a form that verdicts of other verifiers can be compared with."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

from tee_attestation_verifier import errors
from tee_attestation_verifier.crypto import Crypto
from tee_attestation_verifier.intel import attributes, kept, stored, trust, verify
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto

from tests.attestation_cases.case import ROOT_STEP, Evidence
from tests.attestation_cases.keeper import SmallKeeper

GATE_STEP = 16
MISSING = "COLLATERAL_MISSING"  # no rejection: the evidence could not be judged


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
    stored: ModuleType
    kept: ModuleType
    crypto: Crypto

    def claims(self, evidence: Evidence) -> Any:
        """Root, fifteen steps, attribute gate; raises the package's own Rejection, its step set."""
        step = ROOT_STEP
        try:
            root = self.trust.root_from_der(evidence.root_der, self.crypto)
            claims = self._verified(evidence, root)
            step = GATE_STEP
            self.attributes.check_attributes(claims.report)
        except self.errors.Rejection as rejection:
            rejection.step = rejection.step or step
            raise
        return claims

    def _verified(self, evidence: Evidence, root: Any) -> Any:
        quote, now = evidence.quote, evidence.now
        if not evidence.kept:
            return self.verify.verify(quote, evidence.collateral, now, root, self.crypto)
        keeper = SmallKeeper(self.kept)
        for collateral, at in evidence.kept:
            keeper.keep(self.stored.check_collateral(collateral, at, root, self.crypto))
        return self.stored.verify_kept(quote, keeper, now, root, self.crypto)


PACKAGE = Verifier(errors, trust, verify, attributes, stored, kept, OpenSslCrypto())


def judge(evidence: Evidence, verifier: Verifier = PACKAGE) -> Verdict:
    """The verdict. Errors that are no rejection come through."""
    try:
        claims = verifier.claims(evidence)
    except verifier.errors.Rejection as rejection:
        return Verdict(rejection.code, rejection.step)
    except verifier.errors.CollateralMissing:
        return Verdict(MISSING)
    window = (claims.valid_from, claims.valid_until)
    return Verdict("", 0, claims.status, tuple(claims.advisory_ids), claims.tcb_date, *window)
