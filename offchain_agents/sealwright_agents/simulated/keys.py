"""P-256 keys and signatures that depend on nothing but a seed and a label."""

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

GROUP_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def derive_key(seed: bytes, label: str) -> ec.EllipticCurvePrivateKey:
    """The private key of `label` under `seed`; never zero, negligible bias."""
    wide = hashlib.sha512(b"sealwright-simulated-tee:" + label.encode() + b":" + seed).digest()
    return ec.derive_private_key(int.from_bytes(wide, "big") % (GROUP_ORDER - 1) + 1, ec.SECP256R1())


def raw_public_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    """X and Y, 32 bytes each, big-endian."""
    numbers = key.public_key().public_numbers()
    return numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


def sign_raw(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """r and s, 32 bytes each, big-endian; deterministic (RFC 6979)."""
    der = key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    r, s = decode_dss_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
