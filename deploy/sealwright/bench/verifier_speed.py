"""Judging a quote off chain, beside dcap-qvl: the same genuine quotes, in turns, in one process.

The pairs are those of `../shared/attestation/real` that both accept; where that folder is absent, the one that the
demo uses. Without dcap-qvl, which only the tests depend on, nothing is measured.

Warm means that the modules are loaded. Nothing of a quote or of its collateral is remembered: each judgement has a
backend of its own, so that it loads every public key again, the root's too.
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.trust import INTEL_ROOT
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.collateral_file import read_collateral
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto

from sealwright.bench.figures import Figures
from sealwright.places import CONTRACTS
from sealwright.samples import genuine_pairs

GENUINE = CONTRACTS.parents[1] / "shared" / "attestation" / "real"
ROUNDS = 40

Judge = Callable[[], object]


def measure(figures: Figures) -> None:
    """`verifier.offchain_ms` and `verifier.offchain_vs_dcap_qvl`: medians over all pairs and rounds."""
    try:
        dcap_qvl = importlib.import_module("dcap_qvl")
    except ImportError:
        print("dcap-qvl is not installed: no comparison with it", file=sys.stderr)
        return
    ours, theirs = _interleaved(_judges(dcap_qvl))
    figures.add("verifier.offchain_ms", ours * 1e3, "ms")
    figures.add("verifier.offchain_vs_dcap_qvl", ours / theirs, "ratio")


def _interleaved(judges: list[tuple[Judge, Judge]]) -> tuple[float, float]:
    """Median seconds of the first and of the second of all pairs, taken in turns."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for pair in judges:
            for judge, taken in zip(pair, times, strict=True):
                started = time.perf_counter()
                judge()
                taken.append(time.perf_counter() - started)
    return statistics.median(times[0]), statistics.median(times[1])


def _judges(dcap_qvl: ModuleType) -> list[tuple[Judge, Judge]]:
    """Our judgement and dcap-qvl's of every genuine pair that both accept."""
    found = []
    for quote, collateral_file, now in _pairs():
        collateral = read_collateral(collateral_file.read_bytes())
        both = _ours(quote, collateral, now), _theirs(dcap_qvl, quote, collateral, now)
        try:
            for judge in both:
                judge()
        except (Rejection, ValueError):
            continue
        found.append(both)
    return found


def _ours(quote: bytes, collateral: Collateral, now: int) -> Judge:
    return lambda: verify(quote, collateral, now, INTEL_ROOT, OpenSslCrypto())


def _theirs(dcap_qvl: ModuleType, quote: bytes, collateral: Collateral, now: int) -> Judge:
    given = dcap_qvl.QuoteCollateralV3(*[getattr(collateral, name) for name in Collateral.FIELDS[:9]])
    return lambda: dcap_qvl.verify(quote, given, now)


def _pairs() -> list[tuple[bytes, Path, int]]:
    """Genuine quotes, their collateral files, and moments (Unix seconds) at which both are valid."""
    if not GENUINE.is_dir():
        return [(each.quote, each.collateral_file, each.at) for each in genuine_pairs().values()]
    return [
        (
            (folder / "quote.bin").read_bytes(),
            folder / "collateral.json",
            json.loads((folder / "expected.json").read_text())["now"],
        )
        for folder in sorted(each for each in GENUINE.iterdir() if each.is_dir())
    ]
