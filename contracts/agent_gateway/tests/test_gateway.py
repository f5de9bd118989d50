"""Requests, answers and their settlement, with the test as registry."""

from __future__ import annotations

from typing import Any

import pytest
from agent_gateway import limits
from agent_gateway.tests.gateway_world import (
    DAPP,
    KEY,
    MEASUREMENT,
    NEAR,
    NODE,
    OPERATOR,
    REGISTRY,
    REWARD,
    GatewayWorld,
    encoded,
    sha256,
)
from common.shim.chain import Panic

LONG = b"x" * 3_000


@pytest.fixture
def world() -> GatewayWorld:
    return GatewayWorld()


def test_request__books_reward_and_storage_and_yields(world: GatewayWorld) -> None:
    request_id = world.request()
    yielded = world.opened[request_id].promises[0]
    assert yielded.yielded
    assert (yielded.actions[0].method, yielded.actions[0].gas) == ("on_resolved", 19 * 10**12)
    assert world.opened[request_id].returned_promise == 0
    account = world.account(DAPP)
    assert (account["locked"], account["prepaid"]) == (REWARD, 0)
    assert account["locked"] + account["storage"] + account["owed"] == NEAR


def test_request__view_carries_what_an_agent_needs(world: GatewayWorld) -> None:
    request_id = world.request(given=b"text", measurement_ids=[MEASUREMENT.hex()])
    view = world.contract.view("get_request", {"request_id": request_id})
    assert view["input"] == encoded(b"text")
    assert view["input_hash"] == sha256(b"text").hex()
    assert view["respond_before_height"] == view["created_height"] + 190
    page = world.contract.view("get_pending", {"from_index": 0, "limit": 10, "service": "summarise"})
    assert [entry["request_id"] for entry in page["requests"]] == [request_id]
    assert world.contract.view("get_pending", {"from_index": 0, "limit": 1, "service": "x"})["requests"] == []


def test_request__draws_on_the_prepaid_balance(world: GatewayWorld) -> None:
    world.contract.call("deposit", predecessor=DAPP, deposit=NEAR)
    world.request(deposit=0)
    account = world.account(DAPP)
    assert (account["locked"], account["owed"]) == (REWARD, 0)
    assert account["prepaid"] + account["storage"] + account["locked"] == NEAR


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"deposit": 0}, "DEPOSIT_TOO_SMALL"),
        ({"deposit": REWARD}, "INSUFFICIENT_BALANCE"),
        ({"max_output_bytes": 16_385}, "BAD_ARGUMENT"),
        ({"service": ""}, "BAD_ARGUMENT"),
        ({"service": "s" * 33}, "BAD_ARGUMENT"),
        ({"given": b"x" * 8_193}, "BAD_ARGUMENT"),
        ({"measurement_ids": [bytes(32).hex()] * 9}, "BAD_ARGUMENT"),
    ],
)
def test_request__refuses(world: GatewayWorld, changed: dict[str, Any], code: str) -> None:
    before = world.booked()
    with pytest.raises(Panic, match=code):
        world.request(**changed)
    assert world.booked() == before


def test_request__gas_and_cap(world: GatewayWorld) -> None:
    terms = {"input_bytes": 4, "max_output_bytes": 4_096, "measurements": 0}
    least = world.contract.view("get_request_terms", terms)["min_gas_tgas"]
    arguments = {"service": "s", "input": "", "max_output_bytes": 4_096, "measurement_ids": [], "reward": "0"}
    with pytest.raises(Panic, match="NOT_ENOUGH_GAS"):
        world.contract.call("request", arguments, predecessor=DAPP, deposit=NEAR, gas=(least - 2) * 10**12)
    for _ in range(limits.MAX_RECORDS):
        world.request(reward=0)
    with pytest.raises(Panic, match="TOO_MANY_RECORDS"):
        world.request(reward=0)


def test_respond__asks_the_registry_about_exactly_this_node(world: GatewayWorld) -> None:
    asked, callback = world.respond(world.request()).promises
    assert (asked.account_id, asked.actions[0].method) == (REGISTRY, "is_node_valid")
    assert b'"service":"summarise"' in asked.actions[0].args
    assert callback.actions[0].method == "on_node_checked"


def test_respond__pays_in_the_yield_callback_alone(world: GatewayWorld) -> None:
    request_id = world.request()
    owed = world.account(OPERATOR)["owed"]
    checked = world.check(world.respond(request_id), world.verdict())
    assert checked.value == {
        "outcome": "accepted",
        "request_id": request_id,
        "node_id": NODE,
        "reasons": [],
    }
    assert world.account(OPERATOR)["owed"] == owed
    done = world.resolve(request_id)
    assert done.value == {
        "status": "answered",
        "request_id": request_id,
        "output": encoded(b"answer"),
        "node_id": NODE,
        "output_hash": sha256(b"answer").hex(),
    }
    assert world.account(OPERATOR)["owed"] == owed + REWARD
    assert world.account(DAPP)["locked"] == 0
    assert done.events[-1]["event"] == "response_delivered"
    assert world.contract.view("get_request", {"request_id": request_id}) is None
    assert world.account(DAPP)["records"] == world.account(OPERATOR)["records"] == 0


def test_respond__stores_a_long_output_and_returns_its_price(world: GatewayWorld) -> None:
    request_id = world.request()
    before = world.account(OPERATOR)
    responded = world.respond(request_id, LONG)
    assert world.contract.view("get_output", {"request_id": request_id, "node_id": NODE}) == encoded(LONG)
    assert world.account(OPERATOR)["storage"] > before["storage"]
    assert LONG not in responded.promises[-1].actions[0].args
    world.check(responded, world.verdict())
    assert world.resolve(request_id).value["output"] == encoded(LONG)
    after = world.account(OPERATOR)
    assert (after["prepaid"], after["storage"]) == (before["prepaid"], before["storage"])
    assert world.contract.view("get_output", {"request_id": request_id, "node_id": NODE}) is None


def test_respond__a_stored_output_is_immutable(world: GatewayWorld) -> None:
    request_id = world.request()
    world.respond(request_id, LONG)
    with pytest.raises(Panic, match="OUTPUT_IMMUTABLE"):
        world.respond(request_id, LONG + b"y")
    world.respond(request_id, LONG)
    with pytest.raises(Panic, match="OUTPUT_IN_USE"):
        world.contract.call(
            "delete_output", {"request_id": request_id, "node_id": NODE}, predecessor=OPERATOR
        )


def test_delete_output__the_loser_gets_its_price_back(world: GatewayWorld) -> None:
    loser = "node.loser.near"
    world.contract.call("deposit", predecessor="loser.near", deposit=NEAR)
    request_id = world.request()
    before = world.account("loser.near")
    late = world.respond(request_id, LONG, node_id=loser, caller="loser.near")
    world.answer(request_id)
    assert world.check(late, world.verdict(loser)).value["outcome"] == "closed"
    arguments = {"request_id": request_id, "node_id": loser}
    world.contract.call("delete_output", arguments, predecessor="anyone.near")
    assert world.account("loser.near") == before
    with pytest.raises(Panic, match="OUTPUT_UNKNOWN"):
        world.contract.call("delete_output", arguments, predecessor="anyone.near")


SIGNED: list[dict[str, Any]] = [
    {"network": "mainnet"},
    {"contract": "other.near"},
    {"instance": bytes(32)},
    {"task_id": 2},
    {"attempt": 2},
    {"input_hash": bytes(32)},
    {"output_hash": bytes(32)},
    {"measurement_id": bytes(32)},
    {"node_id": "node-2.operator.near"},
]


@pytest.mark.parametrize("changed", SIGNED, ids=lambda changed: next(iter(changed)))
def test_respond__the_signature_covers_every_field(world: GatewayWorld, changed: dict[str, Any]) -> None:
    request_id = world.request()
    with pytest.raises(Panic, match="BAD_SIGNATURE"):
        world.respond(request_id, signed=changed)


def test_respond__refuses_what_it_can_judge_at_once(world: GatewayWorld) -> None:
    request_id = world.request(max_output_bytes=5)
    with pytest.raises(Panic, match="RESPONSE_TOO_LARGE"):
        world.respond(request_id, b"123456")
    with pytest.raises(Panic, match="NOT_NODE_ACCOUNT"):
        world.respond(request_id, b"1", caller="thief.near")
    with pytest.raises(Panic, match="ACCOUNT_UNKNOWN"):
        world.respond(request_id, b"1", node_id="node.poor.near", caller="poor.near")
    with pytest.raises(Panic, match="NOT_ENOUGH_GAS"):
        world.respond(request_id, b"1", gas=50 * 10**12)
    with pytest.raises(Panic, match="REQUEST_UNKNOWN"):
        world.respond(request_id + 1, b"1")
    other = world.request(measurement_ids=[bytes(32).hex()])
    with pytest.raises(Panic, match="MEASUREMENT_NOT_ACCEPTED"):
        world.respond(other, b"1")


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({"valid": False, "reasons": [{"code": "KEY_REVOKED", "cause": "node"}]}, ["KEY_REVOKED"]),
        ({"node_id": "node-2.operator.near"}, ["VERDICT_MISMATCH"]),
        ({"measurement_id": bytes(32).hex()}, ["VERDICT_MISMATCH"]),
        ({"signing_key": "ed25519:" + "1" * 32}, ["VERDICT_MISMATCH"]),
        ({"valid": 1}, ["VERDICT_MISMATCH"]),
    ],
)
def test_on_node_checked__refuses(world: GatewayWorld, changed: dict[str, Any], reasons: list[str]) -> None:
    request_id = world.request()
    checked = world.check(world.respond(request_id), world.verdict(**changed))
    assert (checked.value["outcome"], checked.value["reasons"]) == ("refused", reasons)
    assert world.contract.view("get_request", {"request_id": request_id})["state"] == "open"


@pytest.mark.parametrize("verdict", [None, b"", b"[]", b"{}", b'{"valid":false}', b"\xff"])
def test_on_node_checked__no_verdict_is_unreachable(world: GatewayWorld, verdict: bytes | None) -> None:
    request_id = world.request()
    assert world.check(world.respond(request_id), verdict).value["outcome"] == "unreachable"
    assert world.answer(request_id).value["status"] == "answered"


def test_windows__late_answers_are_closed(world: GatewayWorld) -> None:
    request_id = world.request()
    world.pass_blocks(189)
    responded = world.respond(request_id)
    world.pass_blocks(1)
    with pytest.raises(Panic, match="REQUEST_CLOSED"):
        world.respond(request_id)
    world.pass_blocks(7)
    assert world.check(responded, world.verdict()).value["outcome"] == "closed"
    assert world.resolve(request_id, timed_out=True).value["status"] == "timed_out"
    with pytest.raises(Panic, match="REQUEST_CLOSED"):
        world.respond(request_id, signed={})


def test_windows__the_second_answer_is_closed(world: GatewayWorld) -> None:
    request_id = world.request()
    first, second = world.respond(request_id), world.respond(request_id, b"other")
    assert world.check(first, world.verdict()).value["outcome"] == "accepted"
    assert world.check(second, world.verdict()).value["outcome"] == "closed"
    with pytest.raises(Panic, match="REQUEST_CLOSED"):
        world.respond(request_id)


def test_timeout__refunds_once(world: GatewayWorld) -> None:
    request_id = world.request()
    booked = world.booked()
    done = world.resolve(request_id, timed_out=True)
    assert done.value == {
        "status": "timed_out",
        "request_id": request_id,
        "output": "",
        "node_id": None,
        "output_hash": None,
    }
    account = world.account(DAPP)
    assert (account["locked"], account["records"]) == (0, 0)
    assert world.booked() == booked
    # A repeated callback moves nothing.
    assert world.resolve(request_id, timed_out=True).value["status"] == "timed_out"
    assert world.account(DAPP) == account


def test_timeout__a_resume_that_lost_is_not_paid(world: GatewayWorld) -> None:
    request_id = world.request()
    owed = world.account(OPERATOR)["owed"]
    world.check(world.respond(request_id), world.verdict())
    assert world.resolve(request_id, timed_out=True).value["status"] == "timed_out"
    assert world.account(OPERATOR)["owed"] == owed
    assert world.account(OPERATOR)["records"] == 0
    assert world.account(DAPP)["owed"] > REWARD


def test_settle_expired__by_anyone_after_the_margin(world: GatewayWorld) -> None:
    request_id = world.request()
    world.check(world.respond(request_id), world.verdict())
    world.pass_blocks(299)
    with pytest.raises(Panic, match="TOO_EARLY"):
        world.contract.call("settle_expired", {"request_id": request_id})
    world.pass_blocks(1)
    world.contract.call("settle_expired", {"request_id": request_id}, predecessor="anyone.near")
    before = (world.account(DAPP), world.account(OPERATOR))
    assert before[0]["locked"] == 0
    # The callback comes after all, even with the answer: nothing moves any more.
    assert world.resolve(request_id).value["status"] == "timed_out"
    assert (world.account(DAPP), world.account(OPERATOR)) == before
    with pytest.raises(Panic, match="REQUEST_CLOSED"):
        world.contract.call("settle_expired", {"request_id": request_id})


def test_money__what_was_put_in_can_be_taken_out(world: GatewayWorld) -> None:
    request_id = world.request()
    world.answer(request_id)
    for account_id in (DAPP, OPERATOR):
        sent = world.contract.call("withdraw", {"account_id": account_id}, predecessor="anyone.near")
        callback = sent.promises[-1].actions[0]
        world.contract.callback(callback.method, callback.args, b"")
        closed = world.contract.call("close_account", predecessor=account_id, deposit=1)
        world.contract.callback("resolve_withdraw", closed.promises[-1].actions[0].args, b"")
    assert world.booked() == 0


def test_account__cannot_close_while_an_answer_waits_for_its_pay(world: GatewayWorld) -> None:
    request_id = world.request()
    world.check(world.respond(request_id), world.verdict())
    with pytest.raises(Panic, match="ACCOUNT_IN_USE"):
        world.contract.call("close_account", predecessor=OPERATOR, deposit=1)
    assert world.resolve(request_id).value["status"] == "answered"


def test_callbacks__are_the_gateways_own(world: GatewayWorld) -> None:
    request_id = world.request()
    callback = world.opened[request_id].promises[0].actions[0]
    with pytest.raises(Panic, match="SELF_ONLY"):
        world.contract.call("on_resolved", callback.args, predecessor="thief.near", results=[None])
    responded = world.respond(request_id).promises[-1].actions[0]
    with pytest.raises(Panic, match="SELF_ONLY"):
        world.contract.call(
            "on_node_checked", responded.args, predecessor="thief.near", results=[world.verdict()]
        )


def test_payload__fits_the_resume_limit() -> None:
    from agent_gateway.requests import Payload

    node_id = "n" * 32 + "." + "a" * 64
    payload = Payload(node_id, KEY, b"x" * limits.INLINE_OUTPUT_BYTES)
    assert len(payload.to_borsh()) <= 1_024


def test_prices__cover_what_a_request_stores(world: GatewayWorld) -> None:
    def used() -> int:
        return sum(40 + len(key) + len(value) for key, value in world.chain.storage.items())

    world.request(reward=0)
    before = used()
    ids = [bytes([index]).hex() * 32 for index in range(8)]
    world.request(service="s" * 32, given=b"x" * 8_192, measurement_ids=ids)
    terms = {"input_bytes": 8_192, "max_output_bytes": 4_096, "measurements": 8}
    price = world.contract.view("get_request_terms", terms)["storage_price"]
    assert (used() - before) * 10**19 <= int(price)
