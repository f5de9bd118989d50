"""What an operator wants to hear before it is too late, and money that is ready to be fetched.

Once a minute: is there gas money on the account, allowance on the keys, prepaid money in
the contracts? Each shortage is a warning when it begins and `shortage_over` when it ends. What market
and gateway owe the account is withdrawn to it once it is worth a transaction.
"""

from typing import Any

from sealwright_protocol.client.agent_gateway import AgentGateway
from sealwright_protocol.client.errors import ContractError
from sealwright_protocol.client.node_registry import NodeRegistry
from sealwright_protocol.client.task_market import TaskMarket

from sealwright_agents import log
from sealwright_agents.chain import Block, ChainClient
from sealwright_agents.config import Config
from sealwright_agents.errors import AgentError
from sealwright_agents.keys import AccessKey
from sealwright_agents.pauses import Pause

INTERVAL_MS = 60_000
CLIENTS: dict[str, Any] = {"registry": NodeRegistry, "market": TaskMarket, "gateway": AgentGateway}


class Upkeep:
    """Watches the money of one account."""

    def __init__(self, config: Config, chain: ChainClient, keys: dict[str, AccessKey]) -> None:
        """`keys` by contract role."""
        self._config, self._chain, self._keys = config, chain, keys
        self._short: set[str] = set()
        self._pause: Pause | None = None

    async def keep(self, head: Block) -> None:
        """Do what is due at this block; a failure is logged and waits for the next time."""
        if self._pause is not None and not self._pause.is_over(head):
            return
        self._pause = Pause(head, INTERVAL_MS)
        try:
            await self._watch_account()
            for role, contract_id in self._config.contracts.items():
                await self._watch_contract(role, CLIENTS[role](contract_id))
        except (ContractError, AgentError) as failure:
            log.event("upkeep_failed", "warning", error=failure)

    async def _watch_account(self) -> None:
        limits = self._config.warnings
        self._compare("balance", await self._chain.balance(), limits.min_balance)
        for role, key in self._keys.items():
            allowance = (await self._chain.access_key(key)).allowance
            if allowance is not None:
                self._compare(f"allowance.{role}", allowance, limits.min_allowance)

    async def _watch_contract(self, role: str, client: Any) -> None:
        account_id = self._config.account_id
        account = await self._chain.view(client.get_account(account_id=account_id))
        prepaid = account["prepaid"] if account else 0
        self._compare(f"prepaid.{role}", prepaid, self._config.warnings.min_prepaid)
        owed = account["owed"] if account else 0
        if role != "registry" and owed and owed >= self._config.limits.withdraw_above:
            await self._chain.execute(client.withdraw(account_id=account_id))
            log.event("withdrawn", role=role, amount=str(owed))

    def _compare(self, what: str, amount: int, least: int) -> None:
        """Warn when a shortage begins, and say when it is over."""
        if amount < least and what not in self._short:
            self._short.add(what)
            log.event("running_low", "warning", what=what, amount=str(amount), least=str(least))
        elif amount >= least and what in self._short:
            self._short.discard(what)
            log.event("shortage_over", what=what, amount=str(amount))
