"""What a trace is made from, asked of a node over JSON-RPC.

Blocks and the changes of the state are asked for besides the outcome; what a node does not tell
(state before a change, where receipts wait, who answered a yield) stays unknown.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sealwright_sandbox.errors import QueryFailed
from sealwright_sandbox.trace.source import BlockFacts, Facts
from sealwright_sandbox.trace.trace import Trace

Request = Callable[[str, Any], Any]
"""A JSON-RPC method and its parameters to its result; raises QueryFailed."""

ANY_SENDER = "near"
"""A node finds a transaction by its hash alone, but wants a name as well."""


def trace(
    request: Request, tx_hash: str, *, sender_id: str = ANY_SENDER, abis: Mapping[str, Any] | None = None
) -> Trace:
    """The trace of a transaction that a node knows. Raises QueryFailed where it does not."""
    asked = {"tx_hash": tx_hash, "sender_account_id": sender_id, "wait_until": "NONE"}
    view = request("EXPERIMENTAL_tx_status", asked)
    if "transaction_outcome" not in view:
        raise QueryFailed({"name": "NOT_EXECUTED", "data": f"no block has taken {tx_hash} yet"})
    return Trace(view, facts(request, view), abis)


def facts(request: Request, view: dict[str, Any]) -> Facts:
    """What a node tells beside an outcome."""
    executed = [view["transaction_outcome"], *view["receipts_outcome"]]
    accounts: dict[str, set[str]] = {}
    for one in executed:
        accounts.setdefault(one["block_hash"], set()).add(one["outcome"]["executor_id"])
    changes: list[dict[str, Any]] = []
    for block_hash, touched in accounts.items():
        changes.extend(_changes(request, block_hash, sorted(touched)))
    return {"blocks": {hash_: _block(request, hash_) for hash_ in accounts}, "changes": changes}


def _block(request: Request, block_hash: str) -> BlockFacts:
    header = request("block", {"block_id": block_hash})["header"]
    return {"height": int(header["height"]), "timestamp_ns": int(header["timestamp_nanosec"])}


def _changes(request: Request, block_hash: str, account_ids: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for kind in ("account_changes", "data_changes", "contract_code_changes", "all_access_key_changes"):
        asked = {"changes_type": kind, "block_id": block_hash, "account_ids": account_ids}
        if kind == "data_changes":
            asked["key_prefix_base64"] = ""
        try:
            found.extend(request("EXPERIMENTAL_changes", asked)["changes"])
        except QueryFailed:
            # Public nodes often do not offer it: a trace without changes is still one.
            return []
    return found
