"""What the contract kit costs beyond the raw host bindings."""

from __future__ import annotations

import json

from sealwright_sandbox import NEAR, TGAS, Account, Sandbox

from sealwright.bench.figures import Figures
from sealwright.build.release import build_contract
from sealwright.places import CONTRACTS

PROBE = CONTRACTS / "common" / "tests" / "kit_probe"
ARGUMENTS = {
    "account_id": "some-agent.operator.near",
    "amount": str(NEAR),
    "until_ms": 1_760_000_000_000,
    "digest": "ab" * 32,
}


def measure(figures: Figures) -> None:
    """`kit.overhead_tgas`: four typed arguments, and `kit.empty_overhead_tgas`: none. Needs emscripten."""
    with Sandbox() as sandbox:
        sandbox.create_account("probe", 20 * NEAR).deploy(build_contract(PROBE).wasm)
        caller = sandbox.create_account("caller")
        data = json.dumps(ARGUMENTS).encode()
        with_arguments = _burnt(caller, "booked", data) - _burnt(caller, "booked_bare", bytes(len(data)))
        empty = _burnt(caller, "nothing", b"{}") - _burnt(caller, "nothing_bare", b"{}")
        figures.add("kit.overhead_tgas", with_arguments / TGAS, "Tgas")
        figures.add("kit.empty_overhead_tgas", empty / TGAS, "Tgas")


def _burnt(caller: Account, method: str, data: bytes) -> int:
    """Gas of the whole call, once its storage key is there."""
    caller.call("probe.near", method, data)
    return caller.call("probe.near", method, data).gas_burnt
