"""The files that `neard init` writes, in the fields that tools read and edit."""

import json
import secrets
import string
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sealwright_sandbox import genesis
from sealwright_sandbox._engine import Key
from sealwright_sandbox.keys import padded_key
from sealwright_sandbox.units import NEAR

CONFIG = "config.json"
GENESIS = "genesis.json"
VALIDATOR_KEY = "validator_key.json"
NODE_KEY = "node_key.json"
DATA = "data"

BALANCE = 1_000_000_000 * NEAR
STAKE = 50_000_000 * NEAR
FAST_DELAY_MS = 120
"""Least time between blocks after `init --fast` (nearcore: nearcore/src/config.rs)."""
DELAY_MS = 600


def write(
    home: Path,
    *,
    chain_id: str | None,
    account_id: str | None,
    test_seed: str | None,
    fast: bool,
) -> str:
    """Write the files of a new node and return its chain id.

    With `test_seed` the validator's key is derived as neard derives it (the seed padded with spaces
    to 32 bytes), else it is random. Files of an earlier `init` are kept, as neard keeps them.
    """
    home.mkdir(parents=True, exist_ok=True)
    if (home / GENESIS).exists():
        found: str = read(home, GENESIS)["chain_id"]
        return found
    name = chain_id or "test-chain-" + "".join(secrets.choice(string.ascii_letters) for _ in range(5))
    validator = account_id or genesis.VALIDATOR
    key = padded_key(test_seed) if test_seed is not None else _random_key()
    _write(home, VALIDATOR_KEY, _key_file(validator, key))
    _write(home, NODE_KEY, _key_file("node", _random_key()))
    _write(home, CONFIG, _config(FAST_DELAY_MS if fast else DELAY_MS))
    _write(home, GENESIS, _genesis(name, validator, key.public_key))
    return name


def read(home: Path, name: str) -> dict[str, Any]:
    """One of the files. Raises OSError, and ValueError where it is not JSON."""
    found: dict[str, Any] = json.loads((home / name).read_text())
    return found


def _write(home: Path, name: str, value: dict[str, Any]) -> None:
    (home / name).write_text(json.dumps(value, indent=2) + "\n")


def _random_key() -> Key:
    return Key.from_seed(secrets.token_bytes(32))


def _key_file(account_id: str, key: Key) -> dict[str, Any]:
    return {"account_id": account_id, "public_key": key.public_key, "secret_key": key.secret_key}


def _config(delay_ms: int) -> dict[str, Any]:
    return {
        "genesis_file": GENESIS,
        "validator_key_file": VALIDATOR_KEY,
        "node_key_file": NODE_KEY,
        "rpc": {
            "addr": "0.0.0.0:3030",
            "cors_allowed_origins": ["*"],
            "limits_config": {"json_payload_max_size": 10 * 2**20},
        },
        "network": {"addr": "0.0.0.0:24567", "boot_nodes": ""},
        "consensus": {"min_block_production_delay": _delay(delay_ms)},
        "store": {"max_open_files": 10_000},
        "tracked_shards_config": "AllShards",
        "archive": False,
        "max_gas_burnt_view": None,
    }


def _delay(milliseconds: int) -> dict[str, int]:
    return {"secs": milliseconds // 1_000, "nanos": milliseconds % 1_000 * 1_000_000}


def _genesis(chain_id: str, validator: str, public_key: str) -> dict[str, Any]:
    records = genesis.account(validator, BALANCE, [public_key], locked=STAKE)
    if validator != genesis.TREASURY:
        # neard's own seed for the treasury account is its name.
        treasury_key = padded_key(genesis.TREASURY).public_key
        records += genesis.account(genesis.TREASURY, BALANCE, [treasury_key])
    accounts = [record["Account"]["account"] for record in records if "Account" in record]
    return {
        "protocol_version": 86,
        "genesis_time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "chain_id": chain_id,
        "genesis_height": 0,
        "epoch_length": 60,
        "gas_limit": 10**15,
        "min_gas_price": "100000000",
        "max_gas_price": "10000000000000000000000",
        "gas_price_adjustment_rate": [1, 100],
        "validators": [{"account_id": validator, "public_key": public_key, "amount": str(STAKE)}],
        "transaction_validity_period": 100,
        "total_supply": str(sum(int(found["amount"]) + int(found["locked"]) for found in accounts)),
        "protocol_treasury_account": genesis.TREASURY,
        "records": records,
    }
