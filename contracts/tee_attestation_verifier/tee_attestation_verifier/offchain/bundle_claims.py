"""What a bundle proves, claim by claim, at the time it names; docs/spec/attestation-bundle.md lists the claims."""

from tee_attestation_verifier.dstack import report_data
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.attributes import check_attributes
from tee_attestation_verifier.intel.policy import validate
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.bundle_case import CRYPTO, HASHES, BundleCase, Trust
from tee_attestation_verifier.offchain.bundle_file import Bundle, ReportDataParts
from tee_attestation_verifier.offchain.dstack_claims import DSTACK_CLAIMS
from tee_attestation_verifier.offchain.findings import Finding, Unproven, judge_claims


def judge_bundle(bundle: Bundle, trust: Trust) -> list[Finding]:
    """Judge every claim, in the order of CLAIMS."""
    return judge_claims(CLAIMS, BundleCase(bundle, trust))


def anchor(case: BundleCase) -> str:
    """The root is one that the judge trusts."""
    if case.root.fingerprint != case.trust.root.fingerprint:
        raise Rejection(
            "ROOT_NOT_TRUSTED", "whoever made the bundle chose its root " + case.root.fingerprint.hex()
        )
    return "Intel SGX Root CA" if case.root.is_intel() else "test root " + case.root.fingerprint.hex()


def quote(case: BundleCase) -> str:
    """The quote is genuine and was current at that time (steps 1 to 15)."""
    bundle = case.bundle
    claims = case.claims = verify(bundle.quote, bundle.collateral, case.at, case.root, CRYPTO)
    advisories = "".join(" " + each for each in claims.advisory_ids)
    return f"{claims.tee} v{claims.quote_version}, {claims.status}{advisories}"


def attributes(case: BundleCase) -> str:
    """The enclave is protected as it should be: no debug mode, no service TD (step 16)."""
    check_attributes(case.verified().report)
    return ""


def image(case: BundleCase) -> str:
    """The registers are those of the expected image."""
    expected = case.expected
    if not expected.registers:
        raise Unproven("no registers are expected")
    report = case.verified().report
    for name, value in expected.registers.items():
        if not report.has(name) or report.field(name) != value:
            found = report.field(name).hex() if report.has(name) else "no such register"
            raise Rejection("IMAGE_MISMATCH", f"{name}: {found}")
    return f"{expected.image or 'unnamed'} ({case.whose}): {', '.join(expected.registers)}"


def said(case: BundleCase) -> str:
    """The enclave quoted what it should have."""
    parts = case.expected.report_data
    found = case.verified().report.field("report_data")
    if parts is None:
        raise Unproven("no report data is expected; it is " + found.hex())
    report_data.check_report_data(found, expected_report_data(parts))
    return f"{parts.form} ({case.whose})"


def policy(case: BundleCase) -> str:
    """The judge's policy accepts it at that time."""
    validate(case.verified(), case.trust.policy, case.at, case.compose_hash)
    return ""


CLAIMS = (
    ("anchor", anchor),
    ("quote", quote),
    ("attributes", attributes),
    *DSTACK_CLAIMS,
    ("image", image),
    ("report_data", said),
    ("policy", policy),
)


def expected_report_data(expected: ReportDataParts) -> bytes:
    """The 64 bytes that the parts make in their form."""
    parts = expected.parts
    if expected.form == "near-mpc":
        return report_data.near_mpc(parts["tls_key"], parts["account_key"], HASHES)
    if expected.form == "shade":
        return report_data.shade(parts["account_id"])
    if expected.form == "near-ai":
        return report_data.near_ai(parts["signing_address"], parts["nonce"])
    if expected.form == "sealwright":
        return report_data.sealwright(parts["binding_hash"], parts["challenge"])
    return parts["value"]
