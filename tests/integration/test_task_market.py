"""The market on the VM as its users meet it: keys without money, the typed client, gas, dead registries."""

from __future__ import annotations

import pytest
from sealwright_sandbox import NEAR, TGAS, Account, CallFailed, TransactionRefused

from tests.properties.market_answers import verdict
from tests.properties.market_world import (
    CLIENT,
    DAY_MS,
    MARKET,
    MINUTE_MS,
    NODE,
    STRANGER,
    MarketWorld,
    node_id,
    registry_stub,
    sound_market,
)

ENCLAVE_METHODS = ["claim_task", "release_claim", "submit_result"]
YIELD_TIMEOUT_BLOCKS = 200


@pytest.fixture(scope="module")
def deployed() -> MarketWorld:
    return MarketWorld(sound_market(), registry_stub())


@pytest.fixture
def world(deployed: MarketWorld) -> MarketWorld:
    deployed.restart()
    return deployed


def enclave(world: MarketWorld) -> Account:
    """The node's account with a key that can only work: one contract, three methods, no deposits."""
    node = world.people[NODE]
    key = world.sandbox.account("enclave-key.near")
    node.batch().add_key(key.public_key, contract_id=MARKET, methods=ENCLAVE_METHODS, allowance=NEAR).send()
    return node.with_key(key.secret_key)


def test_enclave_key__claims_and_submits_but_moves_no_money(world: MarketWorld) -> None:
    task_id = world.create()
    worker = enclave(world)
    claimed = worker.call(MARKET, "claim_task", {"task_id": task_id, "node_id": node_id(NODE)}, gas=60 * TGAS)
    assert claimed.value is True
    assert worker.call(MARKET, "submit_result", world.result(task_id), gas=80 * TGAS).value == "SUBMITTED"
    for method, deposit in (("withdraw_prepaid", 1), ("withdraw_prepaid", 0), ("claim_task", 1)):
        with pytest.raises(TransactionRefused):
            worker.call(MARKET, method, {}, deposit=deposit, gas=30 * TGAS)


def test_events__tell_the_whole_life(world: MarketWorld) -> None:
    task_id = world.create()
    claimed = world.call("claim_task", NODE, task_id=task_id, node_id=node_id(NODE))
    submitted = world.call("submit_result", NODE, **world.result(task_id))
    paid = world.call("approve_result", CLIENT, deposit=1, task_id=task_id)
    removed = world.call("remove_task", CLIENT, task_id=task_id)
    events = [*claimed.events, *submitted.events, *paid.events, *removed.events]
    assert [event["event"] for event in events] == [
        "claim_requested",
        "task_claimed",
        "result_submitted",
        "result_verified",
        "task_paid",
        "task_removed",
    ]
    assert {event["standard"] for event in events} == {"agent-task-market"}
    assert all(event["data"][0]["task_id"] == task_id for event in events)


@pytest.mark.parametrize("size", [0, 1, 16_384])
def test_submit__carries_outputs_of_every_size(world: MarketWorld, size: int) -> None:
    task_id = world.create(max_output_bytes=16_384)
    assert world.claim(task_id)
    arguments = world.result(task_id, output=bytes(size))
    done = world.people[NODE].call(MARKET, "submit_result", arguments, gas=60 * TGAS)
    assert done.value == "SUBMITTED"
    assert len(world.view("get_output", task_id=task_id)) == (size + 2) // 3 * 4


@pytest.mark.parametrize(
    ("method", "minimum"), [("claim_task", 45), ("submit_result", 60), ("withdraw", 20), ("deposit", 10)]
)
def test_minimum_gas__suffices_and_less_is_refused(world: MarketWorld, method: str, minimum: int) -> None:
    task_id = world.create()
    arguments: dict[str, object] = {"task_id": task_id, "node_id": node_id(NODE)}
    if method == "submit_result":
        world.claim(task_id)
        arguments = dict(world.result(task_id))
    elif method == "withdraw":
        world.call("cancel_task", CLIENT, deposit=1, task_id=task_id)
        arguments = {"account_id": CLIENT}
    elif method == "deposit":
        arguments = {}
    node = world.people[NODE]
    deposit = NEAR if method == "deposit" else 0
    with pytest.raises(CallFailed, match="NOT_ENOUGH_GAS"):
        node.call(MARKET, method, arguments, deposit=deposit, gas=minimum * TGAS - 1)
    node.call(MARKET, method, arguments, deposit=deposit, gas=minimum * TGAS)
    assert method not in ("claim_task", "submit_result") or world.state(task_id) in ("CLAIMED", "SUBMITTED")


def test_create__refused_gives_the_deposit_back(world: MarketWorld) -> None:
    stranger = world.people[STRANGER]
    had = stranger.balance
    with pytest.raises(CallFailed, match="BAD_ARGUMENT"):
        stranger.call(MARKET, "create_task", {"reward": "1"}, deposit=5 * NEAR, gas=30 * TGAS)
    assert had - stranger.balance < NEAR // 100
    assert world.view("get_account", account_id=STRANGER) is None


def test_registry_that_never_answers__times_out_into_unverified(world: MarketWorld) -> None:
    task_id = world.create()
    assert world.claim(task_id)
    world.tell("later")
    world.start("submit_result", NODE, **world.result(task_id))
    assert world.state(task_id) == "VERIFYING"
    world.sandbox.produce_blocks(YIELD_TIMEOUT_BLOCKS + 10)
    assert world.state(task_id) == "UNVERIFIED"
    world.tell("valid")
    assert world.call("retry_verification", STRANGER, task_id=task_id).value == "SUBMITTED"


def test_claim__in_one_block_by_two_nodes_goes_to_the_first(world: MarketWorld) -> None:
    task_id = world.create()
    for account_id in (NODE, "rival.near"):
        arguments = {"task_id": task_id, "node_id": node_id(account_id)}
        world.people[account_id].submit(MARKET, "claim_task", arguments, gas=60 * TGAS)
    world.sandbox.produce_blocks(8)
    holder = world.task(task_id)["node_id"].partition(".")[2]
    loser = NODE if holder == "rival.near" else "rival.near"
    assert world.state(task_id) == "CLAIMED"
    assert world.pots(holder)["bonded"] == NEAR // 5
    assert world.pots(loser)["bonded"] == 0


def test_node_that_deleted_its_account__is_still_owed_what_it_earned(world: MarketWorld) -> None:
    task_id = world.create()
    world.deliver(task_id)
    world.people[NODE].delete(STRANGER)
    world.call("approve_result", CLIENT, deposit=1, task_id=task_id)
    owed = world.pots(NODE)["owed"]
    assert world.call("withdraw", STRANGER, account_id=NODE).value == "0"
    assert world.pots(NODE)["owed"] == owed > 0


def test_market__supply_is_conserved_over_a_busy_day(world: MarketWorld) -> None:
    paid, lapsed, cancelled = world.create(), world.create(), world.create()
    world.deliver(paid)
    assert world.claim(lapsed, by="rival.near")
    world.call("cancel_task", CLIENT, deposit=1, task_id=cancelled)
    world.wait(6 * MINUTE_MS)
    world.call("settle", STRANGER, task_id=paid)
    world.call("expire_task", STRANGER, task_id=lapsed)
    world.wait(DAY_MS)
    world.call("expire_task", STRANGER, task_id=lapsed)
    for account_id in (CLIENT, NODE):
        world.call("withdraw", STRANGER, account_id=account_id)
    totals = world.totals()
    assert totals["locked"] == totals["bonded"] == totals["in_flight"] == 0
    assert world.sandbox.total_supply_check().holds


def test_late_answer__to_a_dead_check_is_ignored(world: MarketWorld) -> None:
    task_id = world.create()
    world.tell("later")
    world.start("claim_task", NODE, task_id=task_id, node_id=node_id(NODE))
    world.wait(11 * MINUTE_MS)
    assert world.call("expire_task", STRANGER, task_id=task_id).value == "OPEN"
    world.answer_later(verdict(NODE))
    assert world.state(task_id) == "OPEN"
    assert world.pots(NODE)["bonded"] == 0
