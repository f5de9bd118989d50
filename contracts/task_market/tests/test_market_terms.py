"""What a client may ask for, and money in and out of the market."""

import json
from typing import Any

import pytest
from common.shim.chain import Panic
from task_market.tests.world import CLIENT, MINUTE_MS, NEAR, NODE, REWARD, STRANGER, TREASURY, World

TGAS = 10**12


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("REWARD_TOO_SMALL", {"reward": str(10**21 - 1)}),
        ("BOND_TOO_SMALL", {"bond": str(REWARD // 10 - 1)}),
        ("NO_REQUIREMENT", {"service": None, "measurement_ids": []}),
        ("NO_REQUIREMENT", {"service": "", "measurement_ids": None}),
        ("INPUT_AMBIGUOUS", {"input": None}),
        ("INPUT_AMBIGUOUS", {"input_reference": "https://client.example/in"}),
        ("INPUT_HASH_MISMATCH", {"input_hash": "00" * 32}),
        ("INPUT_TOO_LARGE", {"input": "A" * 4 * 5462}),
        ("INPUT_TOO_LARGE", {"input": None, "input_reference": "h" * 257}),
        ("INPUT_TOO_LARGE", {"input": None, "input_reference": ""}),
        ("OUTPUT_LIMIT", {"max_output_bytes": 0}),
        ("OUTPUT_LIMIT", {"max_output_bytes": 16_385}),
        ("WINDOW_OUT_OF_RANGE", {"claim_window_ms": MINUTE_MS - 1}),
        ("WINDOW_OUT_OF_RANGE", {"work_window_ms": 30 * 24 * 60 * MINUTE_MS + 1}),
        ("WINDOW_OUT_OF_RANGE", {"review_window_ms": 0}),
        ("INSUFFICIENT_BALANCE", {"reward": str(10 * NEAR), "bond": str(NEAR)}),
        ("BAD_ARGUMENT", {"reward": 5}),
        ("BAD_ARGUMENT", {"service": "s" * 33}),
        ("BAD_ARGUMENT", {"measurement_ids": ["00" * 32] * 9}),
    ],
)
def test_create__refuses_unfair_terms(world: World, code: str, changes: dict[str, object]) -> None:
    before = dict(world.chain.storage)
    with pytest.raises(Panic, match=code):
        world.create(**changes)
    assert world.chain.storage == before


def test_create__pays_from_the_attached_deposit(world: World) -> None:
    terms: dict[str, Any] = {
        "reward": str(REWARD),
        "bond": str(REWARD),
        "service": "sum",
        "input_hash": "00" * 32,
        "input_reference": "https://client.example/in",
        "max_output_bytes": 9,
        "claim_window_ms": MINUTE_MS,
        "work_window_ms": MINUTE_MS,
        "review_window_ms": MINUTE_MS,
    }
    with pytest.raises(Panic, match="DEPOSIT_TOO_SMALL"):
        world.call("create_task", STRANGER, **terms)
    world.call("create_task", STRANGER, deposit=2 * NEAR, **terms)
    pots = world.pots(STRANGER)
    assert pots["prepaid"] + pots["locked"] + pots["storage"] == 2 * NEAR
    assert pots["locked"] == REWARD


def test_create__is_capped_per_client(world: World) -> None:
    world.call("deposit", CLIENT, deposit=300 * NEAR)
    for _ in range(256):
        world.create(reward=str(10**21), bond=str(10**20))
    with pytest.raises(Panic, match="TOO_MANY_RECORDS"):
        world.create(reward=str(10**21), bond=str(10**20))


def test_create__is_refused_when_storage_is_not_covered(world: World) -> None:
    world.chain.balance = world.view("get_totals")["storage_usage_bytes"] * 10**19
    world.chain.balance += int(world.view("get_totals")["escrow"])
    with pytest.raises(Panic, match="STORAGE_NOT_COVERED"):
        world.create()
    # Money that is there already still leaves.
    assert world.call("withdraw_prepaid", NODE, deposit=1).promises[0].actions[0].deposit > 0


def test_get_task_cost__is_what_is_held(world: World) -> None:
    world.create()
    cost = world.view("get_task_cost", service_bytes=3, measurements=1, input_bytes=14, max_output_bytes=64)
    assert cost == world.task()["storage"]


def test_deposit__for_another_account(world: World) -> None:
    done = world.call("deposit", STRANGER, deposit=7, account_id=NODE)
    assert done.value == str(world.pots(NODE)["prepaid"])
    assert done.events[0]["event"] == "deposited"


def test_withdraw__goes_to_the_owner_whoever_asks(world: World) -> None:
    world.create()
    world.call("cancel_task", CLIENT, deposit=1, task_id=0)
    done = world.call("withdraw", STRANGER, account_id=CLIENT)
    transfer, callback = done.promises
    assert (transfer.account_id, transfer.actions[0].kind, transfer.actions[0].deposit) == (
        CLIENT,
        "transfer",
        REWARD,
    )
    assert world.pots(CLIENT)["in_flight"] == REWARD
    arguments = json.loads(callback.actions[0].args)
    assert world.contract.callback("resolve_withdraw", arguments, b"").value == str(REWARD)
    assert "in_flight" not in world.pots(CLIENT)


def test_withdraw__that_bounces_is_owed_again(world: World) -> None:
    world.create()
    world.call("cancel_task", CLIENT, deposit=1, task_id=0)
    world.call("withdraw", STRANGER, account_id=CLIENT)
    world.chain.balance += REWARD
    done = world.contract.callback("resolve_withdraw", {"account_id": CLIENT, "number": 1}, None)
    assert done.value == "0"
    assert done.events[0]["event"] == "withdrawal_bounced"
    assert world.pots(CLIENT)["owed"] == REWARD


def test_withdraw_prepaid__is_the_owners_with_one_yocto(world: World) -> None:
    with pytest.raises(Panic, match="ONE_YOCTO"):
        world.call("withdraw_prepaid", NODE)
    done = world.call("withdraw_prepaid", NODE, deposit=1, amount="5")
    assert (done.promises[0].account_id, done.promises[0].actions[0].deposit) == (NODE, 5)


def test_close_account__sends_everything_and_deletes_the_record(world: World) -> None:
    done = world.call("close_account", NODE, deposit=1)
    assert done.promises[0].actions[0].deposit == 10 * NEAR
    world.contract.callback("resolve_withdraw", {"account_id": NODE, "number": 1}, b"")
    assert world.view("get_account", account_id=NODE) is None


def test_recover__only_after_a_day_and_only_what_is_there(world: World) -> None:
    world.call("withdraw_prepaid", NODE, deposit=1)
    with pytest.raises(Panic, match="NO_WITHDRAWAL"):
        world.call("recover_withdrawal", STRANGER, account_id=NODE)
    world.wait(24 * 60 * MINUTE_MS)
    missing = 10 * NEAR
    surplus = world.chain.balance - int(world.view("get_totals")["escrow"])
    world.chain.balance -= surplus - missing
    with pytest.raises(Panic, match="STORAGE_NOT_COVERED"):
        world.call("recover_withdrawal", STRANGER, account_id=NODE)
    world.chain.balance += 4 * NEAR
    world.call("recover_withdrawal", STRANGER, account_id=NODE)
    assert "in_flight" not in world.pots(NODE)


@pytest.mark.parametrize(
    ("method", "arguments", "minimum"),
    [
        ("claim_task", {"task_id": 0, "node_id": "a1." + NODE}, 45),
        ("retry_verification", {"task_id": 0}, 45),
        ("withdraw", {"account_id": CLIENT}, 20),
        ("settle", {"task_id": 0}, 10),
    ],
)
def test_gas__below_the_minimum_is_refused(
    world: World, method: str, arguments: dict[str, object], minimum: int
) -> None:
    with pytest.raises(Panic, match="NOT_ENOUGH_GAS"):
        world.contract.call(method, arguments, predecessor=NODE, gas=minimum * TGAS - 1)


def test_totals__show_everything_booked(world: World) -> None:
    world.create()
    world.claim()
    totals = world.view("get_totals")
    assert int(totals["locked"]) == REWARD
    assert int(totals["bonded"]) == REWARD // 5
    booked = sum(int(totals[pot]) for pot in ("prepaid", "owed", "locked", "bonded", "storage", "in_flight"))
    assert booked == 30 * NEAR


def test_new__names_a_treasury_that_is_always_payable(world: World) -> None:
    assert world.view("get_account", account_id=TREASURY)["records"] == 1
    with pytest.raises(Panic, match="ACCOUNT_IN_USE"):
        world.call("close_account", TREASURY, deposit=1)
