"""Acting for an account without its key."""

import base64

import pytest
from sealwright_sandbox import (
    NEAR,
    Account,
    CallFailed,
    QueryFailed,
    Sandbox,
    SandboxMisused,
    TransactionRefused,
)


@pytest.fixture
def dao(sandbox: Sandbox) -> Account:
    """An account whose only key is gone."""
    account = sandbox.create_account("dao", balance=10 * NEAR)
    account.batch().delete_key(account.public_key).send()
    with pytest.raises(TransactionRefused):
        account.transfer("near", NEAR)
    return account


def test_impersonate__acts_and_pays(sandbox: Sandbox, dao: Account, contract: Account) -> None:
    actor = sandbox.impersonate("dao.near")
    before = dao.balance
    outcome = actor.transfer("near", NEAR)
    assert dao.balance == before - NEAR - outcome.tokens_burnt

    called = actor.call("tiny.near", "forward", {"a": 1}, deposit=NEAR)
    assert called.value == {"a": 1}
    assert called.view["transaction"]["signer_id"] == "dao.near"
    assert {receipt.executor_id for receipt in called.receipts} == {"tiny.near", "callee.near", "dao.near"}
    sandbox.total_supply_check()


def test_impersonate__signs_for_contracts_and_children(sandbox: Sandbox, dao: Account, tiny: bytes) -> None:
    actor = sandbox.impersonate("dao.near")
    actor.deploy(tiny)
    child = actor.create_account("child", NEAR)
    assert child.account_id == "child.dao.near"
    assert child.exists
    assert actor.keys == []


def test_impersonate__breaks_no_other_rule(sandbox: Sandbox, dao: Account, contract: Account) -> None:
    actor = sandbox.impersonate("dao.near")
    with pytest.raises(TransactionRefused) as refused:
        actor.transfer("near", 100 * NEAR)
    assert refused.value.code == "NOT_ENOUGH_BALANCE"
    with pytest.raises(TransactionRefused) as refused:
        actor.batch("tiny.near").function_call("echo", gas=0).send()
    assert refused.value.code == "FUNCTION_CALL_ZERO_ATTACHED_GAS"
    with pytest.raises(TransactionRefused) as refused:
        sandbox.impersonate("ghost.near").transfer("near", 1)
    assert refused.value.code == "SIGNER_DOES_NOT_EXIST"
    with pytest.raises(CallFailed) as failed:
        actor.call("tiny.near", "refuse", deposit=NEAR)
    assert failed.value.code == "TOO_EARLY"
    sandbox.total_supply_check()


def test_submit__waits_for_blocks_and_rolls_back(sandbox: Sandbox, dao: Account, contract: Account) -> None:
    actor = sandbox.impersonate("dao.near")
    snapshot = sandbox.snapshot()
    pending = [actor.submit("tiny.near", "echo", b"1") for _ in range(2)]
    assert pending[0].hash != pending[1].hash
    sandbox.produce_blocks(4)
    results = [outcome.raw for one in pending if (outcome := one.outcome())]
    assert results == [b"1", b"1"]
    sandbox.rollback(snapshot)
    assert actor.submit("tiny.near", "echo", b"1").hash == pending[0].hash


def test_impersonate__signs_nothing(sandbox: Sandbox, dao: Account) -> None:
    actor = sandbox.impersonate("dao.near")
    with pytest.raises(SandboxMisused):
        actor.batch("near").transfer(1).sign()
    with pytest.raises(SandboxMisused):
        _ = actor.secret_key


def test_rpc__cannot_impersonate(sandbox: Sandbox, dao: Account) -> None:
    """The bytes of an impersonated transaction, sent by anybody, have no valid signature."""
    signed = sandbox.account("near").batch("near").transfer(1).sign()
    key, signature = len("near") + 4, len(signed) - 65
    forged = bytearray(signed)
    forged[key + 1 : key + 33] = bytes(32)
    forged[signature + 1 :] = bytes(64)
    with pytest.raises(TransactionRefused) as refused:
        sandbox.submit(bytes(forged))
    assert refused.value.code == "INVALID_SIGNATURE"
    with pytest.raises(QueryFailed):
        sandbox.rpc("broadcast_tx_async", [base64.b64encode(bytes(forged)).decode()])
