"""Steps 5 to 10: the quote belongs to the collateral, and its chain of signatures holds."""

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.case import Case
from tee_attestation_verifier.intel.certification import check_platform
from tee_attestation_verifier.intel.tcb_info import ModuleIdentity, SvnLevel

SGX_DEBUG = 0x02


def check_binding(case: Case) -> None:
    """5. Certification data and TCB info are for the PCK certificate's platform."""
    check_platform(case.quote.certification_type, case.quote.certification_data, case.pck)
    if case.tcb_info.fmspc != case.pck.fmspc:
        raise Rejection("TCB_INFO_FMSPC", "TCB info is for another FMSPC")
    if case.tcb_info.pce_id != case.pck.pce_id:
        raise Rejection("TCB_INFO_PCEID", "TCB info is for another PCEID")


def check_module_identity(case: Case) -> None:
    """6. The TDX module has the signer and attributes that TCB info names."""
    if not case.quote.is_tdx:
        return
    report = case.quote.report
    module = module_identity(case, report.field("tee_tcb_svn")[1])
    if report.field("mr_signer_seam") != module.signer:
        raise Rejection("TDX_MODULE_SIGNER", "mr_signer_seam")
    attributes = report.field("seam_attributes")
    if attributes != bytes(8) or attributes != module.attributes:
        raise Rejection("TDX_MODULE_ATTRIBUTES", "seam_attributes")


def module_identity(case: Case, version: int) -> ModuleIdentity:
    """What TCB info says of TDX modules of a version; refuses with TDX_MODULE_UNKNOWN where it says nothing."""
    if version == 0:
        return case.tcb_info.module
    name = "TDX_" + "0123456789ABCDEF"[version >> 4] + "0123456789ABCDEF"[version & 15]
    if name not in case.tcb_info.module_identities:
        raise Rejection("TDX_MODULE_UNKNOWN", name)
    return case.tcb_info.module_identities[name]


def check_qe_report_signature(case: Case) -> None:
    """7. The PCK key signed the quoting enclave's report."""
    quote = case.quote
    key = case.pck_leaf.public_key
    case.require_signature(
        quote.qe_report_signature,
        quote.qe_report.data,
        key,
        "QE_REPORT_SIGNATURE",
        "not signed by the PCK key",
    )


def check_qe_report_data(case: Case) -> None:
    """8. The quoting enclave vouches for this attestation key."""
    quote = case.quote
    binding = case.sha256(quote.attestation_key + quote.qe_auth) + bytes(32)
    if quote.qe_report.field("report_data") != binding:
        raise Rejection("QE_REPORT_DATA", "does not bind the attestation key")


def check_qe_identity(case: Case) -> None:
    """9. The quoting enclave is Intel's, not in debug mode, and supported."""
    report, identity = case.quote.qe_report, case.qe_identity
    if masked(report.field("misc_select"), identity.misc_select_mask) != identity.misc_select:
        raise Rejection("QE_MISCSELECT", "differs under the mask")
    if masked(report.field("attributes"), identity.attributes_mask) != identity.attributes:
        raise Rejection("QE_ATTRIBUTES", "differ under the mask")
    if report.field("attributes")[0] & SGX_DEBUG:
        raise Rejection("QE_DEBUG", "the quoting enclave runs in debug mode")
    if report.field("mr_signer") != identity.mr_signer:
        raise Rejection("QE_MRSIGNER", "not Intel's quoting enclave")
    if report.number("isv_prod_id") != identity.isv_prod_id:
        raise Rejection("QE_ISVPRODID", str(report.number("isv_prod_id")))
    svn = report.number("isv_svn")
    case.qe_level = highest_level(identity.levels, svn, "QE_NOT_SUPPORTED")


def check_quote_signature(case: Case) -> None:
    """10. The attestation key is valid and signed header and report."""
    quote = case.quote
    case.require_point(quote.attestation_key, "ATTESTATION_KEY_INVALID")
    case.require_signature(
        quote.signature,
        quote.signed,
        quote.attestation_key,
        "QUOTE_SIGNATURE",
        "not signed by the attestation key",
    )


def masked(value: bytes, mask: bytes) -> bytes:
    """Bitwise and of two byte strings of one length."""
    return bytes([value[index] & mask[index] for index in range(len(value))])


def highest_level(levels: list[SvnLevel], svn: int, code: str) -> SvnLevel:
    """The level with the highest `isv_svn` that `svn` reaches; refuses with `code` when there is none.

    Levels need not be sorted; of equal ones the first counts.
    """
    best = None
    for level in levels:
        if level.isv_svn <= svn and (best is None or level.isv_svn > best.isv_svn):
            best = level
    if best is None:
        raise Rejection(code, "isvsvn " + str(svn) + " is below every level")
    return best
