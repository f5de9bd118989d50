"""The market's guarantees as properties. The IDs are those of docs/spec/task-market.md."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from sealwright_sandbox import NEAR

from tests.properties.guarantees import Guarantees
from tests.properties.market_answers import refusal, verdict
from tests.properties.market_world import (
    CLIENT,
    DAY_MS,
    FEE_BPS,
    MARKET,
    MEASUREMENT,
    MINUTE_MS,
    NODE,
    OUTPUT,
    OWNER,
    RIVAL,
    STRANGER,
    TREASURY,
    MarketWorld,
    node_id,
)

GUARANTEES = Guarantees()
REWARDS = st.integers(10**21, 3 * NEAR)
ENDINGS = st.sampled_from(["cancelled", "unclaimed", "lapsed", "released", "unanswered", "policy"])
BAD_ANSWERS = st.sampled_from(
    [b"", b"null", b"[]", b'{"valid":true}', b"\xff\xfe", b'{"valid":1,"reasons":[]}']
)


def end_without_delivery(world: MarketWorld, task_id: int, ending: str) -> None:
    """Bring a task to an end that owes nothing to anybody but the client."""
    if ending == "cancelled":
        world.call("cancel_task", CLIENT, deposit=1, task_id=task_id)
        return
    if ending == "unanswered":
        assert world.claim(task_id)
        world.tell("fail")
        assert world.submit(task_id) == "UNVERIFIED"
        world.wait(3 * DAY_MS + 1)
    elif ending == "policy":
        assert world.claim(task_id)
        world.tell("answer", refusal(NODE, "policy", since_ms=2**50))
        assert world.submit(task_id) == "OPEN"
    elif ending == "lapsed":
        assert world.claim(task_id)
        world.wait(5 * MINUTE_MS + 10_000)
        world.call("expire_task", STRANGER, task_id=task_id)
    elif ending == "released":
        assert world.claim(task_id)
        world.call("release_claim", NODE, task_id=task_id)
    if world.state(task_id) == "OPEN":
        world.wait(DAY_MS + 1)
    world.call("expire_task", STRANGER, task_id=task_id)


@GUARANTEES.keeps("MARKET-1", reward=REWARDS, ending=ENDINGS)
def everything_comes_out_unless_work_was_delivered(world: MarketWorld, reward: int, ending: str) -> None:
    before = {account_id: world.worth(account_id) for account_id in (CLIENT, NODE)}
    task_id = world.create(reward=reward, bond=reward)
    end_without_delivery(world, task_id, ending)
    world.call("remove_task", CLIENT, task_id=task_id)
    lost = {"lapsed": reward, "released": -(-reward // 20)}.get(ending, 0)
    assert world.worth(CLIENT) == before[CLIENT]
    assert world.worth(NODE) == before[NODE] - lost
    assert world.worth(TREASURY) == lost
    for account_id in (CLIENT, NODE):
        pots, had = world.pots(account_id), world.people[account_id].balance
        assert pots["locked"] == pots["bonded"] == 0
        if pots["owed"]:
            world.call("withdraw", STRANGER, account_id=account_id)
            assert world.people[account_id].balance == had + pots["owed"]


@GUARANTEES.keeps(
    "MARKET-2",
    paid=st.booleans(),
    late=st.integers(0, 40 * DAY_MS),
    again=st.permutations(["cancel_task", "approve_result", "settle", "expire_task"]),
)
def a_task_ends_once(world: MarketWorld, paid: bool, late: int, again: list[str]) -> None:
    # A second task of the same client: a double ending would be paid from its reward and bond.
    task_id, other_id = world.create(), world.create()
    assert world.claim(other_id, by=NODE)
    if paid:
        world.deliver(task_id)
        world.call("approve_result", CLIENT, deposit=1, task_id=task_id)
    else:
        world.call("cancel_task", CLIENT, deposit=1, task_id=task_id)
    world.wait(late + 1)
    ended, worth = world.task(task_id), [world.pots(each) for each in (CLIENT, NODE, TREASURY)]
    for method in again:
        deposit = 1 if method in ("cancel_task", "approve_result") else 0
        assert world.refused(method, CLIENT, deposit, task_id=task_id) == "WRONG_STATE"
    assert world.task(task_id) == ended
    assert [world.pots(each) for each in (CLIENT, NODE, TREASURY)] == worth


@GUARANTEES.keeps(
    "MARKET-3",
    wrong=st.sampled_from(
        [
            {"network": "mainnet"},
            {"contract": "other.near"},
            {"instance": bytes(32)},
            {"task_id": 7},
            {"attempt": 2},
            {"input_hash": bytes(32)},
            {"output_hash": bytes(32)},
            {"measurement_id": bytes(32)},
            {"node_id": "b2.node.near"},
        ]
    ),
    answer=st.sampled_from([None, "node", "other key"]),
)
def no_pay_without_signature_and_registry(
    world: MarketWorld, wrong: dict[str, Any], answer: str | None
) -> None:
    task_id = world.create()
    assert world.claim(task_id)
    spoilt = world.result(task_id)
    spoilt["signature"] = world.sign(task_id, OUTPUT, wrong)
    assert world.refused("submit_result", NODE, **spoilt) == "BAD_SIGNATURE"
    assert world.state(task_id) == "CLAIMED"
    if answer is not None:
        world.tell(
            "answer", refusal(NODE) if answer == "node" else verdict(NODE, signing_key="ed25519:" + "1" * 32)
        )
        assert world.submit(task_id) == "CLAIMED"
    assert world.refused("approve_result", CLIENT, 1, task_id=task_id) == "WRONG_STATE"
    assert world.pots(NODE)["owed"] == 0


@GUARANTEES.keeps("MARKET-4", answer_valid=st.booleans())
def in_flight_is_a_state(world: MarketWorld, answer_valid: bool) -> None:
    task_id = world.create()
    world.tell("later")
    world.start("claim_task", NODE, task_id=task_id, node_id=node_id(NODE))
    assert world.state(task_id) == "CLAIMING"
    assert world.refused("cancel_task", CLIENT, 1, task_id=task_id) == "WRONG_STATE"
    assert world.refused("expire_task", STRANGER, task_id=task_id) == "NOT_DUE"
    assert world.refused("claim_task", RIVAL, task_id=task_id, node_id=node_id(RIVAL)) == "WRONG_STATE"
    world.wait(10 * MINUTE_MS + 1)
    world.call("expire_task", STRANGER, task_id=task_id)
    world.start("claim_task", RIVAL, task_id=task_id, node_id=node_id(RIVAL))
    # The answer to the first question must not touch the second.
    world.answer_later(verdict(RIVAL) if answer_valid else refusal(RIVAL))
    assert world.state(task_id) == "CLAIMING"
    assert world.pots(RIVAL)["bonded"] == NEAR // 5
    world.answer_later(verdict(RIVAL))
    assert world.state(task_id) == "CLAIMED"


@GUARANTEES.keeps("MARKET-4", ask_again=st.booleans())
def a_submission_in_flight_is_left_alone(world: MarketWorld, ask_again: bool) -> None:
    task_id = world.create()
    assert world.claim(task_id)
    world.tell("later")
    world.start("submit_result", NODE, **world.result(task_id))
    assert world.state(task_id) == "VERIFYING"
    assert world.refused("submit_result", NODE, **world.result(task_id)) == "WRONG_STATE"
    assert world.refused("release_claim", NODE, task_id=task_id) == "WRONG_STATE"
    assert world.refused("retry_verification", STRANGER, task_id=task_id) == "CHECK_PENDING"
    world.wait(10 * MINUTE_MS + 1)
    assert world.refused("expire_task", STRANGER, task_id=task_id) == "NOT_DUE"
    if ask_again:
        world.start("retry_verification", STRANGER, task_id=task_id)
        world.answer_later(refusal(NODE))
        assert world.state(task_id) == "VERIFYING"
    world.answer_later(verdict(NODE))
    assert world.state(task_id) == "SUBMITTED"


@GUARANTEES.keeps("MARKET-5", answer=st.none() | BAD_ANSWERS, delay=st.integers(0, 2 * DAY_MS))
def unreachable_is_not_invalid(world: MarketWorld, answer: bytes | None, delay: int) -> None:
    task_id = world.create()
    assert world.claim(task_id)
    world.tell("fail" if answer is None else "answer", answer)
    assert world.submit(task_id) == "UNVERIFIED"
    assert world.task(task_id)["submitted_at_ms"] is not None
    world.wait(delay + 1)
    world.tell("valid")
    assert world.call("retry_verification", STRANGER, task_id=task_id).value == "SUBMITTED"


@GUARANTEES.keeps("MARKET-5", reward=REWARDS)
def no_answer_gives_both_sides_their_money(world: MarketWorld, reward: int) -> None:
    before = world.worth(NODE)
    task_id = world.create(reward=reward, bond=reward)
    assert world.claim(task_id)
    world.tell("fail")
    assert world.submit(task_id) == "UNVERIFIED"
    world.wait(3 * DAY_MS + 1)
    assert world.refused("retry_verification", STRANGER, task_id=task_id) == "TOO_LATE"
    assert world.call("expire_task", STRANGER, task_id=task_id).value == "EXPIRED"
    assert world.pots(CLIENT)["owed"] == reward
    assert world.worth(NODE) == before


@GUARANTEES.keeps(
    "MARKET-6", other=st.binary(min_size=32, max_size=32).filter(lambda each: each != MEASUREMENT)
)
def the_measurement_is_accepted_and_the_nodes(world: MarketWorld, other: bytes) -> None:
    task_id, free_id = world.create(), world.create(measurement_ids=None)
    world.tell("answer", verdict(NODE, measurement_id=other.hex()))
    assert not world.claim(task_id)
    assert world.claim(free_id)
    assert world.submit(free_id) == "CLAIMED", "the registry's record has another measurement"
    world.tell("valid")
    assert world.claim(task_id)
    foreign = world.result(task_id, measurement_id=other) | {"measurement_id": other.hex()}
    assert world.refused("submit_result", NODE, **foreign) == "MEASUREMENT_NOT_ACCEPTED"


@GUARANTEES.keeps("MARKET-7", late=st.integers(1, DAY_MS))
def lateness_is_judged_at_the_submission(world: MarketWorld, late: int) -> None:
    in_time, too_late = world.create(), world.create()
    assert world.claim(in_time)
    assert world.claim(too_late)
    world.tell("later")
    world.start("submit_result", NODE, **world.result(in_time))
    submitted_at = world.task(in_time)["submitted_at_ms"]
    world.wait(5 * MINUTE_MS + late)
    assert world.refused("submit_result", NODE, **world.result(too_late)) == "WORK_WINDOW_CLOSED"
    world.answer_later(verdict(NODE))
    task = world.task(in_time)
    assert (task["state"], task["submitted_at_ms"]) == ("SUBMITTED", submitted_at)


@GUARANTEES.keeps("MARKET-7", delay=st.integers(1, 2 * DAY_MS))
def validity_is_asked_as_of_the_submission(world: MarketWorld, delay: int) -> None:
    task_id = world.create()
    assert world.claim(task_id)
    world.tell("fail")
    world.submit(task_id)
    submitted_at = world.task(task_id)["submitted_at_ms"]
    world.wait(delay)
    world.tell("valid")
    world.call("retry_verification", STRANGER, task_id=task_id)
    assert world.sandbox.view("registry.near", "get_asked_at", {}) == submitted_at


@GUARANTEES.keeps("MARKET-8", lapses=st.booleans(), late=st.integers(1, DAY_MS))
def a_claim_is_fair(world: MarketWorld, lapses: bool, late: int) -> None:
    task_id = world.create()
    assert world.refused("claim_task", RIVAL, task_id=task_id, node_id=node_id(NODE)) == "NOT_NODE_ACCOUNT"
    world.tell("answer", refusal(NODE))
    assert not world.claim(task_id)
    world.tell("valid")
    assert world.claim(task_id)
    if lapses:
        world.wait(6 * MINUTE_MS)
        world.call("expire_task", STRANGER, task_id=task_id)
    else:
        world.call("release_claim", NODE, task_id=task_id)
    assert world.refused("claim_task", NODE, task_id=task_id, node_id="b2.node.near") == "CLAIM_BARRED"
    world.wait(DAY_MS + late)
    assert (
        world.refused("claim_task", RIVAL, task_id=task_id, node_id=node_id(RIVAL)) == "CLAIM_WINDOW_CLOSED"
    )


@GUARANTEES.keeps("MARKET-8")
def attempts_are_capped(world: MarketWorld) -> None:
    task_id = world.create(work_window_ms=MINUTE_MS)
    for attempt in range(1, 6):
        world.call("deposit", STRANGER, deposit=NEAR, account_id=f"lazy{attempt}.near")
        lazy = world.sandbox.create_account(f"lazy{attempt}.near")
        world.people[lazy.account_id] = lazy
        assert world.claim(task_id, by=lazy.account_id)
        world.wait(2 * MINUTE_MS)
        state = world.call("expire_task", STRANGER, task_id=task_id).value
        assert state == ("OPEN" if attempt < 5 else "EXPIRED")


@GUARANTEES.keeps(
    "MARKET-9",
    reward=REWARDS,
    fault=st.sampled_from(["lapsed", "released", "refused", "policy claim", "policy result"]),
)
def bonds_go_to_the_treasury_and_never_to_the_client(world: MarketWorld, reward: int, fault: str) -> None:
    before = {account_id: world.worth(account_id) for account_id in (CLIENT, NODE)}
    task_id = world.create(reward=reward, bond=reward)
    share = -(-reward // 20)
    if fault in ("refused", "policy claim"):
        world.tell("answer", refusal(NODE, "node" if fault == "refused" else "policy"))
        assert not world.claim(task_id)
    else:
        assert world.claim(task_id)
    if fault == "lapsed":
        world.wait(6 * MINUTE_MS)
        world.call("expire_task", STRANGER, task_id=task_id)
    elif fault == "released":
        world.call("release_claim", NODE, task_id=task_id)
    elif fault == "policy result":
        world.tell("answer", refusal(NODE, "policy", since_ms=world.task(task_id)["claimed_at_ms"]))
        assert world.submit(task_id) == "OPEN"
    lost = {"lapsed": reward, "released": share, "refused": share}.get(fault, 0)
    assert world.worth(TREASURY) == lost
    assert world.worth(NODE) == before[NODE] - lost
    assert world.worth(CLIENT) == before[CLIENT]


@GUARANTEES.keeps("MARKET-10", reward=REWARDS, later_bps=st.integers(0, 1_000))
def the_fee_is_the_one_at_creation(world: MarketWorld, reward: int, later_bps: int) -> None:
    task_id = world.create(reward=reward, bond=reward)
    world.call("set_fee", OWNER, deposit=1, fee_bps=later_bps)
    world.deliver(task_id)
    world.call("approve_result", CLIENT, deposit=1, task_id=task_id)
    fee = reward * FEE_BPS // 10_000
    assert world.worth(TREASURY) == fee
    assert world.pots(NODE)["owed"] == reward - fee


@GUARANTEES.keeps("MARKET-11", review_ms=st.integers(MINUTE_MS, 30 * DAY_MS), late=st.integers(1, DAY_MS))
def silence_pays(world: MarketWorld, review_ms: int, late: int) -> None:
    task_id = world.create(review_window_ms=review_ms)
    world.deliver(task_id)
    assert world.refused("settle", STRANGER, task_id=task_id) == "REVIEW_OPEN"
    world.wait(review_ms + late)
    world.call("settle", STRANGER, task_id=task_id)
    assert world.pots(NODE)["owed"] == NEAR - NEAR * FEE_BPS // 10_000


@GUARANTEES.keeps(
    "MARKET-11", stuck=st.sampled_from(["OPEN", "CLAIMING", "CLAIMED", "VERIFYING", "UNVERIFIED"])
)
def every_state_has_a_way_out_for_anyone(world: MarketWorld, stuck: str) -> None:
    task_id = world.create()
    if stuck == "CLAIMING":
        world.tell("later")
        world.start("claim_task", NODE, task_id=task_id, node_id=node_id(NODE))
    elif stuck != "OPEN":
        assert world.claim(task_id)
    if stuck in ("VERIFYING", "UNVERIFIED"):
        world.tell("later" if stuck == "VERIFYING" else "fail")
        world.start("submit_result", NODE, **world.result(task_id))
    assert world.state(task_id) == stuck
    world.wait(4 * DAY_MS)
    while world.state(task_id) != "EXPIRED":
        world.call("expire_task", STRANGER, task_id=task_id)
    assert world.pots(CLIENT)["owed"] == NEAR


@GUARANTEES.keeps("MARKET-12", output_bytes=st.integers(1, 16_384), delivered=st.booleans())
def storage_is_paid_by_the_creator_and_returned(
    world: MarketWorld, output_bytes: int, delivered: bool
) -> None:
    before, used = world.worth(CLIENT), world.totals()["storage_usage_bytes"]
    task_id = world.create(max_output_bytes=output_bytes)
    price = int(world.task(task_id)["storage"])
    if delivered:
        assert world.claim(task_id)
        world.call("submit_result", NODE, **world.result(task_id, output=bytes(output_bytes)))
        world.call("approve_result", CLIENT, deposit=1, task_id=task_id)
    else:
        world.call("cancel_task", CLIENT, deposit=1, task_id=task_id)
    assert (world.totals()["storage_usage_bytes"] - used) * 10**19 <= price
    world.call("remove_task", CLIENT, task_id=task_id)
    assert world.totals()["storage_usage_bytes"] == used
    assert world.worth(CLIENT) == before - (NEAR if delivered else 0)
    assert world.pots(CLIENT)["owed"] == price + (0 if delivered else NEAR)
    assert world.sandbox.storage(MARKET).keys().isdisjoint([b"t" + task_id.to_bytes(8, "big")])
