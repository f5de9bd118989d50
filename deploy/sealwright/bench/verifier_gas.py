"""What the verifier's methods burn: a receipt each, the contract's loading included.

`judging_gas` takes a genuine pair through the three ways of judging it, `money_gas` the other calls through a
simulated machine's collateral, whose next issue can be made at will.
"""

from __future__ import annotations

import base64
from typing import Any

from sealwright_agents.simulated import SimulatedTee
from sealwright_protocol import borsh
from sealwright_protocol.verdict import Collateral as WireCollateral
from sealwright_protocol.verdict import (
    Rejected,
    decode_verification_result,
    decode_verification_with_validity,
    encode_verify_args,
)
from sealwright_sandbox import NEAR, TGAS, Account, Outcome, Sandbox
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.offchain.collateral_file import read_collateral

from sealwright.places import RELEASE
from sealwright.samples import GenuinePair

RELEASED = RELEASE / "attestation_verifier.wasm"
VERIFIER = "verifier.near"
CALL_GAS = 300 * TGAS
NOW = 1_781_481_600
DAY = 86_400


def judging_gas(pair: GenuinePair) -> dict[str, int] | None:
    """Gas by method of judging the pair at its date; None when the verifier rejects it."""
    collateral = read_collateral(pair.collateral_file.read_bytes())
    with Sandbox(genesis_time_ms=pair.at * 1000) as sandbox:
        _deploy(sandbox)
        caller = sandbox.create_account("caller", 10 * NEAR)
        whole = encode_verify_args(pair.quote, _wire(collateral))
        judged = _call(caller, "verify_quote", whole)
        if isinstance(decode_verification_result(judged.raw), Rejected):
            return None
        outcomes = {
            "verify_quote": judged,
            "verify_quote_with_validity": _call(caller, "verify_quote_with_validity", whole),
            "put_collateral": _call(caller, "put_collateral", _wire(collateral).to_borsh(), NEAR),
            "verify_quote_stored": _call(caller, "verify_quote_stored", borsh.pack("bI", (pair.quote, 0))),
        }
        stored = decode_verification_with_validity(outcomes["verify_quote_stored"].raw)
        if stored != decode_verification_with_validity(outcomes["verify_quote_with_validity"].raw):
            raise RuntimeError(f"{pair.name}: kept collateral gives another verdict")
        return {method: receipt_gas(outcome) for method, outcome in outcomes.items()}


def money_gas() -> dict[str, int]:
    """Gas of every call that keeps collateral or moves money, by method."""
    with Sandbox(genesis_time_ms=NOW * 1000) as sandbox:
        tee = SimulatedTee(b"bench", NOW)
        _deploy(sandbox, tee.root_der)
        first, second = (sandbox.create_account(name, 20 * NEAR) for name in ("first", "second"))
        found: dict[str, int] = {}

        def measure(by: Account, method: str, arguments: Any, deposit: int = 0) -> None:
            found[method] = receipt_gas(_call(by, method, arguments, deposit))

        measure(first, "deposit", {}, NEAR)
        measure(second, "deposit", {}, NEAR)
        measure(first, "put_collateral", _published(tee, -1))
        measure(second, "put_collateral", _published(tee, 0))
        measure(second, "withdraw", {"account_id": first.account_id})
        sandbox.set_time((NOW + 40 * DAY) * 1000)
        measure(first, "prune_collateral", {"tee": "TDX", "fmspc": tee.platform.fmspc.hex()})
        measure(first, "withdraw_prepaid", {"amount": str(NEAR // 2)}, 1)
        measure(first, "close_account", {}, 1)
        return found


def receipt_gas(outcome: Outcome) -> int:
    """Gas burnt by the one receipt on the verifier that the call made."""
    return next(each.gas_burnt for each in outcome.receipts if each.executor_id == VERIFIER)


def _published(tee: SimulatedTee, day: int) -> bytes:
    return _wire(tee.collateral(NOW + day * DAY)).to_borsh()


def _wire(collateral: Collateral) -> WireCollateral:
    return WireCollateral(**vars(collateral))


def _call(by: Account, method: str, arguments: Any, deposit: int = 0) -> Outcome:
    return by.call(VERIFIER, method, arguments, gas=CALL_GAS, deposit=deposit)


def _deploy(sandbox: Sandbox, root_der: bytes | None = None) -> None:
    verifier = sandbox.create_account("verifier", 20 * NEAR)
    arguments = {} if root_der is None else {"root": base64.b64encode(root_der).decode()}
    batch = verifier.batch().deploy(RELEASED.read_bytes())
    batch.function_call("new", arguments, gas=30 * TGAS).send()
