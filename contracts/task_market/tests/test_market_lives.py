"""Whole lives of a task on the in-memory chain: states, money, events. Ids as in docs/spec/task-market.md."""

import pytest
from common.shim.chain import Panic
from task_market.tests.world import (
    BOND,
    CLIENT,
    FEE_BPS,
    INPUT,
    MINUTE_MS,
    NEAR,
    NODE,
    REWARD,
    RIVAL,
    STRANGER,
    TREASURY,
    World,
    node_id,
    refusal,
    verdict,
)

FEE = REWARD * FEE_BPS // 10_000
SHARE = BOND * 500 // 10_000
DAY_MS = 24 * 60 * MINUTE_MS


@pytest.fixture
def world() -> World:
    world = World()
    world.create()
    return world


def names(events: list[dict[str, object]]) -> list[object]:
    return [event["event"] for event in events]


def test_create__locks_reward_and_storage(world: World) -> None:
    pots = world.pots(CLIENT)
    assert pots["locked"] == REWARD
    assert pots["storage"] == int(world.task()["storage"]) + int(world.view("get_config")["account_cost"])
    assert world.state() == "OPEN"
    assert world.view("get_input", task_id=0) == "d2hhdCBpcyAyICsgMj8="


def test_delivered_and_approved__pays_the_node_and_returns_the_bond(world: World) -> None:
    before = world.pots(NODE)["prepaid"]
    world.deliver()
    assert world.state() == "SUBMITTED"
    done = world.call("approve_result", CLIENT, deposit=1, task_id=0)
    assert names(done.events) == ["task_paid"]
    assert world.pots(NODE)["owed"] == REWARD - FEE
    assert world.pots(NODE)["prepaid"] == before
    assert world.pots(TREASURY)["owed"] == FEE
    assert "locked" not in world.pots(CLIENT)
    assert world.view("get_output", task_id=0) == "NA=="


def test_silence__pays_after_the_review_window_at_anyones_call(world: World) -> None:
    world.deliver()
    world.wait(5 * MINUTE_MS)
    with pytest.raises(Panic, match="REVIEW_OPEN"):
        world.call("settle", STRANGER, task_id=0)
    world.wait(1)
    world.call("settle", STRANGER, task_id=0)
    assert world.state() == "PAID"
    assert world.pots(NODE)["owed"] == REWARD - FEE


@pytest.mark.parametrize("method", ["settle", "approve_result", "cancel_task", "expire_task"])
def test_paid__is_the_end(world: World, method: str) -> None:
    world.deliver()
    world.call("approve_result", CLIENT, deposit=1, task_id=0)
    world.wait(40 * DAY_MS)
    deposit = 1 if method in ("approve_result", "cancel_task") else 0
    with pytest.raises(Panic, match="WRONG_STATE"):
        world.call(method, CLIENT, deposit=deposit, task_id=0)


def test_cancel__refunds_an_open_task_to_its_client_alone(world: World) -> None:
    with pytest.raises(Panic, match="NOT_CLIENT"):
        world.call("cancel_task", STRANGER, deposit=1, task_id=0)
    world.call("cancel_task", CLIENT, deposit=1, task_id=0)
    assert world.state() == "CANCELLED"
    assert world.pots(CLIENT)["owed"] == REWARD


def test_unclaimed__expires_after_the_claim_window(world: World) -> None:
    world.wait(10 * MINUTE_MS)
    with pytest.raises(Panic, match="NOT_DUE"):
        world.call("expire_task", STRANGER, task_id=0)
    world.wait(1)
    assert world.call("expire_task", STRANGER, task_id=0).value == "EXPIRED"
    assert world.pots(CLIENT)["owed"] == REWARD


def test_lapse__slashes_to_the_treasury_bars_and_reopens(world: World) -> None:
    world.claim()
    world.wait(5 * MINUTE_MS + 1)
    done = world.call("expire_task", STRANGER, task_id=0)
    assert names(done.events) == ["bond_slashed", "task_reopened"]
    assert world.pots(TREASURY)["owed"] == BOND
    assert "owed" not in world.pots(CLIENT)
    task = world.task()
    assert (task["state"], task["attempt"], task["barred"], task["node_id"]) == ("OPEN", 2, [NODE], None)
    with pytest.raises(Panic, match="CLAIM_BARRED"):
        world.ask_claim()
    world.claim(by=RIVAL)
    assert world.state() == "CLAIMED"


def test_lapse__after_the_claim_window_refunds(world: World) -> None:
    world.wait(9 * MINUTE_MS)
    world.claim()
    world.wait(6 * MINUTE_MS)
    assert world.call("expire_task", STRANGER, task_id=0).value == "EXPIRED"
    assert world.pots(CLIENT)["owed"] == REWARD
    assert world.pots(TREASURY)["owed"] == BOND


def test_attempts__are_capped() -> None:
    world = World()
    world.create(claim_window_ms=DAY_MS, work_window_ms=MINUTE_MS)
    for attempt in range(1, 6):
        lazy = f"lazy{attempt}.near"
        world.call("deposit", lazy, deposit=NEAR)
        world.claim(by=lazy)
        world.wait(MINUTE_MS + 1)
        state = world.call("expire_task", STRANGER, task_id=0).value
    assert state == "EXPIRED"
    assert world.pots(TREASURY)["owed"] == 5 * BOND


def test_claim__holds_nothing_before_the_registry_confirms(world: World) -> None:
    done = world.ask_claim()
    (asked, answered) = done.promises
    assert (asked.account_id, asked.actions[0].method) == ("registry.near", "is_node_valid")
    assert answered.actions[0].method == "on_claim_checked"
    assert done.returned_promise == 1
    assert world.state() == "CLAIMING"
    assert world.pots(NODE)["bonded"] == BOND


@pytest.mark.parametrize(
    ("answer", "lost", "event"),
    [
        (None, 0, "claim_unanswered"),
        (b"not json", 0, "claim_unanswered"),
        (b'{"valid": true}', 0, "claim_unanswered"),
        (refusal(), SHARE, "claim_refused"),
        (refusal(cause="policy"), 0, "claim_refused"),
        (verdict(measurement_id="00" * 32), SHARE, "claim_refused"),
        (verdict(node_id="b2.node.near"), SHARE, "claim_refused"),
    ],
)
def test_claim__not_confirmed_reopens(world: World, answer: bytes | None, lost: int, event: str) -> None:
    before = world.pots(NODE)["prepaid"]
    world.ask_claim()
    done = world.answer_claim(answer)
    assert done.value is False
    assert names(done.events) == [event]
    assert world.state() == "OPEN"
    assert world.task()["attempt"] == 1
    assert world.pots(NODE)["prepaid"] == before - lost
    assert world.pots(TREASURY).get("owed", 0) == lost


def test_claim__refused_by_the_market_itself(world: World) -> None:
    with pytest.raises(Panic, match="NOT_NODE_ACCOUNT"):
        world.call("claim_task", RIVAL, task_id=0, node_id=node_id(NODE))
    with pytest.raises(Panic, match="ACCOUNT_UNKNOWN"):
        world.ask_claim(by=STRANGER)
    world.wait(10 * MINUTE_MS + 1)
    with pytest.raises(Panic, match="CLAIM_WINDOW_CLOSED"):
        world.ask_claim()


def test_claim__confirmed_after_the_claim_window_costs_nothing(world: World) -> None:
    before = world.pots(NODE)["prepaid"]
    world.wait(10 * MINUTE_MS)
    world.ask_claim()
    world.wait(1)
    assert world.answer_claim(verdict()).value is False
    assert world.pots(NODE)["prepaid"] == before
    assert world.state() == "OPEN"


def test_claiming__refuses_everything_else_meanwhile(world: World) -> None:
    world.ask_claim()
    for method, by, deposit in (("cancel_task", CLIENT, 1), ("release_claim", NODE, 0)):
        with pytest.raises(Panic, match="WRONG_STATE"):
            world.call(method, by, deposit=deposit, task_id=0)
    with pytest.raises(Panic, match="WRONG_STATE"):
        world.ask_claim(by=RIVAL)
    with pytest.raises(Panic, match="NOT_DUE"):
        world.call("expire_task", STRANGER, task_id=0)


def test_claiming__dead_callback_is_undone_by_anyone_and_ignored_later(world: World) -> None:
    world.ask_claim()
    world.wait(10 * MINUTE_MS + 1)
    assert world.call("expire_task", STRANGER, task_id=0).value == "OPEN"
    assert "bonded" not in world.pots(NODE)
    assert world.answer_claim(verdict(), check=1).value is False
    assert world.state() == "OPEN"


def test_callback__acts_only_for_its_own_check() -> None:
    world = World()
    world.create(claim_window_ms=DAY_MS)
    world.ask_claim()
    world.wait(10 * MINUTE_MS + 1)
    world.call("expire_task", STRANGER, task_id=0)
    world.ask_claim(by=RIVAL)
    assert world.answer_claim(refusal(), check=1).value is False
    assert world.state() == "CLAIMING"
    assert world.answer_claim(verdict(RIVAL), check=2).value is True


def test_release__in_the_grace_costs_a_share_and_bars(world: World) -> None:
    before = world.pots(NODE)["prepaid"]
    world.claim()
    with pytest.raises(Panic, match="NOT_NODE_ACCOUNT"):
        world.call("release_claim", RIVAL, task_id=0)
    done = world.call("release_claim", NODE, task_id=0)
    assert names(done.events) == ["claim_released", "task_reopened"]
    assert world.pots(NODE)["prepaid"] == before - SHARE
    assert world.pots(TREASURY)["owed"] == SHARE
    with pytest.raises(Panic, match="CLAIM_BARRED"):
        world.ask_claim()


def test_release__after_the_grace_is_refused(world: World) -> None:
    world.claim()
    world.wait(MINUTE_MS + 1)
    with pytest.raises(Panic, match="GRACE_OVER"):
        world.call("release_claim", NODE, task_id=0)


def test_fee__is_the_one_at_creation(world: World) -> None:
    world.call("set_fee", "owner.near", deposit=1, fee_bps=1_000)
    world.deliver()
    world.call("approve_result", CLIENT, deposit=1, task_id=0)
    assert world.pots(TREASURY)["owed"] == FEE
    with pytest.raises(Panic, match="FEE_TOO_HIGH"):
        world.call("set_fee", "owner.near", deposit=1, fee_bps=1_001)
    with pytest.raises(Panic, match="NOT_OWNER"):
        world.call("set_fee", CLIENT, deposit=1, fee_bps=0)


def test_remove__returns_the_storage_and_every_byte(world: World) -> None:
    used = len(world.chain.storage)
    world.deliver()
    with pytest.raises(Panic, match="WRONG_STATE"):
        world.call("remove_task", CLIENT, task_id=0)
    world.call("approve_result", CLIENT, deposit=1, task_id=0)
    with pytest.raises(Panic, match="NOT_CLIENT"):
        world.call("remove_task", STRANGER, task_id=0)
    storage = int(world.task()["storage"])
    world.wait(30 * DAY_MS + 1)
    world.call("remove_task", STRANGER, task_id=0)
    assert world.pots(CLIENT)["owed"] == storage
    assert world.view("get_task", task_id=0) is None
    assert len(world.chain.storage) == used - 2  # task and input; the output came and went
    with pytest.raises(Panic, match="TASK_UNKNOWN"):
        world.call("settle", STRANGER, task_id=0)


def test_storage_price__covers_the_largest_task() -> None:
    world = World()
    before = stored_bytes(world)
    world.create(max_output_bytes=4, schema_hash="ab" * 32, service="s" * 32, claim_window_ms=DAY_MS)
    for attempt in range(4):
        long_name = str(attempt) * 64
        world.call("deposit", long_name, deposit=NEAR)
        before += stored_bytes(world, b"a" + long_name.encode())
        world.claim(by=long_name)
        world.wait(5 * MINUTE_MS + 1)
        world.call("expire_task", STRANGER, task_id=0)
    world.claim()
    world.submit(output=b"1234")
    paid_for = int(world.task()["storage"]) // 10**19
    grown = stored_bytes(world) - before
    slack = (64 - len(CLIENT)) + (97 - len(node_id())) + 68  # shorter names, one account not barred yet
    assert grown + slack == paid_for


def stored_bytes(world: World, prefix: bytes = b"") -> int:
    return sum(
        40 + len(key) + len(value) for key, value in world.chain.storage.items() if key.startswith(prefix)
    )


def test_input__by_reference() -> None:
    world = World()
    task_id = world.create(input=None, input_reference="https://client.example/in")
    task = world.task(task_id)
    assert (task["input_inline"], task["input_reference"]) == (False, "https://client.example/in")
    assert world.view("get_input", task_id=task_id) is None
    assert INPUT not in world.chain.storage.values()


def test_get_tasks__filters_and_pages(world: World) -> None:
    for _ in range(3):
        world.create()
    world.call("cancel_task", CLIENT, deposit=1, task_id=1)
    page = world.view("get_tasks", from_index=0, limit=2, state="OPEN")
    assert [task["task_id"] for task in page["tasks"]] == [0, 2]
    assert page["next_index"] == 3
    page = world.view("get_tasks", from_index=3, limit=50, client_id=CLIENT, service="sum")
    assert ([task["task_id"] for task in page["tasks"]], page["next_index"]) == ([3], None)
    assert world.view("get_tasks", from_index=9, limit=5)["tasks"] == []
