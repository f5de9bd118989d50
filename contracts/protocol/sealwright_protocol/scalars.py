"""Texts that stand for bytes and names on the JSON wire, strict in both directions.

Every `x_text` writes the one canonical text, every `x_value` reads exactly that and
raises ValueError for anything else.
"""

import base64
import re

ED25519 = "ed25519:"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ACCOUNT_ID = re.compile(r"(?:[a-z0-9]+(?:[-_][a-z0-9]+)*)(?:\.[a-z0-9]+(?:[-_][a-z0-9]+)*)*")
NODE_LABEL = re.compile(r"[a-z0-9-]{1,32}")
DECIMAL = re.compile(r"0|[1-9][0-9]{0,38}")
HEX_DIGEST = re.compile(r"[0-9a-f]{64}")


def account_id(text: str) -> str:
    """A NEAR account id: 2-64 characters, parts of a-z 0-9 joined by single - _ or dots."""
    if not 2 <= len(text) <= 64 or not ACCOUNT_ID.fullmatch(text):
        raise ValueError("not an account id")
    return text


def node_id(text: str) -> str:
    """A node id: a label of 1-32 characters of a-z 0-9 -, a dot, and the account it belongs to."""
    label, _, account = text.partition(".")
    if not NODE_LABEL.fullmatch(label) or not 2 <= len(account) <= 64 or not ACCOUNT_ID.fullmatch(account):
        raise ValueError("not a node id")
    return text


def yocto_value(text: str) -> int:
    """A u128 from its decimal digits, without sign or leading zeros."""
    if not DECIMAL.fullmatch(text) or int(text) >> 128:
        raise ValueError("not a u128 in decimal digits")
    return int(text)


def digest_value(text: str) -> bytes:
    """32 bytes from 64 lowercase hex digits."""
    if not HEX_DIGEST.fullmatch(text):
        raise ValueError("not 32 bytes in lowercase hex")
    return bytes.fromhex(text)


def base64_text(data: bytes) -> str:
    """Standard Base64 with padding."""
    return base64.b64encode(data).decode()


def base64_value(text: str) -> bytes:
    """Bytes from standard Base64: padded, no blanks, unused bits zero."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise ValueError("not Base64") from None
    if base64.b64encode(data).decode() != text:
        raise ValueError("not Base64")
    return data


def key_text(key: bytes) -> str:
    """`ed25519:` and the Base58 of a 32-byte public key."""
    return ED25519 + base58_text(key)


def key_value(text: str) -> bytes:
    """The 32 bytes of a public key text."""
    # 44 digits always hold 32 bytes; the bound keeps the arithmetic short.
    if not text.startswith(ED25519) or len(text) > len(ED25519) + 44:
        raise ValueError("not an Ed25519 key")
    try:
        key = base58_value(text[len(ED25519) :])
    except ValueError:
        raise ValueError("not an Ed25519 key") from None
    if len(key) != 32:
        raise ValueError("not an Ed25519 key")
    return key


def base58_text(data: bytes) -> str:
    """Base58 in Bitcoin's alphabet; a leading zero byte is a leading 1."""
    number = int.from_bytes(data, "big")
    digits = ""
    while number:
        number, digit = divmod(number, 58)
        digits = BASE58[digit] + digits
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + digits


def base58_value(text: str) -> bytes:
    """The bytes of a Base58 text. ValueError on a foreign character."""
    number = 0
    for character in text:
        number = number * 58 + BASE58.index(character)
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
