"""Judges Intel TDX and SGX quotes: pure Python that runs on CPython and inside a NEAR contract.

    from tee_attestation_verifier.intel.attributes import check_attributes
    from tee_attestation_verifier.offchain.collateral_file import read_collateral
    from tee_attestation_verifier.offchain.openssl import OpenSslCrypto
    from tee_attestation_verifier.intel.trust import INTEL_ROOT
    from tee_attestation_verifier.intel.verify import verify

    claims = verify(quote, read_collateral(text), now, INTEL_ROOT, OpenSslCrypto())   # raises Rejection
    check_attributes(claims.report)                                                   # raises Rejection

parse     quote, x509, crl, tcb_info, qe_identity, pck_extension: bytes to fields, strict and bounded
verify    fifteen numbered steps under a pinned root at a given time; then the attribute gate, step 16
validate  policy: whether the proven claims are good enough for somebody

Nothing here reads a clock, a file or the network. `offchain` holds what never goes into a contract.
"""
