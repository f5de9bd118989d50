"""How fast the embedded node is, with a small Python contract as subject. Needs emscripten for it."""

from __future__ import annotations

import sealwright_sandbox.bench as bench
from sealwright_sandbox.bench import Subject

from sealwright.bench.figures import Figures
from sealwright.build.release import build_contract
from sealwright.places import CONTRACTS, RELEASE

SAMPLE = CONTRACTS / "common" / "tests" / "sample"
DEPLOYED_BESIDE = ("task_market", "node_registry", "agent_gateway")


def measure(figures: Figures) -> None:
    """Calls a second (one after the other, and pooled), snapshots, cold start; see `sealwright_sandbox.bench`."""
    subject = Subject(
        code=build_contract(SAMPLE).wasm,
        method="write_note",
        args={"text": "a note of some length"},
        init="new",
        init_args={"owner_id": "caller.near"},
        others=[(RELEASE / f"{name}.wasm").read_bytes() for name in DEPLOYED_BESIDE],
    )
    one_by_one, pooled = bench.calls_per_second(subject), bench.pooled_calls_per_second(subject)
    bare = bench.bare_vm_calls_per_second(subject)
    figures.add("sandbox.python_calls_per_s", one_by_one, "calls/s", "higher")
    figures.add("sandbox.pooled_calls_per_s", pooled, "calls/s", "higher")
    figures.add("sandbox.pooled_to_bare_vm", pooled / bare, "ratio", "higher")
    times = bench.snapshot_times()
    figures.add("sandbox.snapshot_us", times.take, "us")
    figures.add("sandbox.first_write_us", times.first_write, "us")
    figures.add("sandbox.rollback_us", times.rollback, "us")
    figures.add("sandbox.cold_start_ms", bench.cold_start_ms(subject), "ms")
