"""The observer of a session."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sealwright_sandbox._engine import NativeObserver
from sealwright_sandbox.instrumented import GAS, LINES, Instrumented, Place
from sealwright_sandbox.observe.following import Follower, Traceback, location
from sealwright_sandbox.observe.gas import Profile, read_call
from sealwright_sandbox.observe.lines import LineCoverage

if TYPE_CHECKING:
    from sealwright_sandbox._engine import Observation

MOST_TRACEBACKS = 1_000
"""Failed calls whose place is remembered; the oldest is forgotten first."""

_everywhere: list[Observer] = []


class Observer:
    """Collects what instrumented builds report, over any number of sandboxes and threads."""

    def __init__(self) -> None:
        self.native = NativeObserver()
        self.coverage = LineCoverage()
        self.profile = Profile()
        self.kinds: tuple[str, ...] = (LINES,)
        self.always = False
        self._builds: dict[tuple[bytes, str], Instrumented] = {}
        self._tracebacks: dict[str, Traceback] = {}
        self._places: dict[str, Place | None] = {}
        self._lock = threading.RLock()

    def watch(self, released: bytes, build: Instrumented, *, always: bool = True) -> None:
        """Watch every account whose code is `released` through an instrumented build of the same sources.

        With `always=False` only failed calls are looked at: enough to say where, and it costs nothing else.
        A second build of the same kind for the same code is left out.
        """
        key = (hashlib.sha256(released).digest(), build.kind)
        with self._lock:
            if key not in self._builds:
                self._builds[key] = build
                self.native.add(released, build.wasm, build.kind, always)

    def build_with(self, kinds: Iterable[str], *, always: bool) -> None:
        """Say through which builds contracts are to be watched that tests build from their sources."""
        self.kinds, self.always = tuple(kinds), always

    def collect(self) -> None:
        """Take what was seen since the last time. The sandbox does so after its own calls."""
        with self._lock:
            for seen in self.native.take():
                if seen["kind"] == LINES:
                    self._lines(seen)
                elif seen["kind"] == GAS:
                    self.profile.add(read_call(seen, self._builds[seen["code_hash"], GAS]))

    def traceback(self, receipt_id: str) -> Traceback:
        """Where a failed receipt's call stood; empty where nobody watched it."""
        self.collect()
        return self._tracebacks.get(receipt_id, ())

    def location(self, receipt_id: str) -> Place | None:
        """The place of a failed receipt's call in the contract's own code."""
        self.collect()
        return self._places.get(receipt_id)

    def failed_view(self, contract_id: str, method: str) -> tuple[Traceback, Place | None]:
        """Where the last failed view of this method stood."""
        key = _view(contract_id, method)
        self.collect()
        return self._tracebacks.get(key, ()), self._places.get(key)

    def _lines(self, seen: Observation) -> None:
        build = self._builds[seen["code_hash"], LINES]
        follower = Follower(build).read(seen["messages"])
        self.coverage.add(build, follower.steps)
        if not seen["failed"]:
            return
        key = seen["receipt_id"] or _view(seen["account_id"], seen["method"])
        self._tracebacks.pop(key, None)
        # A build that ended otherwise stood somewhere else.
        self._tracebacks[key] = follower.traceback if seen["agrees"] else ()
        self._places[key] = location(self._tracebacks[key], build)
        if len(self._tracebacks) > MOST_TRACEBACKS:
            oldest = next(iter(self._tracebacks))
            del self._tracebacks[oldest], self._places[oldest]


def _view(contract_id: str, method: str) -> str:
    return f"view {contract_id} {method}"


@contextmanager
def everywhere(observer: Observer) -> Iterator[Observer]:
    """Let every sandbox that is made meanwhile be watched, unless it is given an observer of its own."""
    _everywhere.append(observer)
    try:
        yield observer
    finally:
        _everywhere.remove(observer)


def ambient() -> Observer | None:
    """The observer of `everywhere`, the last one begun."""
    return _everywhere[-1] if _everywhere else None
