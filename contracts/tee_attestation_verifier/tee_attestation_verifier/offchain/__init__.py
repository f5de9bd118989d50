"""The public API off chain: judge quotes, bundles and dstack's evidence with `cryptography` and nothing else.

    from tee_attestation_verifier.offchain import Rejection, judge_quote, read_collateral

    try:
        claims = judge_quote(quote, read_collateral(text), now)
    except Rejection as rejection:
        print(rejection.code, explain(rejection, quote, collateral, now).lines())

quotes      judge_quote; its three parts verify, check_attributes, validate; Claims, Rejection, explain
collateral  Collateral, read_collateral, write_collateral
kept        check_collateral once, MemoryKeeper keeps it, verify_kept judges by it; CollateralMissing
trust       INTEL_ROOT, TrustedRoot, root_from_der
policy      Policy, Software, read_policy, write_policy
bundles     Bundle, read_bundle, write_bundle, judge_bundle, Trust, Finding
dstack      parse_event_log, check_register, read_boot, check_compose, ... and the report data forms

Rules are Intel's unless a docstring says otherwise: "Intel SGX and TDX DCAP Quote Verification Library" (QVL), "Intel
TDX DCAP Quote Library API" (quote format), "Intel SGX PCK Certificate and CRL Profile Specification", "Intel PCS API
v4" (TCB info, QE identity). What is not named here may change.
"""

from tee_attestation_verifier.dstack.boot import (
    Boot,
    check_app_id,
    check_instance_id,
    check_key_provider,
    read_boot,
    single_event,
)
from tee_attestation_verifier.dstack.compose import (
    ComposePolicy,
    check_compose,
    check_compose_hash,
    compose_findings,
    near_mpc_policy,
    strict_policy,
)
from tee_attestation_verifier.dstack.config_id import (
    BoundConfig,
    bound_by_document,
    bound_by_hash,
    bound_plainly,
    config_version,
)
from tee_attestation_verifier.dstack.event_log import Event, check_register, parse_event_log
from tee_attestation_verifier.dstack.report_data import check_report_data
from tee_attestation_verifier.errors import CollateralMissing, Rejection
from tee_attestation_verifier.intel.attributes import check_attributes
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.policy import Policy, Software, validate
from tee_attestation_verifier.intel.report import Report
from tee_attestation_verifier.intel.stored import check_collateral, verify_kept
from tee_attestation_verifier.intel.trust import INTEL_ROOT, TrustedRoot, root_from_der
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.bundle_case import Trust
from tee_attestation_verifier.offchain.bundle_claims import judge_bundle
from tee_attestation_verifier.offchain.bundle_file import (
    Bundle,
    ConfigDocument,
    Expected,
    HashedConfig,
    KeyProvider,
    ReportDataParts,
    read_bundle,
    write_bundle,
)
from tee_attestation_verifier.offchain.collateral_file import read_collateral, write_collateral
from tee_attestation_verifier.offchain.compose_policy_file import read_compose_policy
from tee_attestation_verifier.offchain.digests import StandardHashes
from tee_attestation_verifier.offchain.dstack_files import DstackEvidence, read_app_compose, read_evidence
from tee_attestation_verifier.offchain.explain import Explanation, explain
from tee_attestation_verifier.offchain.findings import FAIL, PASS, UNPROVEN, Finding
from tee_attestation_verifier.offchain.judgement import judge_quote
from tee_attestation_verifier.offchain.keeper import MemoryKeeper
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto
from tee_attestation_verifier.offchain.policy_file import read_policy, write_policy

__all__ = [
    "FAIL",
    "INTEL_ROOT",
    "PASS",
    "UNPROVEN",
    "Boot",
    "BoundConfig",
    "Bundle",
    "Claims",
    "Collateral",
    "CollateralMissing",
    "ComposePolicy",
    "ConfigDocument",
    "DstackEvidence",
    "Event",
    "Expected",
    "Explanation",
    "Finding",
    "HashedConfig",
    "KeyProvider",
    "MemoryKeeper",
    "OpenSslCrypto",
    "Policy",
    "Rejection",
    "Report",
    "ReportDataParts",
    "Software",
    "StandardHashes",
    "Trust",
    "TrustedRoot",
    "bound_by_document",
    "bound_by_hash",
    "bound_plainly",
    "check_app_id",
    "check_attributes",
    "check_collateral",
    "check_compose",
    "check_compose_hash",
    "check_instance_id",
    "check_key_provider",
    "check_register",
    "check_report_data",
    "compose_findings",
    "config_version",
    "explain",
    "judge_bundle",
    "judge_quote",
    "near_mpc_policy",
    "parse_event_log",
    "read_app_compose",
    "read_boot",
    "read_bundle",
    "read_collateral",
    "read_compose_policy",
    "read_evidence",
    "read_policy",
    "root_from_der",
    "single_event",
    "strict_policy",
    "validate",
    "verify",
    "verify_kept",
    "write_bundle",
    "write_collateral",
    "write_policy",
]
