"""Gas by Python function: on real contracts the functions sum to what the call burns without instrumentation."""

from __future__ import annotations

import json

import pytest
from sealwright.bench import lives
from sealwright.build import toolchain
from sealwright.build.watch import watch_release
from sealwright.stage import Stage
from sealwright_sandbox import NEAR, Sandbox
from sealwright_sandbox.instrumented import GAS
from sealwright_sandbox.observe import Observer
from sealwright_sandbox.observe.gas import CallProfile, Profile

MOST_UNREPORTED = 0.01  # of the call's gas; 5 % are promised


@pytest.fixture(scope="module")
def profile() -> Profile:
    """A node registered (with a quote verified) and a task created."""
    if toolchain.emscripten_version() is None:
        pytest.skip(toolchain.INSTALL_HINT)
    observer = Observer()
    watch_release(observer, [GAS])
    with Sandbox(observer=observer) as sandbox:
        stage = Stage(sandbox)
        stage.set_up()
        lives.registry_life(stage)
        stage.send("operator", stage.market.deposit(deposit=2 * NEAR))
        lives.create_task(stage)
        stage.ask(stage.market.get_task(task_id=1))
    observer.collect()
    return observer.profile


def calls(profile: Profile, account_id: str, method: str) -> list[CallProfile]:
    found = [each for each in profile.calls if (each.account_id, each.method) == (account_id, method)]
    assert found
    return found


@pytest.mark.parametrize(
    ("account_id", "method"),
    [
        ("market.near", "create_task"),
        ("market.near", "get_task"),
        ("registry.near", "register_node"),
        ("demo-verifier.near", "verify_quote_with_validity"),
    ],
)
def test_functions__sum_to_the_uninstrumented_call(profile: Profile, account_id: str, method: str) -> None:
    for call in calls(profile, account_id, method):
        assert call.agrees
        assert abs(call.unreported) <= MOST_UNREPORTED * call.gas_burnt, (call.unreported, call.gas_burnt)
        assert all(gas >= 0 for gas in call.stacks.values())
        assert sum(call.stacks.values()) + call.unreported == call.gas_burnt


def test_every_call__agrees(profile: Profile) -> None:
    assert [each.method for each in profile.calls if not each.agrees] == []


def test_table__names_functions_with_their_calls(profile: Profile) -> None:
    rows = {
        row.place.function: row for row in profile.functions() if "attestation_verifier" in row.place.file
    }
    row = rows["verify_quote_with_validity"]
    assert row.calls == len(calls(profile, "demo-verifier.near", "verify_quote_with_validity"))
    assert row.total_gas > row.self_gas > 0
    assert "verify_quote_with_validity (contracts/attestation_verifier/contract.py:" in profile.table(1_000)


def test_speedscope_and_collapsed_stacks__hold_all_gas(profile: Profile) -> None:
    everything = sum(gas for call in profile.calls for gas in call.stacks.values())
    weights = json.loads(profile.speedscope())["profiles"][0]["weights"]
    collapsed = [int(line.rsplit(" ", 1)[1]) for line in profile.collapsed().splitlines()]
    assert sum(weights) == sum(collapsed) == everything
