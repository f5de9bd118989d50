"""The one piece of state: which root is trusted."""

from typing import TypedDict

from common.errors import refuse
from common.store import Cell
from sealwright_protocol.records import Record
from sealwright_protocol.types import Sha256, TimestampMs
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.trust import INTEL_ROOT, TrustedRoot, root_from_der

from attestation_verifier.errors import ROOT_REFUSED
from attestation_verifier.host_crypto import HOST_CRYPTO


class Anchor(Record):
    """The trusted root as stored; times are unix seconds."""

    FIELDS = ("fingerprint", "subject", "public_key", "serial", "not_before", "not_after")
    FORMAT = "32xb64xbQQ"

    fingerprint: bytes
    subject: bytes
    public_key: bytes
    serial: bytes
    not_before: int
    not_after: int


class TrustedRootView(TypedDict):
    """The trusted root as readers see it. `is_intel` false means: for tests only."""

    sha256: Sha256
    is_intel: bool
    not_after_ms: TimestampMs


ANCHOR = Cell(b"r", Anchor)


def fix(encoding: bytes | None) -> None:
    """Store the anchor, Intel's when no DER encoding is given; refuses ROOT_REFUSED."""
    root = INTEL_ROOT
    if encoding is not None:
        try:
            root = root_from_der(encoding, HOST_CRYPTO)
        except Rejection as rejection:
            refuse(ROOT_REFUSED, rejection)
    ANCHOR.put(
        Anchor(root.fingerprint, root.subject, root.public_key, root.serial, root.not_before, root.not_after)
    )


def trusted() -> TrustedRoot:
    """The anchor as the verifier takes it."""
    return TrustedRoot(*ANCHOR.get().values())


def shown() -> TrustedRootView:
    """The anchor as `get_trusted_root` shows it."""
    root = trusted()
    return {
        "sha256": Sha256(root.fingerprint),
        "is_intel": root.is_intel(),
        "not_after_ms": TimestampMs(root.not_after * 1000),
    }
