"""The three function-call keys of an agent: one a contract, each with a method list.

A function-call key cannot attach money and names one receiver, so whoever steals all three can spend
the gas allowance and play the node, but neither withdraw nor deactivate anything. The agent refuses
to start with a stronger key.

Key files have the form that near-cli writes: `{"account_id", "public_key", "private_key"}`.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import base58
import ed25519  # type: ignore[import-untyped]

from sealwright_agents.errors import KeyRefused
from sealwright_agents.signer import read_private_json, write_private_json

# What each key may call, and therefore all that an agent ever does on chain.
REGISTRY_METHODS = ("request_challenge", "register_node", "renew_attestation", "update_node")
# `withdraw` pays what is owed to its owner alone, whoever asks; `withdraw_prepaid` is not here.
MARKET_METHODS = (
    "claim_task",
    "release_claim",
    "submit_result",
    "retry_verification",
    "settle",
    "withdraw",
)
GATEWAY_METHODS = ("respond", "withdraw")
METHODS: Mapping[str, tuple[str, ...]] = {
    "registry": REGISTRY_METHODS,
    "market": MARKET_METHODS,
    "gateway": GATEWAY_METHODS,
}


@dataclass(frozen=True)
class AccessKey:
    """One function-call key: whose it is, what it opens, and its secret."""

    account_id: str
    contract_id: str
    secret: bytes  # 64 bytes: seed and public key, as NEAR writes them

    @property
    def public_key(self) -> str:
        """`ed25519:<base58>`."""
        return "ed25519:" + base58.b58encode(self.secret[32:]).decode()

    def __repr__(self) -> str:
        return f"AccessKey({self.account_id}, {self.contract_id}, {self.public_key})"


@dataclass(frozen=True)
class KeyOnChain:
    """What the chain says about an access key.

    `allowance` is in yoctoNEAR, None when unlimited; `methods` is empty when the key may call any.
    """

    nonce: int
    full_access: bool
    receiver_id: str = ""
    methods: tuple[str, ...] = ()
    allowance: int | None = None

    @classmethod
    def from_view(cls, view: Mapping[str, Any]) -> "KeyOnChain":
        """Read nearcore's `AccessKeyView`; a permission that is no plain function-call key is full access."""
        permission = view["permission"]
        if not isinstance(permission, dict) or "FunctionCall" not in permission:
            return cls(nonce=view["nonce"], full_access=True)
        call = permission["FunctionCall"]
        allowance = None if call["allowance"] is None else int(call["allowance"])
        return cls(view["nonce"], False, call["receiver_id"], tuple(call["method_names"]), allowance)


def check_strength(key: AccessKey, found: KeyOnChain, methods: Iterable[str]) -> None:
    """Refuse a key that may do more, or less, than the agent needs.

    `methods` are all that this key may call. Raises KeyRefused with what to change.
    """
    if found.full_access:
        raise KeyRefused(f"{key.public_key} is a full-access key: an agent holds function-call keys only")
    if found.receiver_id != key.contract_id:
        raise KeyRefused(f"{key.public_key} opens {found.receiver_id}, expected {key.contract_id}")
    wanted = set(methods)
    if not found.methods:
        raise KeyRefused(f"{key.public_key} may call every method: list {', '.join(sorted(wanted))}")
    excess, lacking = set(found.methods) - wanted, wanted - set(found.methods)
    if excess:
        raise KeyRefused(f"{key.public_key} may also call {', '.join(sorted(excess))}: leave that out")
    if lacking:
        raise KeyRefused(f"{key.public_key} may not call {', '.join(sorted(lacking))}: add that")


def load_key(path: Path, account_id: str, contract_id: str) -> AccessKey:
    """Read a key file. Raises KeyRefused when it is malformed, public, or another account's."""
    content = read_private_json(path)
    try:
        secret = _secret(content["private_key"])
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise KeyRefused(f"{path} holds no ed25519 private key") from wrong
    key = AccessKey(account_id, contract_id, secret)
    if content.get("account_id", account_id) != account_id:
        raise KeyRefused(f"{path} belongs to {content['account_id']}, not to {account_id}")
    if content.get("public_key", key.public_key) != key.public_key:
        raise KeyRefused(f"{path}: public and private key do not belong together")
    return key


def create_key(path: Path, account_id: str, contract_id: str) -> AccessKey:
    """Make a new key inside the enclave. Raises FileExistsError when the file exists."""
    key = AccessKey(account_id, contract_id, _full_secret(os.urandom(32)))
    private_key = "ed25519:" + base58.b58encode(key.secret).decode()
    content = {"account_id": account_id, "public_key": key.public_key, "private_key": private_key}
    write_private_json(path, content)
    return key


def _secret(text: str) -> bytes:
    """The 64 secret bytes of `ed25519:<base58>`, which holds 32 (seed) or 64 bytes."""
    curve, _, encoded = text.partition(":")
    raw: bytes = base58.b58decode(encoded)
    if curve != "ed25519" or len(raw) not in (32, 64):
        raise ValueError("expected ed25519:<base58 of 32 or 64 bytes>")
    secret = _full_secret(raw[:32])
    if len(raw) == 64 and raw != secret:
        raise ValueError("the second half is not the public key of the first")
    return secret


def _full_secret(seed: bytes) -> bytes:
    return bytes(ed25519.SigningKey(seed).to_bytes())
