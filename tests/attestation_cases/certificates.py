"""Step 2: the strict DER of X.509 certificates, bent in the TCB signer's and signed again."""

from __future__ import annotations

from typing import Any

from sealwright_agents.simulated.der import BIT_STRING, SEQUENCE, tlv

from tests.attestation_cases.case import Case, refused
from tests.attestation_cases.chains import ISSUER, KEY, TCB_CHAIN, VALIDITY
from tests.attestation_cases.edits import (
    Change,
    certificate,
    content,
    doubled,
    elements,
    emptied,
    extended,
    filled,
    followed_by,
    in_chain,
    inside,
    lengthened,
    overrunning,
    part,
    removed,
    retagged,
    swapped,
)

NULL = b"\x05\x00"
SET, OCTET_STRING, UTF8_STRING, TELETEX_STRING, ENUMERATED, IA5_STRING = 0x31, 4, 0x0C, 0x14, 0x0A, 0x16
VERSION, SERIAL, ALGORITHM, SUBJECT, EXTENSIONS = 0, 1, 2, 5, 7
COMMON_NAME, ORGANISATION, COUNTRY = 0, 1, 2  # parts of a subject
AUTHORITY_KEY, KEY_USAGE, BASIC_CONSTRAINTS = 0, 2, 3  # extensions in their order
SIGNED, OUTER_ALGORITHM, SIGNATURE = 0, 1, 2
P384_ALGORITHM = bytes.fromhex("06082a8648ce3d040303")
CURVE = bytes.fromhex("2a8648ce3d030107")
UNKNOWN_EXTENSION = bytes.fromhex("06032a0304")


def form(name: str, change: Change, *path: int, role: str = "tcb_signer", **more: Any) -> Case:
    """A certificate whose signed part is bent at a path."""
    return refused(
        f"certificate_{name}", "CERT_MALFORMED", signed_part=part(role, inside(change, *path)), **more
    )


def envelope(name: str, change: Change, *path: int) -> Case:
    """A certificate that is bent outside of its signed part."""
    return refused(
        f"certificate_{name}", "CERT_MALFORMED", collateral=in_chain(TCB_CHAIN, 0, inside(change, *path))
    )


def scalars(change: Change) -> Change:
    """Change SEQUENCE {r, s} inside the signature."""
    return lambda bits: tlv(BIT_STRING, b"\0" + change(content(bits)[1:]))


def negative(pair: bytes) -> bytes:
    """r or s without the zero that keeps it positive."""
    r, s = elements(content(pair))
    short = [tlv(2, content(each).lstrip(b"\0")) for each in (r, s)]
    assert [r, s] != short, "neither number has its highest bit set"
    return tlv(SEQUENCE, b"".join(short))


def padded(number: bytes) -> bytes:
    """A number with one more zero octet in front."""
    return tlv(number[0], b"\0" + content(number))


def between(extension: bytes) -> bytes:
    """An extension {object id, two more elements, value}."""
    oid, value = elements(content(extension))
    return tlv(SEQUENCE, oid + NULL + NULL + value)


CERTIFICATES: tuple[Case, ...] = (
    # SEQUENCE {signed part, algorithm, signature}
    envelope("with_trailing_element", followed_by(NULL)),
    envelope("with_trailing_byte", followed_by(b"\0")),
    envelope("in_a_set", retagged(SET)),
    envelope("of_four_parts", extended(NULL)),
    envelope("length_of_three_octets", lengthened(3)),
    envelope("length_indefinite", lambda each: b"\x30\x80" + content(each) + b"\0\0"),
    envelope("cut", lambda each: each[:-1]),
    envelope("outer_algorithm", swapped(P384_ALGORITHM[:-1] + b"\x02", P384_ALGORITHM), OUTER_ALGORITHM),
    envelope("signature_length_one_octet", lengthened(1), SIGNATURE),
    envelope("signature_length_two_octets", lengthened(2), SIGNATURE),
    envelope("signature_no_bit_string", retagged(OCTET_STRING), SIGNATURE),
    envelope("signature_empty", emptied, SIGNATURE),
    envelope("signature_unused_bits", lambda bits: tlv(BIT_STRING, b"\1" + content(bits)[1:]), SIGNATURE),
    envelope("signature_in_a_set", scalars(retagged(SET)), SIGNATURE),
    envelope("signature_with_trailing_element", scalars(followed_by(NULL)), SIGNATURE),
    envelope("signature_of_three_numbers", scalars(extended(b"\x02\x01\x05")), SIGNATURE),
    envelope("signature_of_one_number", scalars(inside(removed, 1)), SIGNATURE),
    envelope("signature_number_type", scalars(inside(retagged(ENUMERATED), 0)), SIGNATURE),
    envelope("signature_number_negative", scalars(negative), SIGNATURE),
    envelope("signature_number_padded", scalars(inside(padded, 0)), SIGNATURE),
    envelope("signature_second_number_padded", scalars(inside(padded, 1)), SIGNATURE),
    envelope("signature_number_empty", scalars(inside(emptied, 0)), SIGNATURE),
    envelope(
        "signature_number_too_long",
        scalars(inside(lambda each: tlv(2, b"\1" + content(each).rjust(33, b"\1")), 1)),
        SIGNATURE,
    ),
    form("signed_part_in_a_set", retagged(SET)),
    # Fields
    form("of_nine_fields", extended(NULL)),
    form("of_version_2", filled(b"\x02\x01\x01"), VERSION),
    form("serial_type", retagged(ENUMERATED), SERIAL),
    form("serial_negative", filled(b"\x83"), SERIAL),
    form("serial_padded", filled(b"\0\3"), SERIAL),
    form("serial_empty", emptied, SERIAL),
    form("inner_algorithm", swapped(P384_ALGORITHM[:-1] + b"\x02", P384_ALGORITHM), ALGORITHM),
    form("validity_in_a_set", retagged(SET), VALIDITY),
    form(
        "validity_of_three_times",
        lambda each: tlv(SEQUENCE, content(each) + elements(content(each))[1]),
        VALIDITY,
    ),
    form("subject_in_a_set", retagged(SET), SUBJECT),
    form("key_of_another_curve", swapped(CURVE, CURVE[:-1] + b"\x06"), KEY),
    form("key_compressed", lambda each: each[:-65] + b"\x02" + each[-64:], KEY),
    form("key_too_long", extended(b"\0"), KEY),
    form(
        "too_large",
        extended(tlv(SEQUENCE, UNKNOWN_EXTENSION + tlv(OCTET_STRING, bytes(4096)))),
        EXTENSIONS,
        0,
    ),
    # Times
    form("time_type", lambda each: tlv(IA5_STRING, b"20" + content(each)), VALIDITY, 0),
    form("time_without_zone", filled(b"2001010000000"), VALIDITY, 0),
    form("time_too_long", filled(b"200101000000Z0"), VALIDITY, 0),
    form("time_before_1970", filled(b"600101000000Z"), VALIDITY, 0),
    form("time_no_digits", filled(b"2001010000-0Z"), VALIDITY, 0),
    # Names
    form("name_part_in_a_sequence", retagged(SEQUENCE), SUBJECT, ORGANISATION),
    form("name_attribute_in_a_set", retagged(SET), SUBJECT, ORGANISATION, 0),
    form("name_attribute_of_three", extended(NULL), SUBJECT, ORGANISATION, 0),
    form("name_attribute_id_type", retagged(UTF8_STRING), SUBJECT, ORGANISATION, 0, 0),
    form("name_value_long_tag", retagged(0x1F), SUBJECT, COUNTRY, 0, 1),
    form("name_value_overrunning", overrunning, SUBJECT, COUNTRY, 0, 1),
    form("name_with_trailing_byte", extended(b"\5"), SUBJECT, COUNTRY, 0),
    form("two_common_names", doubled, SUBJECT, COMMON_NAME),
    form("no_common_name", removed, SUBJECT, COMMON_NAME),
    form("common_name_type", retagged(TELETEX_STRING), SUBJECT, COMMON_NAME, 0, 1),
    form("common_name_control", filled(b"\x1f SGX TCB Signing"), SUBJECT, COMMON_NAME, 0, 1),
    form("common_name_not_ascii", filled("SGX TCB Signing é".encode()), SUBJECT, COMMON_NAME, 0, 1),
    # Extensions
    form("extensions_tag", retagged(0xA2), EXTENSIONS),
    form("extensions_twice", extended(b"\x30\x00"), EXTENSIONS),
    form("extensions_in_a_set", retagged(SET), EXTENSIONS, 0),
    form("extension_in_a_set", retagged(SET), EXTENSIONS, 0, AUTHORITY_KEY),
    form("extension_of_three", extended(NULL), EXTENSIONS, 0, AUTHORITY_KEY),
    form("extension_of_four", between, EXTENSIONS, 0, AUTHORITY_KEY),
    form("extension_id_type", retagged(UTF8_STRING), EXTENSIONS, 0, AUTHORITY_KEY, 0),
    form("extension_value_type", retagged(UTF8_STRING), EXTENSIONS, 0, AUTHORITY_KEY, 1),
    form("extension_critical_not_ff", filled(b"\x01"), EXTENSIONS, 0, KEY_USAGE, 1),
    form("extension_critical_false", filled(b"\x00"), EXTENSIONS, 0, KEY_USAGE, 1),
    form("extension_twice", doubled, EXTENSIONS, 0, KEY_USAGE),
    form("key_usage_no_bit_string", filled(b"\x04\x02\x07\x80"), EXTENSIONS, 0, KEY_USAGE, 2),
    form("key_usage_of_four_octets", filled(b"\x03\x05\x00\x80\x00\x00\x01"), EXTENSIONS, 0, KEY_USAGE, 2),
    form("key_usage_unused_bits", filled(b"\x03\x02\x08\x80"), EXTENSIONS, 0, KEY_USAGE, 2),
    form(
        "constraints_with_trailing_element", filled(b"\x30\x00" + NULL), EXTENSIONS, 0, BASIC_CONSTRAINTS, 2
    ),
    form("constraints_in_a_set", filled(b"\x31\x00"), EXTENSIONS, 0, BASIC_CONSTRAINTS, 2),
    form(
        "constraints_ca_not_ff", swapped(b"\xff", b"\x01"), EXTENSIONS, 0, BASIC_CONSTRAINTS, 2, role="pck_ca"
    ),
    form(
        "constraints_path_of_256",
        filled(bytes.fromhex("30070101ff02020100")),
        EXTENSIONS,
        0,
        BASIC_CONSTRAINTS,
        2,
        role="pck_ca",
    ),
    form(
        "constraints_of_three",
        filled(bytes.fromhex("30080101ff0201010500")),
        EXTENSIONS,
        0,
        BASIC_CONSTRAINTS,
        2,
        role="root",
        step=0,
    ),
)

ROOTS: tuple[Case, ...] = (
    refused(
        "anchor_not_self_issued",
        "ROOT_UNSUITABLE",
        step=0,
        signed_part=part("root", inside(swapped(b"Root", b"root"), ISSUER)),
    ),
    refused("anchor_not_self_signed", "ROOT_UNSUITABLE", step=0, signer={"root": "rogue"}),
    refused(
        "anchor_no_authority",
        "ROOT_UNSUITABLE",
        step=0,
        certificate=certificate("root", is_ca=False, path_length=None),
    ),
    refused(
        "anchor_name", "ROOT_UNSUITABLE", step=0, certificate=certificate("root", common_name="SGX Root")
    ),
)
