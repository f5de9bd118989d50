"""Reading what the user names on the command line. Whatever cannot be read is a `UsageError`."""

from __future__ import annotations

import binascii
from datetime import UTC, datetime
from pathlib import Path

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.trust import INTEL_ROOT, TrustedRoot, root_from_der
from tee_attestation_verifier.offchain.collateral_file import read_collateral
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto
from tee_attestation_verifier.pem import read_chain


class UsageError(Exception):
    """The command cannot be carried out as given: a file, a date or a certificate is not what it should be."""


def read_quote(path: Path) -> bytes:
    """A quote, raw or as hexadecimal text."""
    data = _read(path)
    try:
        return binascii.unhexlify(data.strip().removeprefix(b"0x"))
    except binascii.Error:
        return data


def read_collateral_file(path: Path) -> Collateral:
    """Collateral in dcap-qvl's JSON form."""
    try:
        return read_collateral(_read(path))
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from None


def read_root(path: Path | None) -> tuple[TrustedRoot, bytes | None]:
    """The trust anchor and, when it is not Intel's default, its DER. The file is PEM or DER."""
    if path is None:
        return INTEL_ROOT, None
    data = _read(path)
    try:
        encoding = read_chain(data, 1, "root")[0] if b"-----BEGIN" in data else data
        return root_from_der(encoding, OpenSslCrypto()), encoding
    except Rejection as rejection:
        raise UsageError(f"{path}: no usable root certificate ({rejection})") from None


def read_moment(text: str | None) -> int:
    """Unix seconds from digits or an ISO date and time (UTC unless it names a zone); now when absent."""
    if text is None:
        return int(datetime.now(UTC).timestamp())
    if text.isascii() and text.isdecimal():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--at {text}: neither Unix seconds nor an ISO date and time") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
