"""What Intel publishes: chains to the root (2), revocation lists (3), TCB info and QE identity (4).

None of this needs a quote, so it can be checked once and kept (stored.py); `chain_steps.py` adds the quote's side.
"""

from tee_attestation_verifier.crl import RevocationList, parse_crl
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.case import CollateralCase
from tee_attestation_verifier.intel.collateral import Collateral, as_bytes
from tee_attestation_verifier.intel.qe_identity import parse_qe_identity
from tee_attestation_verifier.intel.tcb_info import parse_tcb_info
from tee_attestation_verifier.pem import read_chain
from tee_attestation_verifier.x509 import (
    DIGITAL_SIGNATURE,
    NO_PATH_LIMIT,
    SIGN_CERTIFICATES,
    SIGN_LISTS,
    Certificate,
    parse_certificate,
)

CA_NAME = "CA"
TCB_SIGNER_NAME = "SGX TCB Signing"
QE_KINDS = {"SGX": "QE", "TDX": "TD_QE"}


def check_root(case: CollateralCase) -> None:
    """2. The root is in its validity."""
    case.require_window(case.root.not_before, case.root.not_after, "CERT", "root")


def check_issuers(case: CollateralCase) -> None:
    """2. The chains of the PCK revocation list, TCB info and QE identity end in the root."""
    collateral = case.collateral
    chain = under_root(case, as_bytes(collateral.pck_crl_issuer_chain), 2, "CRL chain")
    case.crl_ca = authority(case, chain[0], "CRL issuer")
    case.tcb_signer = _signer(case, collateral.tcb_info_issuer_chain, "TCB info chain")
    case.qe_signer = _signer(case, collateral.qe_identity_issuer_chain, "QE identity chain")


def check_root_list(case: CollateralCase) -> None:
    """3. The root's revocation list is current and signed, and lists none of the certificates right under it."""
    root = case.root
    case.root_list = parse_crl(case.collateral.root_ca_crl)
    _require_list(case, case.root_list, root.subject, root.public_key, "root CRL")
    if case.root_list.lists(root.serial):
        raise Rejection("ROOT_REVOKED", "listed by itself")
    require_unlisted(case.root_list, case.crl_ca.serial, "CA_REVOKED", case.crl_ca.common_name)
    for signer in _distinct(case.tcb_signer, case.qe_signer):
        require_unlisted(case.root_list, signer.serial, "TCB_SIGNER_REVOKED", signer.common_name)


def check_pck_list(case: CollateralCase) -> None:
    """3. The PCK CA's revocation list is current and signed by the CA of its chain."""
    case.pck_list = parse_crl(case.collateral.pck_crl)
    _require_list(case, case.pck_list, case.crl_ca.subject, case.crl_ca.public_key, "PCK CRL")


def check_documents(case: CollateralCase) -> None:
    """4. TCB info and QE identity are current, of one kind (the quote's, where there is one), and signed."""
    collateral: Collateral = case.collateral
    encoding = as_bytes(collateral.tcb_info)
    info = parse_tcb_info(encoding)
    case.require_window(info.issued, info.next_update, "TCB_INFO", "TCB info")
    if info.kind not in QE_KINDS or info.kind != (case.tee or info.kind):
        raise Rejection("TCB_INFO_KIND", "id " + info.kind[:32])
    _require_raw(case, collateral.tcb_info_signature, encoding, case.tcb_signer, "TCB_INFO_SIGNATURE")
    case.tcb_info = info
    encoding = as_bytes(collateral.qe_identity)
    identity = parse_qe_identity(encoding)
    case.require_window(identity.issued, identity.next_update, "QE_IDENTITY", "QE identity")
    if identity.kind != QE_KINDS[info.kind]:
        raise Rejection("QE_IDENTITY_KIND", "id " + identity.kind[:32])
    _require_raw(case, collateral.qe_identity_signature, encoding, case.qe_signer, "QE_IDENTITY_SIGNATURE")
    case.qe_identity = identity


def under_root(case: CollateralCase, text: bytes, length: int, what: str) -> list[bytes]:
    """The certificates of a chain, its last one being the pinned root byte for byte."""
    encodings = read_chain(text, length, what)
    if encodings[-1] != case.root_encoding:
        if case.sha256(encodings[-1]) != case.root.fingerprint:
            raise Rejection("ROOT_NOT_TRUSTED", what)
        case.root_encoding = encodings[-1]
    return encodings


def authority(case: CollateralCase, encoding: bytes, what: str) -> Certificate:
    """A certificate authority right under the root; the same certificate is checked once."""
    if encoding not in case.authorities:
        case.authorities[encoding] = case.known_authority(encoding) or _new_authority(case, encoding, what)
    return case.authorities[encoding]


def _new_authority(case: CollateralCase, encoding: bytes, what: str) -> Certificate:
    found = parse_certificate(encoding)
    if CA_NAME not in found.common_name:
        raise Rejection("CERT_NAME", what + ": " + found.common_name)
    usage = SIGN_CERTIFICATES | SIGN_LISTS
    if not found.is_ca or found.path_length != 0 or found.key_usage & usage != usage:
        raise Rejection("CERT_CONSTRAINTS", what)
    require_issued(case, found, case.root.subject, case.root.public_key, what)
    return found


def require_form(certificate: Certificate, name: str, what: str) -> None:
    """An end entity of the expected name that may sign data and nothing else."""
    if name not in certificate.common_name:
        raise Rejection("CERT_NAME", what + ": " + certificate.common_name)
    may_sign = certificate.key_usage & DIGITAL_SIGNATURE
    if certificate.is_ca or certificate.path_length != NO_PATH_LIMIT or not may_sign:
        raise Rejection("CERT_CONSTRAINTS", what)


def require_issued(
    case: CollateralCase, certificate: Certificate, subject: bytes, key: bytes, what: str
) -> None:
    """Issued by the authority of this name and key, and in its validity."""
    if certificate.issuer != subject:
        raise Rejection("CERT_ISSUER", what)
    case.require_window(certificate.not_before, certificate.not_after, "CERT", what)
    case.require_signature(certificate.signature, certificate.signed, key, "CERT_SIGNATURE", what)


def require_unlisted(crl: RevocationList, serial: bytes, code: str, what: str) -> None:
    """Refuse with `code` when the list names the serial."""
    if crl.lists(serial):
        raise Rejection(code, what)


def _signer(case: CollateralCase, text: str | bytes, what: str) -> Certificate:
    """The TCB signer of a chain of exactly two; the same certificate is checked once."""
    encoding = under_root(case, as_bytes(text), 2, what)[0]
    if encoding not in case.signers:
        signer = parse_certificate(encoding)
        require_form(signer, TCB_SIGNER_NAME, what)
        require_issued(case, signer, case.root.subject, case.root.public_key, what)
        case.signers[encoding] = signer
    return case.signers[encoding]


def _require_list(case: CollateralCase, crl: RevocationList, issuer: bytes, key: bytes, what: str) -> None:
    if crl.issuer != issuer:
        raise Rejection("CRL_ISSUER_MISMATCH", what)
    case.require_window(crl.this_update, crl.next_update, "CRL", what)
    case.require_signature(crl.signature, crl.signed, key, "CRL_SIGNATURE", what)


def _require_raw(
    case: CollateralCase, signature: bytes, message: bytes, signer: Certificate, code: str
) -> None:
    if len(signature) != 64:
        raise Rejection(code, "not 64 bytes")
    case.require_signature(signature, message, signer.public_key, code, signer.common_name)


def _distinct(first: Certificate, second: Certificate) -> list[Certificate]:
    return [first] if first is second else [first, second]
