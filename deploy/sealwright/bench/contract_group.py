"""Size of every contract and gas of every method, with 1,000 records stored."""

from __future__ import annotations

from collections.abc import Iterator

from sealwright_sandbox import NEAR, Sandbox

from sealwright.bench import lives
from sealwright.bench.enclave import Enclave
from sealwright.bench.figures import Figures
from sealwright.places import RELEASE
from sealwright.stage import Stage

RECORDS = 1_000
CROWD = 16  # accounts that own the stored records; caps are 64 open requests and 256 tasks of one account
NAMES = {
    "registry": "node_registry",
    "market": "task_market",
    "gateway": "agent_gateway",
}


def measure(figures: Figures, records: int = RECORDS) -> None:
    """`contract.<name>.wasm_bytes` and `contract.<name>.<method>.tgas`."""
    for wasm in sorted(RELEASE.glob("*.wasm")):
        figures.add(f"contract.{wasm.stem}.wasm_bytes", wasm.stat().st_size, "bytes")
    for name, gas in sorted(method_gas(records).items()):
        figures.add(f"contract.{name}.tgas", gas / 1e12, "Tgas")


def method_gas(records: int, protocol_version: int | None = None) -> dict[str, int]:
    """Gas burnt by the whole receipt tree of each method's success path, by `<contract>.<method>`."""
    with Sandbox(protocol_version=protocol_version) as sandbox:
        stage = Stage(sandbox)
        stage.set_up()
        _fill(stage, records)
        stage.gas.clear()
        node = lives.registry_life(stage)
        lives.market_life(stage, node)
        _fill_requests(stage, records)
        lives.gateway_life(stage, node)
        lives.registry_end(stage)
        return {
            f"{NAMES[contract]}.{method}": gas
            for contract, method, gas in _by_contract(stage)
            if contract in NAMES
        }


def _by_contract(stage: Stage) -> Iterator[tuple[str, str, int]]:
    for key, gas in stage.gas.items():
        contract, _, method = key.partition(".")
        yield contract, method, gas


def _fill(stage: Stage, records: int) -> None:
    """Store nodes and tasks that have nothing to do with what is measured."""
    approve = stage.registry.approve_measurements(measurement_ids=[stage.measurement_id], label="bench")
    stage.send("owner", approve)
    for index in range(CROWD):
        name = f"crowd-{index}"
        stage.accounts[name] = stage.sandbox.create_account(name, 600 * NEAR)
        stage.send(name, stage.registry.deposit(deposit=100 * NEAR))
    for number in range(records):
        name = f"crowd-{number % CROWD}"
        lives.create_task(stage, name)
        lives.expect(Enclave(stage, name, f"n-{number}").register()["outcome"], "registered")


def _fill_requests(stage: Stage, records: int) -> None:
    """Open requests live 200 blocks only, so they are made right before the gateway is measured."""
    for number in range(records):
        lives.submit_request(stage, f"crowd-{number % CROWD}")
        if number % 50 == 49:
            stage.sandbox.produce_blocks(1)
    stage.sandbox.produce_blocks(2)
