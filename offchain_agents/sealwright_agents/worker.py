"""The loop that both workers share: go on with what is open, then look for more.

A worker's `advance` takes an item from its journalled state as far as it can go and returns; it is
called again at a later block until the item has ended. Nothing it needs is in memory only.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable

from sealwright_protocol.client.errors import ContractError

from sealwright_agents import log
from sealwright_agents.chain import Block
from sealwright_agents.desk import Desk
from sealwright_agents.errors import AgentError, ExecutionFailed, TransportError
from sealwright_agents.items import END_STATES, FAILED, LOST, Item
from sealwright_agents.pauses import Pause

CRASH_PAUSE_MS = 60_000
MAX_TRIES = 10
# Refusals that a deposit cures; what was computed waits for it as long as the contract lets it.
CURABLE = frozenset({"INSUFFICIENT_BALANCE", "ACCOUNT_UNKNOWN", "STORAGE_NOT_COVERED"})
TIME_IS_OVER = "time is over"


class Worker(ABC):
    """Works on the items of one contract, several at a time."""

    kind: str

    def __init__(self, desk: Desk, contract_id: str) -> None:
        self.desk = desk
        self.contract_id = contract_id
        self._running: dict[int, asyncio.Task[None]] = {}
        self._pauses: dict[int, Pause] = {}
        self._ends: dict[int, Callable[[Block], bool]] = {}

    @abstractmethod
    async def discover(self, head: Block, limit: int) -> None:
        """Put at most `limit` new pieces of work into the journal."""

    @abstractmethod
    async def advance(self, item: Item, head: Block) -> None:
        """Take an item as far as it can go now."""

    async def tick(self, head: Block, *, accept_new: bool) -> None:
        """Start whatever can be worked on at this block; returns without waiting for it.

        With `accept_new` false only what is open already goes on. Raises TransportError.
        """
        self._stop_what_is_over(head)
        free = self.desk.config.limits.concurrent
        for item in self.desk.journal.open_items(self.kind, self.contract_id):
            free -= not self.is_waiting(item)
            pause = self._pauses.get(item.id)
            due = pause is None or pause.is_over(head)
            if due and free >= 0 and item.id not in self._running:
                self._start(item, head)
        if accept_new and free > 0:
            await self.discover(head, free)

    def is_waiting(self, item: Item) -> bool:
        """Whether an item only waits for the chain and therefore takes no slot."""
        return False

    def wait(self, item: Item, head: Block, length_ms: int) -> None:
        """Leave an item alone for so long after this block."""
        self._pauses[item.id] = Pause(head, length_ms)

    async def compute(
        self,
        item: Item,
        max_output_bytes: int,
        is_over: Callable[[Block], bool],
        deadline_ms: int | None = None,
    ) -> Item:
        """Run the handler, but no longer than until a block for which `is_over`: then the item is LOST."""
        self._ends[item.id] = is_over
        try:
            return await self.desk.compute(item, max_output_bytes, deadline_ms)
        finally:
            self._ends.pop(item.id, None)

    def end(self, item: Item, state: str, detail: str, level: str = "info") -> None:
        """Move an item to an end state and say so."""
        self.desk.journal.move(item, state, detail)
        self._pauses.pop(item.id, None)
        log.event(f"item_{state}", level, item=item.name, service=item.service, detail=detail)

    async def drain(self, grace_s: float) -> None:
        """Give what runs `grace_s` seconds to finish, then stop it; the journal knows how far it came."""
        if not self._running:
            return
        _, pending = await asyncio.wait(self._running.values(), timeout=grace_s)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    def _stop_what_is_over(self, head: Block) -> None:
        for item_id, is_over in list(self._ends.items()):
            if is_over(head):
                self._running[item_id].cancel(TIME_IS_OVER)

    def _start(self, item: Item, head: Block) -> None:
        task = asyncio.create_task(self._work(item, head), name=item.name)
        self._running[item.id] = task
        task.add_done_callback(lambda _: self._running.pop(item.id, None))

    async def _work(self, item: Item, head: Block) -> None:
        try:
            await self.advance(item, head)
        except asyncio.CancelledError as stop:
            if stop.args != (TIME_IS_OVER,):
                raise  # the agent stops: the journal knows how far this came
            self.end(
                self.desk.journal.get(item.id), LOST, "the handler took until the time was over", "warning"
            )
        except TransportError as failure:
            log.event("node_unreachable", "warning", item=item.name, error=failure)
        except (ContractError, ExecutionFailed) as refusal:
            self._judge_refusal(item, head, refusal)
        except AgentError as failure:
            log.event("item_delayed", "warning", item=item.name, error=failure)
            self.wait(item, head, CRASH_PAUSE_MS)
        except Exception as failure:  # one piece of work must never stop the others
            log.event("item_crashed", "error", exc_info=True, item=item.name, error=failure)
            self.wait(item, head, CRASH_PAUSE_MS)

    def _judge_refusal(self, item: Item, head: Block, refusal: Exception) -> None:
        """A refusal that the worker did not expect ends the item, unless money can cure it."""
        item = self.desk.journal.get(item.id)
        if isinstance(refusal, ContractError) and refusal.code in CURABLE and item.tries < MAX_TRIES:
            log.event("money_lacking", "error", item=item.name, error=refusal)
            self.desk.journal.move(item, item.state, str(refusal), try_again=True)
            self.wait(item, head, CRASH_PAUSE_MS)
        elif item.state not in END_STATES:
            self.end(item, FAILED, f"{type(refusal).__name__}: {refusal}", "error")
