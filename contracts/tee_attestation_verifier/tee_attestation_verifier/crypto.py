"""The two primitives that verification needs, behind one interface.

Backends live where their libraries do: the contract hands in NEAR's host functions, off chain
`offchain/openssl.py` hands in `cryptography`.
"""


class Crypto:
    """A backend. It must decide exactly as FIPS 180-4 and FIPS 186-5 say; high-s signatures are valid."""

    def sha256(self, data: bytes) -> bytes:
        """The 32-byte digest."""
        raise NotImplementedError

    def p256_verify(self, signature: bytes, digest: bytes, public_key: bytes) -> bool:
        """Check r‖s (64 bytes) on a 32-byte digest under X‖Y (64 bytes, already known to be on the curve)."""
        raise NotImplementedError
