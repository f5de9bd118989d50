"""Attestation verifier: is this quote genuine, current, and what it claims to be?

    quote + collateral -> verify (15 steps) -> attribute gate (16) -> Verified(report) | Rejected(reason)

Trusts   one root certificate, fixed at `new`: Intel's, or a test root that `get_trusted_root` shows;
         the block's time; the host's SHA-256 and P-256.
Holds    nothing: no owner, no keys, no money, no state but the root.

A rejection is an answer, a value that the caller can tell from "the verifier could not be reached". Any TCB
status but Revoked is Verified: whether it is good enough is the caller's policy.

Guarantees (docs/spec/attestation.md)
    ATTEST-1 enforced  a quote is Verified only if every step holds under the root fixed at `new`.
    ATTEST-2 enforced  the same bytes at the same block time give the same answer, whoever asks.
    ATTEST-3 enforced  nothing that a caller sends makes `verify_quote` fail, once it decodes, but lack of gas.
"""

from common.entry import init, view
from sealwright_protocol.types import Base64

from attestation_verifier import judgement, roots
from attestation_verifier.roots import TrustedRootView


@init
def new(root: Base64 | None = None) -> None:
    """Fix the trust anchor: Intel's SGX root, or `root`, the DER certificate of a test root.

    Caller  anyone, once; deploy and `new` belong into one transaction.
    Fails   ROOT_REFUSED, ALREADY_INITIALISED, BAD_ARGUMENT.
    """
    roots.fix(root)


@view
def get_trusted_root() -> TrustedRootView:
    """Which root this contract trusts: SHA-256 of its DER, and whether that is Intel's."""
    return roots.shown()


@view(codec="borsh")
def verify_quote(data: bytes) -> bytes:
    """Judge a quote at the block's time.

    Takes   Borsh `(Vec<u8>, Collateral)`.  Returns  Borsh `VerificationResult`.
    Caller  anyone; give it 60 Tgas.
    Fails   BAD_ARGUMENT when the bytes are not such a pair.
    Keeps   ATTEST-1, ATTEST-2, ATTEST-3.
    """
    verdict, _ = judgement.judge(data)
    return verdict


@view(codec="borsh")
def verify_quote_with_validity(data: bytes) -> bytes:
    """Judge a quote, and say until when the verdict's evidence is valid.

    Takes   Borsh `(Vec<u8>, Collateral)`.
    Returns Borsh `(VerificationResult, u64)`: Unix ms, exclusive; 0 with a rejection.
    Caller  anyone; give it 60 Tgas.
    Fails   BAD_ARGUMENT when the bytes are not such a pair.
    Keeps   ATTEST-1, ATTEST-2, ATTEST-3.
    """
    verdict, valid_until_ms = judgement.judge(data)
    return verdict + valid_until_ms.to_bytes(8, "little")
