"""One call for the usual case: verify a quote, apply the attribute gate, apply a policy."""

from tee_attestation_verifier.crypto import Crypto
from tee_attestation_verifier.intel.attributes import check_attributes
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.policy import Policy, validate
from tee_attestation_verifier.intel.trust import INTEL_ROOT, TrustedRoot
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto


def judge_quote(
    quote: bytes,
    collateral: Collateral,
    now: int,
    policy: Policy | None = None,
    root: TrustedRoot = INTEL_ROOT,
    crypto: Crypto | None = None,
) -> Claims:
    """What a quote proves at `now` (unix seconds), good enough for the policy; by default UpToDate alone.

    The three parts are `verify` (Intel QVL, `sgx_qv_verify_quote`), `check_attributes` and `validate`: call them one by
    one to tell them apart, or to accept a debug enclave in a test. Raises Rejection with the code of the first check
    that fails; docs/spec/attestation.md lists the codes.
    """
    claims = verify(quote, collateral, now, root, crypto or OpenSslCrypto())
    check_attributes(claims.report)
    validate(claims, policy or Policy(), now)
    return claims
