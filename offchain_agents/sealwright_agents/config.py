"""The configuration file: TOML, checked entry by entry before anything starts.

    [network]   rpc = ["http://127.0.0.1:3030"], chain_id = "sandbox"
    [contracts] registry = "registry.near", market = "market.near", gateway = "gateway.near"
    [node]      account_id = "operator.near", label = "desk-1", endpoint = "", region = ""
    [agent]     handlers = "news_desk:agent", state_dir = "state"
    [services.summarise]  price = "0.1", min_reward = "0.05"
    [quote]     provider = "simulated", seed = "desk-1", root_seed = "demo"
    [limits] [warnings]   see `Limits` and `Warnings`

`docs/spec/agent.md` lists every entry. Paths are relative to the file; amounts are NEAR as decimal
text; unknown entries are refused, so that a misspelt one is not silently ignored.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sealwright_protocol.registry import LABEL_CHARACTERS, MAX_LABEL_LENGTH

from sealwright_agents.errors import ConfigError
from sealwright_agents.quotes.choice import PROVIDERS, QuoteSettings
from sealwright_agents.tables import YOCTO_PER_NEAR, Table


@dataclass(frozen=True)
class Service:
    """One service: `price` is what the registry shows, `min_reward` what the agent works for (yoctoNEAR)."""

    price: int = 0
    min_reward: int = 0


@dataclass(frozen=True)
class Limits:
    """How the agent works; times in milliseconds of block time unless the name says otherwise."""

    poll_s: float = 1.0  # pause between two looks at the chain
    concurrent: int = 4  # pieces of work at the same time
    stop_blocks: int = 12  # no answer is started so few blocks before a request closes
    stop_ms: int = 15_000  # no result is started so short before a work window ends
    max_input_bytes: int = 65_536
    handler_attempts: int = 2
    max_bond: int = YOCTO_PER_NEAR  # no task is claimed that locks more (yoctoNEAR)
    renew_before_ms: int = 3_600_000  # attestation is renewed so long before it expires
    grace_s: float = 30.0  # what runs may finish for so long after a stop signal
    withdraw_above: int = YOCTO_PER_NEAR // 10  # owed money is fetched from this amount on (yoctoNEAR)


@dataclass(frozen=True)
class Warnings:
    """Below these amounts (yoctoNEAR) the agent warns."""

    min_balance: int = YOCTO_PER_NEAR
    min_allowance: int = YOCTO_PER_NEAR // 10
    min_prepaid: int = YOCTO_PER_NEAR // 10


@dataclass(frozen=True)
class Config:
    """Everything an agent needs to know. Contracts that are None are not served."""

    rpc: tuple[str, ...]
    chain_id: str
    registry: str
    market: str | None
    gateway: str | None
    account_id: str
    label: str
    endpoint: str
    region: str
    handlers: str
    folder: Path
    state_dir: Path
    input_sources: tuple[str, ...]
    services: Mapping[str, Service]
    quote: QuoteSettings
    limits: Limits
    warnings: Warnings
    log_level: str = "info"

    @property
    def node_id(self) -> str:
        """`<label>.<account_id>`."""
        return f"{self.label}.{self.account_id}"

    @property
    def contracts(self) -> dict[str, str]:
        """Account ids of the contracts in use by role: registry, market, gateway."""
        roles = {"registry": self.registry, "market": self.market, "gateway": self.gateway}
        return {role: account_id for role, account_id in roles.items() if account_id}

    def key_file(self, role: str) -> Path:
        """The function-call key for a contract role."""
        return self.state_dir / "keys" / f"{role}.json"

    @property
    def enclave_file(self) -> Path:
        """The enclave's own secrets."""
        return self.state_dir / "keys" / "enclave.json"


def load_config(path: Path) -> Config:
    """Read and check a configuration file. Raises ConfigError that names the first wrong entry."""
    try:
        content = tomllib.loads(path.read_text())
    except OSError as missing:
        raise ConfigError(f"{path}: {missing.strerror}") from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise ConfigError(f"{path}: {wrong}") from wrong
    return parse_config(content, path.resolve().parent)


def parse_config(content: Mapping[str, Any], folder: Path) -> Config:
    """Check a configuration that was read already; relative paths start at `folder`."""
    root = Table("", dict(content))
    network, contracts, node = (root.take_table(name) for name in ("network", "contracts", "node"))
    agent, services, log = (root.take_table(name) for name in ("agent", "services", "log"))
    state_dir = folder / agent.take("state_dir", str)
    config = Config(
        rpc=_addresses(network),
        chain_id=network.take("chain_id", str),
        registry=contracts.take("registry", str),
        market=contracts.take("market", str, None),
        gateway=contracts.take("gateway", str, None),
        account_id=node.take("account_id", str),
        label=_label(node.take("label", str)),
        endpoint=node.take("endpoint", str, ""),
        region=node.take("region", str, ""),
        handlers=_handlers(agent.take("handlers", str)),
        folder=folder,
        state_dir=state_dir,
        input_sources=_sources(agent),
        services={name: _service(table) for name, table in services.tables().items()},
        quote=_quote(root.take_table("quote"), folder, state_dir),
        limits=_settings(Limits, root.take_table("limits")),
        warnings=_settings(Warnings, root.take_table("warnings")),
        log_level=log.take("level", str, "info"),
    )
    for table in (network, contracts, node, agent, log, root):
        table.finish()
    _check(config)
    return config


def _check(config: Config) -> None:
    if config.log_level not in ("debug", "info", "warning", "error"):
        raise ConfigError(f"log.level: {config.log_level!r} is none of debug, info, warning, error")
    if not config.services:
        raise ConfigError("services: name at least one, [services.summarise] for instance")
    if config.market is None and config.gateway is None:
        raise ConfigError("contracts: name a market, a gateway or both")
    for setting in (config.limits, config.warnings):
        for field in fields(setting):
            if getattr(setting, field.name) < 0:
                raise ConfigError(f"{type(setting).__name__.lower()}.{field.name} must not be negative")
    for name in ("poll_s", "concurrent", "handler_attempts"):
        if not getattr(config.limits, name):
            raise ConfigError(f"limits.{name} must be positive")


def _addresses(network: Table) -> tuple[str, ...]:
    addresses = network.take("rpc", list)
    if not addresses or not all(
        isinstance(each, str) and each.startswith(("http://", "https://")) for each in addresses
    ):
        raise ConfigError('network.rpc: expected a list of addresses, ["https://rpc.example"]')
    return tuple(addresses)


def _sources(agent: Table) -> tuple[str, ...]:
    sources = agent.take("input_sources", list, ["https://"])
    if not all(isinstance(each, str) and each.startswith(("http://", "https://")) for each in sources):
        raise ConfigError('agent.input_sources: expected a list of address prefixes, ["https://"]')
    return tuple(sources)


def _label(label: str) -> str:
    if not 1 <= len(label) <= MAX_LABEL_LENGTH or set(label) - set(LABEL_CHARACTERS):
        raise ConfigError(f"node.label: {label!r} is not 1 to {MAX_LABEL_LENGTH} characters of a-z 0-9 -")
    return label


def _handlers(text: str) -> str:
    module, _, name = text.partition(":")
    if not module or not name.isidentifier():
        raise ConfigError(f'agent.handlers: {text!r} is not of the form "module:object"')
    return text


def _service(table: Table) -> Service:
    service = Service(table.take_amount("price", 0), table.take_amount("min_reward", 0))
    table.finish()
    return service


def _quote(table: Table, folder: Path, state_dir: Path) -> QuoteSettings:
    provider = table.take("provider", str)
    if provider not in PROVIDERS:
        raise ConfigError(f"quote.provider: {provider!r} is none of {', '.join(PROVIDERS)}")
    settings = _simulated(table) if provider == "simulated" else _genuine(table, provider, folder, state_dir)
    table.finish()
    return settings


def _simulated(table: Table) -> QuoteSettings:
    return QuoteSettings(
        "simulated",
        seed=table.take("seed", str),
        root_seed=table.take("root_seed", str),
        compose_hash=_hash(table.take("compose_hash", str, "00" * 32)),
    )


def _genuine(table: Table, provider: str, folder: Path, state_dir: Path) -> QuoteSettings:
    file, service = table.take("collateral_file", str, None), table.take("collateral_service", str, "")
    if (file is None) == (not service):
        raise ConfigError("quote: name either collateral_file or collateral_service")
    return QuoteSettings(
        provider,
        collateral_file=_path(file, folder),
        collateral_service=service,
        collateral_ca_file=_path(table.take("collateral_ca_file", str, None), folder),
        collateral_cache=state_dir / "collateral",
        path=_path(table.take("path", str, None), folder),
    )


def _path(text: str | None, folder: Path) -> Path | None:
    return None if text is None else folder / text


def _hash(text: str) -> bytes:
    try:
        value = bytes.fromhex(text)
    except ValueError:
        value = b""
    if len(value) != 32:
        raise ConfigError("quote.compose_hash: expected 64 hex digits")
    return value


# Entries that the file states in NEAR.
AMOUNTS = ("max_bond", "withdraw_above", "min_balance", "min_allowance", "min_prepaid")


def _settings(kind: type[Any], table: Table) -> Any:
    """Fill a dataclass of numbers from a table, keeping defaults for what is absent."""
    values: dict[str, Any] = {}
    for field in fields(kind):
        if field.name in AMOUNTS:
            values[field.name] = table.take_amount(field.name, getattr(kind, field.name))
        else:
            values[field.name] = table.take(
                field.name, type(getattr(kind, field.name)), getattr(kind, field.name)
            )
    table.finish()
    return kind(**values)
