"""How fast the embedded node is."""

from __future__ import annotations

from sealwright.bench.figures import Figures


def measure(figures: Figures) -> None:
    """Calls a second, snapshots, cold start; the methods are described in `sealwright_sandbox.bench`."""
    from sealwright_sandbox import bench

    figures.add("sandbox.python_calls_per_s", bench.python_calls_per_s(), "calls/s", "higher")
    figures.add("sandbox.snapshot_us", bench.snapshot_us(), "us")
    figures.add("sandbox.cold_start_ms", bench.cold_start_ms(), "ms")
