"""Finding tasks: which open tasks suit this node, and reading their inputs before any claim.

New tasks are read once, in order; older ones, which may have reopened, page by page, one page a look.
"""

from sealwright_protocol.client.task_market import Task, TaskMarket, TaskPage

from sealwright_agents import log
from sealwright_agents.chain import Block
from sealwright_agents.desk import Desk
from sealwright_agents.errors import InputRefused
from sealwright_agents.inputs import check_input, fetch_input
from sealwright_agents.items import CLAIMED, TASK, Item

PAGE = 50
OPEN, HELD = "OPEN", "CLAIMED"  # states of a task in the market
BASIS_POINTS = 10_000
# A claim takes about four blocks until it is confirmed.
CLAIM_MARGIN_MS = 10_000
# A task that did not suit is looked at again after so long: prices, balances and sources change.
LOOK_AGAIN_MS = 300_000


class MarketFinder:
    """Looks for claimable tasks in one market."""

    def __init__(self, desk: Desk, contract_id: str) -> None:
        self._desk = desk
        self._contract_id = contract_id
        self._market = TaskMarket(contract_id)
        self._fresh_from = 0
        self._sweep_from = 0
        self._look_again_ms: dict[tuple[int, int], int] = {}

    async def find(self, head: Block, limit: int) -> None:
        """Put at most `limit` suitable tasks with their inputs into the journal."""
        limit -= await self._sweep(head, limit)
        while limit > 0:
            page = await self._page(self._fresh_from, OPEN)
            limit -= await self._take(page["tasks"], head, limit)
            if page["tasks"]:
                self._fresh_from = page["tasks"][-1]["task_id"] + 1
            if page["next_index"] is None:
                return
            self._fresh_from = max(self._fresh_from, page["next_index"])

    async def _sweep(self, head: Block, limit: int) -> int:
        """One page of tasks that were seen before; how many of them are new work."""
        if self._sweep_from >= self._fresh_from:
            self._sweep_from = 0
            return 0
        page = await self._page(self._sweep_from, OPEN)
        self._sweep_from = page["next_index"] or self._fresh_from
        return await self._take(page["tasks"], head, limit)

    async def recover(self, head: Block) -> None:
        """Journal the tasks that this node has claimed according to the market.

        For a journal that was lost: without it the claims would lapse and their bonds with them.
        """
        index: int | None = 0
        while index is not None:
            page = await self._page(index, HELD)
            for task in page["tasks"]:
                if (
                    task["node_id"] == self._desk.config.node_id
                    and task["service"] in self._desk.agent.services
                ):
                    await self._take_up(task, head)
            index = page["next_index"]

    async def _take_up(self, task: Task, head: Block) -> None:
        try:
            content = await self._read_input(task)
        except InputRefused as refusal:
            log.event("claim_not_recovered", "error", task_id=task["task_id"], error=refusal)
            return
        item = self._desk.journal.move(self.remember(task, content, head), CLAIMED)
        log.event("claim_recovered", "warning", item=item.name)

    async def _page(self, from_index: int, state: str) -> TaskPage:
        return await self._desk.chain.view(
            self._market.get_tasks(from_index=from_index, limit=PAGE, state=state)
        )

    async def _take(self, tasks: list[Task], head: Block, limit: int) -> int:
        taken = 0
        for task in tasks:
            if taken < limit and self._is_due(task, head) and self._suits(task, head):
                taken += await self._accept(task, head)
        return taken

    def _is_due(self, task: Task, head: Block) -> bool:
        return self._look_again_ms.get((task["task_id"], task["attempt"]), 0) <= head.time_ms

    def _suits(self, task: Task, head: Block) -> bool:
        """Whether service, measurement, money and time agree with this node."""
        config = self._desk.config
        service = config.services.get(task["service"] or "")
        if service is None or not self._desk.serves(task["service"], task["measurement_ids"]):
            return False
        earned = task["reward"] * (BASIS_POINTS - task["fee_bps"]) // BASIS_POINTS
        return (
            earned >= service.min_reward
            and task["bond"] <= config.limits.max_bond
            and config.account_id not in task["barred"]
            and task["claim_ends_at_ms"] > head.time_ms + CLAIM_MARGIN_MS
            and task["work_window_ms"] > config.limits.stop_ms
        )

    async def _accept(self, task: Task, head: Block) -> bool:
        """Read the input of a suitable task and journal it. True when it is new work."""
        number, attempt = task["task_id"], task["attempt"]
        if self._desk.journal.find(TASK, self._contract_id, number, attempt):
            return False
        try:
            content = await self._read_input(task)
            await self._check_bond(task)
        except InputRefused as refusal:
            self._look_again_ms[number, attempt] = head.time_ms + LOOK_AGAIN_MS
            log.event("task_passed_over", task_id=number, error=refusal)
            return False
        item = self.remember(task, content, head)
        log.event("task_found", item=item.name, service=item.service, reward=str(task["reward"]))
        return True

    def remember(self, task: Task, content: bytes, head: Block) -> Item:
        """The journal's item for a task in its present attempt."""
        return self._desk.journal.add(
            TASK,
            self._contract_id,
            task["task_id"],
            task["attempt"],
            service=task["service"] or "",
            input=content,
            found_height=head.height,
        )

    async def _read_input(self, task: Task) -> bytes:
        """The input, inline or by reference, matched with its hash. Raises InputRefused."""
        limit = self._desk.config.limits.max_input_bytes
        if task["input_inline"]:
            content = await self._desk.chain.view(self._market.get_input(task_id=task["task_id"])) or b""
        else:
            reference = task["input_reference"] or ""
            content = await fetch_input(reference, self._desk.config.input_sources, limit)
        check_input(content, task["input_hash"], limit)
        return content

    async def _check_bond(self, task: Task) -> None:
        """Raises InputRefused when the prepaid balance does not cover the bond."""
        account_id = self._desk.config.account_id
        account = await self._desk.chain.view(self._market.get_account(account_id=account_id))
        prepaid = account["prepaid"] if account else 0
        if prepaid < task["bond"]:
            log.event("prepaid_low", "warning", contract_id=self._contract_id, prepaid=str(prepaid))
            raise InputRefused(f"the bond of {task['bond']} exceeds the prepaid balance of {prepaid}")
