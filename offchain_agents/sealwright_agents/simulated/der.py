"""The little DER that minting needs: elements put together, taken apart, and wrapped with a signature."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

BIT_STRING, SEQUENCE = 3, 0x30
ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")


def tlv(tag: int, content: bytes) -> bytes:
    """One element: one-byte tag, shortest length, content."""
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def integer(value: int) -> bytes:
    """A non-negative INTEGER."""
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def signed(part: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
    """SEQUENCE {part, algorithm, signature}: a certificate or revocation list, signed deterministically."""
    signature = key.sign(part, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    return tlv(SEQUENCE, part + ECDSA_WITH_SHA256 + tlv(BIT_STRING, b"\0" + signature))
