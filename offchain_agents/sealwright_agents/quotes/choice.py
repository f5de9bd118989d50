"""From the configuration's `[quote]` table to a provider."""

from dataclasses import dataclass
from pathlib import Path

from sealwright_agents.errors import ConfigError
from sealwright_agents.quotes.configfs_tsm import DEFAULT_FOLDER, ConfigfsQuotes
from sealwright_agents.quotes.dstack import DEFAULT_SOCKET, DstackQuotes
from sealwright_agents.quotes.provider import QuoteProvider

PROVIDERS = ("simulated", "dstack", "configfs-tsm")


@dataclass(frozen=True)
class QuoteSettings:
    """Which TEE to ask. `seed`, `root_seed` and `compose_hash` are for the simulated one alone,
    `collateral_file` is for genuine ones; `path` is dstack's socket or configfs-tsm's folder."""

    provider: str
    seed: str = ""
    root_seed: str = ""
    compose_hash: bytes = bytes(32)
    collateral_file: Path | None = None
    path: Path | None = None


def provider_for(settings: QuoteSettings, chain_id: str) -> QuoteProvider:
    """The provider that the settings name, on this network.

    Raises QuoteFailed when it must not be used there, ConfigError when a setting is lacking.
    """
    if settings.provider == "simulated":
        # Imported here: an agent on a real TEE never loads the simulated one.
        from sealwright_agents.quotes.simulated import SimulatedQuotes

        return SimulatedQuotes(chain_id, settings.seed, settings.root_seed, settings.compose_hash)
    if settings.collateral_file is None:
        raise ConfigError(f"quote.collateral_file: the provider {settings.provider!r} needs it")
    if settings.provider == "dstack":
        return DstackQuotes(settings.collateral_file, settings.path or DEFAULT_SOCKET)
    return ConfigfsQuotes(settings.collateral_file, settings.path or DEFAULT_FOLDER)
