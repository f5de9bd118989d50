"""The gateway's guarantees as properties. The IDs are those of docs/spec/agent-gateway.md."""

from __future__ import annotations

import hashlib
from typing import Any

from hypothesis import strategies as st
from sealwright_sandbox import NEAR, TGAS

from tests.properties.gateway_world import (
    DAPP,
    GATEWAY,
    OPERATOR,
    POTS,
    PREPAID,
    RIVAL,
    STRANGER,
    Asked,
    GatewayWorld,
    b64,
    node_id,
)
from tests.properties.guarantees import Guarantees

GUARANTEES = Guarantees()
LIST_COUNTER_BYTES = 40 + 2 + 4
"""The list of open requests counts its entries, from the first one on for good."""
REWARDS = st.integers(0, 2 * NEAR)
ENDINGS = st.sampled_from(["answered", "answered twice", "timed out", "refused", "unreachable"])
SIZES = st.one_of(st.integers(0, 900), st.integers(870, 16_384))
OTHER = {"signing_key": "ed25519:" + "1" * 32, "measurement_id": bytes(32), "node_id": "n9.operator.near"}


def end(world: GatewayWorld, asked: Asked, ending: str) -> dict[str, Any]:
    """Bring a request to its end; returns what its promise resolved to."""
    if ending == "refused":
        world.tell("answer", world.verdict(valid=False, reasons=[{"code": "KEY_REVOKED", "cause": "node"}]))
    elif ending == "unreachable":
        world.tell("fail")
    else:
        world.tell("valid")
    if ending != "timed out":
        world.respond(asked.request_id)
    if ending == "answered twice":
        world.respond(asked.request_id, by=RIVAL)
    if not ending.startswith("answered"):
        world.time_out()
    return world.answer(asked)


@GUARANTEES.keeps("GATEWAY-1", rewards=st.tuples(REWARDS, REWARDS), endings=st.tuples(ENDINGS, ENDINGS))
def the_reward_goes_one_way_once(
    world: GatewayWorld, rewards: tuple[int, int], endings: tuple[str, str]
) -> None:
    due = dict.fromkeys((DAPP, OPERATOR, RIVAL), PREPAID)
    others = world.ask(reward=NEAR)
    for reward, ending in zip(rewards, endings, strict=True):
        asked = world.ask(reward=reward)
        end(world, asked, ending)
        if ending.startswith("answered"):
            due[DAPP] -= reward
            due[OPERATOR] += reward
        assert world.refused("settle_expired", STRANGER, request_id=asked.request_id) == "REQUEST_CLOSED"
        assert {account_id: world.worth(account_id) for account_id in due} == due
    world.time_out()
    assert world.answer(others)["status"] == "timed_out"
    assert {account_id: world.worth(account_id) for account_id in due} == due
    assert world.pots(DAPP)["locked"] == 0


@GUARANTEES.keeps("GATEWAY-1", answers=st.booleans(), reward=REWARDS)
def whoever_comes_second_moves_nothing(world: GatewayWorld, answers: bool, reward: int) -> None:
    asked, others = world.ask(reward=reward), world.ask(reward=3 * NEAR)
    make_expired(world, asked.request_id)
    world.call("settle_expired", STRANGER, request_id=asked.request_id)
    worth = {account_id: world.worth(account_id) for account_id in (DAPP, OPERATOR)}
    if answers:
        assert world.respond(asked.request_id) == "REQUEST_CLOSED"
    world.time_out()
    # The yield callback comes after all, and the promise resolves as if it had been first.
    assert world.answer(asked)["status"] == world.answer(others)["status"] == "timed_out"
    assert {account_id: world.worth(account_id) for account_id in worth} == worth
    assert world.pots(DAPP)["locked"] == 0


def make_expired(world: GatewayWorld, request_id: int) -> None:
    """Date a request back, as if its callback had died: its margin is over, its yield is not."""
    from agent_gateway.requests import Request

    key = b"r" + request_id.to_bytes(8, "big")
    record = Request.from_borsh(world.sandbox.storage(GATEWAY)[key])
    record.created_height -= 400
    data = {"account_id": GATEWAY, "data_key": b64(key), "value": b64(record.to_borsh())}
    world.sandbox.patch_state([{"Data": data}])


@GUARANTEES.keeps(
    "GATEWAY-2",
    field=st.sampled_from(
        ["network", "contract", "instance", "task_id", "attempt", "input_hash", "output_hash", "node_id"]
    ),
)
def every_field_of_the_receipt_is_signed(world: GatewayWorld, field: str) -> None:
    asked = world.ask()
    wrong: dict[str, Any] = {
        "network": "x",
        "contract": "x.near",
        "node_id": node_id(RIVAL),
        "task_id": 9,
        "attempt": 2,
    }
    spoilt: dict[str, Any] = {field: wrong.get(field, b"\x09" * 32)}
    response = world.response(asked.request_id, **spoilt)
    assert world.refused("respond", OPERATOR, **response) == "BAD_SIGNATURE"
    world.time_out()
    assert world.answer(asked)["status"] == "timed_out"
    assert world.worth(OPERATOR) == PREPAID


@GUARANTEES.keeps("GATEWAY-2", spoilt=st.sampled_from(["valid", *OTHER]))
def the_registry_must_confirm_key_and_measurement(world: GatewayWorld, spoilt: str) -> None:
    asked = world.ask()
    world.tell(
        "answer", world.verdict(**({"valid": False} if spoilt == "valid" else {spoilt: OTHER[spoilt]}))
    )
    assert world.respond(asked.request_id) == "refused"
    world.time_out()
    assert world.answer(asked)["status"] == "timed_out"
    assert (world.worth(OPERATOR), world.worth(DAPP)) == (PREPAID, PREPAID)


@GUARANTEES.keeps("GATEWAY-2", by=st.sampled_from([RIVAL, STRANGER]))
def only_the_nodes_own_account_answers(world: GatewayWorld, by: str) -> None:
    asked = world.ask()
    response = world.response(asked.request_id)
    assert world.refused("respond", by, **response) == "NOT_NODE_ACCOUNT"


@GUARANTEES.keeps("GATEWAY-3", ending=ENDINGS, reward=REWARDS, size=SIZES)
def the_promise_says_what_was_paid(world: GatewayWorld, ending: str, reward: int, size: int) -> None:
    asked = world.ask(reward=reward, max_output_bytes=16_384)
    output = bytes(index % 251 for index in range(size))
    if ending == "answered":
        assert world.respond(asked.request_id, output) == "accepted"
        told = world.answer(asked)
        assert told == {
            "status": "answered",
            "request_id": asked.request_id,
            "output": b64(output),
            "node_id": node_id(OPERATOR),
            "output_hash": hashlib.sha256(output).hexdigest(),
        }
    else:
        told = end(world, asked, ending)
    paid = world.worth(OPERATOR) - PREPAID
    assert paid == (reward if told["status"] == "answered" else 0)
    assert world.worth(DAPP) == PREPAID - paid
    assert told["status"] in ("answered", "timed_out")
    if told["status"] == "timed_out":
        assert (told["output"], told["node_id"], told["output_hash"]) == ("", None, None)


@GUARANTEES.keeps("GATEWAY-4", reward=REWARDS, size=SIZES)
def nothing_is_paid_before_the_callback(world: GatewayWorld, reward: int, size: int) -> None:
    asked = world.ask(reward=reward, max_output_bytes=16_384)
    response = world.response(asked.request_id, bytes(size))
    world.people[OPERATOR].submit(GATEWAY, "respond", response, gas=200 * TGAS)
    seen = []
    for _ in range(8):
        world.sandbox.produce_blocks(1)
        request = world.request(asked.request_id)
        seen.append(request["state"] if request else "settled")
        if request:
            assert world.worth(OPERATOR) == PREPAID, "paid while the request is " + request["state"]
            assert world.pots(DAPP)["locked"] == reward
    assert seen[-1] == "settled"
    assert world.worth(OPERATOR) == PREPAID + reward


@GUARANTEES.keeps("GATEWAY-5", age=st.one_of(st.integers(0, 198), st.integers(185, 193)))
def answers_are_taken_in_their_window(world: GatewayWorld, age: int) -> None:
    asked = world.ask()
    created = int(world.view("get_request", request_id=asked.request_id)["created_height"])
    # A transaction takes two blocks to arrive.
    world.sandbox.produce_blocks(max(0, created + age - 2 - world.sandbox.block_height))
    arrives = world.sandbox.block_height + 2
    outcome = world.respond(asked.request_id)
    assert outcome == ("accepted" if arrives < created + 190 else "REQUEST_CLOSED")
    world.time_out()
    assert world.answer(asked)["status"] == ("answered" if outcome == "accepted" else "timed_out")


@GUARANTEES.keeps("GATEWAY-5", age=st.one_of(st.integers(100, 205), st.integers(193, 199)))
def late_confirmations_do_not_resume(world: GatewayWorld, age: int) -> None:
    asked = world.ask()
    created = int(world.view("get_request", request_id=asked.request_id)["created_height"])
    world.tell("later")
    world.sandbox.produce_blocks(90)
    pending = world.start_response(asked.request_id)
    world.sandbox.produce_blocks(max(0, created + age - world.sandbox.block_height))
    world.answer_later(world.verdict())
    checked = pending.outcome()
    assert checked is not None
    assert checked.value["outcome"] in ("accepted", "closed")
    if checked.value["outcome"] == "accepted":
        assert world.answer(asked)["status"] == "answered"
    world.time_out()
    told = world.answer(asked)
    assert (told["status"] == "answered") == (checked.value["outcome"] == "accepted")
    assert world.respond(asked.request_id) == "REQUEST_CLOSED"


@GUARANTEES.keeps("GATEWAY-6", size=st.integers(881, 4_096), other=st.integers(881, 4_096))
def stored_outputs_do_not_change(world: GatewayWorld, size: int, other: int) -> None:
    asked = world.ask()
    first, second = b"a" * size, b"b" * other
    before = world.pots(OPERATOR)
    world.tell("fail")
    assert world.respond(asked.request_id, first) == "unreachable"
    stored: dict[str, Any] = {"request_id": asked.request_id, "node_id": node_id(OPERATOR)}
    assert world.respond(asked.request_id, second) == "OUTPUT_IMMUTABLE"
    assert world.refused("delete_output", OPERATOR, **stored) == "OUTPUT_IN_USE"
    assert world.view("get_output", **stored) == b64(first)
    world.time_out()
    assert world.answer(asked)["status"] == "timed_out"
    world.call("delete_output", STRANGER, **stored)
    assert world.pots(OPERATOR) == before
    assert world.view("get_output", **stored) is None


@GUARANTEES.keeps("GATEWAY-6", size=st.integers(881, 4_096))
def what_is_stored_pays_for_itself(world: GatewayWorld, size: int) -> None:
    asked = world.ask()
    world.tell("fail")
    usage, held = used(world), world.pots(OPERATOR)["storage"]
    assert world.respond(asked.request_id, bytes(size)) == "unreachable"
    assert (used(world) - usage) * 10**19 <= world.pots(OPERATOR)["storage"] - held


def used(world: GatewayWorld) -> int:
    """Bytes of the gateway's storage."""
    return world.sandbox.account(GATEWAY).storage_usage


STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "respond", "store", "wait", "withdraw"]), REWARDS), max_size=6
)


@GUARANTEES.keeps("GATEWAY-7", steps=STEPS)
def everything_comes_out_unless_an_answer_was_delivered(
    world: GatewayWorld, steps: list[tuple[str, int]]
) -> None:
    usage, held = used(world), world.pots(DAPP)["storage"]
    had = {account_id: world.people[account_id].balance for account_id in (DAPP, OPERATOR)}
    earned = 0
    open_requests: list[tuple[Asked, int]] = []
    for step, amount in steps:
        if step == "ask" and amount + NEAR < world.pots(DAPP)["prepaid"]:
            open_requests.append((world.ask(reward=amount), amount))
        elif step in ("respond", "store") and open_requests:
            asked, reward = open_requests.pop()
            if world.respond(asked.request_id, b"x" * (2_000 if step == "store" else 3)) == "accepted":
                earned += reward
        elif step == "wait":
            world.time_out()
            open_requests.clear()
        elif step == "withdraw" and world.pots(DAPP)["owed"]:
            world.call("withdraw", STRANGER, account_id=DAPP)
        check_books(world)
    world.time_out()
    assert used(world) - usage in (0, LIST_COUNTER_BYTES)
    assert world.pots(DAPP)["storage"] == held, "a price is kept for records that are gone"
    for account_id in (DAPP, OPERATOR):
        if world.pots(account_id)["owed"]:
            world.call("withdraw", STRANGER, account_id=account_id)
        world.call("close_account", account_id, deposit=1)
        assert world.worth(account_id) == 0
    gain = {DAPP: PREPAID - earned, OPERATOR: PREPAID + earned}
    for account_id, expected in gain.items():
        # Gas is paid by whoever calls: a little less comes back than went in, never more.
        got = world.people[account_id].balance - had[account_id]
        assert expected - NEAR // 5 < got <= expected
    world.sandbox.total_supply_check()


def check_books(world: GatewayWorld) -> None:
    """Totals are the sums of their pots, and the gateway has what it has booked."""
    totals = world.view("get_totals")
    for pot in POTS:
        assert int(totals[pot]) == sum(world.pots(account_id)[pot] for account_id in (DAPP, OPERATOR, RIVAL))
    staked = used(world) * 10**19
    assert int(totals["balance"]) - int(totals["escrow"]) >= staked


@GUARANTEES.keeps("GATEWAY-8", limit=st.integers(0, 16_384), given=st.integers(0, 8_192))
def the_stated_gas_is_enough(world: GatewayWorld, limit: int, given: int) -> None:
    sizes = {"input_bytes": given, "max_output_bytes": limit, "measurements": 0}
    least = int(world.view("get_request_terms", **sizes)["min_gas_tgas"]) * TGAS
    arguments: dict[str, Any] = {"input": b64(b"i" * given), "max_output_bytes": limit}
    asked = world.ask(gas=least - 1, **arguments)
    assert world.request(asked.request_id) is None, "accepted with too little gas"
    asked = world.ask(gas=least, **arguments)
    output = b"o" * limit
    enough = (50 + 2 * -(-limit // 1_024)) * TGAS
    assert world.respond(asked.request_id, output, gas=enough - 1) == "NOT_ENOUGH_GAS"
    assert world.respond(asked.request_id, output, gas=enough) == "accepted"
    assert world.answer(asked)["output"] == b64(output)


@GUARANTEES.keeps("GATEWAY-8", reward=REWARDS)
def every_request_has_an_end_that_anyone_can_bring(world: GatewayWorld, reward: int) -> None:
    asked = world.ask(reward=reward)
    assert world.refused("settle_expired", STRANGER, request_id=asked.request_id) == "TOO_EARLY"
    make_expired(world, asked.request_id)
    world.call("settle_expired", STRANGER, request_id=asked.request_id)
    assert world.worth(DAPP) == PREPAID
    assert world.pots(DAPP)["locked"] == 0
