"""What judging a quote costs, on chain and off it."""

from __future__ import annotations

from sealwright_sandbox import TGAS

from sealwright.bench import verifier_speed, verifier_steps
from sealwright.bench.figures import Figures
from sealwright.bench.genuine import all_pairs
from sealwright.bench.verifier_gas import RELEASED, judging_gas

NAMES = {
    "verify_quote": "uncached",
    "verify_quote_stored": "stored",
}


def measure(figures: Figures) -> None:
    """Receipts of the most expensive genuine pairs, loading included, and where their gas goes.

    `verifier.tdx_uncached_tgas`, `verifier.tdx_stored_tgas` of TDX quotes, `verifier.sgx_...` of SGX quotes,
    `verifier.put_collateral_tgas` of either, `verifier.wasm_bytes`, and the figures of `verifier_steps` and
    `verifier_speed`.
    """
    worst: dict[str, tuple[int, str]] = {}
    pairs = {pair.name: pair for pair in all_pairs()}
    for pair in pairs.values():
        for method, gas in (judging_gas(pair) or {}).items():
            name = f"{pair.tee}_{NAMES[method]}" if method in NAMES else method
            worst[name] = max(worst.get(name, (0, "")), (gas, pair.name))
    worst.pop("verify_quote_with_validity")
    for name, (gas, _) in worst.items():
        figures.add(f"verifier.{name}_tgas", gas / TGAS, "Tgas")
    figures.add("verifier.wasm_bytes", RELEASED.stat().st_size, "bytes")
    verifier_steps.measure(figures, pairs[worst["tdx_uncached"][1]])
    verifier_speed.measure(figures)
