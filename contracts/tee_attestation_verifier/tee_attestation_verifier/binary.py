"""Hexadecimal and Base64 through whichever `binascii` the interpreter has.

On MicroPython the name `binascii` may resolve to a slow frozen module, so the built-in `ubinascii` goes first.
"""

try:
    from ubinascii import a2b_base64, b2a_base64, hexlify, unhexlify  # type: ignore[import-not-found]
except ImportError:
    from binascii import a2b_base64, b2a_base64, hexlify, unhexlify


def b64decode(text: bytes) -> bytes:
    """Decode Base64; what is not canonical may be accepted, so compare `b64encode` of the result."""
    return bytes(a2b_base64(text))


def b64encode(data: bytes) -> bytes:
    """Base64 without a line break at the end."""
    return bytes(b2a_base64(data))[:-1]


def from_hex(text: str, size: int) -> bytes:
    """`size` bytes from hexadecimal digits of either case; ValueError otherwise."""
    if len(text) != 2 * size:
        raise ValueError("hexadecimal: length")
    return bytes(unhexlify(text))


def to_hex(data: bytes) -> str:
    """Lowercase hexadecimal."""
    return bytes(hexlify(data)).decode()
