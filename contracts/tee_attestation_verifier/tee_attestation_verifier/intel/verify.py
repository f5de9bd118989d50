"""Verification of a quote: fifteen numbered steps, each refusing with codes of its own.

The numbers are those of docs/spec/attestation.md. `verify` answers what the evidence proves; whether
that is good enough is asked afterwards: `check_attributes` (step 16) and a policy.
"""

from tee_attestation_verifier.crypto import Crypto
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.case import Case
from tee_attestation_verifier.intel.chain_steps import (
    check_chains,
    check_format,
    check_revocation,
    check_tcb_collateral,
)
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.quote_steps import (
    check_binding,
    check_module_identity,
    check_qe_identity,
    check_qe_report_data,
    check_qe_report_signature,
    check_quote_signature,
)
from tee_attestation_verifier.intel.tcb_steps import (
    advise_relaunch,
    collect_dates,
    converge_status,
    match_module,
    match_platform,
)
from tee_attestation_verifier.intel.trust import TrustedRoot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeAlias

    OnStep: TypeAlias = Callable[[int], None]

QUOTE_STEPS = (
    check_binding,
    check_module_identity,
    check_qe_report_signature,
    check_qe_report_data,
    check_qe_identity,
    check_quote_signature,
    match_platform,
    match_module,
    converge_status,
    advise_relaunch,
    collect_dates,
)
STEPS = (check_format, check_chains, check_revocation, check_tcb_collateral) + QUOTE_STEPS  # noqa: RUF005


def verify(
    quote: bytes,
    collateral: Collateral,
    now: int,
    root: TrustedRoot,
    crypto: Crypto,
    on_step: "OnStep | None" = None,
) -> Claims:
    """Judge a quote at `now` (unix seconds) under a pinned root; raises Rejection, its `step` set.

    `on_step` is told the number of each step that has passed.
    """
    case = Case(quote, collateral, now, root, crypto)
    run(STEPS, case, 1, on_step)
    return Claims(case)


def run(
    steps: "Sequence[Callable[[Any], None]]", case: object, number: int, on_step: "OnStep | None"
) -> None:
    """Let a case pass steps in turn, the first of them `number`; raises Rejection, its `step` set."""
    try:
        for step in steps:
            step(case)
            if on_step is not None:
                on_step(number)
            number += 1
    except Rejection as rejection:
        rejection.step = number
        raise
