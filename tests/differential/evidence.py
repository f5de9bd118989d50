"""Evidence, and what the two verifiers say of it."""

from __future__ import annotations

import base64
import functools
import re
from collections import Counter
from dataclasses import dataclass

import dcap_qvl  # type: ignore[import-untyped]
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.attributes import check_attributes
from tee_attestation_verifier.intel.collateral import Collateral, as_bytes
from tee_attestation_verifier.intel.trust import TrustedRoot, root_from_der
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto
from tee_attestation_verifier.plain import PEM_BEGIN, PEM_END

CRYPTO = OpenSslCrypto()


@dataclass(frozen=True)
class Evidence:
    """A quote, its collateral, the time (Unix seconds) and the root's DER."""

    quote: bytes
    collateral: Collateral
    now: int
    root_der: bytes


@dataclass(frozen=True)
class Verdict:
    """`status` with sorted `advisories`, or the `reason` of a refusal: our code, or dcap-qvl's text.

    `detail` goes on where our code ends.
    """

    status: str | None
    advisories: tuple[str, ...] = ()
    reason: str = ""
    detail: str = ""

    @property
    def essence(self) -> tuple[str | None, tuple[str, ...]]:
        """What the two must agree on."""
        return self.status, self.advisories


# What was said in this run: our codes and statuses, dcap-qvl's statuses and reasons, and explained differences.
OURS: Counter[str] = Counter()
THEIRS: Counter[str] = Counter()
EXPLAINED: Counter[str] = Counter()


def judge(evidence: Evidence) -> Verdict:
    """This verifier's verdict, the attribute gate included: dcap-qvl's `verify` has its like."""
    try:
        root = _root(evidence.root_der)
        claims = verify(evidence.quote, evidence.collateral, evidence.now, root, CRYPTO)
        check_attributes(claims.report)
    except Rejection as rejection:
        return Verdict(None, reason=rejection.code, detail=rejection.detail)
    return Verdict(claims.status, tuple(sorted(claims.advisory_ids)))


def ours(evidence: Evidence) -> Verdict:
    """The same, counted."""
    verdict = judge(evidence)
    OURS[verdict.status or verdict.reason] += 1
    return verdict


def theirs(evidence: Evidence) -> Verdict:
    """dcap-qvl's verdict."""
    try:
        given = dcap_qvl.QuoteCollateralV3(*_fields(evidence.collateral))
        report = dcap_qvl.verify_with_root_ca(evidence.quote, given, evidence.root_der, evidence.now)
    except ValueError as error:
        reason = str(error)
        THEIRS[_general(reason)] += 1
        return Verdict(None, reason=reason)
    THEIRS[report.status] += 1
    return Verdict(report.status, tuple(sorted(report.advisory_ids)))


def _general(reason: str) -> str:
    """A reason without the numbers and values of the case."""
    return re.sub(r"[0-9a-fA-F]{6,}|\d+", "#", reason)[:80]


@functools.lru_cache(8)
def _root(encoding: bytes) -> TrustedRoot:
    return root_from_der(encoding, CRYPTO)


def _fields(collateral: Collateral) -> list[object]:
    """In the order and the types of dcap-qvl's constructor; ValueError for a text that is no UTF-8."""
    given: list[object] = []
    for name in Collateral.FIELDS[:9]:
        value = getattr(collateral, name)
        is_text = name.endswith("chain") or name in ("tcb_info", "qe_identity")
        given.append(as_bytes(value).decode() if is_text else value)
    return given


def pem_text(encoding: bytes) -> bytes:
    """A certificate in PEM, on one line."""
    return PEM_BEGIN + base64.b64encode(encoding) + PEM_END
