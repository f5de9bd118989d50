"""The off-chain backend: `cryptography`. Never part of a contract."""

import functools
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from tee_attestation_verifier.crypto import Crypto

_PREHASHED = ec.ECDSA(Prehashed(SHA256()))
_CURVE = ec.SECP256R1()
# One verification meets five keys in nine signatures: root, PCK CA, TCB signer, PCK, attestation key.
_KEYS_KEPT = 8


class OpenSslCrypto(Crypto):
    """SHA-256 and P-256 from OpenSSL; keeps the public keys that it met last, since loading one takes 15 µs."""

    def __init__(self) -> None:
        """A backend that has met no key yet."""
        self._load = functools.lru_cache(_KEYS_KEPT)(_load_key)

    def sha256(self, data: bytes) -> bytes:
        """The 32-byte digest."""
        return hashlib.sha256(data).digest()

    def p256_verify(self, signature: bytes, digest: bytes, public_key: bytes) -> bool:
        """Check r‖s on a digest under X‖Y; a key that OpenSSL refuses verifies nothing."""
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            self._load(public_key).verify(encode_dss_signature(r, s), digest, _PREHASHED)
        except (InvalidSignature, ValueError):
            return False
        return True


def _load_key(public_key: bytes) -> ec.EllipticCurvePublicKey:
    """The key X‖Y; ValueError when it is no point on the curve."""
    return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, b"\x04" + public_key)
