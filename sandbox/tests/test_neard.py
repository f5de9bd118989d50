"""`sealwright-neard` as the programs see it that take it for neard."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sealwright_sandbox.keys import padded_key
from sealwright_sandbox.neard.cli import main

PROGRAM = [sys.executable, "-m", "sealwright_sandbox.neard.cli"]


def init(home: Path, *arguments: str) -> None:
    done = CliRunner().invoke(main, ["--home", str(home), "init", *arguments])
    assert done.exit_code == 0, done.output


def read(home: Path, name: str) -> Any:
    return json.loads((home / name).read_text())


def rpc(url: str, method: str, params: Any) -> Any:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["result"]


def is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/status") as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextmanager
def running(home: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [*PROGRAM, "--home", str(home), "run", "--rpc-addr", address, "--network-addr", "127.0.0.1:0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        url = f"http://{address}"
        while process.poll() is None and not is_up(url):
            time.sleep(0.05)
        assert process.poll() is None, process.communicate()
        yield url
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        assert process.returncode == 0


def balance(url: str, account_id: str) -> int:
    query = {"request_type": "view_account", "finality": "final", "account_id": account_id}
    return int(rpc(url, "query", query)["amount"])


def test_init__writes_the_files_that_tools_read(tmp_path: Path) -> None:
    init(tmp_path, "--chain-id", "localnet", "--account-id", "sandbox", "--test-seed", "sandbox", "--fast")
    key, genesis, config = (read(tmp_path, f"{name}.json") for name in ("validator_key", "genesis", "config"))
    # The key that near-kit derives for the sandbox's root account.
    assert key["public_key"] == "ed25519:8m5xVk5HSrudbw9pptQPLnFsKYAmGGng5hzvjgARxso4"
    assert key["secret_key"] == padded_key("sandbox").secret_key
    assert (genesis["chain_id"], genesis["epoch_length"]) == ("localnet", 60)
    held = [record["Account"]["account"] for record in genesis["records"] if "Account" in record]
    assert int(genesis["total_supply"]) == sum(int(found["amount"]) + int(found["locked"]) for found in held)
    assert config["consensus"]["min_block_production_delay"] == {"secs": 0, "nanos": 120_000_000}


def test_init__keeps_a_home_that_is_there(tmp_path: Path) -> None:
    init(tmp_path)
    before = read(tmp_path, "validator_key.json")
    init(tmp_path, "--chain-id", "other")
    assert read(tmp_path, "validator_key.json") == before
    assert read(tmp_path, "genesis.json")["chain_id"].startswith("test-chain-")


def test_run__takes_what_was_edited_and_goes_on(tmp_path: Path) -> None:
    init(tmp_path, "--fast")
    genesis = read(tmp_path, "genesis.json")
    account = {"amount": "5", "locked": "0", "code_hash": "1" * 32, "storage_usage": 182}
    genesis["records"].append({"Account": {"account_id": "registrar", "account": account}})
    (tmp_path / "genesis.json").write_text(json.dumps(genesis))
    with running(tmp_path) as url:
        assert rpc(url, "status", [])["chain_id"] == genesis["chain_id"]
        assert balance(url, "registrar") == 5
        rpc(url, "sandbox_fast_forward", {"delta_height": 100})
        height = rpc(url, "status", [])["sync_info"]["latest_block_height"]
    with running(tmp_path) as url:
        assert rpc(url, "status", [])["sync_info"]["latest_block_height"] >= height > 100


def test_dump_state__writes_what_genesis_takes(tmp_path: Path) -> None:
    init(tmp_path, "--fast")
    with running(tmp_path) as url:
        account = {"amount": "77", "locked": "0", "code_hash": "1" * 32, "storage_usage": 182}
        record = {"Account": {"account_id": "patched", "account": account}}
        rpc(url, "sandbox_patch_state", {"records": [record]})
        subprocess.run([*PROGRAM, "--home", str(tmp_path), "view-state", "dump-state"], check=True)
    dumped = read(tmp_path, "output.json")
    second = tmp_path / "second"
    init(second)
    (second / "genesis.json").write_text(json.dumps(dumped))
    with running(second) as url:
        assert balance(url, "patched") == 77


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run"], "genesis.json"),
        (["run", "--rpc-addr", "3030"], "'3030' is no address"),
        (["view-state", "dump-state"], "no node runs in"),
    ],
)
def test_neard__explains_what_is_wrong(tmp_path: Path, arguments: list[str], message: str) -> None:
    home = tmp_path / "home"
    if message != "genesis.json":
        init(home)
    else:
        home.mkdir()
        (home / "config.json").write_text('{"rpc": {"addr": "127.0.0.1:0"}}')
    done = CliRunner().invoke(main, ["--home", str(home), *arguments])
    assert done.exit_code == 1
    assert message in done.output
