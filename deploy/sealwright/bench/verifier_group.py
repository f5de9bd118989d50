"""What judging a quote costs, on chain and off it."""

from __future__ import annotations

from sealwright_agents.quotes.collateral import read_collateral
from sealwright_protocol.client.attestation_verifier import AttestationVerifier
from sealwright_protocol.verdict import VerifiedReport, decode_verification_result, encode_verify_args
from sealwright_sandbox import NEAR, TGAS, Sandbox

from sealwright.bench import verifier_speed
from sealwright.bench.figures import Figures
from sealwright.places import RELEASE
from sealwright.samples import GenuinePair, genuine_pairs


def measure(figures: Figures) -> None:
    """`verifier.tdx_uncached_tgas`: the receipt of the most expensive genuine TDX v4 pair, loading included.

    And the figures of `verifier_speed`.
    """
    burnt = [receipt_gas(pair) for pair in genuine_pairs().values()]
    figures.add("verifier.tdx_uncached_tgas", max(burnt) / TGAS, "Tgas")
    verifier_speed.measure(figures)


def receipt_gas(pair: GenuinePair) -> int:
    """Gas burnt by the one receipt that runs `verify_quote` on this pair at its date."""
    with Sandbox(genesis_time_ms=pair.at * 1000) as sandbox:
        verifier = sandbox.create_account("verifier", 20 * NEAR)
        new = AttestationVerifier("").new()
        batch = verifier.batch().deploy((RELEASE / "attestation_verifier.wasm").read_bytes())
        batch.function_call(new.method, new.args).send()
        args = encode_verify_args(pair.quote, read_collateral(pair.collateral_file))
        outcome = sandbox.treasury.call("verifier.near", "verify_quote", args, gas=300 * TGAS)
        verdict = decode_verification_result(outcome.raw)
        if not isinstance(verdict, VerifiedReport):
            raise RuntimeError(f"{pair.name} was rejected: {verdict.reason}")
        (receipt,) = [each for each in outcome.receipts if each.executor_id == "verifier.near"]
        return receipt.gas_burnt
