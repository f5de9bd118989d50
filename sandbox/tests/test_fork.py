"""Accounts of a live network in a sandbox; the network is another sandbox behind a door that can be ill."""

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sealwright_sandbox import Sandbox, SandboxMisused
from sealwright_sandbox.errors import ImportFailed
from sealwright_sandbox.fork import Fork, RemoteState
from sealwright_sandbox.fork.transport import Transport

Trouble = Callable[[dict[str, Any]], tuple[int, bytes] | None]


class Door:
    """JSON-RPC that passes questions on, unless `trouble` answers them."""

    def __init__(self, url: str) -> None:
        self.asked: list[dict[str, Any]] = []
        self.trouble: Trouble = lambda _: None
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = door.answer(url, body)
                with suppress(ConnectionError):  # who asked may have given up
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, url: str, body: bytes) -> tuple[int, bytes]:
        question = json.loads(body)
        self.asked.append(question)
        ill = self.trouble(question)
        if ill is not None:
            return ill
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return 200, answer.read()

    def queries(self, request_type: str) -> list[dict[str, Any]]:
        found = [each["params"] for each in self.asked if each["method"] == "query"]
        return [each for each in found if each["request_type"] == request_type]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def busy(status: int) -> tuple[int, bytes]:
    return status, b"later"


def rpc_error(name: str) -> tuple[int, bytes]:
    error = {"name": "HANDLER_ERROR", "cause": {"name": name, "info": {}}, "code": -32000, "data": "no"}
    return 200, json.dumps({"jsonrpc": "2.0", "id": "fork", "error": error}).encode()


def too_large(question: dict[str, Any]) -> tuple[int, bytes] | None:
    """A node that shows single keys only."""
    params = question["params"]
    whole = question["method"] == "query" and params["request_type"] == "view_state"
    return rpc_error("TOO_LARGE_CONTRACT_STATE") if whole and not params["prefix_base64"] else None


@pytest.fixture
def mainnet(tiny: bytes) -> Iterator[Sandbox]:
    with Sandbox(chain_id="mainnet-like") as network:
        store = network.create_account("store")
        store.deploy(tiny)
        store.call("store.near", "put", b"first")
        yield network


@pytest.fixture
def door(mainnet: Sandbox) -> Iterator[Door]:
    with mainnet.serve() as rpc:
        door = Door(rpc.url)
        yield door
        door.close()


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what imports ask twice, without a pause."""
    defaults = {"timeout_s": 5.0, "attempts": 2, "pause": lambda _: None}
    monkeypatch.setattr(Transport.__init__, "__kwdefaults__", defaults)


def remote(door: Door, cache: Path, block: int | None = None) -> RemoteState:
    transport = Transport(door.url, attempts=3, timeout_s=5, pause=lambda _: None)
    return RemoteState(door.url, block, cache=cache, transport=transport)


def test_import__takes_account_code_keys_and_storage(
    mainnet: Sandbox, door: Door, sandbox: Sandbox, tmp_path: Path
) -> None:
    there = mainnet.account("store.near")
    here = sandbox.import_account("store.near", rpc_url=door.url, cache=tmp_path)
    assert here.balance == there.balance
    assert here.storage == there.storage
    assert here.storage_usage == there.storage_usage
    assert sandbox.view_raw("store.near", "get") == b"first"
    sandbox.treasury.call("store.near", "put", b"second")
    assert sandbox.view_raw("store.near", "get") == b"second"
    assert mainnet.view_raw("store.near", "get") == b"first"
    assert sandbox.total_supply_check().holds


def test_import__of_nobody_is_an_error(door: Door, sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(ImportFailed) as failed:
        sandbox.import_account("nobody.near", rpc_url=door.url, cache=tmp_path)
    assert failed.value.code == "ACCOUNT_UNKNOWN"
    sandbox.create_account("store")
    with pytest.raises(SandboxMisused, match="exists already"):
        sandbox.import_account("store.near", rpc_url=door.url, cache=tmp_path)


def test_import__is_of_its_block(mainnet: Sandbox, door: Door, sandbox: Sandbox, tmp_path: Path) -> None:
    block = mainnet.block_height
    mainnet.treasury.call("store.near", "put", b"later")
    sandbox.import_account("store.near", rpc_url=door.url, block=block, cache=tmp_path)
    assert sandbox.view_raw("store.near", "get") == b"first"


def test_import__works_again_without_the_network(mainnet: Sandbox, door: Door, tmp_path: Path) -> None:
    block = mainnet.block_height
    with Sandbox() as sandbox:
        sandbox.import_account("store.near", rpc_url=door.url, block=block, cache=tmp_path)
    door.trouble = lambda _: busy(500)
    before = len(door.asked)
    with Sandbox() as sandbox:
        sandbox.import_account("store.near", rpc_url=door.url, block=block, cache=tmp_path)
        assert sandbox.view_raw("store.near", "get") == b"first"
    assert len(door.asked) == before


def test_state_that_is_too_large__is_read_by_key(
    mainnet: Sandbox, door: Door, sandbox: Sandbox, tmp_path: Path
) -> None:
    door.trouble = too_large
    store = sandbox.import_account("store.near", rpc_url=door.url, cache=tmp_path)
    assert store.storage == {}
    usage = store.storage_usage
    assert sandbox.view_raw("store.near", "get") == b"first"
    assert store.storage == {}, "a view changes nothing"
    sandbox.treasury.call("store.near", "put", b"other")
    assert store.storage == {b"entry": b"other"}
    assert store.storage_usage == usage, "the value that was replaced is as long"
    assert sandbox.view_raw("store.near", "get") == b"other"
    assert sandbox.total_supply_check().holds


def test_state_read_by_key__survives_removal_and_rollback(
    mainnet: Sandbox, door: Door, sandbox: Sandbox, tmp_path: Path, tiny_build: Any
) -> None:
    code = tiny_build.contract(
        {
            "drop": [("storage_remove", b"entry", 0)],
            "has": [("storage_has_key", b"entry"), ("storage_write", b"has", b"x", 0)],
            "get": [("storage_read", b"entry", 1), ("value_return", -1, 1)],
        }
    )
    mainnet.account("store.near").deploy(code)
    sandbox.import_account("store.near", rpc_url=door.url, lazy=True, cache=tmp_path)
    before = sandbox.snapshot()
    sandbox.treasury.call("store.near", "drop")
    with pytest.raises(Exception, match="register"):
        sandbox.view_raw("store.near", "get")
    sandbox.rollback(before)
    assert sandbox.view_raw("store.near", "get") == b"first"
    sandbox.treasury.call("store.near", "has")
    assert sandbox.account("store.near").storage == {b"entry": b"first", b"has": b"x"}


def test_fork__imports_what_is_touched(mainnet: Sandbox, door: Door, tmp_path: Path) -> None:
    mainnet.create_account("user")
    block = mainnet.block_height
    with Sandbox(fork=Fork(door.url, block, tmp_path)) as fork:
        assert (fork.chain_id, fork.block_height) == ("mainnet-like", block)
        header = mainnet.rpc("block", {"block_id": block})["header"]
        assert fork.block_time_ms == int(header["timestamp_nanosec"]) // 1_000_000
        assert "store.near" not in fork.accounts()
        user = fork.account("user.near")
        assert user.balance == mainnet.account("user.near").balance
        user.call("store.near", "put", b"forked")
        assert fork.view_raw("store.near", "get") == b"forked"
        assert {"store.near", "user.near"} <= set(fork.accounts())
        assert not fork.account("nobody.near").exists
        assert fork.total_supply_check().holds


def test_fork__is_deterministic_whatever_is_fetched_when(
    mainnet: Sandbox, door: Door, tmp_path: Path
) -> None:
    block = mainnet.block_height
    outcomes = []
    for cache in (tmp_path / "a", tmp_path / "a", tmp_path / "b"):
        with Sandbox(fork=Fork(door.url, block, cache)) as fork:
            outcome = fork.treasury.call("store.near", "put", b"forked")
            outcomes.append((fork.block_hash, outcome.view))
    assert outcomes[0] == outcomes[1] == outcomes[2]


@pytest.mark.parametrize("name", ["UNKNOWN_BLOCK", "GARBAGE_COLLECTED_BLOCK"])
def test_missing_block__is_named(door: Door, tmp_path: Path, name: str) -> None:
    door.trouble = lambda _: rpc_error(name)
    with pytest.raises(ImportFailed, match="archive") as failed:
        remote(door, tmp_path, block=7)
    assert failed.value.code == "BLOCK_UNKNOWN"


def test_busy_network__is_asked_again(door: Door, tmp_path: Path) -> None:
    answers = iter([busy(429), busy(503), None])
    door.trouble = lambda _: next(answers, None)
    assert remote(door, tmp_path).chain_id == "mainnet-like"


def test_network_that_stays_away__is_an_error_with_its_reason(door: Door, tmp_path: Path) -> None:
    door.trouble = lambda _: busy(429)
    with pytest.raises(ImportFailed, match=r"HTTP 429 \(3 attempts\)") as failed:
        remote(door, tmp_path)
    assert failed.value.code == "NETWORK"
    door.close()
    with pytest.raises(ImportFailed, match="NETWORK"):
        remote(door, tmp_path)


def test_network_that_fails_in_an_import__leaves_nothing(
    door: Door, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch)
    door.trouble = lambda question: busy(500) if "view_code" in json.dumps(question) else None
    height = sandbox.block_height
    with pytest.raises(ImportFailed, match="HTTP 500"):
        sandbox.import_account("store.near", rpc_url=door.url, cache=tmp_path)
    assert (sandbox.account("store.near").exists, sandbox.block_height) == (False, height)
    door.trouble = lambda _: None
    assert sandbox.import_account("store.near", rpc_url=door.url, cache=tmp_path).exists


def test_network_that_fails_in_a_block__makes_no_block(
    mainnet: Sandbox, door: Door, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch)
    sandbox.import_account("store.near", rpc_url=door.url, lazy=True, cache=tmp_path)
    client = sandbox.create_account("client")
    door.trouble = lambda _: busy(504)
    pending = client.submit("store.near", "put", b"other")
    sandbox.produce_blocks(1)
    height = sandbox.block_height
    with pytest.raises(ImportFailed, match="HTTP 504"):
        sandbox.produce_blocks(1)
    with pytest.raises(ImportFailed, match="HTTP 504"):
        sandbox.view_raw("store.near", "get")
    assert sandbox.block_height == height
    door.trouble = lambda _: None
    sandbox.produce_blocks(3)
    outcome = pending.outcome()
    assert outcome is not None
    assert outcome.succeeded
    assert sandbox.account("store.near").storage == {b"entry": b"other"}


def test_single_key_that_is_too_large_to_show__is_an_error(
    door: Door, sandbox: Sandbox, tmp_path: Path
) -> None:
    door.trouble = lambda question: (
        rpc_error("TOO_LARGE_CONTRACT_STATE") if "view_state" in json.dumps(question) else None
    )
    sandbox.import_account("store.near", rpc_url=door.url, cache=tmp_path)
    with pytest.raises(ImportFailed) as failed:
        sandbox.view_raw("store.near", "get")
    assert failed.value.code == "STATE_TOO_LARGE"


def test_silent_network__times_out(door: Door, tmp_path: Path) -> None:
    waiting = threading.Event()
    door.trouble = lambda _: (waiting.wait(5), busy(500))[1]
    try:
        transport = Transport(door.url, attempts=1, timeout_s=0.2, pause=lambda _: None)
        with pytest.raises(ImportFailed, match="timed out"):
            RemoteState(door.url, cache=tmp_path, transport=transport)
    finally:
        waiting.set()


def test_fork_with_a_home__is_refused(door: Door, tmp_path: Path) -> None:
    with pytest.raises(SandboxMisused, match="home"):
        Sandbox(fork=Fork(door.url, None, tmp_path), home=tmp_path / "home")
