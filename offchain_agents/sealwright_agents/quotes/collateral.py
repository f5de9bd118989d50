"""Collateral of a genuine TEE: from a file that somebody keeps fresh, or from a service.

    CollateralFile       `sealwright collateral watch` keeps the file fresh, on whatever machine
    CollateralService    Intel's PCS, a PCCS, Phala's, Azure's: asked by the agent itself, at most once a day

Both are only suppliers: the verifier judges what they supply.
"""

from pathlib import Path
from typing import Protocol

from sealwright_protocol.verdict import Collateral as WireCollateral
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.offchain import collateral_file
from tee_attestation_verifier.offchain.pcs import PcsClient, PcsError

from sealwright_agents.errors import QuoteFailed


class CollateralSource(Protocol):
    """Supplies the collateral that belongs to a quote."""

    def collateral(self, quote: bytes, now_ms: int) -> WireCollateral:
        """May block for seconds. `now_ms` is the chain's time. Raises QuoteFailed."""
        ...


class CollateralFile:
    """A JSON file with the field names of `Collateral`; byte fields are hex."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def collateral(self, quote: bytes, now_ms: int) -> WireCollateral:
        """As CollateralSource says; the file is read anew, so that a fresher one counts at once."""
        return read_collateral(self._path)


class CollateralService:
    """A service, asked for the quote's own platform."""

    def __init__(self, client: PcsClient) -> None:
        self._client = client

    def collateral(self, quote: bytes, now_ms: int) -> WireCollateral:
        """As CollateralSource says."""
        try:
            return _wire(self._client.for_quote(quote, now_ms // 1000))
        except (PcsError, Rejection) as failure:
            raise QuoteFailed(f"collateral: {failure}") from failure


def read_collateral(path: Path) -> WireCollateral:
    """The collateral in such a file, as a verifier takes it. Raises QuoteFailed."""
    try:
        return _wire(collateral_file.read_collateral(path.read_bytes()))
    except OSError as missing:
        raise QuoteFailed(f"collateral {path}: {missing.strerror}") from missing
    except ValueError as wrong:
        raise QuoteFailed(f"collateral {path}: {wrong}") from wrong


def _wire(collateral: Collateral) -> WireCollateral:
    return WireCollateral(**vars(collateral))
