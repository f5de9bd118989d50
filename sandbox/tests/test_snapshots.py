"""Snapshots, rollback, determinism, conservation, a kept home."""

from pathlib import Path

import pytest
from sealwright_sandbox import NEAR, Account, CallFailed, Sandbox, SandboxMisused


def test_rollback__restores_state_time_and_pool(sandbox: Sandbox, client: Account, contract: Account) -> None:
    client.call("tiny.near", "put", b"1")
    client.submit("tiny.near", "put", b"2")
    snapshot = sandbox.snapshot()
    height, time_ms, balance = sandbox.block_height, sandbox.block_time_ms, client.balance

    for _ in range(2):
        sandbox.produce_blocks(10)
        sandbox.set_time(time_ms + 10**9)
        client.call("tiny.near", "put", b"3")
        sandbox.create_account("late")
        sandbox.rollback(snapshot)

        assert (sandbox.block_height, sandbox.block_time_ms) == (height, time_ms)
        assert client.balance == balance
        assert sandbox.view("tiny.near", "get") == 1
        assert not sandbox.account("late.near").exists

    sandbox.produce_blocks(3)
    assert sandbox.view("tiny.near", "get") == 2, "the pool is part of the snapshot"


def test_rollback__replays_to_the_same_hashes(sandbox: Sandbox, client: Account, contract: Account) -> None:
    snapshot = sandbox.snapshot()

    def act() -> tuple[str, str, int]:
        outcome = client.call("tiny.near", "forward", {"n": 1}, deposit=NEAR)
        return outcome.hash, sandbox.block_hash, sandbox.block_height

    first = act()
    sandbox.rollback(snapshot)
    assert act() == first


def _history(sandbox: Sandbox, code: bytes) -> list[str]:
    user = sandbox.create_account("client")
    for name in ("tiny", "callee"):
        sandbox.create_account(name).deploy(code)
    hashes = [user.call("tiny.near", "forward", {"n": n}).hash for n in range(3)]
    sandbox.fast_forward(20)
    with pytest.raises(CallFailed):
        user.call("tiny.near", "refuse")
    receipts = user.call("tiny.near", "ignore_failing").receipts
    return [*hashes, *(receipt.id for receipt in receipts), sandbox.block_hash]


def test_same_inputs__give_the_same_hashes(tiny: bytes) -> None:
    assert _history(Sandbox(), tiny) == _history(Sandbox(), tiny)
    assert _history(Sandbox(), tiny)[-1] != _history(Sandbox(seed=b"other"), tiny)[-1]


def test_supply__is_conserved_by_whatever_happens(
    sandbox: Sandbox, client: Account, contract: Account
) -> None:
    client.call("tiny.near", "forward", {"n": 1}, deposit=NEAR)
    with pytest.raises(CallFailed):
        client.call("tiny.near", "refuse", deposit=NEAR)
    client.submit("tiny.near", "wait", deposit=2 * NEAR)
    sandbox.produce_blocks(2)
    check = sandbox.total_supply_check()
    assert check.sums["burnt"] > 0
    client.delete("near")
    sandbox.total_supply_check()


def test_home__goes_on_where_it_ended(tmp_path: Path, tiny: bytes) -> None:
    home = tmp_path / "home"
    with Sandbox(home=home) as first:
        history = _history(first, tiny)
        waiting = first.account("client.near").submit("tiny.near", "wait")
        first.produce_blocks(2)
        end = first.block_hash
    with Sandbox(home=home) as second:
        assert second.block_hash == end
        assert history[-1] == second.rpc("block", {"block_id": history[-1]})["header"]["hash"]
        second.account("client.near").call("tiny.near", "answer")
        second.produce_blocks(3)
        outcome = second.pending(waiting.hash).outcome()
        assert outcome is not None
        assert outcome.value == "yes"


def test_home__survives_a_torn_last_frame(tmp_path: Path) -> None:
    with Sandbox(home=tmp_path) as first:
        first.create_account("client")
        end = first.block_hash
    with (tmp_path / "journal").open("ab") as journal:
        journal.write(b"\x10\0\0\0 cut short")
    with Sandbox(home=tmp_path) as second:
        assert second.block_hash == end
        second.produce_blocks(1)
        height = second.block_height
    assert Sandbox(home=tmp_path).block_height == height


def test_home__refuses_other_settings(tmp_path: Path) -> None:
    Sandbox(home=tmp_path, seed=b"a").close()
    with pytest.raises(SandboxMisused, match="seed"):
        Sandbox(home=tmp_path, seed=b"b")


def test_home__forgets_what_was_rolled_back(tmp_path: Path) -> None:
    with Sandbox(home=tmp_path) as first:
        snapshot = first.snapshot()
        first.create_account("client")
        first.rollback(snapshot)
        first.produce_blocks(2)
        end = first.block_hash
    assert Sandbox(home=tmp_path).block_hash == end
