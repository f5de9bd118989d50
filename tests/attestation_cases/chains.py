"""Step 2: certificate chains and what a certificate of each role must say."""

from __future__ import annotations

import re
from collections.abc import Callable

from cryptography import x509
from cryptography.x509.oid import ObjectIdentifier
from sealwright_agents.simulated import SimulatedTee
from sealwright_agents.simulated.pki import pem
from tee_attestation_verifier.intel.collateral import Collateral

from tests.attestation_cases.case import NOW, Case, refused
from tests.attestation_cases.edits import (
    certificate,
    chain_of,
    followed_by,
    given,
    in_chain,
    in_text,
    inside,
    part,
    swapped,
)

TCB_CHAIN = "tcb_info_issuer_chain"
QE_CHAIN = "qe_identity_issuer_chain"
CRL_CHAIN = "pck_crl_issuer_chain"
QUOTE_CHAIN = 1258  # where the PEM text begins in a version 4 quote
SIZES_ABOVE_THE_CHAIN = (632, 766, 1254)
UNKNOWN_CRITICAL = ((x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True),)
# Sizes of an extension that make the TCB signer's DER leave a remainder when divided by three.
FILLERS = {0: 3, 1: 0, 2: 2}
ISSUER, VALIDITY, KEY = 3, 4, 6


def quote_chain(change: Callable[[str], str]) -> Callable[[bytearray], None]:
    """Change the PEM text in the quote, and the three sizes above it."""

    def edit(quote: bytearray) -> None:
        text = change(quote[QUOTE_CHAIN:-1].decode()).encode() + b"\0"
        more = len(text) - (len(quote) - QUOTE_CHAIN)
        for start in SIZES_ABOVE_THE_CHAIN:
            size = int.from_bytes(quote[start : start + 4], "little") + more
            quote[start : start + 4] = size.to_bytes(4, "little")
        quote[QUOTE_CHAIN:] = text

    return edit


def base64_case(name: str, remainder: int, old: str, new: str) -> Case:
    """A TCB signer whose Base64 ends otherwise; its DER leaves `remainder` when divided by three."""

    def edit(collateral: Collateral) -> None:
        signer, root = chain_of(collateral.tcb_info_issuer_chain)
        assert len(signer) % 3 == remainder
        usual = pem([signer])
        unusual = re.sub(old + r"(?=\n-----END)", new, usual)
        assert unusual != usual
        collateral.tcb_info_issuer_chain = unusual + pem([root])

    filler = x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.5"), bytes(FILLERS[remainder]))
    signer = certificate("tcb_signer", extra=((filler, False),))
    return refused(f"chain_base64_{name}", "CERT_CHAIN_MALFORMED", certificate=signer, collateral=edit)


def without(index: int) -> Callable[[str], str]:
    """The chain without one of its certificates."""

    def change(text: str) -> str:
        chain = chain_of(text)
        del chain[index]
        return pem(chain)

    return change


def under_another_root(collateral: Collateral) -> None:
    """The TCB signer stays, the root below it is another one of the same name."""
    signer = chain_of(collateral.tcb_info_issuer_chain)[0]
    collateral.tcb_info_issuer_chain = pem([signer, SimulatedTee(b"another root", NOW).root_der])


def forged_qe_identity(collateral: Collateral) -> None:
    """QE identity, its signature and its chain are somebody else's, right in themselves."""
    other = SimulatedTee(b"another root", NOW).collateral()
    for field in ("qe_identity", "qe_identity_signature", "qe_identity_issuer_chain"):
        setattr(collateral, field, getattr(other, field))


def wrong_y(key: bytes) -> bytes:
    """The public key with an ordinate of the same parity that is not on the curve: the host does not see it."""
    return key[:-1] + bytes([key[-1] ^ 2])


CHAINS: tuple[Case, ...] = (
    refused("chain_text_before", "CERT_CHAIN_MALFORMED", collateral=in_text(TCB_CHAIN, "-----B", "x-----B")),
    refused(
        "chain_text_between", "CERT_CHAIN_MALFORMED", collateral=in_text(CRL_CHAIN, "E-----\n-", "E-----\nx-")
    ),
    refused(
        "chain_end_missing", "CERT_CHAIN_MALFORMED", collateral=in_text(TCB_CHAIN, "-----END", "-----ENO")
    ),
    refused(
        "chain_begin_only",
        "CERT_CHAIN_MALFORMED",
        quote=quote_chain(lambda text: text + "-----BEGIN CERTIFICATE-----"),
    ),
    refused(
        "chain_base64_space", "CERT_CHAIN_MALFORMED", collateral=in_text(QE_CHAIN, "E-----\n", "E-----\n ")
    ),
    base64_case("spare_bits", 1, "w==", "x=="),
    base64_case("padding_early", 1, "(.)==", r"=\1="),
    base64_case("padding_missing", 2, "=", ""),
    base64_case("one_digit_more", 0, "", "A==="),
    refused(
        "chain_base64_foreign",
        "CERT_CHAIN_MALFORMED",
        quote=quote_chain(lambda text: text.replace("E-----\n", "E-----\n!", 1)),
    ),
    refused(
        "chain_too_large",
        "CERT_CHAIN_MALFORMED",
        collateral=in_text(TCB_CHAIN, "-----B", "\n" * 16_384 + "-----B"),
    ),
    refused("chain_not_ascii", "CERT_CHAIN_MALFORMED", collateral=in_text(TCB_CHAIN, "-----B", "é-----B")),
    refused("chain_empty", "CERT_CHAIN_LENGTH", collateral=given(CRL_CHAIN, "")),
    refused(
        "chain_of_four",
        "CERT_CHAIN_LENGTH",
        collateral=lambda each: given(TCB_CHAIN, each.tcb_info_issuer_chain * 2)(each),
    ),
    refused("chain_without_root", "CERT_CHAIN_LENGTH", quote=quote_chain(without(2))),
    refused("chain_without_ca", "CERT_CHAIN_LENGTH", quote=quote_chain(without(1))),
    refused("root_of_another", "ROOT_NOT_TRUSTED", collateral=under_another_root),
    refused(
        "root_with_trailing_byte", "ROOT_NOT_TRUSTED", collateral=in_chain(QE_CHAIN, 1, followed_by(b"\0"))
    ),
    refused("qe_identity_under_another_root", "ROOT_NOT_TRUSTED", collateral=forged_qe_identity),
    refused("root_expired", "CERT_EXPIRED", certificate=certificate("root", not_after=NOW)),
    refused("root_not_yet_valid", "CERT_NOT_YET_VALID", certificate=certificate("root", not_before=NOW + 1)),
    # Names and constraints.
    refused("pck_name", "CERT_NAME", certificate=certificate("pck", common_name="SGX Certificate")),
    refused("pck_ca_name", "CERT_NAME", certificate=certificate("pck_ca", common_name="SGX PCK Platform")),
    refused(
        "tcb_signer_name",
        "CERT_NAME",
        certificate=certificate("tcb_signer", common_name="SGX PCK Certificate"),
    ),
    refused("pck_is_ca", "CERT_CONSTRAINTS", certificate=certificate("pck", is_ca=True)),
    refused(
        "pck_is_ca_with_path", "CERT_CONSTRAINTS", certificate=certificate("pck", is_ca=True, path_length=0)
    ),
    refused(
        "pck_signs_no_data",
        "CERT_CONSTRAINTS",
        certificate=certificate("pck", signs_data=False, signs_lists=True),
    ),
    refused(
        "pck_ca_is_none", "CERT_CONSTRAINTS", certificate=certificate("pck_ca", is_ca=False, path_length=None)
    ),
    refused("pck_ca_path_length_1", "CERT_CONSTRAINTS", certificate=certificate("pck_ca", path_length=1)),
    refused("pck_ca_path_unlimited", "CERT_CONSTRAINTS", certificate=certificate("pck_ca", path_length=None)),
    refused(
        "pck_ca_signs_no_certificates",
        "CERT_CONSTRAINTS",
        certificate=certificate("pck_ca", signs_certificates=False),
    ),
    refused(
        "pck_ca_signs_no_lists", "CERT_CONSTRAINTS", certificate=certificate("pck_ca", signs_lists=False)
    ),
    refused("tcb_signer_is_ca", "CERT_CONSTRAINTS", certificate=certificate("tcb_signer", is_ca=True)),
    refused(
        "tcb_signer_signs_no_data",
        "CERT_CONSTRAINTS",
        certificate=certificate("tcb_signer", signs_data=False, signs_lists=True),
    ),
    refused(
        "pck_critical_extension",
        "CERT_EXTENSION_UNKNOWN",
        certificate=certificate("pck", extra=UNKNOWN_CRITICAL),
    ),
    refused(
        "tcb_signer_critical_extension",
        "CERT_EXTENSION_UNKNOWN",
        certificate=certificate("tcb_signer", extra=UNKNOWN_CRITICAL),
    ),
    # Issuers, dates, signatures.
    refused(
        "pck_issuer",
        "CERT_ISSUER",
        signed_part=part("pck", inside(swapped(b"Platform", b"platform"), ISSUER)),
    ),
    refused(
        "pck_ca_issuer", "CERT_ISSUER", signed_part=part("pck_ca", inside(swapped(b"Root", b"root"), ISSUER))
    ),
    refused(
        "tcb_signer_issuer",
        "CERT_ISSUER",
        signed_part=part("tcb_signer", inside(swapped(b"Root", b"root"), ISSUER)),
    ),
    refused("pck_expired", "CERT_EXPIRED", certificate=certificate("pck", not_after=NOW)),
    refused("pck_not_yet_valid", "CERT_NOT_YET_VALID", certificate=certificate("pck", not_before=NOW + 1)),
    refused("pck_ca_expired", "CERT_EXPIRED", certificate=certificate("pck_ca", not_after=NOW)),
    refused(
        "pck_ca_not_yet_valid", "CERT_NOT_YET_VALID", certificate=certificate("pck_ca", not_before=NOW + 1)
    ),
    refused("tcb_signer_expired", "CERT_EXPIRED", certificate=certificate("tcb_signer", not_after=NOW)),
    refused(
        "tcb_signer_not_yet_valid",
        "CERT_NOT_YET_VALID",
        certificate=certificate("tcb_signer", not_before=NOW + 1),
    ),
    refused("pck_signed_by_another", "CERT_SIGNATURE", signer={"pck": "rogue"}),
    refused("pck_ca_signed_by_another", "CERT_SIGNATURE", signer={"pck_ca": "rogue"}),
    refused("tcb_signer_signed_by_another", "CERT_SIGNATURE", signer={"tcb_signer": "rogue"}),
    refused("tcb_signer_signed_by_the_pck_ca", "CERT_SIGNATURE", signer={"tcb_signer": "pck_ca"}),
    refused(
        "tcb_signer_key_off_the_curve",
        "CERT_KEY_INVALID",
        signed_part=part("tcb_signer", inside(wrong_y, KEY)),
    ),
    refused("pck_key_off_the_curve", "CERT_KEY_INVALID", signed_part=part("pck", inside(wrong_y, KEY))),
)
