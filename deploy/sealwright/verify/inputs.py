"""Reading what the user names on the command line. Whatever cannot be read is a `UsageError`."""

from __future__ import annotations

import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from tee_attestation_verifier.dstack.compose import ComposePolicy
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.policy import Policy
from tee_attestation_verifier.intel.trust import INTEL_ROOT, TrustedRoot, root_from_der
from tee_attestation_verifier.offchain.bundle_case import BundleCase, Trust
from tee_attestation_verifier.offchain.bundle_file import (
    Bundle,
    Expected,
    expected_from_members,
    read_bundle,
)
from tee_attestation_verifier.offchain.collateral_file import read_collateral
from tee_attestation_verifier.offchain.compose_policy_file import NAMED, read_compose_policy
from tee_attestation_verifier.offchain.dstack_files import read_evidence
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto
from tee_attestation_verifier.offchain.policy_file import read_policy
from tee_attestation_verifier.offchain.strict_json import load_object
from tee_attestation_verifier.pem import read_chain

T = TypeVar("T")


class UsageError(Exception):
    """The command cannot be carried out as given: a file, a date or a certificate is not what it should be."""


def read_quote(path: Path) -> bytes:
    """A quote: raw, hexadecimal, or inside JSON of dstack's guest agent or near/mpc."""
    data = read(path)
    if data[:1] in (b"[", b"{"):  # a raw quote starts with its version, 3 to 5
        quote = parsed(path, read_evidence).quote
        if quote is None:
            raise UsageError(f"{path}: no quote in it")
        return quote
    try:
        return binascii.unhexlify(data.strip().removeprefix(b"0x"))
    except binascii.Error:
        return data


def read_collateral_file(path: Path) -> Collateral:
    """Collateral in dcap-qvl's JSON form."""
    return parsed(path, read_collateral)


def read_policy_file(path: Path) -> Policy:
    """A policy (JSON)."""
    return parsed(path, read_policy)


def read_compose_rules(name: str) -> ComposePolicy:
    """A compose policy by its name, or from a file."""
    if name in NAMED:
        return NAMED[name]()
    return parsed(Path(name), read_compose_policy)


def read_expected_file(path: Path) -> Expected:
    """Expectations (JSON, as in a bundle)."""
    return parsed(path, lambda data: expected_from_members(load_object(data)))


def read_bundle_file(path: Path) -> Bundle:
    """A bundle."""
    return parsed(path, read_bundle)


def read_trust(
    root: Path | None, policy: Path | None, compose_policy: str, expected: Path | None, at: str | None
) -> Trust:
    """What the judge brings, from options; without a time it is the bundle's."""
    return Trust(
        read_root(root)[0],
        Policy() if policy is None else read_policy_file(policy),
        read_compose_rules(compose_policy),
        None if expected is None else read_expected_file(expected),
        None if at is None else read_moment(at),
    )


def bundle_case(path: Path, trust: Trust) -> BundleCase:
    """A bundle under judgement."""
    try:
        return BundleCase(read_bundle_file(path), trust)
    except Rejection as rejection:
        raise UsageError(f"{path}: no usable root certificate in the bundle ({rejection})") from None


def read_root(path: Path | None) -> tuple[TrustedRoot, bytes | None]:
    """The trust anchor and, when it is not Intel's default, its DER. The file is PEM or DER."""
    if path is None:
        return INTEL_ROOT, None
    data = read(path)
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


def parsed(path: Path, parse: Callable[[bytes], T]) -> T:
    """A file's content through a parser that raises ValueError."""
    try:
        return parse(read(path))
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from None


def read(path: Path) -> bytes:
    """A file's bytes."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
