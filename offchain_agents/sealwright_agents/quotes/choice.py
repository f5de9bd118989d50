"""From the configuration's `[quote]` table to a provider."""

from dataclasses import dataclass
from pathlib import Path

from tee_attestation_verifier.offchain.pcs import Cache, HttpsReader, PcsClient, service_named

from sealwright_agents.errors import ConfigError
from sealwright_agents.quotes.collateral import CollateralFile, CollateralService, CollateralSource
from sealwright_agents.quotes.configfs_tsm import DEFAULT_FOLDER, ConfigfsQuotes
from sealwright_agents.quotes.dstack import DEFAULT_SOCKET, DstackQuotes
from sealwright_agents.quotes.provider import QuoteProvider

PROVIDERS = ("simulated", "dstack", "configfs-tsm")


@dataclass(frozen=True)
class QuoteSettings:
    """Which TEE to ask. `seed`, `root_seed` and `compose_hash` are for the simulated one alone.

    Genuine ones have their collateral from `collateral_file` or from `collateral_service` (as `service_named` takes
    it; `collateral_ca_file` is the authority of its TLS certificate, `collateral_cache` a folder); `path` is
    dstack's socket or configfs-tsm's folder.
    """

    provider: str
    seed: str = ""
    root_seed: str = ""
    compose_hash: bytes = bytes(32)
    collateral_file: Path | None = None
    collateral_service: str = ""
    collateral_ca_file: Path | None = None
    collateral_cache: Path | None = None
    path: Path | None = None


def provider_for(settings: QuoteSettings, chain_id: str) -> QuoteProvider:
    """The provider that the settings name, on this network.

    Raises QuoteFailed when it must not be used there, ConfigError when a setting is lacking.
    """
    if settings.provider == "simulated":
        # Imported here: an agent on a real TEE never loads the simulated one.
        from sealwright_agents.quotes.simulated import SimulatedQuotes

        return SimulatedQuotes(chain_id, settings.seed, settings.root_seed, settings.compose_hash)
    source = _collateral_source(settings)
    if settings.provider == "dstack":
        return DstackQuotes(source, settings.path or DEFAULT_SOCKET)
    return ConfigfsQuotes(source, settings.path or DEFAULT_FOLDER)


def _collateral_source(settings: QuoteSettings) -> CollateralSource:
    if settings.collateral_file is not None:
        return CollateralFile(settings.collateral_file)
    try:
        service = service_named(settings.collateral_service)
    except ValueError as wrong:
        raise ConfigError(f"quote.collateral_service: {wrong}") from None
    cache = None if settings.collateral_cache is None else Cache(settings.collateral_cache)
    return CollateralService(PcsClient(service, HttpsReader(ca_file=settings.collateral_ca_file), cache))
