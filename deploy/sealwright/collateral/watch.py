"""Collateral kept fresh in a file: fetched anew at intervals, replaced long before its window ends.

    fetch --> proves itself? --> nothing in it older than what is held? --> file replaced --> published

What does not prove itself never replaces what does, and a service that lags behind never takes the file back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.trust import TrustedRoot
from tee_attestation_verifier.offchain.collateral_file import read_collateral, write_collateral
from tee_attestation_verifier.offchain.inventory import Item, inventory
from tee_attestation_verifier.offchain.pcs import PcsError
from tee_attestation_verifier.offchain.pcs.cache import write_atomically
from tee_attestation_verifier.offchain.pcs.outlook import Prospect

from sealwright.collateral.findings import ENDING, REFUSED, Findings, check, outlook_document, to_come
from sealwright.collateral.publishing import PublishFailed

RENEWED, UNCHANGED, FAILED = "renewed", "unchanged", "failed"
# What Intel issues anew, by part, and what makes two parts issues of one thing.
DATED = ("root CRL", "PCK CRL", "TCB info", "QE identity")
SAME = ("tee", "fmspc", "enclave")


@dataclass(frozen=True)
class Rhythm:
    """Seconds: how often it is fetched, how long before its end a renewal is due, the pause after a failure."""

    every_s: int = 86_400
    margin_s: int = 7 * 86_400
    retry_s: int = 900


@dataclass(frozen=True)
class Round:
    """How one round ended, at `at` (unix seconds), and in how many seconds the next one is due.

    `event` is renewed, unchanged or failed, then with `code` and `detail`. Of what the file holds now: `valid_until`
    (None without a file), whether that is within the margin, and the quote's `status` by it or the `quote_code` of
    its rejection. `published` says what became of publishing; `publish_failure` why it failed, `publish_code` with
    which code of the contract. `to_come` are the evaluations that are going to change the quote's status.
    """

    at: int
    event: str
    pause_s: int
    valid_until: int | None = None
    is_ending: bool = True
    code: str | None = None
    detail: str | None = None
    is_temporary: bool = False
    status: str | None = None
    quote_code: str | None = None
    published: str | None = None
    publish_failure: str | None = None
    publish_code: str | None = None
    to_come: tuple[Prospect, ...] = ()

    def document(self) -> dict[str, Any]:
        """The documented JSON object."""
        return {**asdict(self), "to_come": outlook_document(list(self.to_come))}


@dataclass(frozen=True)
class Watch:
    """One file that is kept fresh.

    `fetch` takes the time (unix seconds) and gives collateral, or raises PcsError or Rejection. `publish` brings it
    to a contract and says in a word what became of it, or raises PublishFailed. `foresee` gives the quote's outlook,
    or raises as `fetch` does; a round does without it then.
    """

    file: Path
    root: TrustedRoot
    fetch: Callable[[int], Collateral]
    rhythm: Rhythm = field(default_factory=Rhythm)
    quote: bytes | None = None
    publish: Callable[[Collateral], str] | None = None
    foresee: Callable[[int], list[Prospect]] | None = None

    def round(self, now: int) -> Round:
        """Fetch, judge, keep and publish once, at `now` (unix seconds)."""
        held = self._held(now)
        try:
            fetched = self.fetch(now)
            _require_good(check(fetched, now, self.root))
        except (PcsError, Rejection) as failure:
            return self._failed(now, held, failure)
        if held is not None and not _is_newer(fetched, held):
            done = self._judged(now, UNCHANGED, held)
        else:
            held, done = fetched, self._judged(now, RENEWED, fetched)
            write_atomically(self.file, write_collateral(fetched).encode())
        return self._published(self._foreseen(done), held)

    def _held(self, now: int) -> Collateral | None:
        """What the file holds, as long as it is good for anything."""
        try:
            held = read_collateral(self.file.read_bytes())
        except (OSError, ValueError):
            return None
        return None if check(held, now, self.root).verdict == REFUSED else held

    def _failed(self, now: int, held: Collateral | None, failure: PcsError | Rejection) -> Round:
        """Nothing new; what is held stays, and is tried again soon, or when the service wants to be asked."""
        pause, temporary = self.rhythm.retry_s, False
        if isinstance(failure, PcsError):
            pause = max(pause, int(failure.retry_after_s or 0))
            temporary = failure.is_temporary
        done = Round(now, FAILED, pause) if held is None else self._judged(now, FAILED, held)
        return replace(done, pause_s=pause, code=failure.code, detail=failure.detail, is_temporary=temporary)

    def _judged(self, now: int, event: str, held: Collateral) -> Round:
        """The round's outcome as far as it depends on what is held."""
        rhythm = self.rhythm
        found = check(held, now, self.root, rhythm.margin_s)
        end = found.valid_until or now
        pause = max(min(rhythm.every_s, end - rhythm.margin_s - now), rhythm.retry_s)
        done = Round(now, event, pause, end, found.verdict == ENDING)
        if self.quote is None:
            return done
        judged = check(held, now, self.root, quote=self.quote)
        return replace(done, status=judged.status, quote_code=judged.code)

    def _foreseen(self, done: Round) -> Round:
        if self.foresee is None:
            return done
        try:
            return replace(done, to_come=tuple(to_come(self.foresee(done.at))))
        except (PcsError, Rejection):
            return done

    def _published(self, done: Round, held: Collateral) -> Round:
        if self.publish is None:
            return done
        try:
            return replace(done, published=self.publish(held))
        except PublishFailed as failure:
            pause = self.rhythm.retry_s
            return replace(done, publish_failure=str(failure), publish_code=failure.code, pause_s=pause)


def run(
    watch: Watch,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    tell: Callable[[Round], None],
    once: bool = False,
) -> Round:
    """Rounds without end, or one. `clock` gives unix seconds; every round is told."""
    while True:
        done = watch.round(int(clock()))
        tell(done)
        if once:
            return done
        sleep(done.pause_s)


def _require_good(found: Findings) -> None:
    if found.verdict == REFUSED:
        raise Rejection(found.code or "", found.detail)


def _is_newer(fetched: Collateral, held: Collateral) -> bool:
    """Whether something in it was issued later, or is for something else, and nothing earlier."""
    if write_collateral(fetched) == write_collateral(held):
        return False
    pairs = zip(_dated(fetched), _dated(held), strict=True)
    return all(_key(new) != _key(old) or new.valid_from >= old.valid_from for new, old in pairs)


def _dated(collateral: Collateral) -> list[Item]:
    return [item for item in inventory(collateral) if item.name in DATED]


def _key(item: Item) -> list[str | int | None]:
    return [item.facts.get(name) for name in SAME]
