"""A node's answers about transactions and views, in the form that `Outcome` reads."""

import base64
import json
import re
from typing import Any

from sealwright_sandbox.errors import (
    AccountUnknown,
    QueryFailed,
    SandboxError,
    TransactionRefused,
    ViewFailed,
)
from sealwright_sandbox.failures import Failure, from_execution_error, from_status

# Where the node's old `query` says why a view failed: Rust's debug form of the error.
_DEBUG_PREFIX = "wasm execution failed with error: "
_PANIC = re.compile(r'HostError\(GuestPanic \{ panic_msg: "(.*)" \}\)', re.DOTALL)
_HOST_ERRORS = {
    "HostError(GasExceeded)": "Exceeded the prepaid gas.",
    "HostError(GasLimitExceeded)": "Exceeded the maximum amount of gas allowed to burn per contract.",
}
_NAMED = re.compile(r"(?:MethodResolveError|CompilationError)\((\w+)")


class AnsweredOutcome:
    """An `OutcomeSource` from the JSON of EXPERIMENTAL_tx_status."""

    def __init__(self, answer: dict[str, Any]) -> None:
        # How final the node thinks it is changes from one answer to the next, the outcome does not.
        self._view = {name: value for name, value in answer.items() if name != "final_execution_status"}
        status = answer.get("status")
        self._status = status if isinstance(status, dict) else {}
        self._outcomes = [
            executed["outcome"] for executed in (answer["transaction_outcome"], *answer["receipts_outcome"])
        ]

    @property
    def hash(self) -> str:
        hash_: str = self._view["transaction"]["hash"]
        return hash_

    @property
    def finished(self) -> bool:
        """Whether every receipt, refunds too, has an outcome."""
        executed = {item["id"] for item in self._view["receipts_outcome"]}
        sent = {receipt for outcome in self._outcomes for receipt in outcome["receipt_ids"]}
        return bool({"SuccessValue", "Failure"} & self._status.keys()) and sent <= executed

    @property
    def succeeded(self) -> bool:
        return "SuccessValue" in self._status

    @property
    def value(self) -> bytes:
        return base64.b64decode(self._status.get("SuccessValue", ""))

    @property
    def failure(self) -> str | None:
        return json.dumps(self._status["Failure"]) if "Failure" in self._status else None

    @property
    def logs(self) -> list[str]:
        return [log for outcome in self._outcomes for log in outcome["logs"]]

    @property
    def gas_burnt(self) -> int:
        return sum(int(outcome["gas_burnt"]) for outcome in self._outcomes)

    @property
    def tokens_burnt(self) -> int:
        return sum(int(outcome["tokens_burnt"]) for outcome in self._outcomes)

    def view(self) -> str:
        return json.dumps(self._view)

    def facts(self) -> str | None:
        """None: a trace of a node's transactions is made by `trace.remote`."""
        return None


def refusal(error: QueryFailed) -> SandboxError:
    """TransactionRefused where the node says that a transaction is not valid, else the error itself."""
    if error.name != "INVALID_TRANSACTION":
        return error
    return TransactionRefused(*from_status(error.error["data"]))


def view_failure(error: QueryFailed) -> SandboxError:
    """What a failed EXPERIMENTAL_call_function means."""
    info = error.error.get("cause", {}).get("info", {})
    if error.name == "UNKNOWN_ACCOUNT":
        return AccountUnknown(info["requested_account_id"])
    if error.name == "NO_CONTRACT_CODE":
        return ViewFailed(*from_status({"CodeDoesNotExist": {"account_id": info["contract_account_id"]}}))
    if error.name == "CONTRACT_EXECUTION_ERROR" and "vm_error" in info:
        return ViewFailed(*from_status({"FunctionCallError": info["vm_error"]}))
    return error


def legacy_view_failure(text: str) -> ViewFailed:
    """What the `error` in a result of the old `query` means."""
    error = text.removeprefix(_DEBUG_PREFIX)
    return ViewFailed(*_from_debug(error))


def _from_debug(error: str) -> Failure:
    if panic := _PANIC.fullmatch(error):
        message = panic[1].replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")
        return from_execution_error(f"Smart contract panicked: {message}")
    if error in _HOST_ERRORS:
        return from_execution_error(_HOST_ERRORS[error])
    if named := _NAMED.match(error):
        return from_status(named[1])
    return from_execution_error(error)
