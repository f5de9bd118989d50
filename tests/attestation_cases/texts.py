"""Step 4: the JSON of TCB info and QE identity, bent as text and signed again."""

from __future__ import annotations

from itertools import count

from sealwright_agents.simulated import SimulatedTee
from sealwright_agents.simulated.keys import derive_key, sign_raw
from tee_attestation_verifier.intel.collateral import Collateral

from tests.attestation_cases.case import NOW, SEED, Case, refused
from tests.attestation_cases.edits import given, replaced

DEEP = "[" * 10 + "]" * 10  # with the object around it eleven levels


def text(name: str, old: str, new: str) -> Case:
    """TCB info with a part of its text replaced."""
    return refused(f"json_{name}", "TCB_INFO_MALFORMED", json_text=replaced("tcb_info", old, new))


def member(name: str, value: str) -> Case:
    """TCB info with one more member that nobody asks for."""
    return text(name, '{"id"', '{"more":' + value + ',"id"')


def tail(name: str, more: str) -> Case:
    """TCB info with something behind it."""
    edit = lambda artefact, text: text + more if artefact == "tcb_info" else text  # noqa: E731
    return refused(f"json_{name}", "TCB_INFO_MALFORMED", json_text=edit)


def cut_text(name: str, end: str) -> Case:
    """TCB info that ends after the last place that reads `end`."""
    edit = lambda artefact, text: text[: text.rindex(end) + len(end)] if artefact == "tcb_info" else text  # noqa: E731
    return refused(f"json_{name}", "TCB_INFO_MALFORMED", json_text=edit)


TEXTS: tuple[Case, ...] = (
    tail("with_trailing_text", "x"),
    tail("with_trailing_zero", "\0"),
    tail("twice", "{}"),
    member("eleven_levels", DEEP),
    member("a_thousand_levels", "[" * 1000),
    text("name_twice", '{"id"', '{"id":"SGX","id"'),
    text("inner_name_twice", '{"svn":4}', '{"svn":0,"svn":4}'),
    text("semicolon_for_colon", '"version":3', '"version";3'),
    text("semicolon_for_comma", ',"version"', ';"version"'),
    text("comma_at_the_end", '"Revoked"}', '"Revoked",}'),
    text("name_in_apostrophes", '{"id"', '{\'more":1,"id"'),
    member("text_of_odd_quotes", '"'),
    cut_text("text_unterminated", '"OutOfDate'),
    member("text_with_control", '"\t"'),
    member("text_with_delete", '"\x7f"'),
    member("text_not_ascii", '"é"'),
    member("text_with_escape", '"\\u0041"'),
    member("number_of_sixteen_digits", "1234567890123456"),
    member("number_with_leading_zero", "01"),
    member("number_without_digits", "-"),
    member("number_with_fraction", "1.0"),
    member("literal_cut", "tru"),
    member("literal_misspelt", "trux"),
    member("array_unterminated", "[1"),
    member("array_with_comma_at_its_end", "[1,]"),
    member("array_closed_by_a_brace", "[1}"),
    text("object_closed_by_a_bracket", '"svn":4}', '"svn":4]'),
    refused("json_empty", "TCB_INFO_MALFORMED", collateral=given("tcb_info", "")),
    refused("json_array", "TCB_INFO_MALFORMED", json_text=lambda artefact, text: f"[{text}]"),
    refused(
        "tcb_info_too_large",
        "TCB_INFO_MALFORMED",
        json_text=replaced("tcb_info", '{"id"', "{" + " " * 65_000 + '"id"'),
    ),
    refused(
        "qe_identity_too_large",
        "QE_IDENTITY_MALFORMED",
        json_text=replaced("qe_identity", '{"id"', "{" + " " * 16_384 + '"id"'),
    ),
    refused(
        "qe_identity_not_json",
        "QE_IDENTITY_MALFORMED",
        json_text=replaced("qe_identity", '"version":2', '"version":2.0'),
    ),
)


def salted(artefact: str, text: str) -> str:
    """TCB info with a member that makes the s of its signature begin with a zero octet."""
    if artefact != "tcb_info":
        return text
    key = derive_key(SEED, "tcb_signer")
    texts = (text.replace('{"id"', f'{{"salt":{salt},"id"', 1) for salt in count())
    return next(each for each in texts if sign_raw(key, each.encode())[32] == 0)


def shortened(collateral: Collateral) -> None:
    """TCB info's signature without the zero octet that its s begins with: the same two numbers in 63 octets."""
    signature = collateral.tcb_info_signature
    assert signature[32] == 0
    collateral.tcb_info_signature = signature[:32] + signature[33:]


def signed_by_another(name: str, artefact: str, key: str) -> Case:
    """TCB info or QE identity under a signature of another key."""
    return refused(name, f"{artefact.upper()}_SIGNATURE", signer={artefact: key})


def with_other_white_space(field: str) -> Case:
    """The same JSON with a space more: the signature is over the bytes."""

    def edit(collateral: Collateral) -> None:
        setattr(collateral, field, getattr(collateral, field).replace(":", ": ", 1))

    return refused(f"{field}_other_white_space", f"{field.upper()}_SIGNATURE", collateral=edit)


def of_another_issue(field: str) -> Case:
    """TCB info or QE identity of another day, with today's signature."""
    return refused(
        f"{field}_of_another_day",
        f"{field.upper()}_SIGNATURE",
        collateral=lambda each: setattr(
            each, field, getattr(SimulatedTee(SEED, NOW + 1).collateral(), field)
        ),
    )


SIGNATURES: tuple[Case, ...] = (
    signed_by_another("tcb_info_signed_by_another", "tcb_info", "rogue"),
    signed_by_another("tcb_info_signed_by_the_pck", "tcb_info", "pck"),
    signed_by_another("tcb_info_signed_by_the_root", "tcb_info", "root"),
    signed_by_another("qe_identity_signed_by_another", "qe_identity", "rogue"),
    signed_by_another("qe_identity_signed_by_the_pck", "qe_identity", "pck"),
    with_other_white_space("tcb_info"),
    with_other_white_space("qe_identity"),
    of_another_issue("tcb_info"),
    of_another_issue("qe_identity"),
    refused(
        "tcb_info_signature_of_63_bytes",
        "TCB_INFO_SIGNATURE",
        json_text=salted,
        collateral=shortened,
    ),
    refused(
        "tcb_info_signature_of_65_bytes",
        "TCB_INFO_SIGNATURE",
        collateral=lambda each: given("tcb_info_signature", each.tcb_info_signature + b"\0")(each),
    ),
    refused(
        "qe_identity_signature_empty", "QE_IDENTITY_SIGNATURE", collateral=given("qe_identity_signature", b"")
    ),
    refused(
        "signature_of_zeros", "QE_IDENTITY_SIGNATURE", collateral=given("qe_identity_signature", bytes(64))
    ),
)
