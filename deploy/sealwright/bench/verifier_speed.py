"""Judging a quote off chain, beside dcap-qvl: the same genuine quotes, in turns, in one process.

The pairs are those that both accept. Without dcap-qvl, which only the tests depend on, nothing is measured.

Warm means that the modules are loaded. Nothing of a quote or of its collateral is remembered: each judgement has a
backend of its own, so that it loads every public key again, the root's too.
"""

from __future__ import annotations

import importlib
import statistics
import sys
import time
from collections.abc import Callable
from types import ModuleType

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.stored import check_collateral, verify_kept
from tee_attestation_verifier.intel.trust import INTEL_ROOT
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.collateral_file import read_collateral
from tee_attestation_verifier.offchain.keeper import MemoryKeeper
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto

from sealwright.bench.figures import Figures
from sealwright.bench.genuine import all_pairs

ROUNDS = 40

Judge = Callable[[], object]


def measure(figures: Figures) -> None:
    """`verifier.offchain_ms` and its ratio to dcap-qvl's time, `verifier.offchain_vs_dcap_qvl`.

    The same with collateral that was checked once and is kept: `verifier.offchain_stored_ms` and
    `verifier.offchain_stored_vs_dcap_qvl`. All of them are medians over all pairs and rounds.
    """
    try:
        dcap_qvl = importlib.import_module("dcap_qvl")
    except ImportError:
        print("dcap-qvl is not installed: no comparison with it", file=sys.stderr)
        return
    whole, kept, theirs = _interleaved(_judges(dcap_qvl))
    for name, seconds in (("offchain", whole), ("offchain_stored", kept)):
        figures.add(f"verifier.{name}_ms", seconds * 1e3, "ms")
        figures.add(f"verifier.{name}_vs_dcap_qvl", seconds / theirs, "ratio")


def _interleaved(judges: list[tuple[Judge, ...]]) -> list[float]:
    """Median seconds of the first, second, ... judgement of every pair, taken in turns."""
    times: list[list[float]] = [[] for _ in judges[0]]
    for _ in range(ROUNDS):
        for of_one_pair in judges:
            for judge, taken in zip(of_one_pair, times, strict=True):
                started = time.perf_counter()
                judge()
                taken.append(time.perf_counter() - started)
    return [statistics.median(taken) for taken in times]


def _judges(dcap_qvl: ModuleType) -> list[tuple[Judge, ...]]:
    """Of every genuine pair that both accept: our judgement, ours with kept collateral, dcap-qvl's."""
    found = []
    for pair in all_pairs():
        quote, now = pair.quote, pair.at
        collateral = read_collateral(pair.collateral_file.read_bytes())
        try:
            judges: tuple[Judge, ...] = (
                _ours(quote, collateral, now),
                _kept(quote, collateral, now),
                _theirs(dcap_qvl, quote, collateral, now),
            )
            for judge in judges:
                judge()
        except (Rejection, ValueError):
            continue
        found.append(judges)
    return found


def _ours(quote: bytes, collateral: Collateral, now: int) -> Judge:
    return lambda: verify(quote, collateral, now, INTEL_ROOT, OpenSslCrypto())


def _kept(quote: bytes, collateral: Collateral, now: int) -> Judge:
    keeper = MemoryKeeper()
    keeper.keep(check_collateral(collateral, now, INTEL_ROOT, OpenSslCrypto()))
    return lambda: verify_kept(quote, keeper.at(now), now, INTEL_ROOT, OpenSslCrypto())


def _theirs(dcap_qvl: ModuleType, quote: bytes, collateral: Collateral, now: int) -> Judge:
    given = dcap_qvl.QuoteCollateralV3(*[getattr(collateral, name) for name in Collateral.FIELDS[:9]])
    return lambda: dcap_qvl.verify(quote, given, now)
