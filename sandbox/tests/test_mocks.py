"""Mocks of a contract's methods."""

import threading

import pytest
from sealwright_sandbox import (
    NEAR,
    TGAS,
    Account,
    AccountUnknown,
    CallFailed,
    Sandbox,
    SandboxMisused,
    ViewFailed,
)
from sealwright_sandbox.mocks import MockContext, MockFailed


def test_mock__answers_calls_and_views_and_passes_the_rest(
    sandbox: Sandbox, client: Account, contract: Account
) -> None:
    with sandbox.mock("callee.near", "echo", returns={"price": "5"}, logs=["mocked"], gas=TGAS) as oracle:
        outcome = client.call("tiny.near", "forward", {"asset": "near"})
        assert outcome.value == {"price": "5"}
        assert outcome.logs == ["mocked"]
        assert sandbox.view("callee.near", "echo", {"asset": "usd"}) == {"price": "5"}
        client.call("callee.near", "put", b"1")
    assert sandbox.view("callee.near", "get") == 1

    called, viewed = oracle.calls
    assert (called.args, called.predecessor_id, called.signer_id) == (
        {"asset": "near"},
        "tiny.near",
        "client.near",
    )
    assert (called.value, called.gas_burnt, called.is_view) == (b'{"price":"5"}', TGAS, False)
    assert called.receipt_id in {receipt.id for receipt in outcome.receipts}
    assert viewed.is_view
    assert client.call("tiny.near", "forward", {"asset": "near"}).value == {"asset": "near"}
    assert len(oracle.calls) == 2
    sandbox.total_supply_check()


def test_mock__fails_like_a_contract(sandbox: Sandbox, client: Account, contract: Account) -> None:
    before = client.balance
    with sandbox.mock("tiny.near", "put", fails="CLOSED: come tomorrow"):
        with pytest.raises(CallFailed) as failed:
            client.call("tiny.near", "put", b"1", deposit=NEAR)
        with pytest.raises(ViewFailed):
            sandbox.view("tiny.near", "put")
    assert (failed.value.code, failed.value.text) == ("CLOSED", "come tomorrow")
    assert client.balance == before - failed.value.outcome.tokens_burnt
    sandbox.total_supply_check()


def test_mock__keeps_deposits_and_pays_for_gas(sandbox: Sandbox, client: Account, contract: Account) -> None:
    before = contract.balance
    with sandbox.mock("tiny.near", "put", gas=5 * TGAS) as mock:
        outcome = client.call("tiny.near", "put", deposit=NEAR, gas=10 * TGAS)
        assert outcome.raw == b""
        assert outcome.gas_burnt > 5 * TGAS
        with pytest.raises(CallFailed) as failed:
            client.call("tiny.near", "put", gas=TGAS)
        assert failed.value.code == "GAS_EXCEEDED"
    assert contract.balance > before + NEAR
    assert len(mock.calls) == 2
    sandbox.total_supply_check()


def test_mock__works_without_a_contract(sandbox: Sandbox, client: Account) -> None:
    with sandbox.mock("client.near", "ping", returns="pong"):
        assert client.call("client.near", "ping").value == "pong"
        assert sandbox.view("client.near", "ping") == "pong"
    with pytest.raises(CallFailed) as failed:
        client.call("client.near", "ping")
    assert failed.value.code == "CODE_DOES_NOT_EXIST"
    with pytest.raises(AccountUnknown):
        sandbox.mock("ghost.near", "ping")


def test_function__sees_the_call_and_returns_or_raises(
    sandbox: Sandbox, client: Account, contract: Account
) -> None:
    seen: list[MockContext] = []

    def price(context: MockContext) -> object:
        seen.append(context)
        if context.args["asset"] == "lead":
            raise MockFailed("UNKNOWN_ASSET: no gold")
        return {"height": context.block_height}

    with sandbox.mock("callee.near", "echo", price):
        assert client.call("tiny.near", "forward", {"asset": "near"}).value == {
            "height": seen[0].block_height
        }
        with pytest.raises(CallFailed, match="UNKNOWN_ASSET: no gold"):
            client.call("tiny.near", "forward", {"asset": "lead"})
        with pytest.raises(CallFailed, match="the mock failed: KeyError"):
            client.call("tiny.near", "forward", {"nothing": 1})
    assert (seen[0].account_id, seen[0].method, seen[0].deposit) == ("callee.near", "echo", 0)
    assert seen[0].gas == 20 * TGAS
    sandbox.total_supply_check()


def test_function__sees_what_a_callback_got(sandbox: Sandbox, client: Account, contract: Account) -> None:
    with sandbox.mock("tiny.near", "booked", lambda context: len(context.promise_results)) as mock:
        assert client.call("tiny.near", "ask", {"a": 1}).value == 1
    assert mock.calls[0].promise_results == (b'{"a":1}',)


def test_function__that_uses_its_sandbox_fails_the_call(
    sandbox: Sandbox, client: Account, contract: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    with (
        sandbox.mock("callee.near", "echo", lambda _: sandbox.view("tiny.near", "get")),
        pytest.raises(CallFailed, match="cannot use a sandbox"),
    ):
        client.call("tiny.near", "forward", {})
    assert client.call("tiny.near", "forward", {"a": 1}).value == {"a": 1}
    assert "cannot use a sandbox" in capfd.readouterr().err


def test_function__is_asked_while_other_threads_use_the_chain(
    sandbox: Sandbox, client: Account, contract: Account
) -> None:
    """The engine takes the GIL with its lock held: nobody may wait for the lock with the GIL."""
    other = sandbox.create_account("other")
    signed = []

    def busy() -> None:
        for _ in range(40):
            sandbox.view("tiny.near", "echo", [1])
            signed.append(other.batch().transfer(1).sign_delegate())

    with sandbox.mock("callee.near", "echo", lambda context: context.args):
        threads = [threading.Thread(target=busy) for _ in range(2)]
        for thread in threads:
            thread.start()
        for number in range(20):
            assert client.call("tiny.near", "forward", {"n": number}).value == {"n": number}
        for thread in threads:
            thread.join()
    assert len(signed) == 80


def test_mock__is_rolled_back(sandbox: Sandbox, client: Account, contract: Account) -> None:
    before = sandbox.snapshot()
    mock = sandbox.mock("tiny.near", "echo", returns=1)
    client.call("tiny.near", "echo")
    during = sandbox.snapshot()
    mock.remove()
    sandbox.rollback(during)
    assert sandbox.view("tiny.near", "echo") == 1
    assert len(mock.calls) == 2
    sandbox.rollback(during)
    assert len(mock.calls) == 1
    sandbox.rollback(before)
    assert sandbox.view("tiny.near", "echo", [2]) == [2]
    assert mock.calls == []


def test_mock__gives_one_answer(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxMisused):
        sandbox.mock("near", "ping", returns=1, fails="X: y")


def test_newer_mock__replaces_the_older(sandbox: Sandbox, client: Account) -> None:
    older = sandbox.mock("client.near", "ping", returns=1)
    newer = sandbox.mock("client.near", "ping", returns=2)
    older.remove()
    assert sandbox.view("client.near", "ping") == 2
    assert (len(older.calls), len(newer.calls)) == (0, 1)
