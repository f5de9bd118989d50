"""Step 16, the attribute gate: what no relying party wants to accept, whatever its policy.

Not part of Intel's verification. It looks at nothing but the report, so it may also be asked alone.
"""

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.report import SGX_ENCLAVE, Report

SGX_DEBUG = 0x02
TD_DEBUG = 0x01
SEPT_VE_DISABLE = 1 << 28
PROTECTION_KEYS = 1 << 30
KEY_LOCKER = 1 << 31
# The security half of the attributes (bits 8 to 31) may hold only these; the last half is for other uses.
KNOWN_SECURITY = SEPT_VE_DISABLE | PROTECTION_KEYS | KEY_LOCKER


def check_attributes(report: Report) -> None:
    """16. No debug mode, no reserved attribute, SEPT_VE_DISABLE set, no service TD.

    Raises Rejection SGX_DEBUG, TD_DEBUG, TD_ATTRIBUTES_RESERVED, TD_SEPT_VE_ENABLED or TD_SERVICE_TD.
    """
    if report.layout is SGX_ENCLAVE:
        if report.field("attributes")[0] & SGX_DEBUG:
            raise Rejection("SGX_DEBUG", "the enclave runs in debug mode")
        return
    attributes = report.field("td_attributes")
    if attributes[0] & TD_DEBUG:
        raise Rejection("TD_DEBUG", "the trust domain runs in debug mode")
    security = int.from_bytes(attributes[:4], "little")
    if security & ~KNOWN_SECURITY:
        raise Rejection("TD_ATTRIBUTES_RESERVED", "attributes " + str(security))
    if not security & SEPT_VE_DISABLE:
        raise Rejection("TD_SEPT_VE_ENABLED", "SEPT_VE_DISABLE is not set")
    if "mr_service_td" in report.layout.names() and report.field("mr_service_td") != bytes(48):
        raise Rejection("TD_SERVICE_TD", "a service TD is bound")
