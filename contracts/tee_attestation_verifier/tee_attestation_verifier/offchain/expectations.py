"""The value that a check wanted and the one that it got, where both can be named."""

import hashlib
from collections.abc import Callable

from tee_attestation_verifier.intel.pck_extension import PckExtension
from tee_attestation_verifier.intel.qe_identity import QeIdentity
from tee_attestation_verifier.intel.tcb_info import ModuleIdentity, TcbInfo
from tee_attestation_verifier.offchain.dates import date
from tee_attestation_verifier.offchain.evidence_view import EvidenceView

QE_FIELDS: dict[str, Callable[[QeIdentity], str]] = {
    "QE_MISCSELECT": lambda each: f"{each.misc_select.hex()} under the mask {each.misc_select_mask.hex()}",
    "QE_ATTRIBUTES": lambda each: f"{each.attributes.hex()} under the mask {each.attributes_mask.hex()}",
    "QE_MRSIGNER": lambda each: each.mr_signer.hex(),
    "QE_ISVPRODID": lambda each: str(each.isv_prod_id),
    "QE_NOT_SUPPORTED": lambda each: f"at least {min((level.isv_svn for level in each.levels), default='?')}",
}
TCB_FIELDS: dict[str, Callable[[TcbInfo], str]] = {
    "TDX_MODULE_UNKNOWN": lambda each: "one of " + ", ".join(sorted(each.module_identities)),
    "TCB_NOT_SUPPORTED": lambda each: f"one of {len(each.levels)} levels",
}
MODULE_FIELDS: dict[str, Callable[[ModuleIdentity], str]] = {
    "TDX_MODULE_SIGNER": lambda each: each.signer.hex(),
    "TDX_MODULE_ATTRIBUTES": lambda each: each.attributes.hex(),
}
PCK_FIELDS: dict[str, Callable[[PckExtension], str]] = {
    "CERTIFICATION_PPID": lambda each: each.ppid.hex(),
    "CERTIFICATION_CPUSVN": lambda each: each.cpu_svn.hex(),
    "CERTIFICATION_PCESVN": lambda each: str(each.pce_svn),
    "CERTIFICATION_PCEID": lambda each: each.pce_id.hex(),
    "TCB_INFO_FMSPC": lambda each: each.fmspc.hex(),
    "TCB_INFO_PCEID": lambda each: each.pce_id.hex(),
}


def expected_value(view: EvidenceView, code: str) -> str:
    """What the check wanted; empty where the rule says it all."""
    identity, info = view.qe_identity, view.tcb_info
    if code in QE_FIELDS and identity is not None:
        return QE_FIELDS[code](identity)
    if code in PCK_FIELDS and view.pck is not None:
        return PCK_FIELDS[code](view.pck)
    if code in TCB_FIELDS and info is not None and (info.kind == "TDX" or code == "TCB_NOT_SUPPORTED"):
        return TCB_FIELDS[code](info)
    if code in MODULE_FIELDS and info is not None and info.kind == "TDX":
        version = view.octets("report.tee_tcb_svn")[1:2]
        return MODULE_FIELDS[code](info.module_identities.get(f"TDX_{version.hex().upper()}", info.module))
    if code == "QE_REPORT_DATA":
        binding = hashlib.sha256(view.octets("attestation_key") + view.octets("qe_auth"))
        return binding.hexdigest() + "00" * 32
    return ""


def found_value(view: EvidenceView, code: str) -> str:
    """What the check got, for checks of documents; empty where a field of the quote or the detail says it."""
    identity, info = view.qe_identity, view.tcb_info
    if info is not None and code in ("TCB_INFO_EXPIRED", "TCB_INFO_NOT_YET_VALID"):
        return _issue(view, info.issued, info.next_update)
    if info is not None and code in ("TCB_INFO_FMSPC", "TCB_INFO_PCEID"):
        return f"TCB info for {(info.fmspc if code == 'TCB_INFO_FMSPC' else info.pce_id).hex()}"
    if identity is not None and code in ("QE_IDENTITY_EXPIRED", "QE_IDENTITY_NOT_YET_VALID"):
        return _issue(view, identity.issued, identity.next_update)
    return ""


def _issue(view: EvidenceView, issued: int, next_update: int) -> str:
    return f"issued {date(issued)}, next update {date(next_update)}, judged at {date(view.now)}"
