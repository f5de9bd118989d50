"""Accounts, code and storage of a network at one block."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sealwright_sandbox.errors import ImportFailed
from sealwright_sandbox.fork.cache import Cache, default_folder
from sealwright_sandbox.fork.transport import Transport

PAGE = 1_000
"""Keys asked for at a time, where a node gives pages; older nodes answer with everything."""

FINAL_ERRORS = {"UNKNOWN_ACCOUNT", "NO_CONTRACT_CODE", "TOO_LARGE_CONTRACT_STATE"}
"""Errors that are true of a block for ever, and so are kept."""
NO_BLOCK = {
    "UNKNOWN_BLOCK",
    "GARBAGE_COLLECTED_BLOCK",
    "NOT_SYNCED_YET",
    "NO_SYNCED_BLOCKS",
    "UNAVAILABLE_SHARD",
}


class RemoteState:
    """A network's state after a block.

    `block` is a height or a hash; None takes the last final block of now, which needs the network. Everything
    else is asked for once and kept in `cache` (a folder; default_folder() unless given), by block.
    Raises ImportFailed: BLOCK_UNKNOWN where the node does not have the block (any more), NETWORK.
    """

    def __init__(
        self,
        rpc_url: str,
        block: int | str | None = None,
        *,
        cache: Path | str | None = None,
        transport: Transport | None = None,
    ) -> None:
        self._transport = transport or Transport(rpc_url)
        self._cache = Cache(Path(cache) if cache is not None else default_folder())
        header = self._header(rpc_url, block)
        self.chain_id: str = header["chain_id"]
        self.block_hash: str = header["hash"]
        self.block_height: int = header["height"]
        self.block_time_ms: int = header["time_ms"]

    def account(self, account_id: str) -> dict[str, Any] | None:
        """nearcore's account view; None where the account does not exist."""
        answer = self._query("view_account", account_id=account_id)
        return None if answer == "UNKNOWN_ACCOUNT" else self._object(answer, account_id)

    def code(self, account_id: str) -> bytes:
        """The account's wasm; empty where it has no contract."""
        answer = self._query("view_code", account_id=account_id)
        if answer == "NO_CONTRACT_CODE":
            return b""
        return base64.b64decode(self._object(answer, account_id)["code_base64"])

    def access_keys(self, account_id: str) -> list[dict[str, Any]]:
        """Every access key: {public_key, access_key}, as nearcore shows it."""
        answer = self._query("view_access_key_list", account_id=account_id)
        keys: list[dict[str, Any]] = self._object(answer, account_id)["keys"]
        return keys

    def storage(self, account_id: str) -> dict[bytes, bytes] | None:
        """Every key and value of the contract; None where the node finds the state too large to show."""
        found: dict[bytes, bytes] = {}
        after: dict[str, str] = {}
        while True:
            answer = self._query(
                "view_state",
                account_id=account_id,
                prefix_base64="",
                limit=PAGE,
                include_proof=False,
                **after,
            )
            if answer == "TOO_LARGE_CONTRACT_STATE":
                return None
            page = self._object(answer, account_id)
            found.update(_pairs(page))
            last = page.get("last_key")
            if not last:
                return found
            after = {"after_key_base64": last}

    def value(self, account_id: str, key: bytes) -> bytes | None:
        """The value of one storage key; None where there is none.

        Raises ImportFailed STATE_TOO_LARGE where the node does not even show a single key.
        """
        prefix = base64.b64encode(key).decode()
        answer = self._query(
            "view_state", account_id=account_id, prefix_base64=prefix, limit=1, include_proof=False
        )
        if answer == "TOO_LARGE_CONTRACT_STATE":
            reason = (
                f"the node does not show any storage of {account_id}; another node may have a higher limit"
            )
            raise ImportFailed("STATE_TOO_LARGE", reason)
        return dict(_pairs(self._object(answer, account_id))).get(key)

    # Questions.

    def _query(self, request_type: str, **fields: Any) -> dict[str, Any] | str:
        """The result, or the name of an error that is final."""
        question = {"request_type": request_type, "block_id": self.block_hash, **fields}
        space = f"{self.chain_id}/{self.block_hash}"
        kept: dict[str, Any] | str | None = self._cache.get(space, question)
        if kept is not None:
            return kept
        answer = self._ask("query", question)
        self._cache.put(space, question, answer)
        return answer

    def _ask(self, method: str, params: Any) -> dict[str, Any] | str:
        answer = self._transport.call(method, params)
        if "error" not in answer:
            result: dict[str, Any] = answer["result"]
            return result
        error = answer["error"]
        name = (error.get("cause") or {}).get("name") or error.get("name") or ""
        if name in FINAL_ERRORS:
            return str(name)
        if name in NO_BLOCK:
            url = self._transport.url
            raise ImportFailed(
                "BLOCK_UNKNOWN", f"{url} does not have the block ({name}): take an archive node"
            )
        raise ImportFailed(
            "NETWORK", f"{self._transport.url}: {name}: {error.get('data') or error.get('message')}"
        )

    def _object(self, answer: dict[str, Any] | str, account_id: str) -> dict[str, Any]:
        if isinstance(answer, str):
            raise ImportFailed(answer, f"{account_id} at block {self.block_hash}")
        return answer

    def _header(self, rpc_url: str, block: int | str | None) -> dict[str, Any]:
        question = {"url": rpc_url, "block": block}
        kept: dict[str, Any] | None = self._cache.get("blocks", question) if block is not None else None
        if kept is not None:
            return kept
        found = self._ask("block", {"finality": "final"} if block is None else {"block_id": block})
        status = self._ask("status", [])
        if isinstance(found, str) or isinstance(status, str):
            raise ImportFailed("NETWORK", f"{rpc_url} answered the wrong question")
        header = {
            "chain_id": status["chain_id"],
            "hash": found["header"]["hash"],
            "height": found["header"]["height"],
            "time_ms": int(found["header"]["timestamp_nanosec"]) // 1_000_000,
        }
        if block is not None:
            self._cache.put("blocks", question, header)
        return header


def _pairs(page: dict[str, Any]) -> Iterator[tuple[bytes, bytes]]:
    for item in page["values"]:
        yield base64.b64decode(item["key"]), base64.b64decode(item["value"])
