"""Runs an agent: start-up checks, the loop over blocks, and a stop that loses nothing.

Start-up refuses what would go wrong later: another network, a key that is too strong or too weak, a
simulated TEE on a public chain, a service without handler. Then one loop looks at the head of the
chain and lets registration, upkeep and workers do what is due at that block.
"""

import asyncio
import importlib
import signal
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack

from sealwright_protocol.client.agent_gateway import AgentGateway
from sealwright_protocol.client.errors import ContractError
from sealwright_protocol.client.task_market import TaskMarket

from sealwright_agents import log
from sealwright_agents.agent import Agent
from sealwright_agents.chain import Block, ChainClient
from sealwright_agents.config import Config
from sealwright_agents.delivery import Delivery
from sealwright_agents.desk import Desk
from sealwright_agents.errors import AgentError, ConfigError, TransportError
from sealwright_agents.gateway_worker import GatewayWorker
from sealwright_agents.journal import Journal
from sealwright_agents.keys import METHODS, AccessKey, check_strength, load_key
from sealwright_agents.market_worker import MarketWorker
from sealwright_agents.quotes import provider_for
from sealwright_agents.registration import Registration
from sealwright_agents.signer import load_or_create
from sealwright_agents.upkeep import Upkeep
from sealwright_agents.worker import Worker


def load_agent(config: Config) -> Agent:
    """Import the configuration's `agent.handlers`. Raises ConfigError when it is no agent."""
    module_name, _, object_name = config.handlers.partition(":")
    if str(config.folder) not in sys.path:
        sys.path.insert(0, str(config.folder))
    try:
        agent = getattr(importlib.import_module(module_name), object_name)
    except (ImportError, AttributeError) as missing:
        raise ConfigError(f"agent.handlers: {config.handlers}: {missing}") from missing
    if not isinstance(agent, Agent):
        raise ConfigError(f"agent.handlers: {config.handlers} is no Agent")
    lacking = sorted(set(config.services) - set(agent.services))
    if lacking:
        raise ConfigError(f"services.{lacking[0]}: the agent has no handler for it")
    return agent


async def serve(agent: Agent, config: Config, stop: asyncio.Event | None = None) -> None:
    """Run until `stop` is set (or SIGTERM or SIGINT arrives, when it is None).

    Raises an AgentError when the start-up checks fail; later failures are logged and survived.
    """
    if stop is None:
        stop = asyncio.Event()
        _stop_on_signals(stop.set)
    async with AsyncExitStack() as stack:
        keys = load_keys(config)
        chain = await stack.enter_async_context(ChainClient(config.rpc, config.account_id, keys.values()))
        journal = stack.enter_context(Journal(config.state_dir))
        await check_network(config, chain, keys)
        signer = load_or_create(config.enclave_file)
        registration = Registration(config, chain, signer, provider_for(config.quote, config.chain_id))
        delivery = Delivery(chain, journal)
        desk = Desk(config, agent, chain, journal, delivery, signer, registration)
        workers = await _workers(desk)
        log.event("agent_started", agent=agent.name, node_id=config.node_id, services=list(config.services))
        await _loop(desk, workers, Upkeep(config, chain, keys), stop)
        log.event("agent_stopping", grace_s=config.limits.grace_s)
        for worker in workers:
            await worker.drain(config.limits.grace_s)
    log.event("agent_stopped")


def load_keys(config: Config) -> dict[str, AccessKey]:
    """The function-call keys by contract role. Raises KeyRefused."""
    return {
        role: load_key(config.key_file(role), config.account_id, contract_id)
        for role, contract_id in config.contracts.items()
    }


async def check_network(config: Config, chain: ChainClient, keys: dict[str, AccessKey]) -> None:
    """Raises ConfigError on another network, KeyRefused for a key that is not exactly as strong as needed."""
    chain_id = await chain.chain_id()
    if chain_id != config.chain_id:
        raise ConfigError(f"network.chain_id: the node is on {chain_id!r}, expected {config.chain_id!r}")
    for role, key in keys.items():
        check_strength(key, await chain.access_key(key), METHODS[role])


async def _workers(desk: Desk) -> list[Worker]:
    """A worker for each contract in use; `instance` is part of every receipt."""
    workers: list[Worker] = []
    if desk.config.gateway:
        gateway = await desk.chain.view(AgentGateway(desk.config.gateway).get_config())
        workers.append(GatewayWorker(desk, desk.config.gateway, gateway["instance"]))
    if desk.config.market:
        market = await desk.chain.view(TaskMarket(desk.config.market).get_config())
        workers.append(MarketWorker(desk, desk.config.market, market["instance"]))
    return workers


async def _loop(desk: Desk, workers: list[Worker], upkeep: Upkeep, stop: asyncio.Event) -> None:
    """Look at the chain until told to stop."""
    while not stop.is_set():
        try:
            head = await desk.chain.head()
            await _at_block(desk, workers, upkeep, head)
        except TransportError as failure:
            log.event("node_unreachable", "warning", error=failure)
        except (AgentError, ContractError) as failure:
            log.event("look_failed", "error", error=failure)
        try:
            await asyncio.wait_for(stop.wait(), desk.config.limits.poll_s)
        except TimeoutError:
            continue


async def _at_block(desk: Desk, workers: list[Worker], upkeep: Upkeep, head: Block) -> None:
    """Everything that is due at this block. What is open goes on even when the node is not valid:
    its result was promised; only new work needs a valid attestation."""
    await desk.registration.keep(head)
    await upkeep.keep(head)
    if desk.registration.is_known:
        for worker in workers:
            await worker.tick(head, accept_new=desk.registration.is_valid(head))


def _stop_on_signals(request_stop: Callable[[], None]) -> None:
    """The first SIGTERM or SIGINT stops gracefully, a second one kills as usual."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        request_stop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
