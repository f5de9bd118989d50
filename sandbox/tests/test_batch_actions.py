"""Batches: gas keys, global contracts, deterministic accounts."""

import hashlib
import re

import pytest
from sealwright_sandbox import NEAR, CallFailed, Sandbox, SandboxMisused, TransactionRefused
from sealwright_sandbox.keys import test_key as key_of

GAS_KEY = key_of("a gas key").public_key


def base58(digest: bytes) -> str:
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number, text = int.from_bytes(digest, "big"), ""
    while number:
        number, low = divmod(number, 58)
        text = alphabet[low] + text
    return text


def permission_of_gas_key(sandbox: Sandbox, account_id: str) -> dict[str, object]:
    keys = sandbox.query("view_access_key_list", account_id=account_id)["keys"]
    (found,) = [key["access_key"]["permission"] for key in keys if key["public_key"] == GAS_KEY]
    permission: dict[str, object] = found
    return permission


def test_add_gas_key__opens_its_nonces_and_keeps_its_own_balance(sandbox: Sandbox) -> None:
    client = sandbox.create_account("client")
    client.batch().add_gas_key(GAS_KEY, nonces=3).transfer_to_gas_key(GAS_KEY, NEAR // 2).send()

    permission = permission_of_gas_key(sandbox, client.account_id)
    assert permission == {"GasKeyFullAccess": {"balance": str(NEAR // 2), "num_nonces": 3}}
    found = sandbox.query("view_gas_key_nonces", account_id=client.account_id, public_key=GAS_KEY)
    assert len(found["nonces"]) == 3

    client.batch().withdraw_from_gas_key(GAS_KEY, NEAR // 4).send()
    permission = permission_of_gas_key(sandbox, client.account_id)
    assert permission == {"GasKeyFullAccess": {"balance": str(NEAR // 4), "num_nonces": 3}}


def test_add_gas_key__can_be_limited_to_a_contract(sandbox: Sandbox) -> None:
    client = sandbox.create_account("client")
    client.batch().add_gas_key(GAS_KEY, nonces=1, contract_id="market.near", methods=["claim"]).send()

    assert permission_of_gas_key(sandbox, client.account_id) == {
        "GasKeyFunctionCall": {
            "balance": "0",
            "num_nonces": 1,
            "allowance": None,
            "receiver_id": "market.near",
            "method_names": ["claim"],
        }
    }


def test_deploy_global__serves_users_by_hash_and_by_account(sandbox: Sandbox, tiny: bytes) -> None:
    author = sandbox.create_account("author", balance=10 * NEAR)
    author.batch().deploy_global(tiny).deploy_global(tiny, by_account=True).send()
    code_hash = base58(hashlib.sha256(tiny).digest())
    by_hash, by_account = sandbox.create_account("first"), sandbox.create_account("second")
    by_hash.batch().use_global(code_hash=code_hash).send()
    by_account.batch().use_global(account_id=author.account_id).send()

    for user in (by_hash, by_account):
        assert author.call(user.account_id, "echo", [7]).value == [7]
    found = sandbox.query("view_global_contract_code_by_account_id", account_id=author.account_id)
    assert found["hash"] == code_hash


def test_use_global__takes_one_name(sandbox: Sandbox) -> None:
    batch = sandbox.root.batch()
    with pytest.raises(SandboxMisused):
        batch.use_global()
    with pytest.raises(SandboxMisused):
        batch.use_global(code_hash="1" * 32, account_id="near")
    with pytest.raises(CallFailed, match="GlobalContractDoesNotExist"):
        batch.use_global(account_id="nobody.near").send()


def test_deterministic_state_init__makes_the_account_of_its_state(sandbox: Sandbox, tiny: bytes) -> None:
    author = sandbox.create_account("author", balance=10 * NEAR)
    author.batch().deploy_global(tiny, by_account=True).send()
    data = {b"owner": b"author"}
    wrong = author.batch("0s" + 40 * "0").deterministic_state_init(account_id=author.account_id, data=data)
    with pytest.raises(TransactionRefused, match="InvalidDeterministicStateInitReceiver") as refused:
        wrong.send()
    account_id = next(
        name for name in re.findall(r"0s[0-9a-f]{40}", str(refused.value)) if name != wrong.receiver_id
    )

    init = author.batch(account_id)
    init.deterministic_state_init(account_id=author.account_id, data=data, deposit=NEAR).send()

    assert sandbox.storage(account_id) == {b"owner": b"author"}
    assert author.call(account_id, "echo", [7]).value == [7]
    with pytest.raises(SandboxMisused):
        author.batch(account_id).deterministic_state_init(data={})


def test_stake__asks_with_amount_and_key(sandbox: Sandbox) -> None:
    batch = sandbox.root.batch().stake(5, GAS_KEY)

    assert batch.actions == [{"Stake": {"stake": "5", "public_key": GAS_KEY}}]
