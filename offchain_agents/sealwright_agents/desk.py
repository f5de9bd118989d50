"""What all workers of one agent share, and the two things they have in common: running a handler and
signing for its output."""

from collections.abc import Iterable
from dataclasses import dataclass

from sealwright_protocol.wire import ResultReceipt

from sealwright_agents import log
from sealwright_agents.agent import Agent, Work
from sealwright_agents.chain import ChainClient
from sealwright_agents.config import Config
from sealwright_agents.delivery import Delivery
from sealwright_agents.errors import HandlerFailed
from sealwright_agents.items import Item
from sealwright_agents.journal import Journal
from sealwright_agents.registration import Registration
from sealwright_agents.signer import EnclaveSigner, sha256


@dataclass(frozen=True)
class Desk:
    """The surroundings of a worker."""

    config: Config
    agent: Agent
    chain: ChainClient
    journal: Journal
    delivery: Delivery
    signer: EnclaveSigner
    registration: Registration

    def serves(self, service: str | None, measurement_ids: Iterable[bytes]) -> bool:
        """Whether this node has a handler for the service and one of the accepted measurements."""
        accepted = list(measurement_ids)
        fits = not accepted or self.registration.measurement_id in accepted
        return service in self.config.services and service in self.agent.services and fits

    async def compute(self, item: Item, max_output_bytes: int, deadline_ms: int | None = None) -> Item:
        """Run the item's handler and put its output on disk. Raises HandlerFailed after the last attempt."""
        work = Work(
            service=item.service,
            input=item.input,
            kind=item.kind,
            contract_id=item.contract_id,
            number=item.number,
            attempt=item.attempt,
            max_output_bytes=max_output_bytes,
            deadline_ms=deadline_ms,
        )
        for attempt in range(1, self.config.limits.handler_attempts + 1):
            try:
                output = await self.agent.run_handler(work)
                break
            except HandlerFailed as failure:
                log.event("handler_failed", "warning", item=item.name, attempt=attempt, error=failure)
                if attempt == self.config.limits.handler_attempts:
                    raise
        computed = self.journal.record_output(item, output, work.evidence)
        log.event("computed", item=item.name, service=item.service, output_bytes=len(output))
        return computed

    def sign(self, item: Item, instance: bytes) -> Item:
        """Sign the receipt for a computed item with the keys and the measurement of this moment."""
        receipt = ResultReceipt(
            self.config.chain_id,
            item.contract_id,
            instance,
            item.number,
            item.attempt,
            item.input_hash,
            sha256(item.output or b""),
            self.registration.measurement_id,
            self.config.node_id,
        )
        return self.journal.record_receipt(item, receipt.to_borsh(), self.signer.sign_receipt(receipt))

    def measurement_of(self, item: Item) -> bytes:
        """The measurement in the receipt that was signed for an item, 32 bytes."""
        measurement_id: bytes = ResultReceipt.from_borsh(item.receipt or b"").measurement_id
        return measurement_id
