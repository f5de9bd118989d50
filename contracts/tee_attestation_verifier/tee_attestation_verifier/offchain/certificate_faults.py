"""Which certificate or revocation list a rejection is about, found by the names that the steps give to places."""

from dataclasses import dataclass

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.trust import TrustedRoot
from tee_attestation_verifier.offchain.dates import date
from tee_attestation_verifier.offchain.evidence_view import (
    CRL_CHAIN,
    PCK_CHAIN_NAME,
    QE_CHAIN,
    TCB_CHAIN,
    CertificatePlace,
    EvidenceView,
)
from tee_attestation_verifier.x509 import Certificate

# What steps 2 and 3 call a place -> chain, index.
PLACES = {
    "root": (PCK_CHAIN_NAME, -1),
    "PCK": (PCK_CHAIN_NAME, 0),
    "PCK CA": (PCK_CHAIN_NAME, 1),
    "CRL issuer": (CRL_CHAIN, 0),
    TCB_CHAIN: (TCB_CHAIN, 0),
    QE_CHAIN: (QE_CHAIN, 0),
}
# Chains as the steps call them -> the collateral's member; the PCK chain stands in the quote.
CHAIN_MEMBERS = {
    "supplied PCK chain": "pck_certificate_chain",
    CRL_CHAIN: "pck_crl_issuer_chain",
    TCB_CHAIN: "tcb_info_issuer_chain",
    QE_CHAIN: "qe_identity_issuer_chain",
}
LISTS = {"root CRL": "root_ca_crl", "PCK CRL": "pck_crl"}
UNREADABLE = ("CERT_MALFORMED", "CERT_EXTENSION_UNKNOWN", "CERT_KEY_INVALID")
OF_THE_PCK = (
    "PCK_EXTENSION_MALFORMED",
    "CERTIFICATION_PPID",
    "CERTIFICATION_CPUSVN",
    "CERTIFICATION_PCESVN",
    "CERTIFICATION_PCEID",
    "TCB_INFO_FMSPC",
    "TCB_INFO_PCEID",
    "TCB_NOT_SUPPORTED",
)
REVOKED = ("CA_REVOKED", "TCB_SIGNER_REVOKED")


@dataclass(frozen=True)
class Fault:
    """What was found in which certificate, or in which list (a member of the collateral)."""

    found: str
    place: CertificatePlace | None = None
    document: str | None = None


def certificate_fault(view: EvidenceView, rejection: Rejection, root: TrustedRoot) -> Fault | None:
    """The fault behind a code of steps 2 and 3; None for other codes."""
    code, detail = rejection.code, rejection.detail
    if code.startswith("CRL_"):
        return _list_fault(view, rejection)
    if code == "ROOT_NOT_TRUSTED":
        return Fault(
            f"{detail} ends in another root than sha256 {root.fingerprint.hex()}",
            view.certificate(detail, -1),
        )
    if code in UNREADABLE:
        return Fault(detail, next((each for each in view.certificates if each.certificate is None), None))
    if code in REVOKED:
        return Fault(f"listed as revoked: {detail}", _by_name(view, detail), "root_ca_crl")
    if code == "PCK_REVOKED":
        return Fault(f"listed as revoked: {detail}", view.certificate(PCK_CHAIN_NAME, 0), "pck_crl")
    if code in OF_THE_PCK:
        return Fault(_platform(view) or detail, view.certificate(PCK_CHAIN_NAME, 0))
    if not code.startswith("CERT_"):
        return None
    what = detail.partition(": ")[0]
    if code.startswith("CERT_CHAIN_"):
        return Fault(detail, document=CHAIN_MEMBERS.get(what))
    chain, index = PLACES.get(what, ("", 0))
    place = view.certificate(chain, index)
    certificate = None if place is None else place.certificate
    return Fault(
        detail if certificate is None else _certificate_found(view, code, certificate, detail), place
    )


def _certificate_found(view: EvidenceView, code: str, certificate: Certificate, detail: str) -> str:
    if code in ("CERT_EXPIRED", "CERT_NOT_YET_VALID"):
        return _window(view, certificate.not_before, certificate.not_after)
    if code == "CERT_CONSTRAINTS":
        authority = (
            f"a CA with path length {certificate.path_length}" if certificate.is_ca else "an end entity"
        )
        return f"{authority}, key usage {certificate.key_usage:#04x}"
    return detail


def _list_fault(view: EvidenceView, rejection: Rejection) -> Fault:
    document = LISTS.get(rejection.detail)
    if document is None:
        unreadable = [name for name in LISTS.values() if view.revocation_list(name) is None]
        return Fault(rejection.detail, document=unreadable[0] if unreadable else "pck_crl")
    crl = view.revocation_list(document)
    if crl is None or rejection.code not in ("CRL_EXPIRED", "CRL_NOT_YET_VALID"):
        return Fault(rejection.detail, document=document)
    return Fault(_window(view, crl.this_update, crl.next_update), document=document)


def _by_name(view: EvidenceView, common_name: str) -> CertificatePlace | None:
    for place in view.certificates:
        if place.certificate is not None and place.certificate.common_name == common_name:
            return place
    return None


def _platform(view: EvidenceView) -> str:
    pck = view.pck
    if pck is None:
        return ""
    return (
        f"FMSPC {pck.fmspc.hex()}, PCEID {pck.pce_id.hex()}, CPUSVN {pck.cpu_svn.hex()}, PCESVN {pck.pce_svn}"
    )


def _window(view: EvidenceView, start: int, end: int) -> str:
    return f"valid from {date(start)} until {date(end)}, judged at {date(view.now)}"
