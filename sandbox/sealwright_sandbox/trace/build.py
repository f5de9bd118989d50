"""A whole trace: the transaction, its result, its receipts."""

from collections.abc import Iterator
from typing import Any

from sealwright_sandbox.trace.abi import Abis
from sealwright_sandbox.trace.actions import action
from sealwright_sandbox.trace.changes import balances, change
from sealwright_sandbox.trace.receipt import Receipts, failure
from sealwright_sandbox.trace.source import Source

SCHEMA = "sealwright-trace"
VERSION = 1


def build(source: Source, abis: Abis) -> dict[str, Any]:
    """The trace's JSON, as `schema.json` describes it."""
    receipts = Receipts(source, abis)
    roots = [receipts.tree(root) for root in source.roots]
    every = list(walk(roots))
    finished = all(receipt["state"] == "ran" for receipt in every)
    outcomes = [source.view["transaction_outcome"], *source.view["receipts_outcome"]]
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "complete": source.complete,
        "finished": finished,
        "transaction": _transaction(source, abis),
        "result": _result(source, every),
        "totals": {
            "gas_burnt": sum(int(one["outcome"]["gas_burnt"]) for one in outcomes),
            "tokens_burnt": str(sum(int(one["outcome"]["tokens_burnt"]) for one in outcomes)),
            "receipts": len(every),
            "blocks": len({one["block_hash"] for one in outcomes}),
        },
        "receipts": roots,
    }


def walk(receipts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """All receipts, each before those below it."""
    for receipt in receipts:
        yield receipt
        yield from walk(receipt["children"])


def _transaction(source: Source, abis: Abis) -> dict[str, Any]:
    transaction, executed = source.transaction, source.view["transaction_outcome"]
    changes = [change(one) for one in source.changes_by(transaction["hash"])]
    receiver_id = transaction["receiver_id"]
    return {
        "hash": transaction["hash"],
        "signer_id": transaction["signer_id"],
        "receiver_id": receiver_id,
        "public_key": transaction["public_key"],
        "nonce": transaction["nonce"],
        "impersonated": source.facts.get("impersonated", False),
        "block": source.block(executed["block_hash"]),
        "actions": [action(one, receiver_id, abis) for one in transaction["actions"]],
        "gas_burnt": int(executed["outcome"]["gas_burnt"]),
        "tokens_burnt": str(executed["outcome"]["tokens_burnt"]),
        "balances": balances(changes),
        "changes": changes,
    }


def _result(source: Source, receipts: list[dict[str, Any]]) -> dict[str, Any]:
    """What the transaction came to: the result at the end of the chain of returned promises."""
    known = {receipt["id"]: receipt for receipt in receipts}
    status = source.view.get("status")
    if isinstance(status, dict) and "Failure" in status:
        return {"status": "failed", "value": None, "failure": failure(status["Failure"])}
    current = known.get(source.roots[0]) if source.roots else None
    while current is not None and current["result"]["kind"] == "receipt":
        current = known.get(current["result"]["receipt_id"])
    if current is None or current["result"]["kind"] is None:
        return {"status": "running", "value": None, "failure": None}
    return {"status": "succeeded", "value": current["result"]["value"], "failure": None}
