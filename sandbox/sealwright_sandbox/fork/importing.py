"""How accounts of a live network come into a sandbox.

An imported account is a handful of state records: account, access keys, code, storage. They are read first and
written together, so an import that fails leaves nothing behind. Where a node finds the storage too large to
show, or lazy import is asked for, storage is left out: the engine notes which keys a contract missed, takes the
block back, asks here for their values, and makes the block again.
"""

import base64
import json
from pathlib import Path
from typing import Any, NamedTuple

from sealwright_sandbox._engine import Engine, import_account, import_accounts, import_keys
from sealwright_sandbox.errors import ImportFailed
from sealwright_sandbox.fork.remote import RemoteState
from sealwright_sandbox.keys import test_key
from sealwright_sandbox.native import translated

NO_CODE = "11111111111111111111111111111111"


class Fork(NamedTuple):
    """A network at a block, for `Sandbox(fork=...)`: every account is imported when it is first touched.

    `block` is a height or hash (None: the last final one of now); `cache` the folder of the answers.
    """

    rpc_url: str
    block: int | str | None = None
    cache: Path | str | None = None


class Imported(NamedTuple):
    """An account's records (nearcore's StateRecord JSON), and whether its storage is among them."""

    records: list[dict[str, Any]]
    whole: bool


def read_account(remote: RemoteState, account_id: str, *, lazy: bool) -> Imported | None:
    """Read an account; None where the network has none of that name. Raises ImportFailed.

    It also gets the sandbox's test key of its name, with full access, so that tests can sign for it.
    """
    view = remote.account(account_id)
    if view is None:
        return None
    account = {
        "amount": view["amount"],
        "locked": view["locked"],
        "code_hash": NO_CODE,
        "storage_usage": view["storage_usage"],
        "version": "V1",
    }
    records: list[dict[str, Any]] = [{"Account": {"account_id": account_id, "account": account}}]
    for key in remote.access_keys(account_id):
        record = {"account_id": account_id, "public_key": key["public_key"], "access_key": key["access_key"]}
        records.append({"AccessKey": record})
    own = {"nonce": remote.block_height * 1_000_000, "permission": "FullAccess"}
    key = {"account_id": account_id, "public_key": test_key(account_id).public_key, "access_key": own}
    records.append({"AccessKey": key})
    code = remote.code(account_id)
    if not code:
        return Imported(records, whole=True)
    records.append({"Contract": {"account_id": account_id, "code": _base64(code)}})
    storage = None if lazy else remote.storage(account_id)
    for data_key, value in (storage or {}).items():
        data = {"account_id": account_id, "data_key": _base64(data_key), "value": _base64(value)}
        records.append({"Data": data})
    return Imported(records, whole=storage is not None)


class Importer:
    """Answers the engine's questions about accounts that it has not (wholly) got.

    The engine asks while it makes a block or answers a view; what is raised here makes it give that up.
    """

    def __init__(self, everywhere: RemoteState | None = None) -> None:
        self._everywhere = everywhere
        self._remotes: dict[str, RemoteState] = {}

    def use(self, account_id: str, remote: RemoteState) -> None:
        """Answer questions about this account from this network."""
        self._remotes[account_id] = remote

    def account(self, account_id: str) -> str | None:
        """{records, whole} of an account as JSON; None where the network has none of that name."""
        remote = self._remotes.get(account_id, self._everywhere)
        found = None if remote is None else read_account(remote, account_id, lazy=True)
        return None if found is None else json.dumps(found._asdict())

    def values(self, account_id: str, keys: list[bytes]) -> list[bytes | None]:
        """The values of storage keys, None where there is none."""
        remote = self._remotes.get(account_id, self._everywhere)
        return [None if remote is None else remote.value(account_id, bytes(key)) for key in keys]


class Imports:
    """What one sandbox imports: the part of `Sandbox` that knows of other networks."""

    def __init__(self, engine: Engine, everywhere: RemoteState | None) -> None:
        self._engine = engine
        self._importer = Importer(everywhere)
        self.fetches_accounts = everywhere is not None
        if everywhere is not None:
            import_accounts(engine, self._importer)

    def fetch(self, account_id: str) -> None:
        """Import an account of the fork if it is not here. Raises ImportFailed."""
        with translated():
            import_account(self._engine, account_id)

    def read(self, account_id: str, remote: RemoteState, *, lazy: bool) -> Imported:
        """An account, to be written at once. Raises ImportFailed."""
        found = read_account(remote, account_id, lazy=lazy)
        if found is None:
            reason = f"{account_id} does not exist at block {remote.block_height} of {remote.chain_id}"
            raise ImportFailed("ACCOUNT_UNKNOWN", reason)
        return found

    def read_by_key(self, account_id: str, remote: RemoteState) -> None:
        """Let the engine ask for storage of an account that is here without it."""
        self._importer.use(account_id, remote)
        with translated():
            import_keys(self._engine, self._importer, account_id)


def fork_settings(remote: RemoteState) -> dict[str, Any]:
    """What a sandbox takes over from the block that it forks: the chain's name, height and time."""
    return {
        "chain_id": remote.chain_id,
        "genesis_height": remote.block_height,
        "genesis_time_ms": remote.block_time_ms,
    }


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
