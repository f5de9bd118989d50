"""Calls, views, receipts, errors."""

import pytest
from sealwright_sandbox import (
    NEAR,
    TGAS,
    Account,
    AccountUnknown,
    CallFailed,
    NotFinished,
    Sandbox,
    TransactionRefused,
    ViewFailed,
)


def test_call__returns_value_gas_and_logs(client: Account, contract: Account) -> None:
    outcome = client.call("tiny.near", "echo", {"a": [1, "zwei"]}, gas=30 * TGAS)

    assert outcome.value == {"a": [1, "zwei"]}
    assert outcome.raw == b'{"a":[1,"zwei"]}'
    assert outcome.succeeded
    assert 0 < outcome.gas_burnt < 30 * TGAS
    assert 0 < outcome.tokens_burnt <= outcome.gas_burnt * 10**8, "refunds burn gas at price 0"
    assert outcome.logs == []
    assert outcome.view["transaction"]["hash"] == outcome.hash


def test_call__takes_bytes_as_they_are(client: Account, contract: Account) -> None:
    outcome = client.call("tiny.near", "echo", b"\x00\xff")
    assert outcome.raw == b"\x00\xff"
    with pytest.raises(ValueError, match="Expecting value"):
        _ = outcome.value


def test_events__are_the_nep_297_logs(client: Account, contract: Account) -> None:
    outcome = client.call("tiny.near", "shout")
    assert outcome.logs[0] == "hello"
    assert [event["event"] for event in outcome.events] == ["shouted"]


def test_call__raises_the_contracts_code_and_text(client: Account, contract: Account) -> None:
    before = client.balance
    with pytest.raises(CallFailed, match="TOO_EARLY: wait for block 7") as failed:
        client.call("tiny.near", "refuse", deposit=NEAR)

    assert (failed.value.code, failed.value.text) == ("TOO_EARLY", "wait for block 7")
    outcome = failed.value.outcome
    assert outcome.failures[0].executor_id == "tiny.near"
    assert client.balance == before - outcome.tokens_burnt, "the deposit came back"


def test_call__of_a_panic_without_code_is_a_panic(client: Account, contract: Account) -> None:
    with pytest.raises(CallFailed) as failed:
        client.call("tiny.near", "grumble")
    assert (failed.value.code, failed.value.text) == ("PANIC", "something is wrong")


@pytest.mark.parametrize(
    ("contract_id", "method", "gas", "code"),
    [
        ("tiny.near", "nothing", 30 * TGAS, "METHOD_NOT_FOUND"),
        ("client.near", "nothing", 30 * TGAS, "CODE_DOES_NOT_EXIST"),
        ("ghost.near", "nothing", 30 * TGAS, "ACCOUNT_DOES_NOT_EXIST"),
        ("tiny.near", "put", 1, "GAS_EXCEEDED"),
    ],
)
def test_call__names_the_nodes_own_errors(
    client: Account, contract: Account, contract_id: str, method: str, gas: int, code: str
) -> None:
    with pytest.raises(CallFailed) as failed:
        client.call(contract_id, method, gas=gas)
    assert failed.value.code == code


def test_view__reads_what_a_call_wrote(sandbox: Sandbox, client: Account, contract: Account) -> None:
    client.call("tiny.near", "put", {"b": 2})
    assert sandbox.view("tiny.near", "get") == {"b": 2}
    assert sandbox.view_raw("tiny.near", "get") == b'{"b":2}'
    assert client.view("tiny.near", "echo", [1]) == [1]
    assert sandbox.storage("tiny.near") == {b"entry": b'{"b":2}'}


def test_view__that_fails_raises(sandbox: Sandbox, contract: Account) -> None:
    with pytest.raises(ViewFailed) as failed:
        sandbox.view("tiny.near", "refuse")
    assert failed.value.code == "TOO_EARLY"
    with pytest.raises(ViewFailed):
        sandbox.view("tiny.near", "put", b"1")
    with pytest.raises(ViewFailed) as failed:
        sandbox.view("near", "get")
    assert failed.value.code == "CODE_DOES_NOT_EXIST"
    with pytest.raises(AccountUnknown):
        sandbox.view("ghost.near", "get")


def test_promise__is_followed_to_its_value(client: Account, contract: Account) -> None:
    outcome = client.call("tiny.near", "forward", {"deep": True})

    assert outcome.value == {"deep": True}
    calls = [(r.predecessor_id, r.executor_id, r.method) for r in outcome.receipts if not r.is_refund]
    assert calls == [
        ("client.near", "tiny.near", "forward"),
        ("tiny.near", "callee.near", "echo"),
    ]


def test_promise__that_fails_fails_the_call_only_where_it_is_returned(
    client: Account, contract: Account
) -> None:
    with pytest.raises(CallFailed) as failed:
        client.call("tiny.near", "forward_failing")
    assert failed.value.code == "TOO_EARLY"

    outcome = client.call("tiny.near", "ignore_failing")
    assert outcome.value == 7
    assert [receipt.executor_id for receipt in outcome.failures] == ["callee.near"]


def test_tree__draws_the_receipts(client: Account, contract: Account) -> None:
    lines = client.call("tiny.near", "forward", {"deep": True}, deposit=NEAR).tree().splitlines()

    assert lines[0].startswith("✓ client.near → tiny.near  forward  deposit 1 NEAR  ")
    assert any("✓ callee.near  echo" in line and line.endswith('= {"deep":true}') for line in lines)
    assert "refund of" in lines[-1]


def test_submit__makes_no_block(sandbox: Sandbox, client: Account, contract: Account) -> None:
    height = sandbox.block_height
    first = client.submit("tiny.near", "echo", b"1")
    second = client.submit("tiny.near", "echo", b"2")

    assert sandbox.block_height == height
    assert first.outcome() is None
    sandbox.produce_blocks(4)
    results = [pending.outcome() for pending in (first, second)]
    assert [result.raw for result in results if result] == [b"1", b"2"]


def test_yield__waits_for_its_answer(sandbox: Sandbox, client: Account, contract: Account) -> None:
    pending = client.submit("tiny.near", "wait")
    sandbox.produce_blocks(5)
    assert pending.outcome() is None

    client.call("tiny.near", "answer")
    sandbox.produce_blocks(3)

    outcome = pending.outcome()
    assert outcome is not None
    assert outcome.value == "yes"


def test_yield__times_out_after_200_blocks(sandbox: Sandbox, client: Account, contract: Account) -> None:
    pending = client.submit("tiny.near", "wait")
    sandbox.produce_blocks(190)
    assert pending.outcome() is None
    sandbox.produce_blocks(20)
    outcome = pending.outcome()
    assert outcome is not None
    assert not outcome.succeeded


def test_send__of_a_signed_transaction(sandbox: Sandbox, client: Account) -> None:
    signed = client.batch("near").transfer(NEAR).sign()
    outcome = sandbox.send(signed)
    assert sandbox.send(signed).hash == outcome.hash, "sending it again changes nothing"


def test_call__that_lost_its_money_in_the_pool_is_refused(sandbox: Sandbox) -> None:
    poor = sandbox.create_account("poor", balance=3 * NEAR)
    first = poor.batch("near").transfer(2 * NEAR).submit()
    with pytest.raises(TransactionRefused) as refused:
        # Enough for each alone, not for both.
        poor.transfer("near", 2 * NEAR)
    assert refused.value.code == "NOT_ENOUGH_BALANCE"
    sandbox.produce_blocks(3)
    assert first.outcome() is not None


def test_call__that_does_not_end_says_so(sandbox: Sandbox, client: Account, contract: Account) -> None:
    signed = client.batch("tiny.near").function_call("wait").sign()
    with pytest.raises(NotFinished) as waiting:
        sandbox.send(signed, max_blocks=10)
    pending = sandbox.pending(waiting.value.tx_hash)
    assert pending.outcome() is None
    so_far = pending.so_far()
    assert so_far is not None
    assert [receipt.method for receipt in so_far.receipts if not receipt.is_refund] == ["wait"]
    assert "… waiting" in so_far.tree()
