"""What the contract kit costs beyond the raw bindings.

The probe contract has each call twice: through the kit, and with the same work on the raw
bindings. Both are in one wasm, so the difference is the kit's alone.
"""

from __future__ import annotations

import json

from sealwright.bench.figures import Figures

PROBE_ID = "probe.near"
ARGUMENTS = {
    "account_id": "some-agent.operator.near",
    "amount": str(10**24),
    "until_ms": 1_760_000_000_000,
    "digest": "ab" * 32,
}


def measure(figures: Figures) -> None:
    """`kit.overhead_tgas` for four typed arguments, `kit.overhead_empty_tgas` for none. Builds the probe."""
    from sealwright_sandbox import NEAR, TGAS, Account, Sandbox

    from sealwright.build.release import build_contract
    from sealwright.build.staging import CONTRACTS

    def burnt(caller: Account, method: str, data: bytes) -> int:
        caller.call(PROBE_ID, method, data)  # the first one creates the storage key
        return caller.call(PROBE_ID, method, data).gas_burnt

    wasm = build_contract(CONTRACTS / "common" / "tests" / "kit_probe").wasm
    with Sandbox() as sandbox:
        sandbox.create_account(PROBE_ID, balance=20 * NEAR).deploy(wasm)
        caller = sandbox.create_account("caller", balance=10 * NEAR)
        data = json.dumps(ARGUMENTS).encode()
        decoded = burnt(caller, "booked", data) - burnt(caller, "booked_bare", bytes(len(data)))
        empty = burnt(caller, "nothing", b"{}") - burnt(caller, "nothing_bare", b"{}")
    figures.add("kit.overhead_tgas", decoded / TGAS, "Tgas")
    figures.add("kit.overhead_empty_tgas", empty / TGAS, "Tgas")
