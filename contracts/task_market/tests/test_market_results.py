"""Submissions: signatures, the registry's answers, retries, and what may not happen meanwhile."""

import base64
import hashlib
import json

import pytest
from common.shim.chain import Panic
from sealwright_protocol import json_codec
from task_market.tests.world import (
    BOND,
    CLIENT,
    MEASUREMENT,
    MINUTE_MS,
    NODE,
    OUTPUT,
    PUBLIC_KEY,
    REWARD,
    RIVAL,
    SERVICE,
    STRANGER,
    TREASURY,
    World,
    node_id,
    refusal,
    verdict,
)

DAY_MS = 24 * 60 * MINUTE_MS


@pytest.fixture
def world() -> World:
    world = World()
    world.create()
    world.claim()
    return world


def names(events: list[dict[str, object]]) -> list[object]:
    return [event["event"] for event in events]


def test_submit__asks_the_registry_as_of_the_submission(world: World) -> None:
    world.wait(1234)
    done = world.submit()
    asked, answered = done.promises
    assert json.loads(asked.actions[0].args) == {
        "node_id": node_id(),
        "signing_key": json_codec.text("k", PUBLIC_KEY),
        "measurement_id": MEASUREMENT.hex(),
        "service": SERVICE,
        "at_ms": world.chain.block_ms,
    }
    assert json.loads(answered.actions[0].args) == {"task_id": 0, "check": 2}
    assert world.state() == "VERIFYING"
    assert world.task()["output_hash"] == hashlib.sha256(OUTPUT).hexdigest()


@pytest.mark.parametrize(
    "wrong",
    [
        {"network": "mainnet"},
        {"contract": "other.near"},
        {"instance": bytes(32)},
        {"task_id": 1},
        {"attempt": 2},
        {"input_hash": bytes(32)},
        {"output_hash": bytes(32)},
        {"measurement_id": bytes(32)},
        {"node_id": "b2." + NODE},
    ],
)
def test_submit__refuses_a_signature_over_anything_else(world: World, wrong: dict[str, object]) -> None:
    with pytest.raises(Panic, match="BAD_SIGNATURE"):
        world.submit(signature=world.sign(0, OUTPUT, **wrong))
    assert world.state() == "CLAIMED"


def test_submit__refuses_another_key(world: World) -> None:
    with pytest.raises(Panic, match="BAD_SIGNATURE"):
        world.submit(signing_key=json_codec.text("k", bytes(31) + b"\x01"))


def test_submit__comes_from_the_node_in_time_and_size(world: World) -> None:
    with pytest.raises(Panic, match="NOT_NODE_ACCOUNT"):
        world.submit(by=RIVAL)
    with pytest.raises(Panic, match="OUTPUT_TOO_LARGE"):
        world.submit(output=bytes(65))
    with pytest.raises(Panic, match="MEASUREMENT_NOT_ACCEPTED"):
        world.submit(measurement_id="00" * 32)
    world.wait(5 * MINUTE_MS)
    world.submit()
    world.answer_result(refusal())
    world.wait(1)
    with pytest.raises(Panic, match="WORK_WINDOW_CLOSED"):
        world.submit()


def test_submit__in_time_is_not_late_when_the_answer_is(world: World) -> None:
    world.wait(5 * MINUTE_MS)
    world.submit()
    world.wait(5 * MINUTE_MS)
    assert world.answer_result(verdict()).value == "SUBMITTED"
    assert world.task()["review_ends_at_ms"] == world.chain.block_ms + 5 * MINUTE_MS


def test_verifying__refuses_everything_else_meanwhile(world: World) -> None:
    world.submit()
    for method, by, deposit in (
        ("cancel_task", CLIENT, 1),
        ("approve_result", CLIENT, 1),
        ("settle", STRANGER, 0),
        ("release_claim", NODE, 0),
    ):
        with pytest.raises(Panic, match="WRONG_STATE"):
            world.call(method, by, deposit=deposit, task_id=0)
    with pytest.raises(Panic, match="WRONG_STATE"):
        world.submit()
    with pytest.raises(Panic, match="CHECK_PENDING"):
        world.call("retry_verification", STRANGER, task_id=0)
    world.wait(6 * MINUTE_MS)
    with pytest.raises(Panic, match="NOT_DUE"):
        world.call("expire_task", STRANGER, task_id=0)


@pytest.mark.parametrize(
    "answer",
    [
        refusal(),
        verdict(signing_key=json_codec.text("k", bytes(32))),
        verdict(measurement_id="00" * 32),
        verdict(node_id="b2." + NODE),
        refusal(cause="policy", since_ms=1),
    ],
)
def test_refused__lets_the_node_submit_again(world: World, answer: bytes) -> None:
    world.submit()
    assert world.answer_result(answer).value == "CLAIMED"
    assert world.view("get_output", task_id=0) is None
    world.submit()
    assert world.answer_result(verdict()).value == "SUBMITTED"


def test_excused__returns_the_bond_and_reopens(world: World) -> None:
    world.wait(1_000)
    world.submit()
    done = world.answer_result(refusal("policy", since_ms=world.task()["claimed_at_ms"] + 1))
    assert names(done.events) == ["result_refused", "bond_returned", "task_reopened"]
    assert world.task()["barred"] == []
    assert world.task()["attempt"] == 2
    assert "bonded" not in world.pots(NODE)
    assert "owed" not in world.pots(TREASURY)


def test_excused__needs_every_reason_to_be_policy(world: World) -> None:
    world.submit()
    reasons = [
        {"code": "MEASUREMENT_REMOVED", "cause": "policy", "since_ms": 2**50},
        {"code": "NODE_DEACTIVATED", "cause": "node", "since_ms": 2**50},
    ]
    assert world.answer_result(verdict(valid=False, reasons=reasons)).value == "CLAIMED"


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b"[]",
        b'{"valid":true}',
        b"\xff",
        verdict(valid=1),
        verdict(valid=False),
        verdict(reasons=[{"code": "X", "cause": "node", "since_ms": 1}]),
        verdict(reasons="none"),
    ],
)
def test_unanswered__keeps_the_submission_for_a_retry(world: World, answer: bytes | None) -> None:
    world.submit()
    submitted_at = world.task()["submitted_at_ms"]
    assert world.answer_result(answer).value == "UNVERIFIED"
    world.wait(DAY_MS)
    done = world.call("retry_verification", STRANGER, task_id=0)
    assert json.loads(done.promises[0].actions[0].args)["at_ms"] == submitted_at
    assert world.answer_result(verdict()).value == "SUBMITTED"


def test_retry__when_the_callback_died_makes_the_old_answer_void(world: World) -> None:
    world.submit()
    world.wait(10 * MINUTE_MS + 1)
    world.call("retry_verification", STRANGER, task_id=0)
    assert world.answer_result(refusal(), check=2).value == "VERIFYING"
    assert world.answer_result(verdict(), check=3).value == "SUBMITTED"


def test_unanswered_for_three_days__gives_both_sides_their_money(world: World) -> None:
    prepaid = world.pots(NODE)["prepaid"]
    world.submit()
    world.answer_result(None)
    world.wait(3 * DAY_MS)
    with pytest.raises(Panic, match="NOT_DUE"):
        world.call("expire_task", STRANGER, task_id=0)
    world.wait(1)
    with pytest.raises(Panic, match="TOO_LATE"):
        world.call("retry_verification", STRANGER, task_id=0)
    assert world.call("expire_task", STRANGER, task_id=0).value == "EXPIRED"
    assert world.pots(CLIENT)["owed"] == REWARD
    assert world.pots(NODE)["prepaid"] == prepaid + BOND


def test_verifying_for_three_days__ends_as_well(world: World) -> None:
    world.submit()
    world.wait(3 * DAY_MS + 1)
    world.call("expire_task", STRANGER, task_id=0)
    assert world.answer_result(verdict()).value == "EXPIRED"
    assert world.pots(CLIENT)["owed"] == REWARD


def test_callback__about_an_unknown_task_changes_nothing(world: World) -> None:
    for method in ("on_result_checked", "on_claim_checked"):
        done = world.contract.callback(method, {"task_id": 99, "check": 1}, verdict())
        assert not done.events


def test_callbacks__are_for_the_market_alone(world: World) -> None:
    for method in ("on_result_checked", "on_claim_checked"):
        with pytest.raises(Panic, match="SELF_ONLY"):
            world.call(method, STRANGER, task_id=0, check=1)


def test_task_without_measurements__leaves_them_to_the_registry() -> None:
    world = World()
    world.create(measurement_ids=None)
    world.claim()
    world.submit()
    assert world.answer_result(verdict()).value == "SUBMITTED"


def test_output__is_stored_as_submitted(world: World) -> None:
    world.submit(output=b"")
    assert base64.b64decode(world.view("get_output", task_id=0)) == b""
