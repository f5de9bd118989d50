"""Step 3: revocation lists."""

from __future__ import annotations

from cryptography import x509
from sealwright_agents.simulated import Bends, SimulatedTee
from sealwright_agents.simulated.der import SEQUENCE, tlv
from sealwright_agents.simulated.keys import derive_key, raw_public_key
from tee_attestation_verifier.intel.collateral import Collateral

from tests.attestation_cases.case import NOW, SEED, Case, refused
from tests.attestation_cases.certificates import ENUMERATED, NULL, P384_ALGORITHM, SET, UTF8_STRING
from tests.attestation_cases.chains import KEY
from tests.attestation_cases.edits import (
    Change,
    certificate,
    changed,
    content,
    elements,
    emptied,
    extended,
    filled,
    followed_by,
    inside,
    part,
    retagged,
    revocation,
    swapped,
)

VERSION, ALGORITHM, ENTRIES = 0, 1, 5
EXTENSIONS = 5  # of a list without entries
TRUE = b"\x01\x01\xff"
ROOT_SERIAL, CA_SERIAL, SIGNER_SERIAL = 1, 2, 3
LISTED = (5, 0x1234, 9)
ENTRY_SERIAL, ENTRY_TIME, ENTRY_EXTENSIONS = 0, 1, 2


def pck_serial() -> int:
    """The serial of the machine's own PCK certificate."""
    return x509.load_pem_x509_certificate(SimulatedTee(SEED, NOW).pck_chain.encode()).serial_number


def form(name: str, change: Change, *path: int, revoked: tuple[int, ...] = LISTED) -> Case:
    """A PCK CRL whose signed part is bent at a path; it lists three certificates, of nobody here."""
    return refused(
        f"crl_{name}",
        "CRL_MALFORMED",
        crl=revocation("pck_ca", revoked=revoked),
        signed_part=part("pck_crl", inside(change, *path)),
    )


def entry(name: str, change: Change, *path: int) -> Case:
    """A PCK CRL whose second entry is bent."""
    return form(f"entry_{name}", change, ENTRIES, 1, *path)


def critical(extension: bytes) -> bytes:
    """An extension {object id, value}, marked critical."""
    oid, value = elements(content(extension))
    return tlv(SEQUENCE, oid + TRUE + value)


def crl_chain(bends: Bends) -> str | bytes:
    """The CRL chain with another certificate of the PCK CA."""
    return SimulatedTee(SEED, NOW, bends=bends).collateral().pck_crl_issuer_chain


def other_authority(collateral: Collateral) -> None:
    """The CRL chain is that of an authority of another name, with the same key."""
    bends = Bends(certificate=certificate("pck_ca", common_name="Another CA"))
    collateral.pck_crl_issuer_chain = crl_chain(bends)


def other_key(collateral: Collateral) -> None:
    """The CRL chain is that of an authority of the same name, with another key."""
    other = raw_public_key(derive_key(SEED, "another authority"))
    bends = Bends(signed_part=part("pck_ca", inside(lambda key: key[:-64] + other, KEY)))
    collateral.pck_crl_issuer_chain = crl_chain(bends)


def renewed_authority(collateral: Collateral) -> None:
    """The CRL chain's authority has another certificate: serial 77."""
    collateral.pck_crl_issuer_chain = crl_chain(Bends(certificate=certificate("pck_ca", serial=77)))


def renewed_qe_signer(collateral: Collateral) -> None:
    """QE identity's signer has another certificate for the same key: serial 78."""
    bends = Bends(certificate=certificate("tcb_signer", serial=78))
    collateral.qe_identity_issuer_chain = (
        SimulatedTee(SEED, NOW, bends=bends).collateral().qe_identity_issuer_chain
    )


def swapped_lists(collateral: Collateral) -> None:
    """The root's list in the place of the PCK's."""
    collateral.pck_crl = collateral.root_ca_crl


LISTS: tuple[Case, ...] = (
    refused("root_crl_expired", "CRL_EXPIRED", crl=revocation("root", next_update=NOW)),
    refused("root_crl_not_yet_valid", "CRL_NOT_YET_VALID", crl=revocation("root", this_update=NOW + 1)),
    refused("pck_crl_expired", "CRL_EXPIRED", crl=revocation("pck_ca", next_update=NOW)),
    refused("pck_crl_not_yet_valid", "CRL_NOT_YET_VALID", crl=revocation("pck_ca", this_update=NOW + 1)),
    refused(
        "root_crl_issuer", "CRL_ISSUER_MISMATCH", crl=revocation("root", issuer_name="Simulated SGX Root")
    ),
    refused(
        "pck_crl_issuer",
        "CRL_ISSUER_MISMATCH",
        crl=revocation("pck_ca", issuer_name="Simulated SGX PCK Processor CA"),
    ),
    refused("root_crl_as_pck_crl", "CRL_ISSUER_MISMATCH", collateral=swapped_lists),
    refused(
        "crl_and_chain_of_another_name",
        "CRL_ISSUER_MISMATCH",
        crl=revocation("pck_ca", issuer_name="Another CA"),
        collateral=other_authority,
    ),
    refused(
        "crl_and_chain_of_another_key",
        "CRL_ISSUER_MISMATCH",
        signer={"pck_crl": "another authority"},
        collateral=other_key,
    ),
    refused("crl_chain_of_another_name", "CRL_ISSUER_MISMATCH", collateral=other_authority),
    refused("crl_chain_of_another_key", "CRL_ISSUER_MISMATCH", collateral=other_key),
    refused(
        "pck_ca_revoked_but_not_the_renewed",
        "CA_REVOKED",
        crl=revocation("root", revoked=(CA_SERIAL,)),
        collateral=renewed_authority,
    ),
    refused("root_crl_signed_by_another", "CRL_SIGNATURE", signer={"root_crl": "rogue"}),
    refused("root_crl_signed_by_the_pck_ca", "CRL_SIGNATURE", signer={"root_crl": "pck_ca"}),
    refused("pck_crl_signed_by_another", "CRL_SIGNATURE", signer={"pck_crl": "rogue"}),
    refused("pck_crl_signed_by_the_root", "CRL_SIGNATURE", signer={"pck_crl": "root"}),
    refused("root_revoked", "ROOT_REVOKED", crl=revocation("root", revoked=(7, ROOT_SERIAL))),
    refused("pck_ca_revoked", "CA_REVOKED", crl=revocation("root", revoked=(CA_SERIAL, 7))),
    refused(
        "crl_chain_ca_revoked",
        "CA_REVOKED",
        crl=revocation("root", revoked=(77,)),
        collateral=renewed_authority,
    ),
    refused(
        "tcb_signer_revoked", "TCB_SIGNER_REVOKED", crl=revocation("root", revoked=(7, SIGNER_SERIAL, 8))
    ),
    refused(
        "qe_signer_revoked",
        "TCB_SIGNER_REVOKED",
        crl=revocation("root", revoked=(78,)),
        collateral=renewed_qe_signer,
    ),
    refused("pck_revoked", "PCK_REVOKED", crl=revocation("pck_ca", revoked=(5, pck_serial(), 9))),
    refused(
        "pck_revoked_last_of_many",
        "PCK_REVOKED",
        crl=revocation("pck_ca", revoked=(*range(1, 20), pck_serial())),
    ),
    # Form
    refused("crl_without_number", "CRL_MALFORMED", crl=revocation("root", number=None)),
    refused(
        "crl_without_authority_key", "CRL_MALFORMED", crl=revocation("root", authority_key_identifier=False)
    ),
    refused("crl_empty", "CRL_MALFORMED", collateral=changed("pck_crl", lambda each: b"")),
    refused("crl_with_trailing_byte", "CRL_MALFORMED", collateral=changed("root_ca_crl", followed_by(b"\0"))),
    form("too_large", lambda each: each, revoked=tuple(range(1 << 158, (1 << 158) + 1225))),
    form("of_version_1", filled(b"\x00"), VERSION),
    form("of_eight_fields", followed_by(NULL), ENTRIES),
    form("without_next_update", filled(b""), 4),
    form("inner_algorithm", swapped(P384_ALGORITHM[:-1] + b"\x02", P384_ALGORITHM), ALGORITHM),
    form("entries_in_a_set", retagged(SET), ENTRIES),
    form("extension_critical", critical, EXTENSIONS, 0, 0, revoked=()),
    form("time_no_second", filled(b"260614000060Z"), 3),
    entry("in_a_set", retagged(SET)),
    entry("of_four_parts", extended(NULL)),
    entry("of_one_part", lambda each: tlv(SEQUENCE, elements(content(each))[0])),
    entry("serial_type", retagged(ENUMERATED), ENTRY_SERIAL),
    entry("serial_empty", emptied, ENTRY_SERIAL),
    entry("serial_padded", filled(b"\x00\x12"), ENTRY_SERIAL),
    entry("serial_padded_negative", filled(b"\xff\x81"), ENTRY_SERIAL),
    entry("time_form", filled(b"2606140000Z"), ENTRY_TIME),
    entry("time_type", retagged(0x18), ENTRY_TIME),
    entry("extensions_in_a_set", retagged(SET), ENTRY_EXTENSIONS),
    entry("extension_in_a_set", retagged(SET), ENTRY_EXTENSIONS, 0),
    entry("extension_id_type", retagged(UTF8_STRING), ENTRY_EXTENSIONS, 0, 0),
    entry("extension_value_type", retagged(UTF8_STRING), ENTRY_EXTENSIONS, 0, 1),
    entry("extension_of_three", extended(NULL), ENTRY_EXTENSIONS, 0),
    entry("extension_critical", critical, ENTRY_EXTENSIONS, 0),
    entry(
        "extension_without_value", lambda each: tlv(SEQUENCE, elements(content(each))[0]), ENTRY_EXTENSIONS, 0
    ),
)
