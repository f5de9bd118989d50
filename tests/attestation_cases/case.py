"""One case: evidence minted under a throw-away root, and the verdict that it deserves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sealwright_agents.simulated import Bends, SimulatedTee, TdMeasurements
from sealwright_agents.simulated.quotes import TD10, BodyKind
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.offchain.catalogue import CODES

NOW = 1_781_481_600  # 2026-06-15T00:00:00Z
SEED = b"catalogue"
REPORT_DATA = bytes(range(64))
ROOT_STEP = 0

QuoteEdit = Callable[[bytearray], object]
CollateralEdit = Callable[[Collateral], object]


@dataclass(frozen=True)
class Evidence:
    """What a verifier is given: `now` in unix seconds, `root_der` the anchor.

    `kept` is collateral that was put before, each with its time; a quote is then judged by what was kept of it.
    """

    quote: bytes
    collateral: Collateral
    now: int
    root_der: bytes
    kept: tuple[tuple[Collateral, int], ...] = ()


@dataclass(frozen=True)
class Case:
    """Evidence and verdict.

    name          unique; says what is particular
    code          of the rejection; empty when the evidence is genuine
    step          that rejects: 0 for the anchor itself, 16 for the attribute gate
    status        and `advisory_ids` of the verdict when the code is empty; `tcb_date` (unix seconds) where it matters
    machine       arguments of SimulatedTee; `quoting` those of its `quote`
    puts          what is kept before, made from the collateral; none: it comes with the quote
    quote_edit    and `collateral_edit` change what was minted, after it was signed
    """

    name: str
    code: str
    step: int
    status: str = "UpToDate"
    advisory_ids: tuple[str, ...] = ()
    tcb_date: int | None = None
    now: int = NOW
    machine: dict[str, Any] = field(default_factory=dict)
    quoting: dict[str, Any] = field(default_factory=dict)
    quote_edit: QuoteEdit | None = None
    collateral_edit: CollateralEdit | None = None
    puts: Callable[[Collateral], tuple[tuple[Collateral, int], ...]] | None = None

    @cached_property
    def evidence(self) -> Evidence:
        """The evidence, minted when it is first asked for; the same bytes each time."""
        tee = SimulatedTee(SEED, NOW, **self.machine)
        quote, collateral = bytearray(tee.quote(REPORT_DATA, **self.quoting)), tee.collateral()
        if self.quote_edit is not None:
            self.quote_edit(quote)
        if self.collateral_edit is not None:
            self.collateral_edit(collateral)
        kept = () if self.puts is None else self.puts(collateral)
        return Evidence(bytes(quote), collateral, self.now, tee.root_der, kept)


def refused(
    name: str,
    code: str,
    *,
    step: int | None = None,
    kind: BodyKind = TD10,
    machine: dict[str, Any] | None = None,
    measurements: TdMeasurements | None = None,
    quoting: dict[str, Any] | None = None,
    quote: QuoteEdit | None = None,
    collateral: CollateralEdit | None = None,
    **bends: Any,
) -> Case:
    """A case that is refused with `code`, by default at the step of the catalogue of codes.

    `bends` are those of the minter, `machine` and `quoting` further arguments of
    SimulatedTee and its `quote`.
    """
    return Case(
        name,
        code,
        CODES[code][0] if step is None else step,
        machine={"kind": kind, "bends": Bends(**bends), **(machine or {})},
        quoting=(quoting or {}) if measurements is None else {"measurements": measurements},
        quote_edit=quote,
        collateral_edit=collateral,
    )


def verified(
    name: str,
    status: str = "UpToDate",
    advisory_ids: tuple[str, ...] = (),
    *,
    tcb_date: int | None = None,
    now: int = NOW,
    kind: BodyKind = TD10,
    machine: dict[str, Any] | None = None,
    quoting: dict[str, Any] | None = None,
    quote: QuoteEdit | None = None,
    collateral: CollateralEdit | None = None,
    **bends: Any,
) -> Case:
    """A case that is verified with `status` and `advisory_ids`."""
    return Case(
        name,
        "",
        0,
        status,
        advisory_ids,
        tcb_date,
        now,
        {"kind": kind, "bends": Bends(**bends), **(machine or {})},
        quoting or {},
        quote,
        collateral,
    )
