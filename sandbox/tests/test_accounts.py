"""Accounts, keys, batches, transfers."""

import pytest
from sealwright_sandbox import (
    NEAR,
    AccountUnknown,
    CallFailed,
    Sandbox,
    SandboxMisused,
    TransactionRefused,
)
from sealwright_sandbox.account import Account
from sealwright_sandbox.keys import test_key as key_of


def test_genesis__has_the_accounts_of_a_near_sandbox(sandbox: Sandbox) -> None:
    assert sandbox.accounts() == ["near", "registrar", "sandbox", "test.near"]
    assert sandbox.root.balance == 10_000 * NEAR
    keys = {key["public_key"] for key in sandbox.root.keys}
    assert keys == {
        "ed25519:5BGSaf6YjVm7565VzWQHNxoyEjwr3jUpRJSGjREvU9dB",
        "ed25519:8m5xVk5HSrudbw9pptQPLnFsKYAmGGng5hzvjgARxso4",
    }


def test_create_account__makes_a_child_of_near_with_a_known_key(sandbox: Sandbox) -> None:
    client = sandbox.create_account("client", balance=7 * NEAR)

    assert client.account_id == "client.near"
    assert client.balance == 7 * NEAR
    assert client.public_key == key_of("client.near").public_key
    assert [key["public_key"] for key in client.keys] == [client.public_key]


def test_create_account__takes_a_dotted_name_as_it_is(sandbox: Sandbox) -> None:
    assert sandbox.create_account("market.near").exists
    assert sandbox.create_account("v1.market.near", balance=NEAR).balance == NEAR
    assert sandbox.create_account("dapp.testnet").exists


def test_create_account__fails_where_it_exists_or_the_parent_does_not(sandbox: Sandbox) -> None:
    sandbox.create_account("client")
    with pytest.raises(CallFailed) as failed:
        sandbox.create_account("client")
    assert failed.value.code == "ACCOUNT_ALREADY_EXISTS"
    with pytest.raises(AccountUnknown):
        sandbox.create_account("a.nobody.near")


def test_balance__of_an_unknown_account_is_an_error(sandbox: Sandbox) -> None:
    with pytest.raises(AccountUnknown, match=r"ghost\.near"):
        _ = sandbox.account("ghost.near").balance
    assert not sandbox.account("ghost.near").exists


def test_transfer__moves_the_amount_and_burns_gas(sandbox: Sandbox, client: Account) -> None:
    payee = sandbox.create_account("payee", balance=NEAR)
    before = client.balance

    outcome = client.transfer(payee.account_id, 3 * NEAR)

    assert payee.balance == 4 * NEAR
    assert client.balance == before - 3 * NEAR - outcome.tokens_burnt
    assert outcome.gas_burnt > 0
    sandbox.total_supply_check()


def test_transfer__beyond_the_balance_is_refused(client: Account) -> None:
    with pytest.raises(TransactionRefused) as refused:
        client.transfer("near", 1_000 * NEAR)
    assert refused.value.code == "NOT_ENOUGH_BALANCE"


def test_batch__does_all_or_nothing(sandbox: Sandbox, client: Account) -> None:
    batch = client.batch("new.client.near").create_account().transfer(5 * NEAR)
    with pytest.raises(CallFailed):
        batch.function_call("nothing").send()
    assert not sandbox.account("new.client.near").exists

    key = sandbox.account("new.client.near").public_key
    client.batch("new.client.near").create_account().transfer(5 * NEAR).add_key(key).send()
    assert sandbox.account("new.client.near").balance == 5 * NEAR


def test_with_key__signs_with_a_function_call_key(
    sandbox: Sandbox, client: Account, contract: Account
) -> None:
    key = key_of("device")
    client.batch().add_key(
        key.public_key, contract_id=contract.account_id, methods=["echo"], allowance=NEAR
    ).send()
    device = client.with_key(key.secret_key)

    assert device.call("tiny.near", "echo", {"a": 1}).value == {"a": 1}
    with pytest.raises(TransactionRefused) as refused:
        device.call("tiny.near", "put", b"1")
    assert refused.value.code == "METHOD_NAME_MISMATCH"
    with pytest.raises(TransactionRefused) as refused:
        device.transfer("near", 1)
    assert refused.value.code == "REQUIRES_FULL_ACCESS"


def test_delegate__lets_a_relayer_pay(sandbox: Sandbox, client: Account, contract: Account) -> None:
    relayer = sandbox.create_account("relayer", balance=10 * NEAR)
    before = client.balance
    signed = client.batch("tiny.near").function_call("shout").sign_delegate()

    outcome = relayer.batch(client.account_id).delegate(signed).send()

    assert "hello" in outcome.logs
    assert client.balance == before


def test_delete__gives_the_rest_to_the_beneficiary(sandbox: Sandbox, client: Account) -> None:
    heir = sandbox.create_account("heir", balance=NEAR)
    client.delete(heir.account_id)
    assert not client.exists
    assert heir.balance > 100 * NEAR
    sandbox.total_supply_check()


def test_arguments_of_the_wrong_kind__are_named(sandbox: Sandbox, client: Account) -> None:
    with pytest.raises(SandboxMisused, match="NOT VALID"):
        client.transfer("NOT VALID", 1)
    with pytest.raises(SandboxMisused):
        client.with_key("ed25519:xyz")
    with pytest.raises(SandboxMisused):
        sandbox.submit(b"no transaction")
    with pytest.raises(SandboxMisused):
        Sandbox(epoch="long")
    with pytest.raises(SandboxMisused, match=r"84\.\.=88"):
        Sandbox(protocol_version=50)
    with pytest.raises(SandboxMisused, match="block_interval_ms"):
        Sandbox(block_interval_ms=0)
