"""The rules are the rows of the table in docs/spec/attestation.md, and each explains a difference that there is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from sealwright_agents.simulated import Bends, SimulatedTee, TdMeasurements
from tee_attestation_verifier.intel.collateral import as_bytes
from tee_attestation_verifier.intel.quote import parse_quote
from tee_attestation_verifier.plain import PEM_END

from tests.conftest import PROJECT
from tests.differential.cases import KINDS, part_edits, with_field
from tests.differential.evidence import Evidence, ours, theirs
from tests.differential.minting import NOW, Minter
from tests.differential.rules import RULES, explanation

# What dcap-qvl does too, or cannot be asked: the rows about Intel's library alone.
BESIDE_INTEL_ALONE = {
    "issueDate of TCB info and QE identity",
    "certification types 1 to 4",
    "a 1.5 TD whose current TCB is Revoked",
}
SGX_EXTENSION = "/7:a3/0:30/4:30/1:04/0:30"
EDITS = {
    "signers' common names, chain lengths, key usage": ("tcb_signer", "/5:30/0:31/0:30/1:0c last bit"),
    "DER of certificates and lists": ("pck", "/7:a3/0:30/0:30 doubled"),
    "PCK extension": ("pck", f"{SGX_EXTENSION}/0:30 doubled"),
    "parts that no rule needs": ("pck", f"{SGX_EXTENSION}/4:30 removed"),
    "PCEID": ("tcb_info", "pceId last character"),
    "versions of TCB info and QE identity": ("tcb_info", "version is 4"),
    "JSON escapes, non-ASCII, long numbers, fractions, depth": ("tcb_info", "number 1.0"),
    "members of levels that do not match": ("tcb_info", "tcbType is 65536"),
    "order of levels": ("tcb_info", "tdxModuleIdentities.0.tcbLevels reversed"),
    "isvsvn of a module over 255": ("tcb_info", "tdxModuleIdentities.0.tcbLevels.0.tcb.isvsvn is 256"),
    "QE identity outside its masks": ("qe_identity", "attributes last character"),
    "QE report data, second half": ("qe_report", "report_data bit 511"),
}


def minted(now: int = NOW, **bends: object) -> Evidence:
    tee = SimulatedTee(b"table", NOW, bends=Bends(**bends))  # type: ignore[arg-type]
    return Evidence(tee.quote(bytes(64)), tee.collateral(), now, tee.root_der)


def with_td_bit_16() -> Evidence:
    tee = SimulatedTee(b"table", NOW)
    quote = tee.quote(bytes(64), measurements=TdMeasurements(td_attributes=bytes.fromhex("0000011000000000")))
    return Evidence(quote, tee.collateral(), NOW, tee.root_der)


def with_long_qe_data() -> Evidence:
    tee = SimulatedTee(b"table", NOW)
    return Evidence(tee.quote(bytes(64), qe_auth=bytes(64)), tee.collateral(), NOW, tee.root_der)


def with_signer_chain(edit: Callable[[bytes], bytes]) -> Evidence:
    plain = minted()
    return with_field(plain, "tcb_info_issuer_chain", edit(as_bytes(plain.collateral.tcb_info_issuer_chain)))


def with_long_signature() -> Evidence:
    """A zero in front of s changes no number."""
    plain = minted()
    signature = plain.collateral.tcb_info_signature
    return with_field(plain, "tcb_info_signature", signature[:32] + b"\0" + signature[32:])


def with_outer_type_5() -> Evidence:
    plain = minted()
    at = len(parse_quote(plain.quote).signed) + 4 + 128
    return replace(plain, quote=plain.quote[:at] + b"\x05\x00" + plain.quote[at + 2 :])


def revoked_from_tomorrow(_: str, spec: object) -> object:
    return replace(spec, this_update=NOW + 1)  # type: ignore[type-var]


def pck_until_now(role: str, spec: object) -> object:
    return replace(spec, not_after=NOW) if role == "pck" else spec  # type: ignore[type-var]


def root_until_now(role: str, spec: object) -> object:
    return replace(spec, not_after=NOW) if role == "root" else spec  # type: ignore[type-var]


MADE: dict[str, Callable[[], Evidence]] = {
    "ends of validity": lambda: minted(certificate=pck_until_now),
    "the root's own validity": lambda: minted(NOW + 1, certificate=root_until_now),
    "thisUpdate of revocation lists": lambda: minted(crl=revoked_from_tomorrow),
    "the root in every chain; the CRL issuer's chain": lambda: with_signer_chain(
        lambda text: text.partition(PEM_END)[0] + PEM_END
    ),
    "PEM texts": lambda: with_signer_chain(lambda text: text.replace(b"MII", b" MII", 1)),
    "raw signatures": with_long_signature,
    "outer certification type": with_outer_type_5,
    "QE data": with_long_qe_data,
    "TD attribute bits 16, 18 to 22": with_td_bit_16,
}


def edited(part: str, name: str) -> Evidence:
    minter = Minter(KINDS["td10"])
    (data,) = [data for each, data in part_edits(minter, part) if each.strip() == name]
    return minter.evidence({part: data})


def rows() -> list[str]:
    """The first column of the table."""
    text = (PROJECT / "docs" / "spec" / "attestation.md").read_text()
    table = text.partition("| matter | here | why |\n")[2].partition("\n\n")[0]
    return re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)


def test_table__has_exactly_the_rules() -> None:
    assert sorted(rows()) == sorted({rule.row for rule in RULES} | BESIDE_INTEL_ALONE)
    assert {rule.row for rule in RULES} == {*EDITS, *MADE}


@pytest.mark.parametrize("row", [*EDITS, *MADE])
def test_rule__explains_a_difference(row: str) -> None:
    evidence = MADE[row]() if row in MADE else edited(*EDITS[row])
    our, their = ours(evidence), theirs(evidence)
    assert our.essence != their.essence
    assert explanation(evidence, our, their) == row


def test_explanation__is_none_for_what_no_row_is_about() -> None:
    plain = minted()
    flipped = replace(plain, quote=plain.quote[:600] + b"\x55" + plain.quote[601:])
    assert explanation(flipped, ours(flipped), theirs(plain)) is None
    assert explanation(plain, ours(plain), theirs(flipped)) is None
