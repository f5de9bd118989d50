"""The enclave's keys: Ed25519 signs results, X25519 will open sealed inputs.

Both are made inside the enclave on its first start and never leave it; the quote binds them to the
node (`NodeBinding`). They live in one file with mode 0600 on the enclave's own, encrypted disk: on a
machine whose disk is not the enclave's, the node must register anew after each start.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import base58
import ed25519  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sealwright_protocol.wire import ResultReceipt

from sealwright_agents.errors import KeyRefused

SEED_BYTES = 32


class EnclaveSigner:
    """Signs result receipts with the key that the registry knows for this node."""

    def __init__(self, signing_seed: bytes, encryption_seed: bytes) -> None:
        """Take two 32-byte secrets. Raises ValueError for another length."""
        if len(signing_seed) != SEED_BYTES or len(encryption_seed) != SEED_BYTES:
            raise ValueError("an enclave secret has 32 bytes")
        self._signing_key = ed25519.SigningKey(signing_seed)
        self._encryption_key = X25519PrivateKey.from_private_bytes(encryption_seed)

    @property
    def signing_key(self) -> bytes:
        """The Ed25519 public key, 32 bytes."""
        return bytes(self._signing_key.get_verifying_key().to_bytes())

    @property
    def signing_key_text(self) -> str:
        """The same key as NEAR writes it: `ed25519:<base58>`."""
        return "ed25519:" + base58.b58encode(self.signing_key).decode()

    @property
    def encryption_key(self) -> bytes:
        """The X25519 public key, 32 bytes."""
        return self._encryption_key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature of `message`."""
        return bytes(self._signing_key.sign(message))

    def sign_receipt(self, receipt: ResultReceipt) -> bytes:
        """The 64-byte signature of the receipt's Borsh bytes, as contracts check it."""
        return self.sign(receipt.to_borsh())


def verify(signing_key: bytes, signature: bytes, message: bytes) -> None:
    """Check an Ed25519 signature. Raises ValueError when it is not one of `signing_key`."""
    try:
        ed25519.VerifyingKey(signing_key).verify(signature, message)
    except (ed25519.BadSignatureError, AssertionError) as refused:
        raise ValueError("the signature does not belong to this key and message") from refused


def sha256(data: bytes) -> bytes:
    """SHA-256, in the form that the wire formats take it."""
    return hashlib.sha256(data).digest()


def load_or_create(path: Path) -> EnclaveSigner:
    """Read the enclave's secrets, or make them on the first start.

    Raises KeyRefused when the file is readable by others or is not a secrets file.
    """
    if not path.exists():
        _create(path)
    return load(path)


def load(path: Path) -> EnclaveSigner:
    """Read the enclave's secrets. Raises KeyRefused as `load_or_create` does, and when there are none."""
    secrets = read_private_json(path)
    try:
        return EnclaveSigner(
            bytes.fromhex(secrets["signing_seed"]), bytes.fromhex(secrets["encryption_seed"])
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise KeyRefused(f"{path} is not an enclave secrets file: {wrong}") from wrong


def read_private_json(path: Path) -> dict[str, Any]:
    """Read a JSON object from a file that only its owner may read. Raises KeyRefused otherwise."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise KeyRefused(f"{path} may be read by others than its owner: chmod 600 {path}")
            content = json.load(file)
    except OSError as missing:
        raise KeyRefused(f"{path} cannot be read: {missing.strerror}") from missing
    except ValueError as wrong:
        raise KeyRefused(f"{path} is not JSON: {wrong}") from wrong
    if not isinstance(content, dict):
        raise KeyRefused(f"{path} is not a JSON object")
    return content


def write_private_json(path: Path, content: dict[str, Any]) -> None:
    """Write a new file with mode 0600, whole or not at all. Raises FileExistsError when it exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # unlike rename, link never replaces a key that another process just made
    finally:
        draft.unlink()


def _create(path: Path) -> None:
    content = {"signing_seed": os.urandom(SEED_BYTES).hex(), "encryption_seed": os.urandom(SEED_BYTES).hex()}
    try:
        write_private_json(path, content)
    except FileExistsError:
        return  # a second agent process was quicker; its keys are as good
