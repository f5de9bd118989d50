"""Registry, gateway and market as scripts: just enough rules for the agent's own tests.

They check what an agent must get right (signatures over the receipt, order of calls, windows) and no
more; the contracts themselves are met in tests/integration.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sealwright_agents.agent import Agent
from sealwright_agents.config import Config, parse_config
from sealwright_agents.errors import JournalError
from sealwright_agents.journal import JournalReader
from sealwright_agents.keys import METHODS, create_key
from sealwright_agents.runtime import serve

from offchain_agents.tests.fake_gateway import FakeGateway
from offchain_agents.tests.fake_market import FakeMarket
from offchain_agents.tests.fake_registry import FakeRegistry


class FakeSuite(FakeRegistry, FakeGateway, FakeMarket):
    """A node with the three contracts, and an agent's folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.contracts = {
            "registry.near": self._registry,
            "gateway.near": self._gateway,
            "market.near": self._market,
        }

    def config(self, **limits: Any) -> Config:
        """A configuration for this node, with keys made and added."""
        content = {
            "network": {"rpc": [self.url], "chain_id": "sandbox"},
            "contracts": {role: f"{role}.near" for role in METHODS},
            "node": {"account_id": self.account_id, "label": "desk"},
            "agent": {"handlers": "desk:agent", "state_dir": "state", "input_sources": ["http://127.0.0.1:"]},
            "services": {"shout": {"price": "0.1", "min_reward": "0.01"}},
            "quote": {"provider": "simulated", "seed": "desk", "root_seed": "root"},
            "limits": {"poll_s": 0.01, "grace_s": 2.0} | limits,
        }
        config = parse_config(content, self.folder)
        for role, contract_id in config.contracts.items():
            if not config.key_file(role).exists():
                key = create_key(config.key_file(role), config.account_id, contract_id)
                self.add_key(key.public_key, contract_id, list(METHODS[role]))
        return config

    async def run(self, agent: Agent, config: Config, until: Callable[[], bool]) -> None:
        """Serve until the condition holds; AssertionError when it does not within ten seconds."""
        stop = asyncio.Event()
        serving = asyncio.create_task(serve(agent, config, stop))
        for _ in range(2_000):
            if until() or serving.done():
                break
            await asyncio.sleep(0.005)
        stop.set()
        await serving
        assert until(), "the agent did not do it"

    def calls(self, method: str) -> int:
        """How often a method was executed."""
        return sum(each == method for _, each, _ in self.executed)

    def item_state(self, identity: tuple[str, str, int, int]) -> str | None:
        """The state of an item in the agent's journal, None before it is there."""
        try:
            with JournalReader(self.folder / "state") as reader:
                item = reader.find(*identity)
        except (JournalError, sqlite3.OperationalError):  # not made yet, or being made
            return None
        return item.state if item else None


def play(folder: Path, scenario: Callable[[FakeSuite], Awaitable[None]]) -> None:
    """Run a scenario against a fresh suite."""

    async def run() -> None:
        async with FakeSuite(folder) as suite:
            await scenario(suite)

    asyncio.run(run())
