"""The chain client against a fake node: errors, retries, nonces, and one run a transaction."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sealwright_agents import chain as chains
from sealwright_agents import rpc as rpcs
from sealwright_agents.chain import ChainClient, SignedCall
from sealwright_agents.delivery import Delivery
from sealwright_agents.errors import (
    AnswerMalformed,
    Dropped,
    ExecutionFailed,
    KeyRefused,
    Rejected,
    TransportError,
    ViewFailed,
)
from sealwright_agents.items import TASK
from sealwright_agents.journal import Journal
from sealwright_agents.keys import AccessKey, create_key
from sealwright_protocol.client.calls import Call, View
from sealwright_protocol.client.errors import ContractError

from offchain_agents.tests.fake_node import FakeNode, Refusal, http_error, invalid_transaction

MARKET = "market.near"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "POLL_S", 0.001)
    monkeypatch.setattr(rpcs, "FIRST_PAUSE_S", 0.001)


@pytest.fixture
def key(tmp_path: Path) -> AccessKey:
    return create_key(tmp_path / "market.json", "operator.near", MARKET)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path) as opened:
        yield opened


def settle(task_id: int = 7) -> Call[Any]:
    return Call(MARKET, "settle", json.dumps({"task_id": task_id}).encode(), 0, 10**13, json.loads)


def get_task(task_id: int = 7) -> View[Any]:
    return View(MARKET, "get_task", json.dumps({"task_id": task_id}).encode(), json.loads)


def echo(method: str, args: dict[str, Any]) -> object:
    if args.get("task_id") == 404:
        raise Refusal("TASK_UNKNOWN: no task has this id: 404")
    if args.get("task_id") == 500:
        raise Refusal("something else broke")
    return {"method": method, **args}


def with_node(scenario: Callable[[FakeNode, ChainClient], Awaitable[Any]], *keys: AccessKey) -> Any:
    """Run `scenario(node, client)` against a node that has these keys."""

    async def run() -> object:
        async with FakeNode() as node:
            node.contracts[MARKET] = echo
            for each in keys:
                node.add_key(each.public_key, MARKET, ["settle"])
            async with ChainClient([node.url], "operator.near", keys) as client:
                return await scenario(node, client)

    return asyncio.run(run())


def test_view__decodes_text_beyond_ascii(key: AccessKey) -> None:
    async def scenario(node: FakeNode, client: ChainClient) -> Any:
        return await client.view(View(MARKET, "get", json.dumps({"x": "zażółć"}).encode(), json.loads))

    assert with_node(scenario, key)["x"] == "zażółć"


def test_view__raises_the_contracts_refusal(key: AccessKey) -> None:
    async def scenario(node: FakeNode, client: ChainClient) -> None:
        with pytest.raises(ContractError) as refusal:
            await client.view(get_task(404))
        assert (refusal.value.code, type(refusal.value).__mro__[1]) != ("", ContractError)
        assert refusal.value.code == "TASK_UNKNOWN"
        with pytest.raises(ViewFailed, match="something else broke"):
            await client.view(get_task(500))

    with_node(scenario, key)


def test_view__says_when_an_answer_has_another_form(key: AccessKey) -> None:
    async def scenario(node: FakeNode, client: ChainClient) -> None:
        with pytest.raises(AnswerMalformed, match="cannot read"):
            await client.view(View(MARKET, "get", b'{"x": 1}', lambda data: int(data)))

    with_node(scenario, key)


def test_request__repeats_what_may_pass(key: AccessKey) -> None:
    async def scenario(node: FakeNode, client: ChainClient) -> None:
        timeout = {"error": {"name": "HANDLER_ERROR", "cause": {"name": "TIMEOUT_ERROR"}, "data": "Timeout"}}
        node.faults = [http_error(503), http_error(429, "slow down"), http_error(408, timeout)]
        assert (await client.head()).height == 100
        assert len(node.requests) == 4

    with_node(scenario, key)


def test_request__gives_up_in_the_end_and_never_repeats_an_answer(key: AccessKey) -> None:
    async def scenario(node: FakeNode, client: ChainClient) -> None:
        node.faults = [http_error(503)] * 6
        with pytest.raises(TransportError, match="503"):
            await client.head()
        refused = {
            "error": {"name": "REQUEST_VALIDATION_ERROR", "cause": {"name": "PARSE_ERROR"}, "data": "bad"}
        }
        node.requests.clear()
        node.faults = [http_error(400, refused)]
        with pytest.raises(rpcs.NodeRefused, match="PARSE_ERROR"):
            await client.head()
        assert len(node.requests) == 1

    with_node(scenario, key)


def test_request__no_node_at_all_is_a_transport_error() -> None:
    async def run() -> None:
        async with ChainClient(["http://127.0.0.1:9"], "operator.near") as client:
            with pytest.raises(TransportError):
                await client.head()

    asyncio.run(run())


def test_request__asks_the_next_node_when_one_is_down(key: AccessKey) -> None:
    async def scenario(node: FakeNode, client: ChainClient) -> None:
        urls = ["http://127.0.0.1:9", node.url]
        async with ChainClient(urls, "operator.near", [key]) as other:
            assert (await other.head()).height == 100
            assert await other.execute(settle()) == {"method": "settle", "task_id": 7}

    with_node(scenario, key)


def test_execute__returns_the_value_or_raises_the_refusal(key: AccessKey) -> None:
    async def scenario(node: FakeNode, client: ChainClient) -> None:
        assert await client.execute(settle()) == {"method": "settle", "task_id": 7}
        with pytest.raises(ContractError, match="TASK_UNKNOWN"):
            await client.execute(settle(404))
        with pytest.raises(ExecutionFailed, match="something else broke"):
            await client.execute(settle(500))

    with_node(scenario, key)


def test_sign__needs_a_key_for_the_contract_and_attaches_no_money(key: AccessKey) -> None:
    async def scenario(node: FakeNode, client: ChainClient) -> None:
        with pytest.raises(KeyRefused, match=r"no key opens other\.near"):
            await client.sign(Call("other.near", "x", b"{}", 0, 1, json.loads))
        with pytest.raises(KeyRefused, match="cannot attach"):
            await client.sign(Call(MARKET, "x", b"{}", 1, 1, json.loads))

    with_node(scenario, key)


def test_deliver__runs_the_same_bytes_once(key: AccessKey) -> None:
    async def scenario(node: FakeNode, client: ChainClient) -> None:
        signed = await client.sign(settle())
        first = await client.deliver(signed)
        again = await client.deliver(SignedCall.from_json(signed.to_json()))
        assert first == again
        assert first.tokens_burnt == 14
        assert len(node.executed) == 1

    with_node(scenario, key)


def test_deliver__finds_out_what_became_of_an_unanswered_transaction(key: AccessKey) -> None:
    async def scenario(node: FakeNode, client: ChainClient) -> None:
        def run_but_say_nothing(method: str, params: dict[str, str]) -> web.Response:
            node.execute(params["signed_tx_base64"])
            return http_error(504)(method, params)

        signed = await client.sign(settle())
        node.faults = [run_but_say_nothing]
        assert (await client.deliver(signed)).value is not None
        signed = await client.sign(settle())
        node.faults = [http_error(504)]  # this one never arrived
        assert (await client.deliver(signed)).value is not None
        assert len(node.executed) == 2

    with_node(scenario, key)


def test_deliver__knows_a_transaction_that_can_never_run(key: AccessKey) -> None:
    async def scenario(node: FakeNode, client: ChainClient) -> None:
        signed = await client.sign(settle())
        node.keys[key.public_key]["nonce"] = signed.nonce  # another process was quicker
        with pytest.raises(Dropped):
            await client.deliver(signed)
        signed = await client.sign(settle())
        expired = {"jsonrpc": "2.0", "error": invalid_transaction("Expired")}
        node.faults = [lambda method, params: http_error(200, expired)(method, params)]
        with pytest.raises(Dropped):
            await client.deliver(signed)
        assert node.executed == []

    with_node(scenario, key)


def test_deliver__reports_what_signing_again_does_not_cure(key: AccessKey) -> None:
    async def scenario(node: FakeNode, client: ChainClient) -> None:
        signed = await client.sign(settle())
        poor = {"NotEnoughBalance": {"signer_id": "operator.near", "balance": "0", "cost": "1"}}
        node.faults = [http_error(200, {"jsonrpc": "2.0", "error": invalid_transaction(poor)})]
        with pytest.raises(Rejected, match="NotEnoughBalance"):
            await client.deliver(signed)

    with_node(scenario, key)


def test_execute__two_processes_share_one_key(key: AccessKey) -> None:
    async def scenario(node: FakeNode, client: ChainClient) -> None:
        async with ChainClient([node.url], "operator.near", [key]) as other:
            calls = [(client, number) for number in range(10)] + [
                (other, 10 + number) for number in range(10)
            ]
            answers = await asyncio.gather(*(each.execute(settle(number)) for each, number in calls))
        assert [answer["task_id"] for answer in answers] == list(range(20))
        assert sorted(args["task_id"] for _, _, args in node.executed) == list(range(20))

    with_node(scenario, key)


def test_delivery__a_step_runs_once_whatever_the_journal_saw(key: AccessKey, journal: Journal) -> None:
    item = journal.add(TASK, MARKET, 7, 1, service="s", input=b"", found_height=1)

    async def scenario(node: FakeNode, client: ChainClient) -> None:
        delivery = Delivery(client, journal)
        first = await delivery.run(item, "submit-0", settle())
        assert await delivery.run(item, "submit-0", settle()) == first
        assert len(node.executed) == 1
        # Killed after signing, before or after sending: the journal has the bytes and no answer.
        signed = await client.sign(settle())
        journal.record_transaction(item, "submit-1", signed.hash, signed.to_json())
        await client.deliver(signed)
        assert await delivery.run(item, "submit-1", settle()) == first
        assert len(node.executed) == 2

    with_node(scenario, key)


def test_delivery__replaces_what_never_ran_and_keeps_refusals(key: AccessKey, journal: Journal) -> None:
    item = journal.add(TASK, MARKET, 7, 1, service="s", input=b"", found_height=1)

    async def scenario(node: FakeNode, client: ChainClient) -> None:
        delivery = Delivery(client, journal)
        signed = await client.sign(settle())
        journal.record_transaction(item, "settle-0", signed.hash, signed.to_json())
        node.keys[key.public_key]["nonce"] = signed.nonce
        assert await delivery.run(item, "settle-0", settle())
        assert [bool(each["answer"].get("dropped")) for each in journal.transactions(item)] == [True, False]
        for _ in range(2):
            with pytest.raises(ContractError, match="TASK_UNKNOWN"):
                await delivery.run(item, "settle-1", settle(404))
        assert len(node.executed) == 2

    with_node(scenario, key)
