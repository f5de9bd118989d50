"""Gateway requests: read, answer, sign, respond, before the request closes.

FOUND       the handler runs, unless the request closes too soon
COMPUTED    the receipt is signed
SUBMITTING  `respond`: accepted -> SETTLED, closed -> LOST, refused -> FAILED,
            unreachable -> COMPUTED, one more try
"""

from sealwright_protocol.client.agent_gateway import AgentGateway, RequestSummary, RequestView, Response
from sealwright_protocol.client.calls import TGAS
from sealwright_protocol.client.errors import ContractError

from sealwright_agents import log
from sealwright_agents.chain import Block
from sealwright_agents.desk import Desk
from sealwright_agents.errors import HandlerFailed, InputRefused
from sealwright_agents.inputs import check_input
from sealwright_agents.items import COMPUTED, FAILED, FOUND, LOST, REQUEST, SETTLED, Item
from sealwright_agents.worker import MAX_TRIES, Worker

PAGE = 50
# Requests have one attempt: somebody's valid answer ends them.
ATTEMPT = 1
# Refusals that mean that somebody else was quicker or the time is over.
TOO_LATE = frozenset({"REQUEST_CLOSED", "REQUEST_UNKNOWN"})
# The gateway asks for 60 and one for each KiB of the request's largest output, which is 16 KiB at most.
RESPOND_TGAS = 80


class GatewayWorker(Worker):
    """Answers the requests of one gateway."""

    kind = REQUEST

    def __init__(self, desk: Desk, contract_id: str, instance: bytes) -> None:
        super().__init__(desk, contract_id)
        self._gateway = AgentGateway(contract_id)
        self._instance = instance
        self._unsuitable: set[int] = set()

    async def discover(self, head: Block, limit: int) -> None:
        """Look at every open request, oldest page first, until enough suitable ones are found."""
        index: int | None = 0
        while index is not None and limit > 0:
            page = await self.desk.chain.view(
                self._gateway.get_pending(from_index=index, limit=PAGE, service=None)
            )
            for request in page["requests"]:
                limit -= await self._accept(request, head)
                if limit <= 0:
                    break
            index = page["next_index"]

    async def _accept(self, request: RequestSummary, head: Block) -> bool:
        """Journal a request that this node can answer in time. True when it is new work."""
        number = request["request_id"]
        if number in self._unsuitable or not self._suits(request, head):
            return False
        if self.desk.journal.find(REQUEST, self.contract_id, number, ATTEMPT):
            return False
        full = await self._read(number)
        if full is None:
            return False
        content = full["input"]
        try:
            check_input(content, full["input_hash"], self.desk.config.limits.max_input_bytes)
        except InputRefused as refusal:
            self._unsuitable.add(number)
            log.event("request_passed_over", request_id=number, error=refusal)
            return False
        item = self.desk.journal.add(
            REQUEST,
            self.contract_id,
            number,
            ATTEMPT,
            service=full["service"],
            input=content,
            found_height=head.height,
        )
        log.event("request_found", item=item.name, service=item.service, reward=full["reward"])
        return True

    def _suits(self, request: RequestSummary, head: Block) -> bool:
        service = self.desk.config.services.get(request["service"])
        return (
            service is not None
            and request["state"] == "open"
            and self.desk.serves(request["service"], request["measurement_ids"])
            and request["reward"] >= service.min_reward
            and self._in_time(request, head)
        )

    def _in_time(self, request: RequestSummary | RequestView, head: Block) -> bool:
        """Whether there are still blocks enough before `respond` is refused."""
        left = request["respond_before_height"] - head.height
        return left > self.desk.config.limits.stop_blocks

    async def advance(self, item: Item, head: Block) -> None:
        """See the module's table."""
        if item.state in (FOUND, COMPUTED):
            request = await self._read(item.number)
            if request is None or request["state"] != "open":
                return self.end(item, LOST, "answered or timed out")
            if item.state == FOUND:
                if not self._in_time(request, head):
                    return self.end(item, LOST, "too little time left")
                try:
                    item = await self.compute(
                        item,
                        request["max_output_bytes"],
                        is_over=lambda block: not self._in_time(request, block),
                    )
                except HandlerFailed as failure:
                    return self.end(item, FAILED, str(failure), "error")
            item = self.desk.sign(item, self._instance)
        await self._respond(item)
        return None

    async def _respond(self, item: Item) -> None:
        call = self._gateway.respond(
            request_id=item.number,
            node_id=self.desk.config.node_id,
            output=item.output or b"",
            measurement_id=self.desk.measurement_of(item),
            signing_key=self.desk.signer.signing_key,
            signature=item.signature or b"",
            gas=RESPOND_TGAS * TGAS,
        )
        try:
            answer = await self.desk.delivery.run(item, f"respond-{item.tries}", call)
        except ContractError as refusal:
            if refusal.code in TOO_LATE:
                return self.end(item, LOST, str(refusal))
            raise
        self._judge(item, answer)
        return None

    def _judge(self, item: Item, answer: Response) -> None:
        """What the gateway made of the response."""
        outcome = answer["outcome"]
        if outcome == "accepted":
            self.end(item, SETTLED, "accepted")
        elif outcome == "closed":
            self.end(item, LOST, "closed while the registry was asked")
        elif outcome == "unreachable" and item.tries < MAX_TRIES:
            self.desk.journal.move(item, COMPUTED, "the registry gave no answer", try_again=True)
        else:
            self.desk.registration.refresh_soon()
            self.end(item, FAILED, f"{outcome}: {', '.join(answer['reasons'])}", "error")

    async def _read(self, number: int) -> RequestView | None:
        return await self.desk.chain.view(self._gateway.get_request(request_id=number))
