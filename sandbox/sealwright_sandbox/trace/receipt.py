"""One receipt of a trace, and those below it."""

import base64
from typing import Any

from sealwright_sandbox.failures import from_status
from sealwright_sandbox.receipts import events_in
from sealwright_sandbox.trace import actions as of_actions
from sealwright_sandbox.trace.abi import Abis
from sealwright_sandbox.trace.changes import balances, change
from sealwright_sandbox.trace.source import Located, Source
from sealwright_sandbox.trace.values import guess_base64

SYSTEM = "system"


class Receipts:
    """Makes the receipts of one trace."""

    def __init__(self, source: Source, abis: Abis) -> None:
        self._source = source
        self._abis = abis
        self._producers = _producers(source)

    def tree(self, receipt_id: str) -> dict[str, Any]:
        """A receipt and those below it."""
        sent = self._source.receipts.get(receipt_id)
        executed = self._source.outcomes.get(receipt_id)
        if sent is None:
            return {**_unknown(receipt_id), "state": self._source.waits(receipt_id)}
        found = self._sent(sent)
        return found | (self._waiting(found) if executed is None else self._ran(found, executed))

    def _sent(self, sent: dict[str, Any]) -> dict[str, Any]:
        """What is known when a receipt is sent."""
        receiver_id, action = sent["receiver_id"], sent["receipt"]["Action"]
        shown = [of_actions.action(one, receiver_id, self._abis) for one in action["actions"]]
        attached = sum(one.get("gas", 0) for one in shown)
        return _unknown(sent["receipt_id"]) | {
            "kind": _kind(sent["predecessor_id"], action),
            "predecessor_id": sent["predecessor_id"],
            "receiver_id": receiver_id,
            "signer_id": action["signer_id"],
            "refund_to": action.get("refund_to"),
            "actions": shown,
            "deposit": str(sum(int(one["deposit"]) for one in shown)),
            "gas": {"attached": attached, "burnt": None, "profile": []},
            "inputs": [self._input(data_id, sent) for data_id in action["input_data_ids"]],
            "outputs": action["output_data_receivers"],
        }

    def _waiting(self, found: dict[str, Any]) -> dict[str, Any]:
        timeout = None
        if found["kind"] == "yield":
            timeout = self._timeout_height(found["id"])
        return {
            "state": self._source.waits(found["id"]),
            "timeout_height": timeout,
            "faults": self._source.faults_of(found["id"]),
        }

    def _timeout_height(self, receipt_id: str) -> int | None:
        blocks = self._source.facts.get("yield_timeout_blocks")
        for executed in self._source.outcomes.values():
            if receipt_id in executed["outcome"]["receipt_ids"]:
                height = self._source.block(executed["block_hash"])["height"]
                return None if height is None or blocks is None else height + blocks
        return None

    def _ran(self, found: dict[str, Any], executed: dict[str, Any]) -> dict[str, Any]:
        """What a receipt did."""
        outcome, receipt_id = executed["outcome"], executed["id"]
        changes = [change(one) for one in self._source.changes_by(receipt_id)]
        result = self._result(found, outcome["status"])
        shown = found["actions"]
        effects = of_actions.effects(shown, found["receiver_id"], found["predecessor_id"])
        burnt = {"burnt": int(outcome["gas_burnt"]), "profile": _profile(outcome)}
        return {
            "state": "ran",
            "block": self._source.block(executed["block_hash"]),
            "gas": found["gas"] | burnt,
            "tokens_burnt": str(outcome["tokens_burnt"]),
            "result": result,
            "logs": outcome["logs"],
            "events": list(events_in(outcome["logs"])),
            "effects": [] if result["failure"] else effects,
            "balances": balances(changes),
            "changes": changes,
            "faults": self._source.faults_of(receipt_id),
            "mocked": self._source.is_mocked(receipt_id),
            "children": [self.tree(child) for child in outcome["receipt_ids"]],
        }

    def _input(self, data_id: str, sent: dict[str, Any]) -> dict[str, Any]:
        """A result that a receipt waits for: from whom, and what came."""
        resumed = self._source.resumed(sent["receipt_id"])
        if sent["receipt"]["Action"].get("is_promise_yield"):
            return _answer(data_id, resumed)
        producer = self._producers.get(data_id)
        if producer is None:
            return _input(data_id, "promise", None)
        executed = self._source.outcomes[producer]
        status, executor = executed["outcome"]["status"], executed["outcome"]["executor_id"]
        if "SuccessValue" not in status:
            return _input(data_id, "promise", False, source=producer)
        raw = base64.b64decode(status["SuccessValue"])
        value = self._abis.result(executor, self._method(producer), raw)
        return _input(data_id, "promise", True, source=producer, value=value)

    def _method(self, receipt_id: str) -> str | None:
        sent = self._source.receipts.get(receipt_id)
        actions = sent["receipt"]["Action"]["actions"] if sent else []
        last = actions[-1] if actions else None
        return (
            last["FunctionCall"]["method_name"] if isinstance(last, dict) and "FunctionCall" in last else None
        )

    def _result(self, found: dict[str, Any], status: Any) -> dict[str, Any]:
        result: dict[str, Any] = {"kind": None, "value": None, "receipt_id": None, "failure": None}
        if not isinstance(status, dict):
            return result
        if "Failure" in status:
            place = self._source.places.get(found["id"])
            return result | {"kind": "failure", "failure": failure(status["Failure"], place)}
        if "SuccessReceiptId" in status:
            return result | {"kind": "receipt", "receipt_id": status["SuccessReceiptId"]}
        raw = base64.b64decode(status["SuccessValue"])
        value = self._abis.result(found["receiver_id"], self._method(found["id"]), raw)
        return result | {"kind": "value", "value": value}


def failure(error: Any, place: Located | None = None) -> dict[str, Any]:
    """A failure: stable code and text, the action, nearcore's own error, places in the sources."""
    code, text = from_status(error)
    action_error = error.get("ActionError") or {} if isinstance(error, dict) else {}
    return {
        "code": code,
        "text": text,
        "action_index": action_error.get("index"),
        "error": error,
        "location": place["location"] if place else None,
        "traceback": place["traceback"] if place else [],
    }


def _kind(predecessor_id: str, action: dict[str, Any]) -> str:
    if predecessor_id == SYSTEM:
        return "refund"
    if action.get("is_promise_yield"):
        return "yield"
    return "callback" if action["input_data_ids"] else "action"


def _answer(data_id: str, resumed: dict[str, Any] | None) -> dict[str, Any]:
    if resumed is None:
        return _input(data_id, "resume", None)
    if resumed["timed_out"]:
        return _input(data_id, "timeout", False, source=resumed["receipt_id"], tx_hash=resumed["tx_hash"])
    value = guess_base64(resumed["data"])
    return _input(
        data_id, "resume", True, source=resumed["receipt_id"], value=value, tx_hash=resumed["tx_hash"]
    )


def _input(
    data_id: str,
    kind: str,
    succeeded: bool | None,
    *,
    source: str | None = None,
    value: Any = None,
    tx_hash: str | None = None,
) -> dict[str, Any]:
    return {
        "data_id": data_id,
        "kind": kind,
        "succeeded": succeeded,
        "source": source,
        "value": value,
        "tx_hash": tx_hash,
    }


def _producers(source: Source) -> dict[str, str]:
    """Which receipt produced each piece of data: the last in a chain of returned promises."""
    found = {}
    for receipt_id, executed in source.outcomes.items():
        sent, status = source.receipts.get(receipt_id), executed["outcome"]["status"]
        if sent is None or (isinstance(status, dict) and "SuccessReceiptId" in status):
            continue
        for output in sent["receipt"]["Action"]["output_data_receivers"]:
            found[output["data_id"]] = receipt_id
    return found


def _profile(outcome: dict[str, Any]) -> list[dict[str, Any]]:
    """Gas by host function and action, most first."""
    costs = (outcome.get("metadata") or {}).get("gas_profile") or []
    found = [
        {
            "category": "action" if cost["cost_category"] == "ACTION_COST" else "host",
            "name": cost["cost"].lower(),
            "gas": int(cost["gas_used"]),
        }
        for cost in costs
    ]
    return sorted(found, key=lambda cost: -cost["gas"])


def _unknown(receipt_id: str) -> dict[str, Any]:
    """Every field of a receipt, none of them known."""
    nothing: dict[str, Any] = {"kind": None, "value": None, "receipt_id": None, "failure": None}
    return {
        "id": receipt_id,
        "kind": "action",
        "state": "unknown",
        "predecessor_id": None,
        "receiver_id": None,
        "signer_id": None,
        "refund_to": None,
        "block": None,
        "actions": [],
        "deposit": "0",
        "gas": {"attached": 0, "burnt": None, "profile": []},
        "tokens_burnt": None,
        "inputs": [],
        "outputs": [],
        "timeout_height": None,
        "result": nothing,
        "logs": [],
        "events": [],
        "effects": [],
        "balances": [],
        "changes": [],
        "faults": [],
        "mocked": False,
        "children": [],
    }
