"""Steps 1 to 4 for a quote with its collateral: format, chains, revocation, and what Intel's TCB signer signed."""

from tee_attestation_verifier.crl import RevocationList
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.case import Case
from tee_attestation_verifier.intel.certification import CHAIN_LENGTH, pck_chain
from tee_attestation_verifier.intel.collateral import as_bytes
from tee_attestation_verifier.intel.collateral_steps import (
    authority,
    check_documents,
    check_issuers,
    check_pck_list,
    check_root,
    check_root_list,
    require_form,
    require_issued,
    require_unlisted,
    under_root,
)
from tee_attestation_verifier.intel.pck_extension import parse_pck_extension
from tee_attestation_verifier.intel.quote import parse_quote
from tee_attestation_verifier.x509 import parse_certificate

PCK_NAME = "SGX PCK Certificate"


def check_format(case: Case) -> None:
    """1. The quote has a supported format; a supplied PCK chain does not contradict it."""
    quote = case.quote = parse_quote(case.encoding)
    case.tee = "TDX" if quote.is_tdx else "SGX"
    supplied = case.collateral.pck_certificate_chain
    text = None if supplied is None else as_bytes(supplied)
    case.pck_chain = pck_chain(quote.certification_type, quote.certification_data, text)


def check_chains(case: Case) -> None:
    """2. Chains end in the pinned root: names, constraints, dates, signatures."""
    check_root(case)
    check_pck_chain(case)
    check_issuers(case)


def check_revocation(case: Case) -> None:
    """3. Revocation lists are current, signed, and list none of the certificates."""
    check_root_list(case)
    # A renewed CA certificate may have issued the list, but only for the same name and key.
    if case.crl_ca.subject != case.pck_ca.subject or case.crl_ca.public_key != case.pck_ca.public_key:
        raise Rejection("CRL_ISSUER_MISMATCH", "the PCK CRL chain is not that of the PCK's CA")
    check_pck_list(case)
    check_pck_revocation(case, case.root_list, case.pck_list)


def check_tcb_collateral(case: Case) -> None:
    """4. TCB info and QE identity are current, of this kind, and signed."""
    check_documents(case)


def check_pck_chain(case: Case) -> None:
    """2. The PCK certificate's chain ends in the root."""
    encodings = under_root(case, case.pck_chain, CHAIN_LENGTH, "PCK chain")
    case.pck_ca = authority(case, encodings[1], "PCK CA")
    leaf = case.pck_leaf = parse_certificate(encodings[0])
    require_form(leaf, PCK_NAME, "PCK")
    require_issued(case, leaf, case.pck_ca.subject, case.pck_ca.public_key, "PCK")
    case.pck = parse_pck_extension(leaf.sgx_extension)


def check_pck_revocation(case: Case, root_list: RevocationList, pck_list: RevocationList) -> None:
    """3. Neither the PCK certificate nor its CA is revoked."""
    require_unlisted(root_list, case.pck_ca.serial, "CA_REVOKED", case.pck_ca.common_name)
    if pck_list.lists(case.pck_leaf.serial):
        raise Rejection("PCK_REVOKED", "serial " + str(int.from_bytes(case.pck_leaf.serial, "big")))
