"""The digests of `dstack.Hashes` on CPython: hashlib, and Keccak-256, which hashlib has not."""

import hashlib

from tee_attestation_verifier.dstack.hashes import Hashes

RATE = 136  # bytes absorbed a round at 256 bits of output
KECCAK_PADDING, SHA3_PADDING = 0x01, 0x06
_MASK = (1 << 64) - 1


class StandardHashes(Hashes):
    """SHA-2 and SHA-3 from hashlib, Keccak-256 from this module."""

    def sha256(self, data: bytes) -> bytes:
        """The 32-byte digest."""
        return hashlib.sha256(data).digest()

    def sha384(self, data: bytes) -> bytes:
        """The 48-byte digest."""
        return hashlib.sha384(data).digest()

    def sha3_384(self, data: bytes) -> bytes:
        """The 48-byte digest."""
        return hashlib.sha3_384(data).digest()

    def keccak256(self, data: bytes) -> bytes:
        """The 32-byte digest."""
        return sponge256(data, KECCAK_PADDING)


def sponge256(data: bytes, padding: int) -> bytes:
    """32 bytes of Keccak[512] (FIPS 202, section 4): SHA3-256 and Keccak-256 differ in the padding's first byte."""
    padded = bytearray(data) + bytes(RATE - len(data) % RATE)
    padded[len(data)] ^= padding
    padded[-1] ^= 0x80
    lanes = [0] * 25
    for start in range(0, len(padded), RATE):
        for lane in range(RATE // 8):
            lanes[lane] ^= int.from_bytes(padded[start + 8 * lane : start + 8 * lane + 8], "little")
        lanes = _permuted(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _permuted(lanes: list[int]) -> list[int]:
    """Keccak-f[1600]: 24 rounds over 25 lanes, lane (x, y) at x + 5y."""
    for constant in _ROUND_CONSTANTS:
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        parities = [columns[x - 1] ^ _rotated(columns[(x + 1) % 5], 1) for x in range(5)]
        moved = [0] * 25
        for lane in range(25):
            x, y = lane % 5, lane // 5
            moved[y + 5 * ((2 * x + 3 * y) % 5)] = _rotated(lanes[lane] ^ parities[x], _OFFSETS[lane])
        lanes = [
            moved[lane] ^ (~moved[lane - lane % 5 + (lane + 1) % 5] & moved[lane - lane % 5 + (lane + 2) % 5])
            for lane in range(25)
        ]
        lanes[0] ^= constant
    return lanes


def _rotated(lane: int, offset: int) -> int:
    return (lane << offset | lane >> (64 - offset)) & _MASK


def _round_constants() -> tuple[int, ...]:
    """Bits of the linear feedback shift register x^8 + x^6 + x^5 + x^4 + 1 (FIPS 202, algorithm 5)."""
    state, constants = 1, []
    for _ in range(24):
        constant = 0
        for power in range(7):
            constant |= (state & 1) << ((1 << power) - 1)
            state = (state << 1) ^ (0x171 if state & 0x80 else 0)
        constants.append(constant)
    return tuple(constants)


def _offsets() -> tuple[int, ...]:
    """Rotation of each lane (FIPS 202, algorithm 2)."""
    offsets = [0] * 25
    x, y = 1, 0
    for step in range(24):
        offsets[x + 5 * y] = (step + 1) * (step + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % 5
    return tuple(offsets)


_ROUND_CONSTANTS, _OFFSETS = _round_constants(), _offsets()
