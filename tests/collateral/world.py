"""What the tests of collateral share: a moment, a client with little patience, holdings of a simulated machine."""

from __future__ import annotations

from pathlib import Path

from sealwright_agents.simulated import SimulatedTee
from tee_attestation_verifier.intel.collateral import Collateral, as_bytes
from tee_attestation_verifier.offchain.collateral_file import read_collateral
from tee_attestation_verifier.offchain.pcs import Cache, HttpsReader, IntelPcs, Limits, PcsClient, Service

from tests.collateral.imitation import Imitation
from tests.collateral.shapes import Holdings
from tests.collateral.tls import Tls

NOW = 1_781_481_600
DAY = 86_400
HASTE = Limits(connect_s=5.0, silence_s=0.4, total_s=0.8, attempts=3, first_pause_s=1.0, longest_pause_s=10.0)


def holdings_of(tee: SimulatedTee, now: int = NOW) -> Holdings:
    """One edition of a simulated machine's collateral, standard and early alike."""
    collateral = tee.collateral(now)
    editions: dict[str | int, Collateral] = {"standard": collateral, "early": collateral}
    return Holdings("tdx", tee.platform.fmspc.hex(), "platform", editions)


def intel_at(imitation: Imitation) -> IntelPcs:
    """Intel's service, at the imitation's address."""
    return IntelPcs(imitation.url, f"{imitation.url}/IntelSGXRootCA.der")


def client_of(
    service: Service, tls: Tls, cache: Path | None = None, pauses: list[float] | None = None
) -> PcsClient:
    """A client without patience; the pauses that it would have made are written down."""
    waited = [] if pauses is None else pauses
    reader = HttpsReader(HASTE, tls.ca_file, waited.append)
    return PcsClient(service, reader, None if cache is None else Cache(cache))


def genuine(folder: Path) -> tuple[bytes, Collateral]:
    """A sample's quote and collateral."""
    quote = (folder / "quote.bin").read_bytes()
    return quote, read_collateral((folder / "collateral.json").read_bytes())


def contents(collateral: Collateral) -> dict[str, bytes | None]:
    """The fields as bytes, so that text and its encoding compare equal."""
    return {name: None if value is None else as_bytes(value) for name, value in vars(collateral).items()}
