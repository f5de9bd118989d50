"""How a transaction ended, and what a contract meant when it refused.

A contract of this project panics with `CODE: text`; that becomes the exception class of the code.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sealwright_protocol.client.errors import error_for

from sealwright_agents.errors import AnswerMalformed, ExecutionFailed, ViewFailed

T = TypeVar("T")

_PANIC = re.compile(r"^Smart contract panicked: (?:panicked at )?([A-Z][A-Z0-9_]*): (.*)$", re.DOTALL)
_VIEW_PANIC = re.compile(r'panic_msg: "([A-Z][A-Z0-9_]*): (.*)" ?}', re.DOTALL)


@dataclass(frozen=True)
class Outcome:
    """The end of one transaction: `value` on success, else `failure` (nearcore's error object).

    `gas_burnt` (gas units) and `tokens_burnt` (yoctoNEAR) are sums over the whole receipt tree.
    """

    transaction_hash: str
    value: bytes | None
    failure: Any
    logs: tuple[str, ...]
    gas_burnt: int
    tokens_burnt: int

    @classmethod
    def from_view(cls, view: Mapping[str, Any]) -> "Outcome | None":
        """Read nearcore's final outcome; None while the transaction has not ended yet."""
        status = view.get("status")
        if not isinstance(status, dict) or not ({"SuccessValue", "Failure"} & status.keys()):
            return None
        parts = [view["transaction_outcome"], *view["receipts_outcome"]]
        return cls(
            transaction_hash=view["transaction"]["hash"],
            value=base64.b64decode(status["SuccessValue"]) if "SuccessValue" in status else None,
            failure=status.get("Failure"),
            logs=tuple(log for part in parts for log in part["outcome"]["logs"]),
            gas_burnt=sum(part["outcome"]["gas_burnt"] for part in parts),
            tokens_burnt=sum(int(part["outcome"]["tokens_burnt"]) for part in parts),
        )

    def to_json(self) -> dict[str, Any]:
        """The form that the journal keeps."""
        return {
            "hash": self.transaction_hash,
            "value": None if self.value is None else base64.b64encode(self.value).decode(),
            "failure": self.failure,
            "logs": list(self.logs),
            "gas_burnt": self.gas_burnt,
            "tokens_burnt": str(self.tokens_burnt),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Outcome":
        """The reverse of `to_json`."""
        return cls(
            transaction_hash=kept["hash"],
            value=None if kept["value"] is None else base64.b64decode(kept["value"]),
            failure=kept["failure"],
            logs=tuple(kept["logs"]),
            gas_burnt=kept["gas_burnt"],
            tokens_burnt=int(kept["tokens_burnt"]),
        )

    def result(self, decode: Callable[[bytes], T]) -> T:
        """The decoded return value.

        Raises the ContractError of the refusal's code, ExecutionFailed when no contract spoke,
        AnswerMalformed.
        """
        if self.value is not None:
            return read_answer(decode, self.value)
        text = panic_text(self.failure)
        refusal = _PANIC.match(text)
        if refusal:
            raise error_for(refusal[1], refusal[2])
        raise ExecutionFailed(text, self.transaction_hash)


def read_answer(decode: Callable[[bytes], T], data: bytes) -> T:
    """The decoded answer of a contract. Raises AnswerMalformed."""
    try:
        return decode(data)
    except ValueError as wrong:
        raise AnswerMalformed(f"cannot read a contract's answer: {wrong}") from wrong


def panic_text(failure: Any) -> str:
    """The innermost text of nearcore's nested error object."""
    while isinstance(failure, dict) and failure:
        if "kind" in failure:
            failure = failure["kind"]
        elif len(failure) == 1:
            failure = next(iter(failure.values()))
        else:
            break
    return failure if isinstance(failure, str) else repr(failure)


def raise_view_error(text: str) -> None:
    """Raise what a failed view means: a ContractError, or ViewFailed when no contract spoke."""
    refusal = _VIEW_PANIC.search(text)
    if refusal:
        raise error_for(refusal[1], refusal[2])
    raise ViewFailed(text)
