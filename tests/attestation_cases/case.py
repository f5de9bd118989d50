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
    """What a verifier is given: `now` in unix seconds, `root_der` the anchor."""

    quote: bytes
    collateral: Collateral
    now: int
    root_der: bytes


@dataclass(frozen=True)
class Case:
    """Evidence and verdict.

    name          unique; says what is particular
    code          of the rejection; empty when the evidence is genuine
    step          that rejects: 0 for the anchor itself, 16 for the attribute gate
    status        and `advisory_ids` of the verdict when the code is empty
    machine       arguments of SimulatedTee
    quote_edit    and `collateral_edit` change what was minted, after it was signed
    """

    name: str
    code: str
    step: int
    status: str = "UpToDate"
    advisory_ids: tuple[str, ...] = ()
    now: int = NOW
    machine: dict[str, Any] = field(default_factory=dict)
    quoting: dict[str, Any] = field(default_factory=dict)
    quote_edit: QuoteEdit | None = None
    collateral_edit: CollateralEdit | None = None

    @cached_property
    def evidence(self) -> Evidence:
        """The evidence, minted when it is first asked for; the same bytes each time."""
        tee = SimulatedTee(SEED, NOW, **self.machine)
        quote, collateral = bytearray(tee.quote(REPORT_DATA, **self.quoting)), tee.collateral()
        if self.quote_edit is not None:
            self.quote_edit(quote)
        if self.collateral_edit is not None:
            self.collateral_edit(collateral)
        return Evidence(bytes(quote), collateral, self.now, tee.root_der)


def refused(
    name: str,
    code: str,
    *,
    step: int | None = None,
    kind: BodyKind = TD10,
    machine: dict[str, Any] | None = None,
    measurements: TdMeasurements | None = None,
    quote: QuoteEdit | None = None,
    collateral: CollateralEdit | None = None,
    **bends: Any,
) -> Case:
    """A case that is refused with `code`, by default at the step of the catalogue of codes.

    `bends` are those of the minter, `machine` further arguments of SimulatedTee.
    """
    return Case(
        name,
        code,
        CODES[code][0] if step is None else step,
        machine={"kind": kind, "bends": Bends(**bends), **(machine or {})},
        quoting={} if measurements is None else {"measurements": measurements},
        quote_edit=quote,
        collateral_edit=collateral,
    )


def verified(
    name: str,
    status: str = "UpToDate",
    advisory_ids: tuple[str, ...] = (),
    *,
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
        now,
        {"kind": kind, "bends": Bends(**bends), **(machine or {})},
        quoting or {},
        quote,
        collateral,
    )
