"""Validation: whether what a verified quote proves is good enough. Policy is data; the caller owns it.

Kept apart from `verify`, which says what is true, and from `check_attributes` (step 16), which refuses what nobody
should accept: a caller asks all three. `offchain/policy_file.py` reads and writes policies as JSON.
"""

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.pck_configuration import parse_pck_configuration
from tee_attestation_verifier.intel.status import UP_TO_DATE

# Fields of a report that tell what software runs, with their sizes in bytes.
SOFTWARE_FIELDS = {
    "mr_td": 48,
    "rt_mr0": 48,
    "rt_mr1": 48,
    "rt_mr2": 48,
    "rt_mr3": 48,
    "mr_config_id": 48,
    "mr_enclave": 32,
    "mr_signer": 32,
}


class Software:
    """One accepted software: everything that is named here must be so.

    `fields` names of SOFTWARE_FIELDS with their bytes; `compose_hash` 32 bytes, of a dstack application, which the
    caller must have proven; `isv_prod_id` and `min_isv_svn` of an SGX enclave.
    """

    def __init__(
        self,
        fields: dict[str, bytes],
        compose_hash: bytes | None = None,
        isv_prod_id: int | None = None,
        min_isv_svn: int = 0,
    ) -> None:
        """Take the parts over as they are."""
        self.fields, self.compose_hash = fields, compose_hash
        self.isv_prod_id, self.min_isv_svn = isv_prod_id, min_isv_svn

    def is_in(self, claims: Claims, compose_hash: bytes | None) -> bool:
        """Whether this is the software of a verified quote, whose proven compose hash is given, if any."""
        report = claims.report
        for name in self.fields:
            if not report.has(name) or report.field(name) != self.fields[name]:
                return False
        if self.isv_prod_id is not None or self.min_isv_svn:
            if not report.has("isv_svn") or report.number("isv_svn") < self.min_isv_svn:
                return False
            if self.isv_prod_id not in (None, report.number("isv_prod_id")):
                return False
        return self.compose_hash is None or self.compose_hash == compose_hash


class Policy:
    """What is accepted. The default: UpToDate alone, any machine, any software, any age.

    `statuses`               accepted TCB statuses
    `advisory_grace`         for every other status: advisories that may stand open, each until a time in unix
                             seconds; all of a quote's advisories must be covered, and there must be one
    `ppids`                  accepted machines, 16 bytes each; None: any
    `software`               accepted software; None: any
    `min_evaluation`         the least tcbEvaluationDataNumber of TCB info and of QE identity
    `max_collateral_age_s`   since TCB info and QE identity were issued, the older of them; None: any
    `max_tcb_age_s`          since the TCB date of the matched levels; None: any
    `max_verification_age_s` since the quote was verified; None: any
    `allow_dynamic_platform`, `allow_cached_keys`, `allow_smt`   when false, the PCK certificate must say that it
                             is not so; a processor PCK certificate says nothing and is refused
    """

    def __init__(
        self,
        statuses: tuple[str, ...] = (UP_TO_DATE,),
        advisory_grace: dict[str, int] | None = None,
        ppids: tuple[bytes, ...] | None = None,
        software: tuple[Software, ...] | None = None,
        min_evaluation: int = 0,
        max_collateral_age_s: int | None = None,
        max_tcb_age_s: int | None = None,
        max_verification_age_s: int | None = None,
        allow_dynamic_platform: bool = True,
        allow_cached_keys: bool = True,
        allow_smt: bool = True,
    ) -> None:
        """Take the rules over as they are."""
        self.statuses, self.advisory_grace = statuses, advisory_grace or {}
        self.ppids, self.software, self.min_evaluation = ppids, software, min_evaluation
        self.max_collateral_age_s, self.max_tcb_age_s = max_collateral_age_s, max_tcb_age_s
        self.max_verification_age_s = max_verification_age_s
        self.allow_dynamic_platform, self.allow_cached_keys = allow_dynamic_platform, allow_cached_keys
        self.allow_smt = allow_smt


def validate(claims: Claims, policy: Policy, now: int, compose_hash: bytes | None = None) -> None:
    """Refuse claims that the policy does not accept at `now` (unix seconds).

    `compose_hash` is what the caller has proven of a dstack application (docs/spec/dstack.md).
    Raises Rejection POLICY_EVALUATION, POLICY_COLLATERAL_AGE, POLICY_VERIFICATION_AGE, POLICY_STATUS,
    POLICY_TCB_AGE, POLICY_PLATFORM, POLICY_DYNAMIC_PLATFORM, POLICY_CACHED_KEYS, POLICY_SMT or POLICY_MEASUREMENT.
    """
    number = min(claims.tcb_evaluation_number, claims.qe_evaluation_number)
    if number < policy.min_evaluation:
        raise Rejection("POLICY_EVALUATION", str(number))
    _require_age(now - claims.collateral_issued, policy.max_collateral_age_s, "POLICY_COLLATERAL_AGE")
    _require_age(now - claims.verified_at, policy.max_verification_age_s, "POLICY_VERIFICATION_AGE")
    if claims.status not in policy.statuses and not _in_grace(claims, policy, now):
        raise Rejection("POLICY_STATUS", claims.status)
    _require_age(now - claims.tcb_date, policy.max_tcb_age_s, "POLICY_TCB_AGE")
    if policy.ppids is not None and claims.ppid not in policy.ppids:
        raise Rejection("POLICY_PLATFORM", "this machine is not on the list")
    _require_configuration(claims, policy)
    if policy.software is not None:
        for software in policy.software:
            if software.is_in(claims, compose_hash):
                return
        raise Rejection("POLICY_MEASUREMENT", "this software is not on the list")


def _require_age(age: int, most: int | None, code: str) -> None:
    if most is not None and age > most:
        raise Rejection(code, str(age) + " seconds")


def _in_grace(claims: Claims, policy: Policy, now: int) -> bool:
    """Whether every open advisory has a grace that has not ended; without advisories there is none."""
    for advisory in claims.advisory_ids:
        if now >= policy.advisory_grace.get(advisory, 0):
            return False
    return len(claims.advisory_ids) > 0


def _require_configuration(claims: Claims, policy: Policy) -> None:
    if policy.allow_dynamic_platform and policy.allow_cached_keys and policy.allow_smt:
        return
    found = parse_pck_configuration(claims.pck_extension)
    for allowed, flag, code in (
        (policy.allow_dynamic_platform, found.dynamic_platform, "POLICY_DYNAMIC_PLATFORM"),
        (policy.allow_cached_keys, found.cached_keys, "POLICY_CACHED_KEYS"),
        (policy.allow_smt, found.smt_enabled, "POLICY_SMT"),
    ):
        if not allowed and flag is not False:
            raise Rejection(code, "the PCK certificate says " + ("so" if flag else "nothing"))
