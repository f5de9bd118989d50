"""Fixtures of the agent's tests."""

import asyncio

import pytest
from sealwright_agents import chain as chains
from sealwright_agents import market_worker
from sealwright_agents import rpc as rpcs
from sealwright_agents.agent import Agent, Work


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "POLL_S", 0.001)
    monkeypatch.setattr(rpcs, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(market_worker, "ASK_AGAIN_MS", 0)


@pytest.fixture
def runs() -> list[bytes]:
    """The inputs that the handler was given, one a run."""
    return []


@pytest.fixture
def agent(runs: list[bytes]) -> Agent:
    made = Agent("desk")

    @made.handles("shout")
    async def shout(work: Work) -> str:
        runs.append(work.input)
        if work.input == b"broken":
            raise ValueError("no voice")
        if work.input == b"slow":
            await asyncio.sleep(60)
        work.keep("model-request", b"exact: " + work.input)
        return work.text.upper()

    return made
