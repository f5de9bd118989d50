"""Sending once: a step of an item sends one transaction, however often the process is killed.

The signed bytes are in the journal before they leave. After a restart the same bytes are sent again:
a chain runs one transaction once. When the chain's answer is in the journal already, it is used and
nothing is sent. Only a transaction that certainly never ran is replaced by a new one.
"""

from typing import Any, TypeVar

from sealwright_protocol.client.calls import Call

from sealwright_agents import log
from sealwright_agents.chain import ChainClient, SignedCall
from sealwright_agents.errors import Dropped, TransactionError, TransportError
from sealwright_agents.items import Item
from sealwright_agents.journal import Journal
from sealwright_agents.outcome import Outcome

T = TypeVar("T")

SIGNATURES_A_STEP = 5  # other processes may take our nonces; five times in a row is no accident


class Delivery:
    """Executes calls through the journal."""

    def __init__(self, chain: ChainClient, journal: Journal) -> None:
        self._chain = chain
        self._journal = journal

    async def run(self, item: Item, step: str, call: Call[T]) -> T:
        """Execute `call` once for this step of the item, and return its decoded value.

        To do a step again on purpose, give it another name. Raises the ContractError of a refusal,
        ExecutionFailed, Rejected, or TransportError when the answer is not known yet: then ask again.
        """
        outcome = await self._outcome(item, step, call)
        log.event(
            "transaction_ended",
            item=item.name,
            step=step,
            transaction=outcome.transaction_hash,
            gas_burnt=outcome.gas_burnt,
            succeeded=outcome.failure is None,
        )
        return outcome.result(call.decode)

    async def _outcome(self, item: Item, step: str, call: Call[Any]) -> Outcome:
        for _ in range(SIGNATURES_A_STEP):
            known = self._journal.last_transaction(item, step)
            if known is None or (known[1] and "dropped" in known[1]):
                signed = await self._sign(item, step, call)
            elif known[1]:
                return Outcome.from_json(known[1])
            else:
                signed = SignedCall.from_json(known[0])
            try:
                outcome = await self._chain.deliver(signed)
            except Dropped:
                log.event(
                    "transaction_dropped", "warning", item=item.name, step=step, transaction=signed.hash
                )
                self._journal.end_transaction(signed.hash, {"dropped": True})
                continue
            except TransactionError as refused:
                self._journal.end_transaction(signed.hash, {"dropped": True, "reason": str(refused)})
                raise
            self._journal.end_transaction(signed.hash, outcome.to_json())
            return outcome
        raise TransportError(f"{item.name} {step}: {SIGNATURES_A_STEP} nonces in a row were taken")

    async def _sign(self, item: Item, step: str, call: Call[Any]) -> SignedCall:
        signed = await self._chain.sign(call)
        self._journal.record_transaction(item, step, signed.hash, signed.to_json())
        return signed
