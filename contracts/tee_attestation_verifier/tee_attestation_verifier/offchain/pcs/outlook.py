"""Early warning: what a quote's verdict is today, and what it will be under the evaluations to come.

Intel publishes a new TCB evaluation as "early" at once and makes it the "standard" about a year later. A machine
that is not brought up to date in between changes its status on that day, without any change of its own.
"""

from dataclasses import dataclass, replace

from tee_attestation_verifier.crypto import Crypto
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.quote import parse_quote
from tee_attestation_verifier.intel.trust import TrustedRoot
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.inventory import inventory
from tee_attestation_verifier.offchain.pcs.client import PcsClient
from tee_attestation_verifier.offchain.pcs.errors import PcsError
from tee_attestation_verifier.offchain.pcs.platform import SGX, TDX
from tee_attestation_verifier.offchain.pcs.services import EARLY, STANDARD, Evaluation

UPDATES = (STANDARD, EARLY)
NOT_OFFERED = frozenset({"PCS_UNKNOWN", "PCS_UNSUPPORTED", "PCS_MISMATCH", "PCS_OUT_OF_WINDOW"})


@dataclass(frozen=True)
class Prospect:
    """One evaluation's verdict on the quote.

    `evaluation` is TCB info's number; `updates` says which of "standard" and "early" it is today; `recovery_event`
    when the event behind it began (unix seconds, None where the service does not say). Either `status` with
    `advisory_ids` and `tcb_date`, or the `code` of a rejection.
    """

    evaluation: int
    updates: tuple[str, ...] = ()
    recovery_event: int | None = None
    status: str | None = None
    advisory_ids: tuple[str, ...] = ()
    tcb_date: int | None = None
    code: str | None = None


def outlook(client: PcsClient, quote: bytes, now: int, root: TrustedRoot, crypto: Crypto) -> list[Prospect]:
    """The quote under every evaluation that the service offers, by number, the oldest first.

    A service without a list of numbers is asked for its standard and its early evaluation alone. Raises PcsError
    when it does not even have the standard one, and Rejection when the quote cannot be read.
    """
    events = _recovery_events(client, TDX if parse_quote(quote).is_tdx else SGX, now)
    prospects: dict[int, Prospect] = {}
    asked: tuple[Evaluation, ...] = (*UPDATES, *events)
    for evaluation in asked:
        collateral = _offered(client, quote, now, evaluation)
        if collateral is None:
            continue
        number = evaluation_number(collateral)
        if number not in prospects:
            prospect = Prospect(number, recovery_event=events.get(number))
            prospects[number] = _judged(prospect, quote, collateral, now, root, crypto)
        if isinstance(evaluation, str):
            updates = (*prospects[number].updates, evaluation)
            prospects[number] = replace(prospects[number], updates=updates)
    return [prospects[number] for number in sorted(prospects)]


def evaluation_number(collateral: Collateral) -> int:
    """TCB info's tcbEvaluationDataNumber. Raises Rejection TCB_INFO_..."""
    (number,) = (item.facts["evaluation"] for item in inventory(collateral) if item.name == "TCB info")
    return int(number)


def _recovery_events(client: PcsClient, tee: str, now: int) -> dict[int, int]:
    try:
        return {each.number: each.recovery_event for each in client.evaluation_numbers(tee, now).numbers}
    except PcsError as failure:
        if failure.code not in NOT_OFFERED:
            raise
        return {}


def _offered(client: PcsClient, quote: bytes, now: int, evaluation: Evaluation) -> Collateral | None:
    """None for an evaluation other than the standard that the service does not have, or no longer."""
    try:
        return client.for_quote(quote, now, evaluation)
    except PcsError as failure:
        if evaluation == STANDARD or failure.code not in NOT_OFFERED:
            raise
        return None


def _judged(
    prospect: Prospect, quote: bytes, collateral: Collateral, now: int, root: TrustedRoot, crypto: Crypto
) -> Prospect:
    try:
        claims = verify(quote, collateral, now, root, crypto)
    except Rejection as rejection:
        return replace(prospect, code=rejection.code)
    advisories = tuple(claims.advisory_ids)
    return replace(prospect, status=claims.status, advisory_ids=advisories, tcb_date=claims.tcb_date)
