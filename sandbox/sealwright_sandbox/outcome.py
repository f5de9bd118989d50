"""What a transaction did."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from sealwright_sandbox.errors import CallFailed
from sealwright_sandbox.failures import Failure, from_status
from sealwright_sandbox.receipts import Receipt, events_in, receipts_from_view
from sealwright_sandbox.trace import Abis, Trace
from sealwright_sandbox.trace.source import Located

if TYPE_CHECKING:
    from sealwright_sandbox.observe import Observer


class OutcomeSource(Protocol):
    """What an outcome is read from: the engine's own, or a node's answer (`backends.answers`)."""

    @property
    def hash(self) -> str: ...
    @property
    def finished(self) -> bool: ...
    @property
    def succeeded(self) -> bool: ...
    @property
    def value(self) -> bytes: ...
    @property
    def failure(self) -> str | None: ...
    @property
    def logs(self) -> list[str]: ...
    @property
    def gas_burnt(self) -> int: ...
    @property
    def tokens_burnt(self) -> int: ...
    def view(self) -> str: ...
    def facts(self) -> str | None: ...


class OutcomeBook(Protocol):
    """Knows what became of transactions."""

    def outcome(self, tx_hash: str, /) -> OutcomeSource | None: ...


class Outcome:
    """The result of a transaction whose receipts have all run.

    Everything is read from the chain when it is first asked for, so a call whose receipts nobody
    looks at costs no JSON.
    """

    def __init__(
        self,
        native: OutcomeSource,
        observer: "Observer | None" = None,
        abis: Abis | None = None,
    ) -> None:
        self._native = native
        self._observer = observer
        self._abis = Abis() if abis is None else abis

    @property
    def hash(self) -> str:
        """The transaction's hash, base58."""
        return self._native.hash

    @property
    def succeeded(self) -> bool:
        """True where the transaction's result (through returned promises) is a value."""
        return self._native.succeeded

    @property
    def raw(self) -> bytes:
        """The returned bytes; empty where nothing was returned or the transaction failed."""
        return self._native.value

    @property
    def value(self) -> Any:
        """The returned bytes decoded as JSON; None where nothing was returned.

        Raises ValueError where the bytes are not JSON: read `raw` then.
        """
        return json.loads(self.raw) if self.raw else None

    @property
    def logs(self) -> list[str]:
        """The logs of all receipts, in the order of `receipts`."""
        return self._native.logs

    @property
    def events(self) -> list[dict[str, Any]]:
        """The NEP-297 events of all receipts: {standard, version, event, data}."""
        return list(events_in(self.logs))

    @property
    def gas_burnt(self) -> int:
        """Gas burnt by the transaction and all its receipts."""
        return self._native.gas_burnt

    @property
    def tokens_burnt(self) -> int:
        """yoctoNEAR burnt by the transaction and all its receipts."""
        return self._native.tokens_burnt

    @cached_property
    def failure(self) -> Failure | None:
        """Code and text of the final result where it is a failure."""
        found = self._native.failure
        return from_status(json.loads(found)) if found is not None else None

    @cached_property
    def view(self) -> dict[str, Any]:
        """nearcore's JSON, as EXPERIMENTAL_tx_status returns it."""
        view: dict[str, Any] = json.loads(self._native.view())
        return view

    @cached_property
    def receipts(self) -> list[Receipt]:
        """All executed receipts, refunds among them."""
        receipts = receipts_from_view(self.view)
        return [self._located(receipt) for receipt in receipts] if self._observer else receipts

    def _located(self, receipt: Receipt) -> Receipt:
        """The receipt with the place where its call failed."""
        if receipt.failure is None or self._observer is None:
            return receipt
        observer = self._observer
        return replace(
            receipt, traceback=observer.traceback(receipt.id), location=observer.location(receipt.id)
        )

    @property
    def origin(self) -> Receipt | None:
        """The receipt whose failure is that of the transaction, where a watched contract failed in it."""
        if self._observer is None:
            return None
        found = [each for each in self.failures if each.traceback and each.failure == self.failure]
        return found[0] if found else None

    @property
    def failures(self) -> list[Receipt]:
        """The receipts that failed, also those whose failure was caught by a callback."""
        return [receipt for receipt in self.receipts if receipt.failure is not None]

    def tree(self) -> str:
        """The receipt tree for people: who called what, deposits, gas, logs, results."""
        return self.trace().text(detail=False)

    def trace(self, abis: Mapping[str, Any] | None = None) -> Trace:
        """Everything that happened, decoded by the contracts' ABIs; as JSON or text.

        `abis` (by account: an Abi, its document, or its file) are added to those that the sandbox
        knows. Heights, balances and changes of the state come from the chain: after a rollback to
        before the transaction they are missing.
        """
        facts = self._native.facts()
        found = None if facts is None else json.loads(facts)
        return Trace(self.view, found, self._abis.plus(abis), self._places())

    def _places(self) -> dict[str, Located]:
        """Where in their sources watched contracts failed, by receipt."""
        if self._observer is None:
            return {}
        failed = [receipt for receipt in self.failures if receipt.location is not None]
        return {
            receipt.id: {"location": str(receipt.location), "traceback": list(map(str, receipt.traceback))}
            for receipt in failed
        }

    def raise_on_failure(self) -> "Outcome":
        """Return itself; raise CallFailed where the transaction's result is a failure."""
        if self.failure is not None:
            raise CallFailed(self.failure.code, self.failure.text, self)
        return self

    def __repr__(self) -> str:
        result = "failed" if self.failure else repr(self.raw)
        return f"<Outcome {self.hash} {result}>"


class Pending:
    """A transaction that was accepted; blocks must be produced before it runs."""

    def __init__(
        self,
        book: OutcomeBook,
        tx_hash: str,
        observer: "Observer | None" = None,
        abis: Abis | None = None,
    ) -> None:
        self._book = book
        self._observer = observer
        self._abis = abis
        self.hash = tx_hash

    def outcome(self) -> Outcome | None:
        """The outcome, a failure included; None as long as a receipt is still to run."""
        native = self._book.outcome(self.hash)
        return Outcome(native, self._observer, self._abis) if native is not None and native.finished else None

    def so_far(self) -> Outcome | None:
        """What has run by now; None where no block has taken the transaction yet."""
        native = self._book.outcome(self.hash)
        return Outcome(native, self._observer, self._abis) if native is not None else None

    def __repr__(self) -> str:
        return f"<Pending {self.hash}>"
