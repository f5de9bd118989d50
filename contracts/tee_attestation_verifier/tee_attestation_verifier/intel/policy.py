"""Validation: whether what a verified quote proves is good enough. Policy is data; the caller owns it.

Kept apart from `verify`: that says what is true, this says what somebody accepts.
"""

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.attributes import check_attributes
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.status import UP_TO_DATE


class Policy:
    """What is accepted. The default: UpToDate only, the attribute gate, any machine, any software.

    `statuses` accepted TCB statuses; `advisory_grace` for every other status: the advisories that may stand
    open, each until a time in unix seconds (all of a quote's advisories must be covered); `ppids` accepted
    machines (None: any); `mr_td` accepted TD or enclave measurements (None: any); `min_evaluation` the least
    tcbEvaluationDataNumber, against collateral that was rolled back.
    """

    def __init__(
        self,
        statuses: tuple[str, ...] = (UP_TO_DATE,),
        advisory_grace: dict[str, int] | None = None,
        ppids: tuple[bytes, ...] | None = None,
        mr_td: tuple[bytes, ...] | None = None,
        min_evaluation: int = 0,
    ) -> None:
        """Take the rules over as they are."""
        self.statuses, self.advisory_grace = statuses, advisory_grace or {}
        self.ppids, self.mr_td, self.min_evaluation = ppids, mr_td, min_evaluation


def validate(claims: Claims, policy: Policy, now: int) -> None:
    """Refuse claims that the policy does not accept at `now` (unix seconds).

    Raises Rejection with a code of the attribute gate, or POLICY_EVALUATION, POLICY_STATUS, POLICY_PLATFORM,
    POLICY_MEASUREMENT.
    """
    check_attributes(claims.report)
    if claims.tcb_evaluation_number < policy.min_evaluation:
        raise Rejection("POLICY_EVALUATION", str(claims.tcb_evaluation_number))
    if claims.status not in policy.statuses and not _in_grace(claims, policy, now):
        raise Rejection("POLICY_STATUS", claims.status)
    if policy.ppids is not None and claims.ppid not in policy.ppids:
        raise Rejection("POLICY_PLATFORM", "this machine is not on the list")
    if policy.mr_td is not None:
        measurement = claims.report.field("mr_td" if claims.tee == "TDX" else "mr_enclave")
        if measurement not in policy.mr_td:
            raise Rejection("POLICY_MEASUREMENT", "this software is not on the list")


def _in_grace(claims: Claims, policy: Policy, now: int) -> bool:
    """Whether every open advisory has a grace that has not ended; without advisories there is none."""
    for advisory in claims.advisory_ids:
        if now >= policy.advisory_grace.get(advisory, 0):
            return False
    return len(claims.advisory_ids) > 0
