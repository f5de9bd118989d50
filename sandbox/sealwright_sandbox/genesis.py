"""The accounts every sandbox starts with, as those of NEAR's own sandbox.

| account | balance | keys |
|---|---|---|
| test.near | 1e9 NEAR, 50e6 staked | test key of its name; validator |
| near | 1e9 NEAR | test key of its name, and the one neard derives; creates `<name>.near`; the treasury |
| sandbox | 10,000 NEAR | near-sandbox-rs's public key, and the one near-kit derives |
| registrar | 1e6 NEAR | test key of its name, and near-workspaces's; creates top-level accounts |
"""

from typing import Any

from sealwright_sandbox._engine import Key
from sealwright_sandbox.keys import padded_key, test_key
from sealwright_sandbox.units import NEAR

VALIDATOR = "test.near"
TREASURY = "near"
ROOT = "sandbox"
REGISTRAR = "registrar"

# The secret key that near-sandbox-rs publishes for the account `sandbox`.
ROOT_SECRET_KEY = (
    "ed25519:3tgdk2wPraJzT4nsTuf86UX41xgPNk3MHnq8epARMdBNs29AFEztAuaQ7iHddDfXG9F2RzV1XNQYgJyAyoW51UBB"  # noqa: S105
)
STAKE = 50_000_000 * NEAR


def records() -> list[dict[str, Any]]:
    """The genesis records, in nearcore's form."""
    found: list[dict[str, Any]] = []
    found += account(VALIDATOR, 1_000_000_000 * NEAR, [test_key(VALIDATOR).public_key], locked=STAKE)
    treasury_keys = [test_key(TREASURY).public_key, padded_key(TREASURY).public_key]
    found += account(TREASURY, 1_000_000_000 * NEAR, treasury_keys)
    found += account(ROOT, 10_000 * NEAR, root_keys())
    # near-workspaces gives the registrar the key of `sandbox`.
    registrar_keys = [test_key(REGISTRAR).public_key, Key(ROOT_SECRET_KEY).public_key]
    found += account(REGISTRAR, 1_000_000 * NEAR, registrar_keys)
    return found


def root_keys() -> list[str]:
    """Public keys of `sandbox`."""
    return [Key(ROOT_SECRET_KEY).public_key, padded_key(ROOT).public_key]


def validators() -> list[dict[str, str]]:
    """The only validator."""
    key = test_key(f"{VALIDATOR}/validator").public_key
    return [{"account_id": VALIDATOR, "public_key": key, "stake": str(STAKE)}]


def account(
    account_id: str, balance: int, public_keys: list[str], *, locked: int = 0
) -> list[dict[str, Any]]:
    """State records of an account without a contract; `balance` and `locked` in yoctoNEAR."""
    state = {
        "amount": str(balance),
        "locked": str(locked),
        "code_hash": "1" * 32,
        "storage_usage": 0,
        "version": "V1",
    }
    key = {"nonce": 0, "permission": "FullAccess"}
    return [
        {"Account": {"account_id": account_id, "account": state}},
        *(
            {"AccessKey": {"account_id": account_id, "public_key": public_key, "access_key": key}}
            for public_key in public_keys
        ),
    ]
