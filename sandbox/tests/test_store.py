"""Named snapshots, branches, saved sandboxes, homes that outlive their process, epochs."""

import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sealwright_sandbox import Account, Sandbox, SandboxMisused
from sealwright_sandbox.backends import open_backend
from sealwright_sandbox.bench import Subject
from sealwright_sandbox.bench_store import (
    bytes_per_account,
    calls_by_size,
    home_cost,
    memory_over_transactions,
    memory_per_snapshot,
    snapshots_by_size,
    transfers_per_second,
    two_core_scaling,
)


def test_named_snapshots__go_back_and_forth() -> None:
    sandbox = Sandbox()
    sandbox.create_account("early")
    sandbox.snapshots.take("early")
    sandbox.create_account("late")
    sandbox.snapshots.take("late")
    for _ in range(2):
        sandbox.snapshots.restore("early")
        assert not sandbox.account("late.near").exists
        sandbox.snapshots.restore("late")
        assert sandbox.account("late.near").exists
    assert list(sandbox.snapshots) == ["early", "late"]
    assert sandbox.snapshots["early"].height < sandbox.snapshots["late"].height
    sandbox.snapshots.drop("early")
    assert "early" not in sandbox.snapshots
    with pytest.raises(SandboxMisused, match="no snapshot has the name 'early'; there are: 'late'"):
        sandbox.snapshots.restore("early")


def test_undone__takes_back_what_happened_also_after_an_error() -> None:
    sandbox = Sandbox()
    head = sandbox.block_hash

    def fail() -> None:
        with sandbox.snapshots.undone() as before:
            sandbox.create_account("client")
            assert sandbox.block_height > before.height
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert sandbox.block_hash == head


def test_branch__shares_the_past_and_runs_in_another_thread() -> None:
    sandbox = Sandbox()
    sandbox.create_account("client")
    branch = sandbox.branch()
    made: list[Account] = []
    thread = threading.Thread(target=lambda: made.append(branch.create_account("there")))
    thread.start()
    here = sandbox.create_account("here")
    thread.join()
    assert made[0].exists
    assert not sandbox.account("there.near").exists
    assert here.exists
    assert not branch.account("here.near").exists
    assert branch.account("client.near").balance == sandbox.account("client.near").balance
    for each in (sandbox, branch):
        each.total_supply_check()


def test_load__goes_on_where_a_saved_sandbox_ended(tmp_path: Path, tiny: bytes) -> None:
    sandbox = Sandbox(chain_id="mine", epoch_length=7)
    user = sandbox.create_account("client")
    sandbox.create_account("tiny").deploy(tiny)
    called = user.call("tiny.near", "put", b"1")
    user.submit("tiny.near", "put", b"2")
    sandbox.save(tmp_path / "chain")

    loaded = Sandbox.load(tmp_path / "chain")
    assert (loaded.chain_id, loaded.block_hash) == ("mine", sandbox.block_hash)
    assert loaded.pending(called.hash).outcome() is not None
    for each in (sandbox, loaded):
        each.produce_blocks(10)
        assert each.view("tiny.near", "get") == 2, "the pool is part of it"
    after = [each.account("client.near").call("tiny.near", "put", b"3") for each in (sandbox, loaded)]
    assert after[0].hash == after[1].hash
    assert sandbox.block_hash == loaded.block_hash
    assert os.listdir(tmp_path) == ["chain"], "nothing is left beside it"


def test_load__says_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    file = tmp_path / "chain"
    Sandbox().save(file)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(SandboxMisused, match="chain: it is damaged"):
        Sandbox.load(file)
    file.write_text("{}")
    with pytest.raises(SandboxMisused, match="it is no saved chain"):
        Sandbox.load(file)
    with pytest.raises(OSError, match="No such file"):
        Sandbox.load(tmp_path / "missing")


def test_home__is_of_one_sandbox_at_a_time(tmp_path: Path) -> None:
    first = Sandbox(home=tmp_path)
    with pytest.raises(OSError, match="another sandbox keeps its chain there"):
        Sandbox(home=tmp_path)
    first.close()
    head = first.block_hash
    first.produce_blocks(1)
    assert Sandbox(home=tmp_path).block_hash == head, "the first left it"


def test_home__of_an_older_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").touch()
    with pytest.raises(SandboxMisused, match="older version"):
        Sandbox(home=tmp_path)


def test_home__may_have_another_depth_at_the_next_start(tmp_path: Path) -> None:
    Sandbox(home=tmp_path, history=100).close()
    Sandbox(home=tmp_path, history=200).close()


def test_fast_forward__lands_on_the_first_block_of_an_epoch() -> None:
    sandbox = Sandbox(epoch_length=10)
    assert sandbox.epoch_height == 1
    for number in (2, 3, 4):
        sandbox.fast_forward(epochs=1)
        first = sandbox.rpc("validators", [None])["epoch_start_height"]
        assert (sandbox.block_height, sandbox.epoch_height) == (first, number)
    assert first >= 31
    sandbox.produce_blocks(3)
    sandbox.fast_forward(4, epochs=2)
    assert sandbox.epoch_height == 6
    assert sandbox.block_height == sandbox.rpc("validators", [None])["epoch_start_height"] + 5


def _start(home: Path) -> tuple[subprocess.Popen[str], str]:
    code = "from sealwright_sandbox.cli import main; main()"
    command = [sys.executable, "-c", code, "start", "--port", "0", "--home", str(home), "--history", "5000"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return process, found[0]
    raise AssertionError("it did not start")


def test_start__has_every_acknowledged_transaction_after_a_kill(tmp_path: Path) -> None:
    key = Sandbox().treasury.secret_key
    environment = {"HOME": str(tmp_path), "NEAR_SECRET_KEY": key}
    acknowledged: list[str] = []
    for _ in range(3):
        process, url = _start(tmp_path)
        try:
            with closing(open_backend("rpc", url=url, account_id="near", environment=environment)) as node:
                for tx_hash in acknowledged:
                    found = node.rpc("tx", {"tx_hash": tx_hash, "sender_account_id": "near"})
                    assert "SuccessValue" in found["status"]
                sent = (node.treasury.transfer("sandbox", 1) for _ in range(5))
                acknowledged += [outcome.hash for outcome in sent]
        finally:
            process.send_signal(signal.SIGKILL)
            process.communicate()


def test_bench_store__returns_numbers(tiny: bytes) -> None:
    subject = Subject(tiny, "put", b"1")
    sized = snapshots_by_size([100], rounds=2)[0]
    assert (sized.keys, sized.take > 0, sized.rollback > 0) == (100, True, True)
    transfers = transfers_per_second(transfers=20, runs=1)
    assert transfers.per_second > 0
    assert 0 < transfers.signature_share < 1
    assert two_core_scaling(subject, calls=2, runs=1) > 0
    assert [(keys, rate > 0) for keys, rate in calls_by_size(subject, [10], calls=2).items()] == [(10, True)]
    assert home_cost(subject, calls=3).with_home > 0


@pytest.mark.slow
def test_bench_store__measures_memory() -> None:
    assert bytes_per_account(5_000) > 0
    assert len(memory_over_transactions(1_000)) == 10
    assert memory_per_snapshot(1_000) > 0
