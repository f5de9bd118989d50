"""Random task lives on the VM, checked against sums that need no knowledge of the contract.

Checks MARKET-1 and MARKET-2 over everything people may do in any order: each account's worth
is what it put in, less what it took out, plus what it earned or lost by the turns that its
tasks were seen to take; and tasks take only the turns that the specification draws.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sealwright_sandbox import NEAR

from tests.properties.market_answers import refusal
from tests.properties.market_world import (
    CLIENT,
    DAY_MS,
    ENDED,
    FEE_BPS,
    MINUTE_MS,
    NODE,
    PREPAID,
    RIVAL,
    STRANGER,
    TREASURY,
    MarketWorld,
    node_id,
    registry_stub,
    sound_market,
)

TURNS = {
    "OPEN": {"OPEN", "CLAIMED", "CANCELLED", "EXPIRED"},
    "CLAIMED": {"CLAIMED", "SUBMITTED", "UNVERIFIED", "OPEN", "EXPIRED"},
    "UNVERIFIED": {"UNVERIFIED", "SUBMITTED", "CLAIMED", "OPEN", "EXPIRED"},
    "SUBMITTED": {"SUBMITTED", "PAID"},
    "PAID": {"PAID"},
    "CANCELLED": {"CANCELLED"},
    "EXPIRED": {"EXPIRED"},
}
"""Seen from outside, with every call run to its end: no task is in flight between two calls."""
HELD = ("CLAIMED", "UNVERIFIED", "SUBMITTED")
PEOPLE = st.sampled_from([CLIENT, NODE, RIVAL])
MOODS = st.sampled_from(["valid", "valid", "valid", "valid", "fail", "fail", "refused", "policy"])
FITTING = {
    "approve_result": ("SUBMITTED",),
    "settle": ("SUBMITTED",),
    "cancel_task": ("OPEN",),
    "expire_task": ("OPEN", "CLAIMED", "UNVERIFIED"),
    "release_claim": ("CLAIMED",),
    "remove_task": ENDED,
    "claim_task": ("OPEN",),
    "submit_result": ("CLAIMED",),
    "retry_verification": ("UNVERIFIED",),
}
"""In which states a method means something: mostly, but not only, it is tried there."""
TURN_METHODS = sorted(set(FITTING) - {"claim_task", "submit_result", "retry_verification"})
ASTRAY = st.sampled_from([False, False, False, False, True])
ONE_YOCTO = ("approve_result", "cancel_task")
WAITS = st.sampled_from(
    [1_000, 30_000, MINUTE_MS, 2 * MINUTE_MS, 6 * MINUTE_MS, 6 * MINUTE_MS, DAY_MS, 4 * DAY_MS]
)


def account_of(task: dict[str, Any]) -> str:
    """The account of the node that holds the task, "" when none does."""
    return (task["node_id"] or "").partition(".")[2]


class MarketMachine(RuleBasedStateMachine):
    """Client, two nodes, a stranger and time."""

    world: MarketWorld

    def __init__(self) -> None:
        super().__init__()
        self.world.restart()
        self.due = {CLIENT: PREPAID, NODE: PREPAID, RIVAL: PREPAID, TREASURY: 0}
        self.tasks: dict[int, dict[str, Any]] = {}

    # What people do

    @rule(reward=st.integers(10**21, 2 * NEAR), bond=st.integers(10**21, 4 * NEAR))
    def create_task(self, reward: int, bond: int) -> None:
        if bond * 10 >= reward and reward + NEAR < self.world.pots(CLIENT)["prepaid"]:
            self.world.create(reward=reward, bond=bond, claim_window_ms=2 * DAY_MS)
            self.observe("create_task")

    @precondition(lambda self: self.tasks)
    @rule(data=st.data(), by=PEOPLE, mood=MOODS)
    def claim_task(self, data: st.DataObject, by: str, mood: str) -> None:
        task_id = self.pick(data, "claim_task")
        self.set_mood(mood, by)
        code = self.world.refused("claim_task", by, task_id=task_id, node_id=node_id(by))
        self.observe("claim_task", task_id, by, failed=code is not None, mood=mood)

    @precondition(lambda self: any(task["state"] == "CLAIMED" for task in self.tasks.values()))
    @rule(data=st.data(), astray=ASTRAY, mood=MOODS, dishonest=ASTRAY)
    def submit_result(self, data: st.DataObject, astray: bool, mood: str, dishonest: bool) -> None:
        task_id = self.pick(data, "submit_result")
        by = RIVAL if astray else account_of(self.tasks[task_id]) or NODE
        self.set_mood(mood, by)
        changes: dict[str, Any] = {"attempt": 99} if dishonest else {}
        code = self.world.refused("submit_result", by, **self.world.result(task_id, **changes))
        assert code is not None or not dishonest, "a result without a signature was accepted"
        self.observe("submit_result", task_id, by, failed=code is not None)

    @precondition(lambda self: self.tasks)
    @rule(data=st.data(), astray=ASTRAY)
    def take_turn(self, data: st.DataObject, astray: bool) -> None:
        states = {task["state"] for task in self.tasks.values()}
        methods = (
            TURN_METHODS if astray else [each for each in TURN_METHODS if states.intersection(FITTING[each])]
        )
        method = data.draw(st.sampled_from(methods))
        task_id = self.pick(data, method)
        by = account_of(self.tasks[task_id]) if method == "release_claim" else CLIENT
        by = STRANGER if astray or not by else by
        code = self.world.refused(method, by, 1 if method in ONE_YOCTO else 0, task_id=task_id)
        self.observe(method, task_id, by, failed=code is not None)

    @precondition(lambda self: any(task["state"] == "UNVERIFIED" for task in self.tasks.values()))
    @rule(data=st.data(), mood=MOODS)
    def retry_verification(self, data: st.DataObject, mood: str) -> None:
        task_id = self.pick(data, "retry_verification")
        self.set_mood(mood, account_of(self.tasks[task_id]))
        code = self.world.refused("retry_verification", STRANGER, task_id=task_id)
        self.observe("retry_verification", task_id, STRANGER, failed=code is not None)

    @rule(account_id=st.sampled_from([CLIENT, NODE, RIVAL, TREASURY]))
    def withdraw(self, account_id: str) -> None:
        if self.world.pots(account_id)["owed"]:
            arrived = int(self.world.call("withdraw", STRANGER, account_id=account_id).value)
            assert (arrived == 0) == (account_id == TREASURY), "the treasury has no account: it bounces"
            self.due[account_id] -= arrived

    @rule(account_id=PEOPLE, amount=st.integers(1, NEAR))
    def deposit(self, account_id: str, amount: int) -> None:
        self.world.call("deposit", STRANGER, deposit=amount, account_id=account_id)
        self.due[account_id] += amount

    @rule(ms=WAITS)
    def wait(self, ms: int) -> None:
        self.world.wait(ms)

    # What must hold

    @invariant()
    def market_1_everyone_has_what_is_due(self) -> None:
        for account_id, due in self.due.items():
            assert self.world.worth(account_id) == due, account_id

    @invariant()
    def market_1_what_is_held_is_held_for_a_task(self) -> None:
        live = [task for task in self.tasks.values() if task["state"] not in ENDED]
        assert self.world.pots(CLIENT)["locked"] == sum(int(task["reward"]) for task in live)
        for account_id in (CLIENT, NODE, RIVAL):
            held = [task for task in live if task["state"] in HELD and account_of(task) == account_id]
            assert self.world.pots(account_id)["bonded"] == sum(int(task["bond"]) for task in held)

    # Watching

    def pick(self, data: st.DataObject, method: str) -> int:
        """A task that the method fits, sometimes any task."""
        fitting = [each for each, task in sorted(self.tasks.items()) if task["state"] in FITTING[method]]
        if not fitting or data.draw(ASTRAY):
            fitting = sorted(self.tasks)
        return data.draw(st.sampled_from(fitting))

    def set_mood(self, mood: str, account_id: str) -> None:
        if mood in ("valid", "fail"):
            self.world.tell(mood)
        else:
            cause, since_ms = ("node", 1) if mood == "refused" else ("policy", 2**50)
            self.world.tell("answer", refusal(account_id, cause, since_ms))

    def observe(
        self, method: str, task_id: int | None = None, by: str = "", failed: bool = False, mood: str = ""
    ) -> None:
        """Compare all tasks with how they were, and book what the turns seen mean."""
        before, self.tasks = self.tasks, {task["task_id"]: task for task in self.world.tasks()}
        for each, was in before.items():
            now = self.tasks.get(each)
            if failed or each != task_id:
                assert now == was, "a task changed that nobody touched"
            elif now is None:
                assert (method, was["state"] in ENDED) == ("remove_task", True)
            else:
                assert now["state"] in TURNS[was["state"]], (was["state"], now["state"])
                self.book(method, was, now, by, mood)

    def book(self, method: str, was: dict[str, Any], now: dict[str, Any], by: str, mood: str) -> None:
        reward, bond = int(was["reward"]), int(was["bond"])
        if now["state"] == "PAID" != was["state"]:
            fee = reward * FEE_BPS // 10_000
            self.give(CLIENT, account_of(was), reward - fee)
            self.give(CLIENT, TREASURY, fee)
        elif method == "expire_task" and was["state"] == "CLAIMED":
            self.give(account_of(was), TREASURY, bond)
        elif method == "release_claim" or (method == "claim_task" and mood == "refused"):
            self.give(by, TREASURY, -(-bond // 20))

    def give(self, giver_id: str, taker_id: str, amount: int) -> None:
        self.due[giver_id] -= amount
        self.due[taker_id] += amount


def machine_in(world: MarketWorld) -> type[MarketMachine]:
    """The machine for this deployment."""
    return type("MarketMachineHere", (MarketMachine,), {"world": world})


@pytest.mark.slow
def test_market__survives_random_lives() -> None:
    run_state_machine_as_test(machine_in(MarketWorld(sound_market(), registry_stub())))
