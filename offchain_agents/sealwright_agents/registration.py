"""The node's standing in the registry: registers, renews before expiry, keeps services up to date.

    no record, or another key        -> register_node
    expiry nearer than renew_before  -> renew_attestation; new code (MEASUREMENT_CHANGED) -> register_node
    other services, endpoint, region -> update_node

Each registration or renewal takes a fresh challenge, paid from the account's prepaid balance, and a
fresh quote that binds it. A kill in the middle costs a challenge and nothing else: the registry's
record decides what is to be done, so these calls need no journal.
"""

import asyncio

from sealwright_protocol.client.calls import TGAS
from sealwright_protocol.client.errors import ContractError
from sealwright_protocol.client.node_registry import NodeRegistry, NodeView, ServiceOffer
from sealwright_protocol.registry import RegisterNodeArgs, RenewAttestationArgs
from sealwright_protocol.wire import NodeBinding, report_data

from sealwright_agents import log
from sealwright_agents.chain import Block, ChainClient
from sealwright_agents.config import Config
from sealwright_agents.errors import AgentError
from sealwright_agents.pauses import Pause
from sealwright_agents.quotes.provider import Evidence, QuoteProvider
from sealwright_agents.signer import EnclaveSigner, sha256

NO_TLS_KEY = bytes(32)
# The registry asks for 50 Tgas beside what its verifier gets.
REGISTRY_GAS_TGAS = 60
# A challenge that is nearly over is not worth a quote.
CHALLENGE_MARGIN_MS = 60_000
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 5_000, 600_000


class NotRegistered(AgentError):
    """The registry does not have this node as the agent needs it."""


class Registration:
    """Keeps one node valid. `keep` is called with every block that the agent looks at."""

    def __init__(
        self, config: Config, chain: ChainClient, signer: EnclaveSigner, quotes: QuoteProvider
    ) -> None:
        self._config, self._chain, self._signer, self._quotes = config, chain, signer, quotes
        self._registry = NodeRegistry(config.registry)
        self._node: NodeView | None = None
        self._stale = True
        self._pause: Pause | None = None
        self._pause_ms = FIRST_PAUSE_MS

    @property
    def is_known(self) -> bool:
        """Whether a record of this node was read."""
        return self._node is not None

    @property
    def measurement_id(self) -> bytes:
        """What the registry says runs here, 32 bytes. Raises NotRegistered before the first success."""
        if self._node is None:
            raise NotRegistered(f"{self._config.node_id} is not registered")
        return self._node["measurement_id"]

    @property
    def expires_at_ms(self) -> int:
        """End of the attestation in block time, 0 when there is none."""
        return self._node["expires_at_ms"] if self._node else 0

    def is_valid(self, head: Block) -> bool:
        """Whether the registry would confirm this node at that block, as far as is known."""
        return self._node is not None and self.expires_at_ms > head.time_ms

    def refresh_soon(self) -> None:
        """Look at the registry again at the next block: somebody learnt that it refuses this node."""
        self._stale = True
        self._pause = None

    async def keep(self, head: Block) -> None:
        """Do what is due at this block. Failures are logged and tried again later, more and more rarely."""
        if not self._is_due(head) or (self._pause is not None and not self._pause.is_over(head)):
            return
        try:
            await self._act(head)
        except (ContractError, AgentError) as failure:
            log.event("registration_failed", "error", node_id=self._config.node_id, error=failure)
            self._pause = Pause(head, self._pause_ms)
            self._pause_ms = min(2 * self._pause_ms, LONGEST_PAUSE_MS)
        else:
            self._pause_ms = FIRST_PAUSE_MS

    def _is_due(self, head: Block) -> bool:
        return self._stale or head.time_ms + self._config.limits.renew_before_ms >= self.expires_at_ms

    async def _act(self, head: Block) -> None:
        """One look at the record, then whatever it lacks."""
        node = await self._read()
        if node is None or node["signing_key"] != self._signer.signing_key:
            await self._attest(head, register=True)
        elif node["state"] != "active":
            raise NotRegistered(f"{self._config.node_id} is deactivated: choose another label")
        elif head.time_ms + self._config.limits.renew_before_ms >= node["expires_at_ms"]:
            await self._attest(head, register=False)
        node = await self._read()
        if node is None:
            raise NotRegistered(f"{self._config.node_id} is still unknown to the registry")
        if not _same_offer(node, self._config):
            await self._update()
            node = await self._read()
        self._node, self._stale = node, False
        log.event("registered", node_id=self._config.node_id, expires_at_ms=self.expires_at_ms)

    async def _read(self) -> NodeView | None:
        return await self._chain.view(self._registry.get_node(node_id=self._config.node_id))

    async def _attest(self, head: Block, *, register: bool) -> None:
        """Challenge, quote, call. Raises NotRegistered with the registry's code when it says no."""
        challenge = await self._challenge(head)
        evidence = await asyncio.to_thread(self._quotes.evidence, self._report_data(challenge), head.time_ms)
        gas = await self._gas()
        if register:
            call = self._registry.register_node(data=self._register_args(challenge, evidence), gas=gas)
        else:
            call = self._registry.renew_attestation(data=self._renew_args(challenge, evidence), gas=gas)
        answer = await self._chain.execute(call)
        log.event("attestation_answered", quotes=self._quotes.name, **answer)
        if answer["code"] == "MEASUREMENT_CHANGED" and not register:
            await self._attest(await self._chain.head(), register=True)
        elif answer["outcome"] not in ("registered", "renewed"):
            raise NotRegistered(f"{answer['outcome']}: {answer['code']}: {answer['detail']}")

    def _report_data(self, challenge: bytes) -> bytes:
        binding = NodeBinding(
            self._config.chain_id,
            self._config.registry,
            self._config.node_id,
            self._signer.signing_key,
            self._signer.encryption_key,
            NO_TLS_KEY,
        )
        return report_data(binding, challenge, sha256)

    async def _challenge(self, head: Block) -> bytes:
        """An unused challenge of this account with time left, else a new one."""
        known = await self._chain.view(self._registry.get_challenges(account_id=self._config.account_id))
        for each in known:
            if not each["in_flight"] and each["expires_at_ms"] > head.time_ms + CHALLENGE_MARGIN_MS:
                return each["challenge"]
        return (await self._chain.execute(self._registry.request_challenge()))["challenge"]

    async def _gas(self) -> int:
        """What a registration needs: the registry's own part and what it hands to its verifier."""
        registry = await self._chain.view(self._registry.get_config())
        return (registry["verifier_gas_tgas"] + REGISTRY_GAS_TGAS) * TGAS

    def _register_args(self, challenge: bytes, evidence: Evidence) -> bytes:
        services = [(name, service.price) for name, service in sorted(self._config.services.items())]
        data = RegisterNodeArgs(
            self._config.node_id,
            self._signer.signing_key,
            self._signer.encryption_key,
            NO_TLS_KEY,
            challenge,
            self._config.endpoint,
            self._config.region,
            services,
            evidence.verify_args(),
        )
        return data.to_borsh()

    def _renew_args(self, challenge: bytes, evidence: Evidence) -> bytes:
        return RenewAttestationArgs(self._config.node_id, challenge, evidence.verify_args()).to_borsh()

    async def _update(self) -> None:
        offered = sorted(self._config.services.items())
        services: list[ServiceOffer] = [{"name": name, "price": each.price} for name, each in offered]
        await self._chain.execute(
            self._registry.update_node(
                node_id=self._config.node_id,
                endpoint=self._config.endpoint,
                region=self._config.region,
                services=services,
            )
        )


def _same_offer(node: NodeView, config: Config) -> bool:
    """Whether the record shows the endpoint, region, services and prices of the configuration."""
    offered = {each["name"]: each["price"] for each in node["services"]}
    wanted = {name: service.price for name, service in config.services.items()}
    return offered == wanted and (node["endpoint"], node["region"]) == (config.endpoint, config.region)
