"""The little arithmetic on the curve P-256 that a verifier needs beside a signature check."""

PRIME = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


def is_on_curve(point: bytes) -> bool:
    """Whether X and Y (32 bytes each, big-endian) are reduced and satisfy y² = x³ - 3x + b."""
    x, y = int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big")
    if x >= PRIME or y >= PRIME:
        return False
    return (y * y - (x * x - 3) * x - B) % PRIME == 0


def compress(point: bytes) -> bytes:
    """SEC1 compressed form, 33 bytes. Only for points on the curve: the form does not carry Y."""
    return bytes((2 + (point[63] & 1),)) + point[:32]
