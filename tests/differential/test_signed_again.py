"""Every edit of everything that is signed, signed again: both verifiers say the same, or the table says why not.

`REACHED` is the floor of what these edits must reach: they would be worthless if all of them fell at the first check.
"""

from __future__ import annotations

import pytest

from tests.differential.cases import KINDS, signed_again
from tests.differential.evidence import OURS
from tests.differential.rules import require_explained

CERTIFICATE = {
    "CERT_CONSTRAINTS",
    "CERT_EXTENSION_UNKNOWN",
    "CERT_ISSUER",
    "CERT_KEY_INVALID",
    "CERT_MALFORMED",
    "CERT_NAME",
    "CERT_NOT_YET_VALID",
}
LIST = {"CRL_ISSUER_MISMATCH", "CRL_MALFORMED"}
TCB_INFO = {
    "TCB_INFO_FMSPC",
    "TCB_INFO_KIND",
    "TCB_INFO_MALFORMED",
    "TCB_INFO_PCEID",
    "TCB_INFO_VERSION",
    "TCB_NOT_SUPPORTED",
}
MODULE = {"TDX_MODULE_ATTRIBUTES", "TDX_MODULE_SIGNER", "TDX_MODULE_UNKNOWN"}
QE = {"QE_ATTRIBUTES", "QE_ISVPRODID", "QE_MISCSELECT", "QE_MRSIGNER", "QE_NOT_SUPPORTED"}
HEADER = {
    "QUOTE_KEY_TYPE_UNSUPPORTED",
    "QUOTE_TEE_TYPE_UNSUPPORTED",
    "QUOTE_VENDOR_UNKNOWN",
    "QUOTE_VERSION_UNSUPPORTED",
}
TD = {"TCB_NOT_SUPPORTED", "TCB_REVOKED", "TD_ATTRIBUTES_RESERVED", "TD_DEBUG", "TD_SEPT_VE_ENABLED"}
QE_DOCUMENT = {"QE_IDENTITY_KIND", "QE_IDENTITY_MALFORMED", "QE_IDENTITY_VERSION"}
REACHED = {
    ("td10", "tcb_info"): TCB_INFO | MODULE | {"MODULE_NOT_SUPPORTED", "OutOfDate", "UpToDate"},
    ("sgx", "tcb_info"): TCB_INFO | {"OutOfDate", "UpToDate"},
    ("td10", "qe_identity"): QE | QE_DOCUMENT | {"OutOfDate", "UpToDate"},
    ("sgx", "qe_identity"): QE | QE_DOCUMENT,
    ("td10", "pck"): CERTIFICATE | {"PCK_EXTENSION_MALFORMED", "TCB_INFO_FMSPC", "TCB_INFO_PCEID"},
    ("td10", "pck_ca"): CERTIFICATE,
    ("td10", "tcb_signer"): CERTIFICATE,
    ("td10", "root_crl"): LIST,
    ("td10", "pck_crl"): LIST,
    ("sgx", "report"): HEADER | {"SGX_DEBUG", "UpToDate"},
    ("td10", "report"): HEADER | TD | MODULE,
    ("td10_v5", "report"): HEADER | TD | MODULE | {"QUOTE_BODY_UNSUPPORTED"},
    ("td15", "report"): HEADER
    | TD
    | MODULE
    | {"QUOTE_BODY_UNSUPPORTED", "TD_SERVICE_TD", "TDRelaunchAdvised"},
    ("td15_ex", "report"): HEADER
    | TD
    | MODULE
    | {"QUOTE_BODY_UNSUPPORTED", "TD_SERVICE_TD", "TDRelaunchAdvised"},
} | {(kind, "qe_report"): QE | {"QE_REPORT_DATA"} for kind in KINDS}


@pytest.mark.parametrize(("kind", "part"), REACHED)
def test_edits__signed_again_are_judged_alike(kind: str, part: str) -> None:
    before = OURS.copy()
    for name, evidence in signed_again(kind, part):
        require_explained(evidence, name)
    assert set(REACHED[kind, part]) - set(OURS - before) == set()
