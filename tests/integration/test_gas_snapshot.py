"""Gas of every method is frozen: a change is seen, explained and written down, never slipped in.

python -m tests.integration.test_gas_snapshot     measures anew and rewrites docs/reference/gas.json, and, where the
genuine quotes are at hand, gas-genuine.json: every one of them, the largest too
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sealwright.bench.contract_group import method_gas
from sealwright.bench.genuine import GENUINE, all_pairs
from sealwright.bench.verifier_gas import judging_gas, money_gas
from sealwright.build import interface
from sealwright.build.client_writer import contract_folders
from sealwright.build.reference_writer import GAS_SNAPSHOT
from sealwright.samples import genuine_pairs

GENUINE_SNAPSHOT = GAS_SNAPSHOT.with_name("gas-genuine.json")
RECORDS = 20
# No success path of their own: what repairs after a callback that died or a registry that was silent, and a withdrawal
# from a contract that never owes anything unless a transfer bounced.
WITHOUT_FIGURE = {
    "agent_gateway.recover_withdrawal",
    "agent_gateway.settle_expired",
    "agent_gateway.delete_output",
    "attestation_verifier.recover_withdrawal",
    "node_registry.withdraw",
    "node_registry.recover_withdrawal",
    "node_registry.clear_expired_change",
    "task_market.retry_verification",
    "task_market.recover_withdrawal",
}
MOVE = 0.02  # a contract's size changes what loading it costs, so other contracts move a little


def measure() -> dict[str, int]:
    """Every figure: the calls of lives beside stored records, and the verifier's on the demo's genuine pair."""
    (pair,) = genuine_pairs().values()
    verifier = {**money_gas(), **(judging_gas(pair) or {})}
    return {**method_gas(RECORDS), **{f"attestation_verifier.{name}": gas for name, gas in verifier.items()}}


def test_gas__is_as_written_down() -> None:
    frozen, measured = json.loads(GAS_SNAPSHOT.read_text()), measure()
    moved = {
        name: (frozen.get(name), gas)
        for name, gas in measured.items()
        if abs(gas - frozen.get(name, 0)) > MOVE * frozen.get(name, 0)
    }
    assert not moved, f"gas moved (frozen, measured): {moved}"
    assert set(frozen) == set(measured)


def measure_genuine() -> dict[str, dict[str, int]]:
    """Gas of each way of judging, by method, for every genuine pair that is verified."""
    judged = {pair.name: judging_gas(pair) for pair in all_pairs()}
    return {name: gas for name, gas in judged.items() if gas is not None}


def test_gas_of_genuine_quotes__is_as_written_down(attestation_samples: Path) -> None:
    frozen, measured = json.loads(GENUINE_SNAPSHOT.read_text()), measure_genuine()
    assert set(frozen) == set(measured)
    for name, gas in measured.items():
        assert gas == pytest.approx(frozen[name], rel=MOVE), name


def test_gas__covers_every_call() -> None:
    frozen = json.loads(GAS_SNAPSHOT.read_text())
    for folder in contract_folders():
        for method in interface.read(folder).methods:
            name = f"{folder.name}.{method.name}"
            if method.kind == "call" and name not in WITHOUT_FIGURE:
                assert name in frozen


if __name__ == "__main__":
    if GENUINE.is_dir():
        GENUINE_SNAPSHOT.write_text(json.dumps(measure_genuine(), indent=1) + "\n")
    GAS_SNAPSHOT.write_text(json.dumps(dict(sorted(measure().items())), indent=1) + "\n")
