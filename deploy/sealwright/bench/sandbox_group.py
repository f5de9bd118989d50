"""How fast and how large the embedded node is, with a small Python contract as subject. Needs emscripten for it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

from sealwright_sandbox import NEAR, Sandbox, bench, bench_store
from sealwright_sandbox.bench import Subject

from sealwright.bench.figures import Figures
from sealwright.build.release import build_contract
from sealwright.places import CONTRACTS, RELEASE

SAMPLE = CONTRACTS / "common" / "tests" / "sample"
DEPLOYED_BESIDE = ("task_market", "node_registry", "agent_gateway")
LOAD = ["cargo", "run", "-q", "--release", "--locked", "-p", "sealwright-engine", "--example", "load", "--"]
KEYS = (1_000, 100_000)
KEYS_OF_A_CONTRACT = (1_000, 1_000_000)


def measure(figures: Figures) -> None:
    """Calls, transfers, views and commits a second, snapshots, memory, cold start; see `sealwright_sandbox.bench`."""
    subject = Subject(
        code=build_contract(SAMPLE).wasm,
        method="write_note",
        args={"text": "a note of some length"},
        init="new",
        init_args={"owner_id": "caller.near"},
        others=[(RELEASE / f"{name}.wasm").read_bytes() for name in DEPLOYED_BESIDE],
    )
    _calls(figures, subject)
    _snapshots(figures)
    transfers = bench_store.transfers_per_second()
    figures.add("sandbox.transfers_per_s", transfers.per_second, "transfers/s", "higher")
    figures.add("sandbox.transfers_signature_share", transfers.signature_share, "ratio")
    figures.add("sandbox.bytes_per_account", bench_store.bytes_per_account(), "bytes")
    figures.add("sandbox.bytes_per_snapshot", bench_store.memory_per_snapshot(), "bytes")
    home = bench_store.home_cost(subject)
    figures.add("sandbox.home_calls_share", home.with_home / home.without, "ratio", "higher")
    figures.add("sandbox.home_open_ms", home.open_ms, "ms")
    figures.add("sandbox.cold_start_ms", bench.cold_start_ms(subject), "ms")
    _over_http(figures, subject)


def _calls(figures: Figures, subject: Subject) -> None:
    one_by_one, pooled = bench.calls_per_second(subject), bench.pooled_calls_per_second(subject)
    bare = bench.bare_vm_calls_per_second(subject)
    figures.add("sandbox.python_calls_per_s", one_by_one, "calls/s", "higher")
    figures.add("sandbox.pooled_calls_per_s", pooled, "calls/s", "higher")
    figures.add("sandbox.vm_share", pooled / bare, "ratio", "higher")
    figures.add("sandbox.two_core_scaling", bench_store.two_core_scaling(subject), "ratio", "higher")
    for keys, rate in bench_store.calls_by_size(subject, KEYS_OF_A_CONTRACT).items():
        figures.add(f"sandbox.python_calls_{keys}_keys_per_s", rate, "calls/s", "higher")


def _snapshots(figures: Figures) -> None:
    times = bench.snapshot_times()
    figures.add("sandbox.snapshot_us", times.take, "us")
    figures.add("sandbox.first_write_us", times.first_write, "us")
    for sized in bench_store.snapshots_by_size(KEYS):
        figures.add(f"sandbox.snapshot_{sized.keys}_keys_us", sized.take, "us")
        figures.add(f"sandbox.rollback_{sized.keys}_keys_us", sized.rollback, "us")
        figures.add(f"sandbox.freeing_{sized.keys}_keys_us", sized.free, "us")


def _over_http(figures: Figures, subject: Subject) -> None:
    """Views and commits, asked for by a compiled load generator; a clone with cargo has it."""
    if shutil.which("cargo") is None:
        print("cargo is missing: nothing is measured over HTTP", file=sys.stderr)
        return
    with Sandbox() as sandbox:
        sandbox.create_account("subject", balance=100 * NEAR).deploy(subject.code)
        sandbox.treasury.call("subject.near", subject.init, subject.init_args)
        with sandbox.serve() as rpc:
            views = _load(rpc.url, "views", "subject.near", "contract_source_metadata")
            commits = _load(rpc.url, "commits", "near")
    figures.add("sandbox.views_http_per_s", views["views_per_s"], "views/s", "higher")
    figures.add("sandbox.commit_latency_ms", commits["median_ms"], "ms")


def _load(*arguments: str) -> dict[str, Any]:
    done = subprocess.run([*LOAD, *arguments], cwd=CONTRACTS.parent, check=True, stdout=subprocess.PIPE)  # noqa: S603
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
