"""Which chain to run on, and who pays there.

| name | chain | accounts are children of |
|---|---|---|
| embedded | in this process | `near` |
| rpc | a sandbox node behind an address | the account given, else one of ours |
| binary | a node started for this run | `near` |
| testnet, mainnet | the public networks | the account given |
"""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sealwright_sandbox import genesis
from sealwright_sandbox._engine import Key
from sealwright_sandbox.backends.binary import LaunchedSandbox
from sealwright_sandbox.backends.client import RpcClient
from sealwright_sandbox.backends.remote import RemoteSandbox
from sealwright_sandbox.errors import QueryFailed, SandboxMisused
from sealwright_sandbox.keys import padded_key, parse_key, test_key
from sealwright_sandbox.sandbox import Sandbox
from sealwright_sandbox.seam import Backend

BACKENDS = ("embedded", "rpc", "binary", "testnet", "mainnet")
BINARY_VARIABLE = "NEAR_SANDBOX_BIN_PATH"
ACCOUNT_VARIABLE = "NEAR_ACCOUNT_ID"
KEY_VARIABLE = "NEAR_SECRET_KEY"
PUBLIC_URLS = {
    "testnet": "https://rpc.testnet.fastnear.com",
    "mainnet": "https://free.rpc.fastnear.com",
}


def choose(name: str | None, url: str | None, environment: Mapping[str, str]) -> str:
    """The backend asked for: by name, by an address, by `NEAR_SANDBOX_BIN_PATH`, else embedded."""
    if name is not None:
        return name
    if url is not None:
        return "rpc"
    return "binary" if environment.get(BINARY_VARIABLE) else "embedded"


def open_backend(
    name: str,
    *,
    url: str | None = None,
    account_id: str | None = None,
    settings: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Backend:
    """Open a backend of `BACKENDS`; close it when the tests are done.

    `settings` are the embedded `Sandbox`'s. `account_id` (or NEAR_ACCOUNT_ID) pays on a network that
    is not ours; its key is in NEAR_SECRET_KEY or ~/.near-credentials/<network>/<account>.json.
    Raises SandboxMisused where something is missing, OSError where the node does not answer.
    """
    if name == "embedded":
        return Sandbox(**(settings or {}))
    if name == "binary":
        binary = environment.get(BINARY_VARIABLE)
        if not binary:
            raise SandboxMisused(f"set {BINARY_VARIABLE} to a near-sandbox or neard binary")
        return LaunchedSandbox(binary)
    if name not in BACKENDS:
        raise SandboxMisused(f"{name!r} is no backend; there are {', '.join(BACKENDS)}")
    address = url or PUBLIC_URLS.get(name)
    if address is None:
        raise SandboxMisused("the backend 'rpc' needs the address of a node")
    return _remote(name, address, account_id or environment.get(ACCOUNT_VARIABLE), environment)


def _remote(name: str, url: str, account_id: str | None, environment: Mapping[str, str]) -> RemoteSandbox:
    with RpcClient(url) as client:
        chain_id = client.request("status", [])["chain_id"]
        if name != "rpc" and chain_id != name:
            raise SandboxMisused(f"{url} serves {chain_id}, not {name}")
        if name == "rpc" and chain_id in PUBLIC_URLS:
            raise SandboxMisused(
                f"{url} serves {chain_id}: to spend NEAR there, name the backend {chain_id!r}"
            )
        if account_id is not None:
            root_id, key = account_id, _key_of(account_id, name, environment)
        else:
            root_id, key = _own_root(client, url, name)
    run_tag = f"-{os.urandom(3).hex()}"
    return RemoteSandbox(url, root_id, key, backend=name, public=name != "rpc", run_tag=run_tag)


def _key_of(account_id: str, network: str, environment: Mapping[str, str]) -> Key:
    if secret := environment.get(KEY_VARIABLE):
        return parse_key(secret)
    folder = Path(environment.get("HOME", "~")).expanduser() / ".near-credentials"
    file = folder / network / f"{account_id}.json"
    if not file.is_file():
        raise SandboxMisused(f"the key of {account_id} is neither in {KEY_VARIABLE} nor in {file}")
    return parse_key(json.loads(file.read_text())["private_key"])


def _own_root(client: RpcClient, url: str, name: str) -> tuple[str, Key]:
    """The first of the accounts with published keys that the node has."""
    if name == "rpc":
        for account_id, key in _published():
            try:
                found = client.request(
                    "query",
                    {
                        "request_type": "view_access_key",
                        "finality": "optimistic",
                        "account_id": account_id,
                        "public_key": key.public_key,
                    },
                )
            except QueryFailed:
                continue
            if "error" not in found:
                return account_id, key
    raise SandboxMisused(f"no account of {url} pays for the tests: set {ACCOUNT_VARIABLE} and {KEY_VARIABLE}")


def _published() -> Iterator[tuple[str, Key]]:
    yield genesis.TREASURY, test_key(genesis.TREASURY)
    yield genesis.ROOT, Key(genesis.ROOT_SECRET_KEY)
    yield genesis.ROOT, padded_key(genesis.ROOT)
