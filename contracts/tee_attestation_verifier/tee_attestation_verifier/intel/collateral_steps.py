"""Steps 1 to 4: formats, certificate chains, revocation lists, and what Intel's TCB signer signed."""

from tee_attestation_verifier.crl import RevocationList, parse_crl
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.case import Case
from tee_attestation_verifier.intel.collateral import as_bytes
from tee_attestation_verifier.intel.qe_identity import parse_qe_identity
from tee_attestation_verifier.intel.quote import parse_quote
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

PCK_NAME = "SGX PCK Certificate"
CA_NAME = "CA"
TCB_SIGNER_NAME = "SGX TCB Signing"


def check_format(case: Case) -> None:
    """1. The quote has a supported format; a supplied PCK chain is its own."""
    case.quote = parse_quote(case.encoding)
    supplied = case.collateral.pck_certificate_chain
    if supplied is not None:
        own = read_chain(case.quote.certification_data, 3, "PCK chain")
        if read_chain(as_bytes(supplied), 3, "supplied PCK chain") != own:
            raise Rejection("PCK_CHAIN_DIFFERS", "the supplied chain is not the one in the quote")


def check_chains(case: Case) -> None:
    """2. Chains end in the pinned root: names, constraints, dates, signatures."""
    root = case.root
    case.require_window(root.not_before, root.not_after, "CERT", "root")
    encodings = _under_root(case, case.quote.certification_data, 3, "PCK chain")
    case.pck_ca = _authority(case, encodings[1], "PCK CA")
    leaf = parse_certificate(encodings[0])
    _require_form(leaf, PCK_NAME, DIGITAL_SIGNATURE, "PCK")
    _require_issued(case, leaf, case.pck_ca.subject, case.pck_ca.public_key, "PCK")
    case.pck_leaf = leaf
    collateral = case.collateral
    case.crl_ca = _authority(
        case, _under_root(case, as_bytes(collateral.pck_crl_issuer_chain), 2, "CRL chain")[0], "CRL issuer"
    )
    case.tcb_signer = _signer(case, collateral.tcb_info_issuer_chain, "TCB info chain")
    case.qe_signer = _signer(case, collateral.qe_identity_issuer_chain, "QE identity chain")


def check_revocation(case: Case) -> None:
    """3. Revocation lists are current, signed, and list none of the certificates."""
    root = case.root
    root_list = parse_crl(case.collateral.root_ca_crl)
    _require_list(case, root_list, root.subject, root.public_key, "root CRL")
    if root_list.lists(root.serial):
        raise Rejection("ROOT_REVOKED", "listed by itself")
    for authority in _distinct(case.pck_ca, case.crl_ca):
        if root_list.lists(authority.serial):
            raise Rejection("CA_REVOKED", authority.common_name)
    for signer in _distinct(case.tcb_signer, case.qe_signer):
        if root_list.lists(signer.serial):
            raise Rejection("TCB_SIGNER_REVOKED", signer.common_name)
    # A renewed CA certificate may have issued the list, but only for the same name and key.
    if case.crl_ca.subject != case.pck_ca.subject or case.crl_ca.public_key != case.pck_ca.public_key:
        raise Rejection("CRL_ISSUER_MISMATCH", "the PCK CRL chain is not that of the PCK's CA")
    pck_list = parse_crl(case.collateral.pck_crl)
    _require_list(case, pck_list, case.pck_ca.subject, case.pck_ca.public_key, "PCK CRL")
    if pck_list.lists(case.pck_leaf.serial):
        raise Rejection("PCK_REVOKED", "serial " + str(int.from_bytes(case.pck_leaf.serial, "big")))


def check_tcb_collateral(case: Case) -> None:
    """4. TCB info and QE identity are current, of this kind, and signed."""
    collateral, tdx = case.collateral, case.quote.is_tdx
    encoding = as_bytes(collateral.tcb_info)
    info = parse_tcb_info(encoding)
    case.require_window(info.issued, info.next_update, "TCB_INFO", "TCB info")
    if info.kind != ("TDX" if tdx else "SGX"):
        raise Rejection("TCB_INFO_KIND", "id " + info.kind[:32])
    _require_raw(case, collateral.tcb_info_signature, encoding, case.tcb_signer, "TCB_INFO_SIGNATURE")
    case.tcb_info = info
    encoding = as_bytes(collateral.qe_identity)
    identity = parse_qe_identity(encoding)
    case.require_window(identity.issued, identity.next_update, "QE_IDENTITY", "QE identity")
    if identity.kind != ("TD_QE" if tdx else "QE"):
        raise Rejection("QE_IDENTITY_KIND", "id " + identity.kind[:32])
    _require_raw(case, collateral.qe_identity_signature, encoding, case.qe_signer, "QE_IDENTITY_SIGNATURE")
    case.qe_identity = identity


def _under_root(case: Case, text: bytes, length: int, what: str) -> list[bytes]:
    """The certificates of a chain, its last one being the pinned root byte for byte."""
    encodings = read_chain(text, length, what)
    if encodings[-1] != case.root_encoding:
        if case.sha256(encodings[-1]) != case.root.fingerprint:
            raise Rejection("ROOT_NOT_TRUSTED", what)
        case.root_encoding = encodings[-1]
    return encodings


def _authority(case: Case, encoding: bytes, what: str) -> Certificate:
    """A certificate authority right under the root; the same certificate is checked once."""
    if encoding not in case.authorities:
        authority = parse_certificate(encoding)
        if CA_NAME not in authority.common_name:
            raise Rejection("CERT_NAME", what + ": " + authority.common_name)
        usage = SIGN_CERTIFICATES | SIGN_LISTS
        if not authority.is_ca or authority.path_length != 0 or authority.key_usage & usage != usage:
            raise Rejection("CERT_CONSTRAINTS", what)
        _require_issued(case, authority, case.root.subject, case.root.public_key, what)
        case.authorities[encoding] = authority
    return case.authorities[encoding]


def _signer(case: Case, text: str | bytes, what: str) -> Certificate:
    """The TCB signer of a chain of exactly two; the same certificate is checked once."""
    encoding = _under_root(case, as_bytes(text), 2, what)[0]
    if encoding not in case.signers:
        signer = parse_certificate(encoding)
        _require_form(signer, TCB_SIGNER_NAME, DIGITAL_SIGNATURE, what)
        _require_issued(case, signer, case.root.subject, case.root.public_key, what)
        case.signers[encoding] = signer
    return case.signers[encoding]


def _require_form(certificate: Certificate, name: str, usage: int, what: str) -> None:
    """An end entity of the expected name that may sign data and nothing else."""
    if name not in certificate.common_name:
        raise Rejection("CERT_NAME", what + ": " + certificate.common_name)
    if certificate.is_ca or certificate.path_length != NO_PATH_LIMIT or not certificate.key_usage & usage:
        raise Rejection("CERT_CONSTRAINTS", what)


def _require_issued(case: Case, certificate: Certificate, subject: bytes, key: bytes, what: str) -> None:
    if certificate.issuer != subject:
        raise Rejection("CERT_ISSUER", what)
    case.require_window(certificate.not_before, certificate.not_after, "CERT", what)
    case.require_signature(certificate.signature, certificate.signed, key, "CERT_SIGNATURE", what)


def _require_list(case: Case, crl: RevocationList, issuer: bytes, key: bytes, what: str) -> None:
    if crl.issuer != issuer:
        raise Rejection("CRL_ISSUER_MISMATCH", what)
    case.require_window(crl.this_update, crl.next_update, "CRL", what)
    case.require_signature(crl.signature, crl.signed, key, "CRL_SIGNATURE", what)


def _require_raw(case: Case, signature: bytes, message: bytes, signer: Certificate, code: str) -> None:
    if len(signature) != 64:
        raise Rejection(code, "not 64 bytes")
    case.require_signature(signature, message, signer.public_key, code, signer.common_name)


def _distinct(first: Certificate, second: Certificate) -> list[Certificate]:
    return [first] if first is second else [first, second]
