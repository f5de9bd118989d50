"""Where the gas of a judgement goes: by step, for the three ways of judging.

Needs emscripten, for it profiles a build of the contract that reports its gas by Python function.
"""

from __future__ import annotations

import sys

from sealwright_sandbox import TGAS
from sealwright_sandbox.instrumented import GAS
from sealwright_sandbox.observe import Observer, everywhere
from sealwright_sandbox.observe.gas import LOADING, CallProfile
from tee_attestation_verifier.intel.stored import KEPT_STEPS
from tee_attestation_verifier.intel.verify import STEPS

from sealwright.bench.figures import Figures
from sealwright.bench.verifier_gas import RELEASED, judging_gas
from sealwright.build import instrument, toolchain
from sealwright.places import CONTRACTS
from sealwright.samples import GenuinePair

PUT_STEPS = (
    "_check_chains",
    "_check_lists",
    "check_documents",
    "_put_root_list",
    "_put_pck_list",
    "_put_tcb_info",
    "_put_qe_identity",
)
STEPS_OF = {
    "verify_quote": tuple(step.__name__ for step in STEPS),
    "verify_quote_stored": tuple(step.__name__ for step in KEPT_STEPS),
    "put_collateral": PUT_STEPS,
}


def measure(figures: Figures, pair: GenuinePair) -> None:
    """`verifier.gas.<method>.<step>_tgas`, with `loading` and `rest`, for one genuine pair."""
    if toolchain.emscripten_version() is None:
        print(f"no gas by step: {toolchain.INSTALL_HINT}", file=sys.stderr)
        return
    for call in profiled(pair):
        for step, gas in by_step(call).items():
            figures.add(f"verifier.gas.{call.method}.{step}_tgas", gas / TGAS, "Tgas")


def profiled(pair: GenuinePair) -> list[CallProfile]:
    """The three calls on this pair, each with its gas by function."""
    observer = Observer()
    built = instrument.build(CONTRACTS / "attestation_verifier", GAS)
    observer.watch(RELEASED.read_bytes(), built)
    with everywhere(observer):
        judging_gas(pair)
    observer.collect()
    return [call for call in observer.profile.calls if call.method in STEPS_OF]


def by_step(call: CallProfile) -> dict[str, int]:
    """The call's gas by step, in their order; `rest` is what no step and not the loading burnt."""
    found = dict.fromkeys(("loading", *STEPS_OF[call.method], "rest"), 0)
    for stack, gas in call.stacks.items():
        functions = [place.function for place in stack]
        step = next((name for name in functions if name in STEPS_OF[call.method]), "rest")
        found["loading" if LOADING in stack else step] += gas
    return found
