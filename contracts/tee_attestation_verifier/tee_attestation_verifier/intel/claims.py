"""What a verified quote proves."""

from tee_attestation_verifier.intel.case import Case


class Claims:
    """The result of `verify`: every field is covered by a signature that leads to the pinned root.

    `status` is the converged TCB status (never Revoked), `tcb_date` its date in unix seconds, `advisory_ids` what
    applies; `platform_...` the same without the quoting enclave, `qe_...` of that alone, `module_status` None without
    module levels.
    `pck_extension` is the PCK certificate's SGX extension, for what no rule reads. `collateral_issued` when TCB info
    and QE identity were issued, the older of them; `verified_at` the time of the judgement, in unix seconds.
    `report` is the SGX or TD report. `valid_from` <= now < `valid_until` in unix seconds: the intersection
    of everything that the verdict rests on.
    """

    def __init__(self, case: Case) -> None:
        """Collect from a case that went through all steps."""
        quote, pck = case.quote, case.pck
        self.quote_version, self.tee = quote.version, "TDX" if quote.is_tdx else "SGX"
        self.report = quote.report
        self.status, self.tcb_date, self.advisory_ids = case.status, case.tcb_date, case.advisory_ids
        self.platform_status = case.platform_status
        self.platform_advisory_ids = case.platform_advisory_ids
        self.qe_status, self.qe_advisory_ids = case.qe_level.status, case.qe_level.advisory_ids
        self.module_status = None if case.module_level is None else case.module_level.status
        self.fmspc, self.pce_id, self.ppid = pck.fmspc, pck.pce_id, pck.ppid
        self.cpu_svn, self.pce_svn = pck.cpu_svn, pck.pce_svn
        self.tcb_evaluation_number = case.tcb_info.evaluation_number
        self.qe_evaluation_number = case.qe_identity.evaluation_number
        self.pck_extension = case.pck_leaf.sgx_extension
        self.collateral_issued = min(case.tcb_info.issued, case.qe_identity.issued)
        self.verified_at = case.now
        self.valid_from, self.valid_until = case.valid_from, case.valid_until
