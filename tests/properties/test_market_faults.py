"""The market's money under everything that can go wrong on NEAR.

A task is created, claimed, delivered and paid while receipts fail, run out of gas, arrive late or find nobody. The plan
holds only faults that are possible on NEAR; whatever it does, no token is made or lost, the market covers what it owes
(LEDGER-1), and what is owed can be withdrawn exactly once (LEDGER-3).
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from sealwright_sandbox import CallFailed
from sealwright_sandbox.faults import FaultPlan
from sealwright_sandbox.strategies import fault_plans

from tests.properties.market_world import (
    CLIENT,
    MARKET,
    NODE,
    REGISTRY,
    RIVAL,
    STRANGER,
    TREASURY,
    MarketWorld,
    node_id,
    registry_stub,
    sound_market,
)

BLOCKS_FOR_EVERYTHING = 60
"""More than every delay of a plan together."""

PLANS = fault_plans(receivers=[MARKET, REGISTRY, NODE])


@pytest.fixture(scope="module")
def world() -> MarketWorld:
    return MarketWorld(sound_market(), registry_stub())


def attempt(world: MarketWorld, method: str, by: str, deposit: int = 0, **arguments: Any) -> Any:
    """The value of a call, None where it failed."""
    try:
        return world.call(method, by, deposit, **arguments).value
    except CallFailed as failed:
        note(f"{method}: {failed.code}")
        return None


def live(world: MarketWorld) -> None:
    """As much of a task's life as the faults allow."""
    try:
        task_id = world.create()
    except CallFailed as failed:
        note(f"create_task: {failed.code}")
        return
    attempt(world, "claim_task", NODE, task_id=task_id, node_id=node_id(NODE))
    attempt(world, "submit_result", NODE, **world.result(task_id))
    attempt(world, "approve_result", CLIENT, 1, task_id=task_id)


def under(world: MarketWorld, plan: FaultPlan, act: Any) -> None:
    with world.sandbox.faults.use(plan) as run:
        act()
    note(f"fired: {run.fired}")
    assert all(fault.possible for fault in run.fired)
    world.sandbox.produce_blocks(BLOCKS_FOR_EVERYTHING)
    world.sandbox.total_supply_check()


def worths(world: MarketWorld) -> int:
    return sum(world.worth(account_id) for account_id in (CLIENT, NODE, RIVAL, TREASURY))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=PLANS)
def test_market__keeps_all_money_under_possible_faults(world: MarketWorld, plan: FaultPlan) -> None:
    world.restart()
    note(plan.to_json())
    put_in, node = worths(world), world.people[NODE]
    under(world, plan, lambda: live(world))
    assert worths(world) == put_in, "a task moves money between accounts and nowhere else"
    assert world.sandbox.account(MARKET).balance >= put_in, "the market covers what it owes"

    owed, had = world.pots(NODE)["owed"], node.balance
    under(world, plan, lambda: attempt(world, "withdraw", STRANGER, account_id=NODE))
    assert node.balance - had == put_in - worths(world), "what left the books arrived"
    if world.pots(NODE)["owed"]:
        world.call("withdraw", STRANGER, account_id=NODE)
    assert node.balance == had + owed
    assert worths(world) == put_in - owed
