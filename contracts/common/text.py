"""Texts for events and results: how bytes are written outside. The build's codec does the same."""

from sealwright_protocol import json_codec


def public_key_text(key: bytes) -> str:
    """ "ed25519:<base58>" of a 32-byte key."""
    return json_codec.text("k", key)


def base64_text(data: bytes) -> str:
    """Standard Base64 with padding."""
    return json_codec.text("b", data)


def hex_text(digest: bytes) -> str:
    """64 lowercase hex digits of 32 bytes."""
    return json_codec.text("h", digest)
