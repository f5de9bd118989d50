"""Handlers: registration, running, time limits and the exact bytes of outputs."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from sealwright_agents.agent import Agent, Work, encode_output
from sealwright_agents.errors import ConfigError, HandlerFailed


def work(content: bytes = b"input", limit: int = 1_000) -> Work:
    return Work("echo", content, "request", "gateway.near", 1, 1, limit)


def run(agent: Agent, given: Work | None = None) -> bytes:
    return asyncio.run(agent.run_handler(given or work()))


def agent_with(function: Callable[[Work], Any], **options: Any) -> Agent:
    agent = Agent("test")
    agent.handles("echo", **options)(function)
    return agent


def test_handles__runs_plain_and_async_functions() -> None:
    async def later(given: Work) -> bytes:
        await asyncio.sleep(0)
        return given.input

    assert run(agent_with(lambda given: given.text.upper())) == b"INPUT"
    assert run(agent_with(later)) == b"input"


def test_handles__refuses_a_second_handler_and_a_senseless_limit() -> None:
    agent = agent_with(lambda given: b"")
    assert agent.services == ("echo",)
    with pytest.raises(ConfigError, match="two handlers"):
        agent.handles("echo")(lambda given: b"")
    with pytest.raises(ConfigError, match="time_limit_s"):
        agent.handles("other", time_limit_s=0)


def test_run_handler__turns_every_failure_into_one_error() -> None:
    def broken(given: Work) -> bytes:
        raise KeyError("model")

    with pytest.raises(HandlerFailed, match="KeyError"):
        run(agent_with(broken))
    with pytest.raises(HandlerFailed, match="6 bytes of output"):
        run(agent_with(lambda given: b"123456"), work(limit=5))
    with pytest.raises(HandlerFailed, match="not UTF-8"):
        run(agent_with(lambda given: given.text), work(b"\xff"))
    with pytest.raises(HandlerFailed, match="not JSON"):
        run(agent_with(lambda given: given.json()), work(b"{"))


@pytest.mark.parametrize("plain", [True, False])
def test_run_handler__stops_waiting_at_the_time_limit(plain: bool) -> None:
    async def forever(given: Work) -> bytes:
        await asyncio.sleep(60)
        return b""

    def slow(given: Work) -> bytes:
        time.sleep(0.3)
        return b""

    with pytest.raises(HandlerFailed, match=r"no result within 0\.05 s"):
        run(agent_with(slow if plain else forever, time_limit_s=0.05))


def test_keep__collects_evidence() -> None:
    given = work()
    given.keep("request", b"exact bytes")
    assert given.evidence == {"request": b"exact bytes"}


def test_encode_output__is_one_form_a_value() -> None:
    assert encode_output({"b": 1, "a": "ü"}) == '{"a":"ü","b":1}'.encode()
    assert encode_output("ü") == "ü".encode()
    assert encode_output(bytearray(b"x")) == b"x"
    for useless in (object(), float("nan"), {1, 2}):
        with pytest.raises(HandlerFailed):
            encode_output(useless)


def test_run_handler__a_hanging_function_does_not_keep_the_loop_alive() -> None:
    never = threading.Event()
    with pytest.raises(HandlerFailed, match="no result within"):
        run(agent_with(lambda given: never.wait(), time_limit_s=0.05))
