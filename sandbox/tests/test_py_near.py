"""py-near, unchanged, against our JSON-RPC."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from py_near import transactions  # type: ignore[import-untyped]
from py_near.account import Account as PyNearAccount  # type: ignore[import-untyped]
from py_near.account import ViewFunctionError
from py_near.exceptions.provider import InvalidNonce, NotEnoughBalance  # type: ignore[import-untyped]
from sealwright_sandbox import NEAR, TGAS, Account, Rpc, Sandbox
from sealwright_sandbox.keys import test_key as key_of

Use = Callable[[PyNearAccount], Awaitable[None]]


@pytest.fixture
def rpc(sandbox: Sandbox) -> Iterator[Rpc]:
    with sandbox.serve() as rpc:
        yield rpc


@pytest.fixture
def drive(rpc: Rpc, client: Account) -> Callable[[Use], None]:
    """Runs a coroutine with a py-near account that signs as client.near."""

    def run(use: Use) -> None:
        async def session() -> None:
            account = PyNearAccount(client.account_id, client.secret_key, rpc.url)
            await account.startup()
            try:
                await use(account)
            finally:
                await account.shutdown()

        asyncio.run(session())

    return run


def test_py_near__reads_balance_and_keys(drive: Callable[[Use], None], client: Account) -> None:
    async def use(account: PyNearAccount) -> None:
        assert account.chain_id == "sandbox"
        assert await account.get_balance() == client.balance
        key = await account.get_access_key(account.signer)
        assert key.permission == "FullAccess"
        assert len(await account.get_access_key_list()) == 1

    drive(use)


def test_py_near__creates_deploys_calls_and_views(
    drive: Callable[[Use], None], sandbox: Sandbox, rpc: Rpc, tiny: bytes
) -> None:
    async def use(account: PyNearAccount) -> None:
        name = "dapp.client.near"
        key = key_of(name)
        await account.create_account(name, key.public_key.removeprefix("ed25519:"), 20 * NEAR)
        assert sandbox.account(name).balance == 20 * NEAR

        dapp = PyNearAccount(name, key.secret_key, rpc.url)
        await dapp.startup()
        deployed = await dapp.deploy_contract(tiny)
        assert "SuccessValue" in deployed.status
        await dapp.shutdown()

        called = await account.function_call(name, "put", {"n": 1}, gas=30 * TGAS)
        assert "SuccessValue" in called.status
        viewed = await account.view_function(name, "get", {})
        assert viewed.result == {"n": 1}
        shouted = await account.function_call(name, "shout", {}, gas=30 * TGAS)
        assert "hello" in shouted.logs

    drive(use)


def test_py_near__sends_raw_bytes(drive: Callable[[Use], None], sandbox: Sandbox, contract: Account) -> None:
    raw = bytes(range(256))

    async def use(account: PyNearAccount) -> None:
        action = transactions.create_function_call_action("put", raw, 30 * TGAS, NEAR)
        await account.sign_and_submit_tx(contract.account_id, [action])

    before = contract.balance
    drive(use)
    assert sandbox.storage(contract.account_id)[b"entry"] == raw
    assert contract.balance >= before + NEAR


def test_py_near__sees_failures(drive: Callable[[Use], None], contract: Account) -> None:
    async def use(account: PyNearAccount) -> None:
        failed = await account.function_call(contract.account_id, "refuse", {}, gas=30 * TGAS)
        assert "TOO_EARLY: wait for block 7" in json.dumps(failed.status["Failure"])
        with pytest.raises(ViewFunctionError, match="TOO_EARLY"):
            await account.view_function(contract.account_id, "refuse", {})
        with pytest.raises(NotEnoughBalance):
            await account.send_money("near", 10**6 * NEAR)

    drive(use)


def test_py_near__keeps_working_across_a_jump(
    drive: Callable[[Use], None], sandbox: Sandbox, contract: Account
) -> None:
    async def use(account: PyNearAccount) -> None:
        # py-near keeps the block hash of its first transaction for 50 seconds of real time.
        await account.send_money("near", NEAR)
        height = sandbox.block_height
        sandbox.fast_forward(200)
        assert sandbox.block_height > height + 200
        sent = await account.send_money("near", NEAR)
        assert "SuccessValue" in sent.status
        called = await account.function_call(contract.account_id, "echo", {"a": 1}, gas=30 * TGAS)
        assert "SuccessValue" in called.status

    drive(use)


def test_py_near__adds_a_key_and_waits_for_a_hash(
    drive: Callable[[Use], None], sandbox: Sandbox, contract: Account
) -> None:
    async def use(account: PyNearAccount) -> None:
        key = key_of("device")
        await account.add_public_key(key.public_key.removeprefix("ed25519:"), contract.account_id, ["echo"])
        tx_hash = await account.function_call(contract.account_id, "echo", {}, included=True)
        found: Any = await account.provider.get_tx(tx_hash, account.account_id)
        assert "SuccessValue" in found.status
        height = sandbox.block_height  # the refund's block may still be on its way
        block = await account.provider.get_block(height)
        assert block["header"]["height"] == height

    drive(use)


def test_py_near__names_a_used_nonce(drive: Callable[[Use], None], client: Account, rpc: Rpc) -> None:
    signed = client.batch("near").transfer(1).sign()
    other = client.batch("near").transfer(2).sign()

    async def use(account: PyNearAccount) -> None:
        await account.provider.send_tx_and_wait(base64.b64encode(signed).decode())
        with pytest.raises(InvalidNonce):
            await account.provider.send_tx_and_wait(base64.b64encode(other).decode())

    drive(use)
