"""The off-chain backend: `cryptography`. Never part of a contract."""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from tee_attestation_verifier.crypto import Crypto

_PREHASHED = ec.ECDSA(Prehashed(SHA256()))
_CURVE = ec.SECP256R1()


class OpenSslCrypto(Crypto):
    """SHA-256 and P-256 from OpenSSL."""

    def sha256(self, data: bytes) -> bytes:
        """The 32-byte digest."""
        return hashlib.sha256(data).digest()

    def p256_verify(self, signature: bytes, digest: bytes, public_key: bytes) -> bool:
        """Check r‖s on a digest under X‖Y; a key that OpenSSL refuses verifies nothing."""
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            key = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, b"\x04" + public_key)
            key.verify(encode_dss_signature(r, s), digest, _PREHASHED)
        except (InvalidSignature, ValueError):
            return False
        return True
