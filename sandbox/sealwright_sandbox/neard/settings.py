"""What a node's genesis.json and config.json mean to a `Sandbox`."""

from datetime import datetime
from typing import Any

from sealwright_sandbox.errors import SandboxMisused

TAKEN_AS_IT_IS = (
    "protocol_version",
    "chain_id",
    "genesis_height",
    "epoch_length",
    "gas_limit",
    "min_gas_price",
    "max_gas_price",
    "transaction_validity_period",
)
"""Fields of genesis.json that are settings of the engine under the same name."""


def of_genesis(genesis: dict[str, Any]) -> dict[str, Any]:
    """Settings of `Sandbox` from genesis.json. Raises SandboxMisused where a field is missing."""
    try:
        settings = {name: genesis[name] for name in TAKEN_AS_IT_IS if name in genesis}
        settings["genesis_time_ms"] = int(_moment(genesis["genesis_time"]).timestamp() * 1_000)
        settings["records"] = genesis["records"]
        settings["validators"] = [
            {**{name: seat[name] for name in ("account_id", "public_key")}, "stake": str(seat["amount"])}
            for seat in genesis["validators"]
        ]
    except (KeyError, ValueError) as error:
        raise SandboxMisused(f"genesis.json: {error!r}") from None
    return settings


def _moment(text: str) -> datetime:
    # Nanoseconds are more than datetime reads.
    whole, _, fraction = text.removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{fraction[:6] or '0'}+00:00")


def of_config(config: dict[str, Any]) -> dict[str, Any]:
    """The rest of the settings, from config.json."""
    limit = config.get("max_gas_burnt_view")
    return {
        "block_interval_ms": block_delay_ms(config),
        **({"max_gas_burnt_view": limit} if limit is not None else {}),
    }


def block_delay_ms(config: dict[str, Any]) -> int:
    """Time between blocks while nothing is to be done, from consensus.min_block_production_delay."""
    delay = config.get("consensus", {}).get("min_block_production_delay", {})
    return max(1, int(delay.get("secs", 0)) * 1_000 + int(delay.get("nanos", 0)) // 1_000_000)


def address(text: str) -> tuple[str, int]:
    """Host and port of `127.0.0.1:3030`. Raises SandboxMisused."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise SandboxMisused(f"{text!r} is no address like 127.0.0.1:3030")
    return host, int(port)
