"""Market tasks: claim, work, submit, and stay until the money is booked.

FOUND, CLAIMING  `claim_task`: confirmed -> CLAIMED, otherwise LOST
CLAIMED          the handler runs, unless the work window ends too soon; it failed -> released, FAILED
COMPUTED         the receipt is signed
SUBMITTING       `submit_result`: SUBMITTED, or CLAIMED again (refused): one more try
SUBMITTED        waits: asks the registry again when it did not answer, settles after the review
"""

from typing import Any, TypeGuard

from sealwright_protocol.client.calls import Call
from sealwright_protocol.client.errors import ContractError
from sealwright_protocol.client.task_market import Task, TaskMarket

from sealwright_agents import log
from sealwright_agents.chain import Block
from sealwright_agents.desk import Desk
from sealwright_agents.errors import HandlerFailed
from sealwright_agents.items import (
    CLAIMED,
    CLAIMING,
    COMPUTED,
    FAILED,
    FOUND,
    LOST,
    SETTLED,
    SUBMITTED,
    SUBMITTING,
    TASK,
    Item,
)
from sealwright_agents.market_finder import MarketFinder
from sealwright_agents.worker import MAX_TRIES, Worker

# Refusals that mean that somebody else was quicker or the time is over.
TOO_LATE = frozenset(
    {"TASK_UNKNOWN", "WRONG_STATE", "CLAIM_WINDOW_CLOSED", "CLAIM_BARRED", "WORK_WINDOW_CLOSED"}
)
# Pause between two questions to a registry that did not answer, and before a refused result is sent again.
ASK_AGAIN_MS = 30_000
# The market counts a check as dead after ten minutes.
CHECK_DEAD_MS = 600_000


class MarketWorker(Worker):
    """Works on the tasks of one market."""

    kind = TASK

    def __init__(self, desk: Desk, contract_id: str, instance: bytes) -> None:
        super().__init__(desk, contract_id)
        self._market = TaskMarket(contract_id)
        self._finder = MarketFinder(desk, contract_id)
        self._instance = instance
        self._is_recovered = False

    async def discover(self, head: Block, limit: int) -> None:
        """Journal suitable open tasks; their claim follows when they are worked on."""
        if not self._is_recovered:
            if not self.desk.journal.counts():
                await self._finder.recover(head)
            self._is_recovered = True
        await self._finder.find(head, limit)

    def is_waiting(self, item: Item) -> bool:
        """A submitted result waits for its review."""
        return item.state == SUBMITTED

    async def advance(self, item: Item, head: Block) -> None:
        """See the module's table."""
        if item.state in (FOUND, CLAIMING):
            item = await self._claim(item, head)
        if item.state in (CLAIMED, COMPUTED):
            item = await self._work_on(item, head)
        if item.state == SUBMITTING:
            item = await self._submit(item, head)
        if item.state == SUBMITTED:
            await self._see_through(item, head)

    # Claiming

    async def _claim(self, item: Item, head: Block) -> Item:
        item = self.desk.journal.move(item, CLAIMING)
        call = self._market.claim_task(task_id=item.number, node_id=self.desk.config.node_id)
        try:
            confirmed = await self.desk.delivery.run(item, f"claim-{item.tries}", call)
        except ContractError as refusal:
            if refusal.code not in TOO_LATE:
                raise
            return self._lose(item, str(refusal))
        if not confirmed:
            self.desk.registration.refresh_soon()
            return self._lose(item, "the registry did not confirm the claim", "warning")
        return await self._confirm(item, head)

    async def _confirm(self, item: Item, head: Block) -> Item:
        """The claim holds; under which attempt, only the task says: another node may have lapsed before."""
        task = await self._task(item)
        if not self._is_ours(task):
            return self._lose(item, "the claim lapsed while the agent was away", "error")
        if task["attempt"] != item.attempt:
            item = self._replace(item, task, head)
        log.event("task_claimed", item=item.name, work_ends_at_ms=task["work_ends_at_ms"])
        return self.desk.journal.move(item, CLAIMED)

    def _replace(self, item: Item, task: Task, head: Block) -> Item:
        """The item of the attempt that was really claimed; the one that was looked for is over."""
        actual = self._finder.remember(task, item.input, head)
        self.end(item, LOST, f"claimed as attempt {task['attempt']}")
        return actual

    # Working

    async def _work_on(self, item: Item, head: Block) -> Item:
        task = await self._task(item)
        if not self._is_ours(task) or task["attempt"] != item.attempt or task["state"] != "CLAIMED":
            return self._lose(item, "the claim is gone", "error")
        if item.state == CLAIMED:
            if self._is_over(task, head):
                return self._lose(item, "too little of the work window is left", "error")
            try:
                item = await self.compute(
                    item,
                    task["max_output_bytes"],
                    is_over=lambda block: self._is_over(task, block),
                    deadline_ms=task["work_ends_at_ms"],
                )
            except HandlerFailed as failure:
                return await self._release(item, str(failure))
        return self.desk.sign(item, self._instance)

    def _is_over(self, task: Task, head: Block) -> bool:
        return head.time_ms + self.desk.config.limits.stop_ms >= (task["work_ends_at_ms"] or 0)

    async def _release(self, item: Item, why: str) -> Item:
        """Give a task back that cannot be done: within the grace that saves most of the bond."""
        try:
            await self.desk.delivery.run(item, "release", self._market.release_claim(task_id=item.number))
            why = f"released: {why}"
        except ContractError as refusal:
            why = f"not released ({refusal.code}): {why}"
        self.end(item, FAILED, why, "error")
        return self.desk.journal.get(item.id)

    # Submitting

    async def _submit(self, item: Item, head: Block) -> Item:
        call = self._market.submit_result(
            task_id=item.number,
            output=item.output or b"",
            measurement_id=self.desk.measurement_of(item),
            signing_key=self.desk.signer.signing_key,
            signature=item.signature or b"",
        )
        try:
            state = await self.desk.delivery.run(item, f"submit-{item.tries}", call)
        except ContractError as refusal:
            if refusal.code not in TOO_LATE:
                raise
            return self._lose(item, str(refusal), "error")
        log.event("result_submitted", item=item.name, state=state)
        if state in ("SUBMITTED", "UNVERIFIED"):
            return self.desk.journal.move(item, SUBMITTED, state)
        if state == "CLAIMED" and item.tries < MAX_TRIES:
            # The registry does not confirm key or measurement: renew, sign anew, submit again.
            self.desk.registration.refresh_soon()
            self.wait(item, head, ASK_AGAIN_MS)
            return self.desk.journal.move(item, COMPUTED, "refused by the registry", try_again=True)
        return self._lose(item, f"after the submission the task is {state}", "error")

    # After the submission

    async def _see_through(self, item: Item, head: Block) -> None:
        """Do what time has made due; the item ends when the task has."""
        task = await self._task(item, finality="final")
        if (
            task is None
        ):  # a client may remove a task as soon as it has ended, and this one could only be paid
            return self.end(item, SETTLED, "the task was removed after its end")
        if task["attempt"] != item.attempt or not self._is_ours(task):
            return self.end(item, LOST, "the task went on without this node", "warning")
        state = task["state"]
        if state == "PAID":
            return self.end(item, SETTLED, "paid")
        if state in ("OPEN", "EXPIRED", "CANCELLED"):
            return self.end(item, LOST, f"the task is {state}", "warning")
        if state == "SUBMITTED" and head.time_ms < (task["review_ends_at_ms"] or 0):
            left_ms = (task["review_ends_at_ms"] or 0) - head.time_ms
            return self.wait(item, head, min(left_ms, ASK_AGAIN_MS))
        await self._push(item, task, head)
        return None

    async def _push(self, item: Item, task: Task, head: Block) -> None:
        """Settle what the client left unanswered, or ask the registry again."""
        call = self._due_call(item, task, head)
        if call is None:
            return self.wait(item, head, ASK_AGAIN_MS)
        try:
            await self.desk.delivery.run(item, f"{call.method}-{item.tries}", call)
        except ContractError as refusal:
            log.event("step_refused", "warning", item=item.name, step=call.method, error=refusal)
            self.wait(item, head, ASK_AGAIN_MS)
        # Whatever came of it, the task itself says what is next.
        self.desk.journal.move(item, SUBMITTED, call.method, try_again=True)
        return None

    def _due_call(self, item: Item, task: Task, head: Block) -> Call[Any] | None:
        """What brings a submitted task on now, or None while the registry may still answer."""
        overdue = head.time_ms >= (task["submitted_at_ms"] or 0) + CHECK_DEAD_MS
        if task["state"] == "SUBMITTED":
            return self._market.settle(task_id=item.number)
        if task["state"] == "UNVERIFIED" or overdue:
            return self._market.retry_verification(task_id=item.number)
        return None

    def _is_ours(self, task: Task | None) -> TypeGuard[Task]:
        return task is not None and task["node_id"] == self.desk.config.node_id

    def _lose(self, item: Item, why: str, level: str = "info") -> Item:
        self.end(item, LOST, why, level)
        return self.desk.journal.get(item.id)

    async def _task(self, item: Item, finality: str = "optimistic") -> Task | None:
        """The task as the market shows it, None when it is gone."""
        return await self.desk.chain.view(self._market.get_task(task_id=item.number), finality)
