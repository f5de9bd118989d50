"""NEAR's host functions as the verifier's cryptography."""

from common import env
from tee_attestation_verifier.crypto import Crypto
from tee_attestation_verifier.p256 import compress


class HostCrypto(Crypto):
    """SHA-256 and P-256 by the host."""

    def sha256(self, data: bytes) -> bytes:
        """The 32-byte digest."""
        return env.sha256(data)

    def p256_verify(self, signature: bytes, digest: bytes, public_key: bytes) -> bool:
        """Check r‖s on a digest. The host takes the compressed key, so Y must have been checked before."""
        return env.p256_verify(signature, digest, compress(public_key))


HOST_CRYPTO = HostCrypto()
