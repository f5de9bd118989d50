"""Who can make instrumented builds: distributions that bring a contract builder.

A distribution offers an `Instrumenter` as an entry point of the group `sealwright_sandbox.instrumenters`.
"""

from collections.abc import Iterable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from sealwright_sandbox.instrumented import Instrumented
from sealwright_sandbox.observe.observer import Observer

GROUP = "sealwright_sandbox.instrumenters"


class Instrumenter(Protocol):
    """What an entry point of the group gives."""

    def instrumented(self, source: Path, kind: str) -> Instrumented | None:
        """The instrumented build of the contract in `source`; None where its sources are of another kind."""
        ...

    def released(self) -> Iterable[tuple[bytes, Path]]:
        """Contracts that tests deploy from finished wasm: the wasm and its sources."""
        ...


def installed() -> list[Instrumenter]:
    """The instrumenters of this environment."""
    return [point.load() for point in sorted(entry_points(group=GROUP), key=lambda each: each.name)]


def watch_source(
    observer: Observer, wasm: bytes, source: Path, kinds: Iterable[str], *, always: bool
) -> bool:
    """Watch a contract that was built from `source`; whether an instrumenter knows such sources."""
    found = False
    for kind in kinds:
        for instrumenter in installed():
            build = instrumenter.instrumented(source, kind)
            if build is not None:
                observer.watch(wasm, build, always=always)
                found = True
                break
    return found


def watch_released(observer: Observer, kinds: Iterable[str], *, always: bool) -> None:
    """Watch every contract that the installed instrumenters know."""
    wanted = list(kinds)
    for instrumenter in installed():
        for wasm, source in instrumenter.released():
            watch_source(observer, wasm, source, wanted, always=always)
