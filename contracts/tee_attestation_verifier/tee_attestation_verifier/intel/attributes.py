"""Step 16, the attribute gate: what no relying party wants to accept, whatever its policy.

Not part of Intel's verification. It looks at nothing but the report, so it may also be asked alone.
"""

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.report import SGX_ENCLAVE, Report

SGX_DEBUG = 0x02
TD_DEBUG = 0x01
# Attributes of a trust domain, octet 3: linear address space separation, SEPT_VE_DISABLE, protection keys,
# key locker. MIGRATABLE (bit 5 of the octet) is among the refused: another machine could receive the TD.
LASS, SEPT_VE_DISABLE, PROTECTION_KEYS, KEY_LOCKER = 0x08, 0x10, 0x40, 0x80
# Octet 7: features that do not touch security.
TPA, PERFMON = 0x40, 0x80
MAY_BE_SET = bytes((0, 0, 0, LASS | SEPT_VE_DISABLE | PROTECTION_KEYS | KEY_LOCKER, 0, 0, 0, TPA | PERFMON))


def check_attributes(report: Report) -> None:
    """16. No debug mode, no reserved attribute, SEPT_VE_DISABLE, no service TD.

    Raises Rejection SGX_DEBUG, TD_DEBUG, TD_ATTRIBUTES_RESERVED, TD_SEPT_VE_ENABLED or TD_SERVICE_TD.
    """
    if report.layout is SGX_ENCLAVE:
        if report.field("attributes")[0] & SGX_DEBUG:
            raise Rejection("SGX_DEBUG", "the enclave runs in debug mode")
        return
    attributes = report.field("td_attributes")
    if attributes[0] & TD_DEBUG:
        raise Rejection("TD_DEBUG", "the trust domain runs in debug mode")
    for octet in range(8):
        if attributes[octet] & ~MAY_BE_SET[octet]:
            raise Rejection("TD_ATTRIBUTES_RESERVED", "octet " + str(octet))
    if not attributes[3] & SEPT_VE_DISABLE:
        raise Rejection("TD_SEPT_VE_ENABLED", "SEPT_VE_DISABLE is not set")
    if report.has("mr_service_td") and report.field("mr_service_td") != bytes(48):
        raise Rejection("TD_SERVICE_TD", "a service TD is bound")
