"""The catalogue's verdicts of a verifier contract, in a form that they can be compared with."""

from __future__ import annotations

from sealwright.verify.on_chain import VerifierOnChain
from sealwright_protocol.verdict import Rejected

from tests.attestation_cases.case import ROOT_STEP, Case

Answer = tuple[str, str, tuple[str, ...]]


class CasesOnChain:
    """A verifier contract, deployed once under each root that a case names."""

    def __init__(self, wasm: bytes) -> None:
        """Nothing is deployed until a case is judged."""
        self._wasm = wasm
        self._verifiers: dict[bytes, VerifierOnChain] = {}

    def judge(self, case: Case) -> Answer:
        """Code, or status and advisories. CallFailed when the contract gives no answer."""
        evidence = case.evidence
        if evidence.root_der not in self._verifiers:
            self._verifiers[evidence.root_der] = VerifierOnChain(self._wasm, evidence.root_der)
        verdict, _ = self._verifiers[evidence.root_der].judge(
            evidence.quote, evidence.collateral, evidence.now
        )
        if isinstance(verdict, Rejected):
            return verdict.reason.partition(":")[0], "", ()
        return "", verdict.status, tuple(verdict.advisory_ids)


def wanted(case: Case) -> Answer:
    """What the catalogue says."""
    return (case.code, "", ()) if case.code else ("", case.status, case.advisory_ids)


def is_asked(case: Case) -> bool:
    """Whether a quote with its collateral is judged under an anchor that the contract takes."""
    return case.puts is None and (case.step != ROOT_STEP or not case.code)
