"""The receipts of a transaction, read from nearcore's view of its outcome."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sealwright_sandbox.failures import Failure, from_status
from sealwright_sandbox.instrumented import Place

EVENT_PREFIX = "EVENT_JSON:"


@dataclass(frozen=True)
class Receipt:
    """One executed receipt: what it did, what it cost, what it sent on.

    `actions` are nearcore's action views; `children` are the ids of the receipts it made;
    `deposit` is the sum of its actions' deposits in yoctoNEAR; `value` the bytes it returned;
    `location` and `traceback` say where in its sources a watched contract failed.
    """

    id: str
    predecessor_id: str
    executor_id: str
    actions: tuple[Any, ...]
    logs: tuple[str, ...]
    gas_burnt: int
    tokens_burnt: int
    children: tuple[str, ...]
    block_hash: str
    failure: Failure | None
    value: bytes | None
    traceback: tuple[Place, ...] = ()
    location: Place | None = None

    @property
    def is_refund(self) -> bool:
        """True for the transfers by which the system gives back deposits and unused gas."""
        return self.predecessor_id == "system"

    @property
    def method(self) -> str:
        """The methods called, or the names of the actions where there is no call."""
        return "+".join(_action_name(action) for action in self.actions) or "nothing"

    @property
    def deposit(self) -> int:
        """All NEAR that came with the actions, in yoctoNEAR."""
        return sum(_action_deposit(action) for action in self.actions)

    @property
    def events(self) -> list[dict[str, Any]]:
        """NEP-297 events among the logs."""
        return list(events_in(self.logs))


def events_in(logs: tuple[str, ...] | list[str]) -> Iterator[dict[str, Any]]:
    """NEP-297 events: logs of `EVENT_JSON:` and a JSON object."""
    for log in logs:
        if log.startswith(EVENT_PREFIX):
            yield json.loads(log.removeprefix(EVENT_PREFIX))


def receipts_from_view(view: dict[str, Any]) -> list[Receipt]:
    """All executed receipts of a final outcome that includes its receipts, as the node orders them."""
    known = {item["receipt_id"]: item for item in view["receipts"]}
    return [_receipt(item, known.get(item["id"]), view) for item in view["receipts_outcome"]]


def _receipt(executed: dict[str, Any], sent: dict[str, Any] | None, view: dict[str, Any]) -> Receipt:
    if sent is None:
        # A local receipt (the signer calls itself) is the transaction under another id; nearcore
        # leaves it out of the list.
        predecessor, actions = view["transaction"]["signer_id"], view["transaction"]["actions"]
    else:
        predecessor, actions = sent["predecessor_id"], sent["receipt"]["Action"]["actions"]
    outcome = executed["outcome"]
    status = outcome["status"]
    success = status.get("SuccessValue") if isinstance(status, dict) else None
    failure = status.get("Failure") if isinstance(status, dict) else None
    return Receipt(
        id=executed["id"],
        predecessor_id=predecessor,
        executor_id=outcome["executor_id"],
        actions=tuple(actions),
        logs=tuple(outcome["logs"]),
        gas_burnt=int(outcome["gas_burnt"]),
        tokens_burnt=int(outcome["tokens_burnt"]),
        children=tuple(outcome["receipt_ids"]),
        block_hash=executed["block_hash"],
        failure=from_status(failure) if failure is not None else None,
        value=base64.b64decode(success) if success is not None else None,
    )


def _action_name(action: Any) -> str:
    if isinstance(action, str):
        return action
    name, details = next(iter(action.items()))
    return str(details["method_name"]) if name == "FunctionCall" else str(name)


def _action_deposit(action: Any) -> int:
    if isinstance(action, str):
        return 0
    details = next(iter(action.values()))
    return int(details.get("deposit", 0)) if isinstance(details, dict) else 0
