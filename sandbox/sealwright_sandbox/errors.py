"""What the sandbox raises.

    SandboxError
    ├── ExecutionFailed            code and text of whatever refused
    │   ├── CallFailed             a transaction ran and its result is a failure; has the outcome
    │   ├── ViewFailed             a view call failed
    │   └── TransactionRefused     a transaction was not valid; nothing happened, nothing was charged
    ├── AccountUnknown             the chain has no such account
    ├── QueryFailed                a JSON-RPC method answered with an error
    ├── NotFinished                a transaction did not end within the given number of blocks
    ├── TranscriptUnreadable       a file that is no transcript
    ├── NotSupported               this backend cannot do what was asked for
    └── SandboxMisused             an argument or an order of calls that makes no sense

`code` is the contract's own CODE where a contract panicked with `CODE: text`, else nearcore's name
of the error in capitals (ACCOUNT_DOES_NOT_EXIST, METHOD_NOT_FOUND, GAS_EXCEEDED, INVALID_NONCE).
"""

import re
from typing import TYPE_CHECKING, Any

from sealwright_sandbox.instrumented import Place

if TYPE_CHECKING:
    from sealwright_sandbox.outcome import Outcome


_PLACE = re.compile(r"\(([^()\s]+\.py):(\d+)\)$")


def place_in(text: str) -> Place | None:
    """The place with which a panic's text ends, if it does."""
    found = _PLACE.search(text)
    return Place(found[1], int(found[2]), "") if found else None


class SandboxError(Exception):
    """Base of everything the sandbox raises."""


class ExecutionFailed(SandboxError):
    """Something was refused; match on `code`.

    `location` is the line of the contract's source where that happened and `traceback` the places of all
    functions under way, the method first; None and empty where nobody watched (see `observe`). A panic
    that ends with a place of its own (`KeyError: 7 (shop/tasks.py:41)`) has that as location.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}" if text else code)
        self.code = code
        self.text = text
        self.location: Place | None = place_in(text)
        self.traceback: tuple[Place, ...] = ()

    def stood(self, traceback: tuple[Place, ...], location: Place | None) -> None:
        """Say where it happened."""
        self.traceback, self.location = traceback, location

    def __str__(self) -> str:
        what = super().__str__()
        return f"{what} ({self.location})" if self.traceback and self.location else what


class CallFailed(ExecutionFailed):
    """A transaction was executed and its result is a failure.

    `outcome` holds everything that happened: gas, logs, the receipt tree.
    """

    def __init__(self, code: str, text: str, outcome: "Outcome") -> None:
        super().__init__(code, text)
        self.outcome = outcome
        failed = outcome.origin
        if failed is not None:
            self.stood(failed.traceback, failed.location)


class ViewFailed(ExecutionFailed):
    """A view call failed; nothing was changed."""


class TransactionRefused(ExecutionFailed):
    """A transaction is not valid (signature, nonce, balance, key permissions, size)."""


class AccountUnknown(SandboxError):
    """The chain has no account of this name."""

    def __init__(self, account_id: str) -> None:
        super().__init__(f"account {account_id} does not exist")
        self.account_id = account_id


class NotFinished(SandboxError):
    """A transaction did not end: its receipts still wait, or no block took it.

    Ask `sandbox.pending(error.tx_hash)` what it did so far.
    """

    def __init__(self, tx_hash: str) -> None:
        super().__init__(f"transaction {tx_hash} has not ended")
        self.tx_hash = tx_hash


class QueryFailed(SandboxError):
    """A JSON-RPC method answered with an error; `error` is nearcore's error object."""

    def __init__(self, error: dict[str, Any]) -> None:
        cause = error.get("cause") or {}
        super().__init__(f"{cause.get('name', error.get('name'))}: {error.get('data')}")
        self.error = error
        self.name: str | None = cause.get("name")


class NotSupported(SandboxError):
    """A backend cannot do this (`docs/spec/sandbox-pytest.md`); the pytest plugin skips the test."""

    def __init__(self, backend: str, ability: str) -> None:
        super().__init__(f"backend {backend!r} cannot {ability}")
        self.backend = backend
        self.ability = ability


class SandboxMisused(SandboxError):
    """An argument or an order of calls that makes no sense."""


class TranscriptUnreadable(SandboxError):
    """A file that is no transcript; the text says where it is wrong."""


class ImportFailed(SandboxError):
    """An account could not be imported from a live network; nothing of it was.

    `code`: NETWORK, BLOCK_UNKNOWN (the node does not have the block), STATE_TOO_LARGE, ACCOUNT_UNKNOWN.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
