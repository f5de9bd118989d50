"""Why a transaction or view failed, read from nearcore's error objects.

A contract of ours panics with `CODE: text`. Everything else gets a code made from nearcore's own
name of the error, so that callers always match on one string.
"""

import json
import re
from typing import Any, NamedTuple

PANIC = "PANIC"
EXECUTION_ERROR = "EXECUTION_ERROR"

_PANIC_PREFIX = "Smart contract panicked: "
_CODE_AND_TEXT = re.compile(r"([A-Z][A-Z0-9_]*[A-Z0-9])(?:: (.*))?", re.DOTALL)
_GAS_MESSAGES = {
    "Exceeded the prepaid gas.": "GAS_EXCEEDED",
    "Exceeded the maximum amount of gas allowed to burn per contract.": "GAS_LIMIT_EXCEEDED",
}
# Wrappers that say where something failed, not what: the code is the name inside them.
_WRAPPERS = {
    "ActionError",
    "FunctionCallError",
    "InvalidTxError",
    "InvalidAccessKeyError",
    "ActionsValidation",
    "NewReceiptValidationError",
    "MethodResolveError",
    "CompilationError",
    "TxExecutionError",
}


class Failure(NamedTuple):
    """An error as a stable code and a text for people."""

    code: str
    text: str


def from_status(failure: Any) -> Failure:
    """Read the `Failure` object of a nearcore execution status, or an `InvalidTxError`."""
    name, details = _unwrap(failure)
    if name == "ExecutionError":
        return from_execution_error(str(details))
    return Failure(_upper_snake(name), _describe(name, details))


def from_execution_error(message: str) -> Failure:
    """Read the message of a contract's own failure."""
    if message in _GAS_MESSAGES:
        return Failure(_GAS_MESSAGES[message], message)
    if not message.startswith(_PANIC_PREFIX):
        return Failure(EXECUTION_ERROR, message)
    panic = message.removeprefix(_PANIC_PREFIX)
    match = _CODE_AND_TEXT.fullmatch(panic)
    if match is None:
        return Failure(PANIC, panic)
    return Failure(match[1], match[2] or "")


def _unwrap(node: Any) -> tuple[str, Any]:
    """The innermost named error and its details."""
    if isinstance(node, str):
        return node, None
    if "kind" in node and set(node) <= {"index", "kind"}:
        return _unwrap(node["kind"])
    name, details = next(iter(node.items()))
    if name in _WRAPPERS and details:
        return _unwrap(details)
    return name, details


def _describe(name: str, details: Any) -> str:
    return name if details is None else f"{name} {json.dumps(details, separators=(', ', ': '))}"


def _upper_snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()
