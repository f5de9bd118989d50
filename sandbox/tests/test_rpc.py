"""JSON-RPC: requests, answers, errors and HTTP statuses of a NEAR node."""

import base64
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from sealwright_sandbox import NEAR, Account, Rpc, Sandbox


@pytest.fixture
def rpc(sandbox: Sandbox) -> Iterator[Rpc]:
    with sandbox.serve() as rpc:
        yield rpc


def post(rpc: Rpc, body: bytes, content_type: str = "application/json") -> tuple[int, bytes]:
    request = urllib.request.Request(rpc.url, body, {"Content-Type": content_type})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def ask(rpc: Rpc, method: str, params: Any = None) -> tuple[int, Any]:
    body = {"jsonrpc": "2.0", "id": "me", "method": method, "params": params}
    status, answer = post(rpc, json.dumps(body).encode())
    return status, json.loads(answer)


def result(rpc: Rpc, method: str, params: Any = None) -> Any:
    status, answer = ask(rpc, method, params)
    assert (status, answer["id"], "error" in answer) == (200, "me", False), answer
    return answer["result"]


def error(rpc: Rpc, method: str, params: Any = None) -> tuple[int, Any]:
    status, answer = ask(rpc, method, params)
    assert answer["error"]["data"] is not None, "py-near reads data of every error"
    return status, answer["error"]


def latest(**fields: Any) -> dict[str, Any]:
    return {"finality": "final", **fields}


def encoded(signed: bytes) -> str:
    return base64.b64encode(signed).decode()


def test_status__names_chain_and_head(sandbox: Sandbox, rpc: Rpc) -> None:
    status = result(rpc, "status", [])
    assert status["chain_id"] == "sandbox"
    assert status["protocol_version"] == 86
    assert status["sync_info"]["latest_block_hash"] == sandbox.block_hash
    assert status["sync_info"]["latest_block_time"].startswith("2026-01-01T00:00:0")
    assert status["sync_info"]["syncing"] is False
    assert status["rpc_addr"] == rpc.url.removeprefix("http://")
    with urllib.request.urlopen(f"{rpc.url}/status") as answer:
        assert json.load(answer)["chain_id"] == "sandbox"
    with urllib.request.urlopen(f"{rpc.url}/health") as answer:
        assert json.load(answer) is None


def test_query__reads_accounts_keys_state_and_code(
    sandbox: Sandbox, rpc: Rpc, client: Account, contract: Account, tiny: bytes
) -> None:
    client.call("tiny.near", "put", b"42")
    account = result(rpc, "query", latest(request_type="view_account", account_id="client.near"))
    assert int(account["amount"]) == client.balance
    assert account["block_hash"] == sandbox.block_hash
    key = latest(request_type="view_access_key", account_id="client.near")
    bare = client.public_key.removeprefix("ed25519:")
    for public_key in (client.public_key, bare):
        found = result(rpc, "query", key | {"public_key": public_key})
        assert set(found) == {"block_hash", "block_height", "nonce", "permission"}
    keys = latest(request_type="view_access_key_list", account_id="client.near")
    assert result(rpc, "query", keys)["keys"][0]["public_key"] == client.public_key
    state = latest(request_type="view_state", account_id="tiny.near", prefix_base64="")
    assert result(rpc, "query", state)["values"] == [{"key": "ZW50cnk=", "value": "NDI="}]
    code = latest(request_type="view_code", account_id="tiny.near")
    assert base64.b64decode(result(rpc, "query", code)["code_base64"]) == tiny
    call = latest(request_type="call_function", account_id="tiny.near", method_name="get")
    assert bytes(result(rpc, "query", call | {"args_base64": ""})["result"]) == b"42"


def test_query__answers_at_an_older_block(sandbox: Sandbox, rpc: Rpc, client: Account) -> None:
    before, height = client.balance, sandbox.block_height
    client.transfer("near", NEAR)
    query = {"request_type": "view_account", "account_id": "client.near", "block_id": height}
    assert int(result(rpc, "query", query)["amount"]) == before


def test_query__reports_errors_as_a_node_does(rpc: Rpc, contract: Account) -> None:
    account = latest(request_type="view_account", account_id="ghost.near")
    status, unknown = error(rpc, "query", account)
    assert (status, unknown["cause"]["name"]) == (200, "UNKNOWN_ACCOUNT")
    assert unknown["cause"]["info"]["requested_account_id"] == "ghost.near"
    assert unknown["data"] == "account ghost.near does not exist while viewing"

    status, bad = error(rpc, "query", account | {"account_id": "NOT VALID"})
    assert (status, bad["code"]) == (400, -32700)

    code = latest(request_type="view_code", account_id="near")
    assert error(rpc, "query", code)[1]["cause"]["name"] == "NO_CONTRACT_CODE"


def test_query__reports_contract_errors_as_results(rpc: Rpc, client: Account, contract: Account) -> None:
    call = latest(request_type="call_function", account_id="tiny.near", args_base64="")
    refused = result(rpc, "query", call | {"method_name": "refuse"})
    assert "TOO_EARLY: wait for block 7" in refused["error"]
    assert refused["error"].startswith("wasm execution failed with error: HostError(GuestPanic")
    assert refused["logs"] == []
    key = latest(request_type="view_access_key", account_id="near", public_key=client.public_key)
    assert "does not exist while viewing" in result(rpc, "query", key)["error"]
    status, failed = error(rpc, "EXPERIMENTAL_call_function", call | {"method_name": "refuse"})
    assert (status, failed["cause"]["name"]) == (200, "CONTRACT_EXECUTION_ERROR")


def test_block__by_every_reference(sandbox: Sandbox, rpc: Rpc) -> None:
    sandbox.produce_blocks(3)
    final = result(rpc, "block", {"finality": "final"})
    assert final["header"]["hash"] == sandbox.block_hash
    height = final["header"]["height"]
    for params in ([height], [sandbox.block_hash], {"block_id": height}):
        assert result(rpc, "block", params) == final
    chunk_hash = final["chunks"][0]["chunk_hash"]
    assert result(rpc, "chunk", [chunk_hash])["header"]["chunk_hash"] == chunk_hash
    assert result(rpc, "gas_price", [None]) == {"gas_price": "100000000"}
    assert result(rpc, "validators", [None])["current_validators"][0]["account_id"] == "test.near"


def test_block__unknown_below_the_head_is_422(sandbox: Sandbox, rpc: Rpc) -> None:
    sandbox.fast_forward(10)
    status, skipped = error(rpc, "block", {"block_id": sandbox.block_height - 5})
    assert (status, skipped["cause"]["name"]) == (422, "UNKNOWN_BLOCK")
    status, future = error(rpc, "block", {"block_id": 10**9})
    assert (status, future["cause"]["name"]) == (200, "UNKNOWN_BLOCK")


def test_send_tx__waits_as_long_as_it_is_told(rpc: Rpc, client: Account) -> None:
    def send(wait_until: str) -> Any:
        signed = client.batch("near").transfer(1).sign()
        return result(rpc, "send_tx", {"signed_tx_base64": encoded(signed), "wait_until": wait_until})

    assert send("FINAL")["final_execution_status"] == "FINAL"
    executed = send("EXECUTED_OPTIMISTIC")
    assert "SuccessValue" in executed["status"]
    assert executed["transaction"]["receiver_id"] == "near"
    assert send("NONE") == {"final_execution_status": "NONE"}


def test_transactions__are_asked_for_by_hash(rpc: Rpc, client: Account, contract: Account) -> None:
    signed = client.batch("tiny.near").function_call("forward", {"a": 1}).sign()
    tx_hash = result(rpc, "broadcast_tx_async", [encoded(signed)])
    done = result(rpc, "tx", [tx_hash, "client.near"])
    assert base64.b64decode(done["status"]["SuccessValue"]) == b'{"a":1}'
    assert "receipts" not in done
    full = result(rpc, "EXPERIMENTAL_tx_status", {"tx_hash": tx_hash, "sender_account_id": "near"})
    assert {receipt["receiver_id"] for receipt in full["receipts"]} >= {"tiny.near", "callee.near"}
    receipt_id = full["receipts"][0]["receipt_id"]
    assert result(rpc, "EXPERIMENTAL_receipt", [receipt_id])["receiver_id"] == "tiny.near"


def test_tx__unknown(rpc: Rpc) -> None:
    unknown = {"tx_hash": "1" * 32, "sender_account_id": "near", "wait_until": "NONE"}
    status, answer = error(rpc, "tx", unknown)
    assert (status, answer["cause"]["name"]) == (200, "UNKNOWN_TRANSACTION")


def test_send_tx__refuses_what_breaks_a_rule(rpc: Rpc, client: Account) -> None:
    signed = client.batch("near").transfer(10**9 * NEAR).sign()
    for method, params in (
        ("send_tx", {"signed_tx_base64": encoded(signed)}),
        ("broadcast_tx_commit", [encoded(signed)]),
    ):
        status, refused = error(rpc, method, params)
        assert (status, refused["cause"]["name"]) == (200, "INVALID_TRANSACTION")
        assert "NotEnoughBalance" in refused["data"]["TxExecutionError"]["InvalidTxError"]
    status, bad = error(rpc, "send_tx", ["%%%"])
    assert status == 400
    assert bad["data"].startswith("Failed to decode transaction: Invalid ")


def test_send_tx__tells_of_a_transaction_that_lost_its_money_in_the_pool(sandbox: Sandbox) -> None:
    poor = sandbox.create_account("poor", balance=3 * NEAR)
    first, second = (poor.batch("near").transfer(2 * NEAR) for _ in range(2))
    first.submit()
    signed = second.sign()
    with sandbox.serve(block_interval_ms=200) as rpc:
        _, refused = error(rpc, "send_tx", [encoded(signed)])
    assert "NotEnoughBalance" in refused["data"]["TxExecutionError"]["InvalidTxError"]


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        (b'{"jsonrpc": "2.0", ', 400, "Failed to parse the request body as JSON"),
        (b"5", 400, "JSON RPC Request format was expected"),
        (b'[{"jsonrpc":"2.0","id":1,"method":"health"}]', 400, "format was expected"),
        (b'{"jsonrpc":"2.0","method":"health"}', 400, "format was expected"),
        (b'{"jsonrpc":"1.0","id":1,"method":"health"}', 400, "format was expected"),
        (b'{"jsonrpc":"2.0","id":1,"method":"health","extra":1}', 400, "format was expected"),
        (b'{"jsonrpc":"2.0","id":1,"method":"no_such"}', 400, "METHOD_NOT_FOUND"),
        (b'{"jsonrpc":"2.0","id":1,"method":"health"}', 200, '"result":null'),
        (b" " * (2 * 1024 * 1024 + 1), 413, "length limit exceeded"),
    ],
)
def test_http__refuses_what_a_node_refuses(rpc: Rpc, body: bytes, status: int, text: str) -> None:
    answered, answer = post(rpc, body)
    assert (answered, text in answer.decode()) == (status, True), answer


def test_http__wants_json(rpc: Rpc) -> None:
    assert post(rpc, b"{}", "text/plain")[0] == 415
    assert (
        post(rpc, b'{"jsonrpc":"2.0","id":1,"method":"health"}', "application/json; charset=utf-8")[0] == 200
    )


def test_sandbox_methods__patch_and_jump(sandbox: Sandbox, rpc: Rpc, contract: Account) -> None:
    data = {"account_id": "tiny.near", "data_key": "ZW50cnk=", "value": "NDI="}
    assert result(rpc, "sandbox_patch_state", {"records": [{"Data": data}]}) == {}
    assert sandbox.view("tiny.near", "get") == 42
    height = sandbox.block_height
    assert result(rpc, "sandbox_fast_forward", {"delta_height": 50}) == {}
    assert sandbox.block_height > height + 50
    status, bad = error(rpc, "sandbox_fast_forward", {"delta_height": -1})
    assert status == 400
    assert "expected u64" in bad["data"]


def test_serve__at_an_interval_makes_blocks_without_work(sandbox: Sandbox) -> None:
    height = sandbox.block_height
    with sandbox.serve(block_interval_ms=5) as rpc:
        while result(rpc, "status")["sync_info"]["latest_block_height"] < height + 3:
            time.sleep(0.005)
    stopped = sandbox.block_height
    time.sleep(0.05)
    assert sandbox.block_height == stopped


def test_serve__on_demand_lets_a_yield_wait(sandbox: Sandbox, client: Account, contract: Account) -> None:
    with sandbox.serve() as rpc:
        wait = encoded(client.batch("tiny.near").function_call("wait").sign())
        tx_hash = result(rpc, "broadcast_tx_async", [wait])
        answers: list[Any] = []
        asking = threading.Thread(target=lambda: answers.append(result(rpc, "tx", [tx_hash, "near"])))
        asking.start()
        answerer = sandbox.create_account("answerer")
        answerer.call("tiny.near", "answer")
        asking.join(timeout=20)
    assert base64.b64decode(answers[0]["status"]["SuccessValue"]) == b'"yes"'


def test_serve__stops_and_frees_its_port(sandbox: Sandbox) -> None:
    with sandbox.serve() as rpc:
        port = int(rpc.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            Sandbox().serve(port)
    with sandbox.serve(port) as rpc:
        assert result(rpc, "health") is None
