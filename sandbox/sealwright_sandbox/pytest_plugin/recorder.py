"""What happened on the chain, read before it is rolled back."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from sealwright_sandbox.outcome import Outcome
from sealwright_sandbox.seam import Backend


class Recorder:
    """Reads each transaction once: its gas for the report, and the last ones for a failed test.

    A transaction counts however it came to the chain: by an account, in the pool, over JSON-RPC.
    """

    def __init__(self, kept: int, measure: Callable[[Iterable[Outcome]], None] | None) -> None:
        """Keep the traces of so many transactions, 0 for none."""
        self._last: deque[_Recorded] = deque(maxlen=kept)
        self._measure = measure
        self._chain: Backend | None = None
        self._position = 0

    def watch(self, chain: Backend) -> None:
        """Read this chain from its present position on."""
        self._chain = chain
        self._position = chain.position
        chain.before_rollback.append(self._before_rollback)

    def read(self) -> None:
        """Take in what is new."""
        if self._chain is None:
            return
        position = self._chain.position
        if position == self._position:
            return
        outcomes = self._chain.outcomes_since(self._position)
        self._position = position
        self._last.extend(map(_Recorded, outcomes))
        if self._measure is not None:
            self._measure(outcomes)

    def forget(self) -> None:
        """What was before belongs to another test or example."""
        self.read()
        self._last.clear()

    def traces(self) -> list[str]:
        """The traces of the last transactions since `forget`, oldest first, as text."""
        self.read()
        return [recorded.trace() for recorded in self._last]

    def _before_rollback(self, snapshot: Any) -> None:
        # A trace speaks of blocks, changes and ABIs, which go with the rollback.
        self.traces()
        self._position = min(self._position, snapshot.height)


class _Recorded:
    """A transaction whose trace is read once."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._text: str | None = None

    def trace(self) -> str:
        if self._text is None:
            self._text = self._outcome.trace().text()
        return self._text
