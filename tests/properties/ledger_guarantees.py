"""The ledger's guarantees as properties of the market. The IDs are those of docs/spec/ledger.md."""

from __future__ import annotations

import base64

import pytest
from common.ledger import RESERVE, Account, Totals
from common.stake import STORAGE_PRICE
from hypothesis import strategies as st
from sealwright_sandbox import NEAR, CallFailed

from tests.properties.guarantees import Guarantees
from tests.properties.market_answers import refusal
from tests.properties.market_world import (
    CLIENT,
    DAY_MS,
    MARKET,
    MINUTE_MS,
    NODE,
    POTS,
    PREPAID,
    RIVAL,
    STRANGER,
    TREASURY,
    MarketWorld,
)

GUARANTEES = Guarantees()
AMOUNTS = st.integers(1, 5 * NEAR)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["deposit", "create", "cancel", "claim", "release", "withdraw", "withdraw_prepaid"]),
        st.sampled_from([CLIENT, NODE, RIVAL]),
        st.integers(1, NEAR),
    ),
    max_size=8,
)


def stored_pages(world: MarketWorld) -> tuple[Totals, dict[str, Account]]:
    """Totals and accounts as they stand in the contract's storage."""
    entries = world.sandbox.storage(MARKET)
    pages = {key[1:].decode(): Account.from_borsh(entries[key]) for key in entries if key.startswith(b"a")}
    return Totals.from_borsh(entries[b"b"]), pages


def take_step(world: MarketWorld, step: str, by: str, amount: int) -> None:
    """One of the things people do; whatever is refused changes nothing."""
    task_id = world.view("get_config")["next_task_id"]
    if step == "deposit":
        world.refused("deposit", by, amount)
    elif step == "create":
        world.create(reward=10**21 + amount, bond=10**21 + amount)
    elif step == "claim" and task_id:
        world.refused("claim_task", by, task_id=task_id - 1, node_id="a1." + by)
    elif step == "withdraw":
        world.refused("withdraw", STRANGER, account_id=by)
    elif step == "withdraw_prepaid":
        world.refused("withdraw_prepaid", by, 1, amount=str(amount))
    elif task_id:
        method = {"cancel": "cancel_task", "release": "release_claim"}[step]
        world.refused(method, by, 1 if step == "cancel" else 0, task_id=task_id - 1)


@GUARANTEES.keeps("LEDGER-1", steps=STEPS)
def totals_are_the_sums_of_their_pots(world: MarketWorld, steps: list[tuple[str, str, int]]) -> None:
    put_in = world.sandbox.account(MARKET).balance
    for step, by, amount in steps:
        take_step(world, step, by, amount)
        totals, pages = stored_pages(world)
        for pot in POTS:
            assert getattr(totals, pot) == sum(getattr(page, pot) for page in pages.values()), pot
    # Gas rewards may only add: what is booked and what the market owns never shrinks on the side.
    totals, _ = stored_pages(world)
    own_at_start = put_in - 3 * PREPAID
    assert world.sandbox.account(MARKET).balance - sum(getattr(totals, pot) for pot in POTS) >= own_at_start
    assert world.sandbox.total_supply_check().holds


@GUARANTEES.keeps("LEDGER-2", excess=st.integers(1, 2**100), by=st.sampled_from([CLIENT, NODE]))
def what_is_not_there_cannot_leave(world: MarketWorld, excess: int, by: str) -> None:
    prepaid = world.pots(by)["prepaid"]
    amount = prepaid + excess
    assert world.refused("withdraw_prepaid", by, 1, amount=str(amount)) == "INSUFFICIENT_BALANCE"
    if by == CLIENT:
        with pytest.raises(CallFailed, match="INSUFFICIENT_BALANCE"):
            world.create(reward=amount, bond=amount)
    assert world.pots(by)["prepaid"] == prepaid


@GUARANTEES.keeps("LEDGER-3", reward=AMOUNTS)
def a_withdrawal_ends_once(world: MarketWorld, reward: int) -> None:
    # The treasury's account does not exist yet: what is sent to it bounces.
    task_id = world.create(reward=max(reward, 10**21), bond=NEAR)
    world.tell("answer", refusal(NODE))
    assert not world.claim(task_id)
    owed = world.pots(TREASURY)["owed"]
    assert world.call("withdraw", STRANGER, account_id=TREASURY).value == "0"
    assert world.pots(TREASURY)["owed"] == owed
    assert world.pots(TREASURY)["in_flight"] == 0
    world.sandbox.create_account(TREASURY, balance=NEAR)
    assert world.call("withdraw", STRANGER, account_id=TREASURY).value == str(owed)
    assert world.sandbox.account(TREASURY).balance == NEAR + owed
    assert world.refused("withdraw", STRANGER, account_id=TREASURY) == "NOTHING_OWED"


@GUARANTEES.keeps("LEDGER-3", amount=AMOUNTS)
def two_withdrawals_in_one_block_pay_once(world: MarketWorld, amount: int) -> None:
    task_id = world.create(reward=max(amount, 10**21), bond=max(amount, 10**21))
    world.call("cancel_task", CLIENT, deposit=1, task_id=task_id)
    owed, had = world.pots(CLIENT)["owed"], world.people[CLIENT].balance
    for by in (STRANGER, RIVAL):
        world.people[by].submit(MARKET, "withdraw", {"account_id": CLIENT}, gas=100 * 10**12)
    world.sandbox.produce_blocks(8)
    assert world.people[CLIENT].balance == had + owed
    assert world.pots(CLIENT)["owed"] == world.pots(CLIENT)["in_flight"] == 0


@GUARANTEES.keeps("LEDGER-3", waited=st.integers(0, 2 * DAY_MS))
def a_withdrawal_whose_callback_died_is_owed_again_after_a_day(world: MarketWorld, waited: int) -> None:
    task_id = world.create()
    world.call("cancel_task", CLIENT, deposit=1, task_id=task_id)
    sent_at = lose_callback(world, CLIENT)
    world.wait(waited)
    code = world.refused("recover_withdrawal", STRANGER, account_id=CLIENT)
    if world.sandbox.block_time_ms < sent_at + DAY_MS:
        assert code == "NO_WITHDRAWAL"
        assert world.pots(CLIENT)["in_flight"] == NEAR
    elif world.sandbox.block_time_ms > sent_at + DAY_MS + MINUTE_MS:
        assert code is None
        assert world.pots(CLIENT)["in_flight"] == 0
        assert world.pots(CLIENT)["owed"] == NEAR


def lose_callback(world: MarketWorld, account_id: str) -> int:
    """Make the books read as if a withdrawal of all that is owed had been sent and never answered."""
    totals, pages = stored_pages(world)
    page, sent_at = pages[account_id], world.sandbox.block_time_ms
    page.in_flight, page.owed, page.withdrawal, page.sent_at_ms = page.owed, 0, 1, sent_at
    totals.in_flight, totals.owed, totals.withdrawals = page.in_flight, totals.owed - page.in_flight, 1
    entries = {b"a" + account_id.encode(): page.to_borsh(), b"b": totals.to_borsh()}
    records = []
    for key, value in entries.items():
        texts = [base64.b64encode(each).decode() for each in (key, value)]
        records.append({"Data": {"account_id": MARKET, "data_key": texts[0], "value": texts[1]}})
    world.sandbox.patch_state(records)
    return sent_at


@GUARANTEES.keeps("LEDGER-4", by=st.sampled_from([STRANGER, RIVAL, NODE]), amount=AMOUNTS)
def owed_goes_to_its_owner_and_prepaid_by_its_word(world: MarketWorld, by: str, amount: int) -> None:
    task_id = world.create(reward=max(amount, 10**21), bond=max(amount, 10**21))
    world.call("cancel_task", CLIENT, deposit=1, task_id=task_id)
    owed, had, prepaid = (
        world.pots(CLIENT)["owed"],
        world.people[CLIENT].balance,
        world.pots(CLIENT)["prepaid"],
    )
    world.call("withdraw", by, account_id=CLIENT)
    assert world.people[CLIENT].balance == had + owed
    assert world.pots(CLIENT)["prepaid"] == prepaid
    assert world.refused("withdraw_prepaid", CLIENT, 0, amount="1") == "ONE_YOCTO"
    world.refused("withdraw_prepaid", by, 1, amount="1")
    assert world.pots(CLIENT)["prepaid"] == prepaid


@GUARANTEES.keeps("LEDGER-5", spare=st.integers(0, 2 * RESERVE))
def escrow_never_serves_as_stake(world: MarketWorld, spare: int) -> None:
    # Take the market's own money away until only `spare` is free beyond the stake.
    state = world.sandbox.account(MARKET).state
    escrow = stored_pages(world)[0].escrow()
    state["amount"] = str(escrow + int(state["storage_usage"]) * STORAGE_PRICE + spare)
    world.sandbox.patch_state([{"Account": {"account_id": MARKET, "account": state}}])
    for _ in range(2):
        refused = world.refused("deposit", STRANGER, NEAR)
        account = world.sandbox.account(MARKET)
        free = account.balance - stored_pages(world)[0].escrow() - account.storage_usage * STORAGE_PRICE
        assert refused == "STORAGE_NOT_COVERED" or (refused is None and free >= RESERVE)
    # Money that is there still leaves.
    assert world.call("withdraw_prepaid", NODE, deposit=1).value == str(world_prepaid(world))


def world_prepaid(world: MarketWorld) -> int:
    """What a fresh node has prepaid: the deposit less the price of its record."""
    return PREPAID - int(world.view("get_config")["account_cost"])


@GUARANTEES.keeps(
    "LEDGER-6", held=st.sampled_from(["record", "bond", "in flight"]), wait_ms=st.integers(1, DAY_MS)
)
def an_account_in_use_does_not_close(world: MarketWorld, held: str, wait_ms: int) -> None:
    owner_id = {"record": CLIENT, "bond": NODE, "in flight": RIVAL}[held]
    if held == "in flight":
        world.people[RIVAL].submit(MARKET, "close_account", {}, deposit=1, gas=100 * 10**12)
        world.people[RIVAL].submit(MARKET, "close_account", {}, deposit=1, gas=100 * 10**12)
        world.sandbox.produce_blocks(8)
    else:
        task_id = world.create()
        assert world.claim(task_id)
        before = world.pots(owner_id)
        world.wait(wait_ms)
        assert world.refused("close_account", owner_id, 1) == "ACCOUNT_IN_USE"
        assert world.pots(owner_id) == before
        return
    assert world.view("get_account", account_id=RIVAL) is None
    totals, pages = stored_pages(world)
    assert RIVAL not in pages
    assert totals.in_flight == 0
