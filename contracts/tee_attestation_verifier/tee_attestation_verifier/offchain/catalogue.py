"""Every code that a rejection can carry: the step that raises it, and what the evidence should have been.

A test holds this list against the sources; docs/spec/attestation.md shows it as a table.
"""

from tee_attestation_verifier.intel.attributes import check_attributes
from tee_attestation_verifier.intel.verify import STEPS

ATTRIBUTE_GATE = 16

CODES: dict[str, tuple[int, str]] = {
    "QUOTE_MALFORMED": (1, "every length in the quote fits into it"),
    "QUOTE_VERSION_UNSUPPORTED": (1, "version 3, 4 or 5"),
    "QUOTE_KEY_TYPE_UNSUPPORTED": (1, "an ECDSA P-256 attestation key (type 2)"),
    "QUOTE_TEE_TYPE_UNSUPPORTED": (1, "SGX (0) or TDX (0x81); version 3 is SGX only"),
    "QUOTE_VENDOR_UNKNOWN": (1, "Intel's quoting enclave vendor id"),
    "QUOTE_BODY_UNSUPPORTED": (1, "a v5 body type that fits the TEE type"),
    "QUOTE_CERTIFICATION_UNSUPPORTED": (1, "outer certification type 6, inner type 1 to 5"),
    "PCK_CHAIN_MISSING": (1, "a PCK chain in the collateral where the quote holds none (types 1 to 4)"),
    "PCK_CHAIN_DIFFERS": (1, "a PCK chain in the collateral equals the quote's own"),
    "CERT_CHAIN_MALFORMED": (2, "PEM certificates and nothing else"),
    "CERT_CHAIN_LENGTH": (2, "three certificates in the PCK chain, two in the others"),
    "ROOT_NOT_TRUSTED": (2, "the last certificate is the pinned root, byte for byte"),
    "CERT_MALFORMED": (2, "a strict DER X.509 v3 certificate with ECDSA P-256 and SHA-256"),
    "CERT_EXTENSION_UNKNOWN": (2, "no critical extension but basic constraints and key usage"),
    "CERT_KEY_INVALID": (2, "a public key on the curve"),
    "CERT_NAME": (2, "a common name that contains what the certificate's role demands"),
    "CERT_CONSTRAINTS": (2, "CA with path length 0 that may sign certificates and lists; or an end entity"),
    "CERT_ISSUER": (2, "the issuer's name is the parent's subject"),
    "CERT_NOT_YET_VALID": (2, "notBefore <= now"),
    "CERT_EXPIRED": (2, "now < notAfter"),
    "CERT_SIGNATURE": (2, "signed by the parent's key"),
    "PCK_EXTENSION_MALFORMED": (2, "Intel's SGX extension, complete, components equal to CPUSVN"),
    "CRL_MALFORMED": (3, "a strict DER v2 list with AKI and CRL number, nothing critical"),
    "CRL_ISSUER_MISMATCH": (3, "the list's issuer is the authority that it speaks for"),
    "CRL_NOT_YET_VALID": (3, "thisUpdate <= now"),
    "CRL_EXPIRED": (3, "now < nextUpdate"),
    "CRL_SIGNATURE": (3, "signed by that authority's key"),
    "ROOT_REVOKED": (3, "the root's serial is not listed"),
    "CA_REVOKED": (3, "the PCK CA's serial is not on the root CRL"),
    "TCB_SIGNER_REVOKED": (3, "the TCB signers' serials are not on the root CRL"),
    "PCK_REVOKED": (3, "the PCK's serial is not on the PCK CRL"),
    "TCB_INFO_MALFORMED": (4, "the JSON object that Intel documents, within bounds, with known statuses"),
    "TCB_INFO_VERSION": (4, "version 3"),
    "TCB_INFO_NOT_YET_VALID": (4, "issueDate <= now"),
    "TCB_INFO_EXPIRED": (4, "now < nextUpdate"),
    "TCB_INFO_KIND": (4, 'id "TDX" or "SGX" as the quote'),
    "TCB_INFO_SIGNATURE": (4, "signed by the TCB signer of its chain"),
    "QE_IDENTITY_MALFORMED": (4, "the JSON object that Intel documents, within bounds, with known statuses"),
    "QE_IDENTITY_VERSION": (4, "version 2"),
    "QE_IDENTITY_NOT_YET_VALID": (4, "issueDate <= now"),
    "QE_IDENTITY_EXPIRED": (4, "now < nextUpdate"),
    "QE_IDENTITY_KIND": (4, 'id "TD_QE" or "QE" as the quote'),
    "QE_IDENTITY_SIGNATURE": (4, "signed by the TCB signer of its chain"),
    "CERTIFICATION_PPID": (5, "the PPID in the quote is the PCK's (certification type 1)"),
    "CERTIFICATION_CPUSVN": (5, "the CPUSVN in the quote's certification data is the PCK's (types 1 to 3)"),
    "CERTIFICATION_PCESVN": (5, "the PCESVN in the quote's certification data is the PCK's (types 1 to 3)"),
    "CERTIFICATION_PCEID": (5, "the PCEID in the quote's certification data is the PCK's (types 1 to 3)"),
    "TCB_INFO_FMSPC": (5, "TCB info for the PCK's FMSPC"),
    "TCB_INFO_PCEID": (5, "TCB info for the PCK's PCEID"),
    "TDX_MODULE_UNKNOWN": (6, "TCB info has an identity for the TDX module's version"),
    "TDX_MODULE_SIGNER": (6, "mr_signer_seam as in that identity"),
    "TDX_MODULE_ATTRIBUTES": (6, "seam_attributes zero and as in that identity"),
    "QE_REPORT_SIGNATURE": (7, "the QE report is signed by the PCK key"),
    "QE_REPORT_DATA": (8, "SHA-256(attestation key and QE data), then zeros"),
    "QE_MISCSELECT": (9, "MISCSELECT as in QE identity, under its mask"),
    "QE_ATTRIBUTES": (9, "ATTRIBUTES as in QE identity, under its mask"),
    "QE_DEBUG": (9, "a quoting enclave that is not in debug mode"),
    "QE_MRSIGNER": (9, "MRSIGNER as in QE identity"),
    "QE_ISVPRODID": (9, "ISVPRODID as in QE identity"),
    "QE_NOT_SUPPORTED": (9, "a QE level that the enclave's ISVSVN reaches"),
    "ATTESTATION_KEY_INVALID": (10, "an attestation key on the curve"),
    "QUOTE_SIGNATURE": (10, "header and report are signed by the attestation key"),
    "TCB_NOT_SUPPORTED": (11, "a TCB level that the platform reaches"),
    "MODULE_NOT_SUPPORTED": (12, "a module level that the TDX module reaches"),
    "TCB_REVOKED": (13, "a status other than Revoked"),
    "SGX_DEBUG": (16, "an enclave that is not in debug mode"),
    "TD_DEBUG": (16, "a trust domain that is not in debug mode"),
    "TD_ATTRIBUTES_RESERVED": (16, "no TD attribute but LASS, SEPT_VE_DISABLE, PKS, KL, TPA, PERFMON"),
    "TD_SEPT_VE_ENABLED": (16, "SEPT_VE_DISABLE set"),
    "TD_SERVICE_TD": (16, "no service TD bound"),
}

# Raised before any quote is seen, when a test root is taken as an anchor.
ROOT_CODES: dict[str, str] = {
    "ROOT_UNSUITABLE": "a self-signed CA certificate whose common name contains SGX Root CA",
}

# Raised by `validate`: what the caller's policy asks for.
POLICY_CODES: dict[str, str] = {
    "POLICY_EVALUATION": "TCB info and QE identity of the least evaluation number or a later one",
    "POLICY_COLLATERAL_AGE": "TCB info and QE identity issued no longer ago",
    "POLICY_VERIFICATION_AGE": "a quote verified no longer ago",
    "POLICY_STATUS": "an accepted status, or a grace for each of the advisories",
    "POLICY_TCB_AGE": "a TCB date no longer ago",
    "POLICY_PLATFORM": "a machine on the list",
    "POLICY_DYNAMIC_PLATFORM": "a platform to which no package can be added",
    "POLICY_CACHED_KEYS": "a platform whose keys Intel does not keep",
    "POLICY_SMT": "a platform with hyper-threading off",
    "POLICY_MEASUREMENT": "software on the list",
}

# Raised by `dstack`, which has no numbered steps.
DSTACK_CODES: dict[str, str] = {
    "DSTACK_EVENT_LOG_MALFORMED": "an array of at most 1024 events of dstack's form",
    "DSTACK_EVENT_TYPE": "nothing but dstack's runtime events in RTMR3",
    "DSTACK_EVENT_DIGEST": "a digest (and preimage) that is that of the event's name and payload",
    "DSTACK_RTMR": "events that replay to the register in the quote",
    "DSTACK_EVENT_MISSING": "the event that is relied on, before system-ready",
    "DSTACK_EVENT_DUPLICATE": "no second event that can be read as one of that name",
    "DSTACK_EVENT_PAYLOAD": "a payload of the event's form",
    "DSTACK_APP_ID": "the pinned app id or the compose hash's first 20 bytes",
    "DSTACK_KEY_PROVIDER": "keys from the expected provider",
    "DSTACK_INSTANCE_ID": "SHA-256 of seed and app id, cut to 20 bytes",
    "DSTACK_COMPOSE_HASH": "an app-compose file with this SHA-256",
    "DSTACK_COMPOSE_REFUSED": "an app-compose file that the policy accepts",
    "DSTACK_CONFIG_ID_UNKNOWN": "an mr_config_id of version 1, 2 or 3 with 15 zeros at its end",
    "DSTACK_CONFIG_ID": "a preimage that hashes to mr_config_id",
    "DSTACK_CONFIG_MALFORMED": "a preimage of that version's form",
    "DSTACK_REPORT_DATA": "the report data that this enclave should have quoted",
}

# Raised where a bundle is judged.
BUNDLE_CODES: dict[str, str] = {
    "IMAGE_MISMATCH": "the registers of the expected image",
}


def step_titles() -> list[tuple[int, str]]:
    """Number and one-line meaning of each step, the attribute gate last."""
    titles = []
    for number, step in enumerate((*STEPS, check_attributes), 1):
        line = (step.__doc__ or "").splitlines()[0]
        titles.append((number, line.partition(". ")[2]))
    return titles
