"""Blocks and their time."""

from sealwright_sandbox import Account, Sandbox
from sealwright_sandbox.sandbox import DEFAULT_GENESIS_TIME_MS


def test_genesis_time__is_a_parameter() -> None:
    assert Sandbox(genesis_time_ms=1_800_000_000_000).block_time_ms == 1_800_000_000_000
    assert Sandbox().block_time_ms == DEFAULT_GENESIS_TIME_MS


def test_produce_blocks__moves_height_and_time(sandbox: Sandbox) -> None:
    height, time_ms = sandbox.block_height, sandbox.block_time_ms
    sandbox.produce_blocks(5)
    assert sandbox.block_height == height + 5
    assert sandbox.block_time_ms == time_ms + 5_000


def test_set_time__holds_for_the_next_block_and_never_goes_back(sandbox: Sandbox) -> None:
    later = sandbox.block_time_ms + 3_600_000
    sandbox.set_time(later)
    sandbox.produce_blocks(1)
    assert sandbox.block_time_ms == later

    sandbox.set_time(later - 1_000_000)
    sandbox.produce_blocks(1)
    assert sandbox.block_time_ms == later + 1_000


def test_fast_forward__skips_heights_and_moves_time(sandbox: Sandbox) -> None:
    height, time_ms = sandbox.block_height, sandbox.block_time_ms
    sandbox.fast_forward(100)
    assert sandbox.block_height == height + 101
    assert sandbox.block_time_ms >= time_ms + 100_000


def test_fast_forward__fires_what_fell_due(sandbox: Sandbox, client: Account, contract: Account) -> None:
    pending = client.submit("tiny.near", "wait")
    sandbox.produce_blocks(3)
    sandbox.fast_forward(250)
    sandbox.produce_blocks(3)
    outcome = pending.outcome()
    assert outcome is not None
    assert not outcome.succeeded


def test_patch_state__shows_at_once(sandbox: Sandbox, contract: Account) -> None:
    key, value = "ZW50cnk=", "NDI="
    data = {"account_id": "tiny.near", "data_key": key, "value": value}
    sandbox.patch_state([{"Data": data}])
    assert sandbox.view("tiny.near", "get") == 42
