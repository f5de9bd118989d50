"""The differences that are meant: each is a row of the table in docs/spec/attestation.md, with a way to tell it.

    agree_once(mend)   the two agree once the one thing that the rule is about is put right in the evidence
    refused(pattern)   this verifier alone refuses, with a code and a detail that the rule names
    unread(pattern)    dcap-qvl alone refuses, with a text that the rule names: it reads a part that no rule here needs

Anything else is a mistake of one of the two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.collateral import Collateral, as_bytes
from tee_attestation_verifier.intel.quote import parse_quote
from tee_attestation_verifier.plain import PEM_BEGIN, PEM_END

from tests.differential.evidence import EXPLAINED, Evidence, Verdict, judge, ours, pem_text, theirs

Test = Callable[[Evidence, Verdict, Verdict], bool]


@dataclass(frozen=True)
class Rule:
    """`row` is the first column of the table; `holds` says whether it explains (evidence, our, their verdict)."""

    row: str
    holds: Test


def explanation(evidence: Evidence, our: Verdict, their: Verdict) -> str | None:
    """The row that explains a difference, None when none does."""
    for rule in RULES:
        if rule.holds(evidence, our, their):
            return rule.row
    return None


def require_explained(evidence: Evidence, case: str) -> None:
    """Ask both; AssertionError with the case where they differ and no rule says why."""
    our, their = ours(evidence), theirs(evidence)
    if our.essence != their.essence:
        row = explanation(evidence, our, their)
        assert row is not None, f"{case}: {our} here, {their} there"
        EXPLAINED[row] += 1


def refused(pattern: str) -> Test:
    """This verifier alone refuses, and `CODE: detail` begins like this."""
    matches = re.compile(pattern, re.DOTALL).match

    def holds(_: Evidence, our: Verdict, their: Verdict) -> bool:
        return (
            our.status is None and their.status is not None and bool(matches(f"{our.reason}: {our.detail}"))
        )

    return holds


def unread(pattern: str) -> Test:
    """Dcap-qvl alone refuses, and its text has this."""
    found = re.compile(pattern, re.DOTALL).search

    def holds(_: Evidence, our: Verdict, their: Verdict) -> bool:
        return our.status is not None and their.status is None and bool(found(their.reason))

    return holds


def agree_once(mend: Callable[[Evidence], Evidence], reasons: str) -> Test:
    """This verifier refuses with a code like these, and dcap-qvl's verdict is what it says of the mended evidence.

    Where the two still differ then, another rule must say why.
    """
    matches = re.compile(reasons).match

    def holds(evidence: Evidence, our: Verdict, their: Verdict) -> bool:
        if our.status is not None or not matches(our.reason):
            return False
        mended = mend(evidence)
        again = judge(mended)
        return again.essence == their.essence or (
            again.reason != our.reason and explanation(mended, again, their) is not None
        )

    return holds


# Chains -----------------------------------------------------------------------------------------------


def with_pinned_root(evidence: Evidence) -> Evidence:
    """Every chain ends in the pinned root, and the CRL's issuer is the quote's PCK CA: dcap-qvl reads neither."""
    try:
        own = parse_quote(evidence.quote).certification_data
    except Rejection:
        return evidence
    root, (leaf, pck_ca) = pem_text(evidence.root_der), _blocks(own, 2)
    collateral = copied(evidence.collateral)
    collateral.pck_crl_issuer_chain = pck_ca + root
    for name in ("tcb_info_issuer_chain", "qe_identity_issuer_chain"):
        setattr(collateral, name, _blocks(as_bytes(getattr(collateral, name)), 1)[0] + root)
    return replace(evidence, quote=_with_chain(evidence.quote, leaf + pck_ca + root), collateral=collateral)


def _with_chain(data: bytes, chain: bytes) -> bytes:
    """The quote with another PCK chain, and the sizes before it made right: nothing signed is touched."""
    quote = parse_quote(data)
    end = len(quote.signed)
    before = data[end + 4 : data.index(quote.certification_data, end) - 4]
    if quote.version > 3:
        inner = before[134:] + _sized(chain)
        return quote.signed + _sized(before[:130] + _sized(inner))
    return quote.signed + _sized(before + _sized(chain))


def _sized(content: bytes) -> bytes:
    return len(content).to_bytes(4, "little") + content


def _blocks(text: bytes, count: int) -> list[bytes]:
    """The first certificates of a PEM text, each with its marks; empty where there are fewer."""
    found = [PEM_BEGIN + each.partition(PEM_END)[0] + PEM_END for each in text.split(PEM_BEGIN)[1:]]
    return (found + [b""] * count)[:count]


def copied(collateral: Collateral) -> Collateral:
    """A collateral of its own with the same parts."""
    return Collateral(**{name: getattr(collateral, name) for name in Collateral.FIELDS})


# Time and order -----------------------------------------------------------------------------------------


def a_second_earlier(evidence: Evidence) -> Evidence:
    """At the last second before something ends that ends now."""
    return replace(evidence, now=evidence.now - 1)


def levels_out_of_order(evidence: Evidence, our: Verdict, their: Verdict) -> bool:
    """Some list of levels does not descend: dcap-qvl takes the first that fits, this verifier the highest."""
    if our.status is None and our.reason != "TCB_REVOKED":
        return False
    return not all(_descends(levels) for levels in _level_lists(evidence.collateral))


def _level_lists(collateral: Collateral) -> Iterator[list[Any]]:
    for text in (collateral.tcb_info, collateral.qe_identity):
        document = json.loads(text)
        yield document["tcbLevels"]
        for identity in document.get("tdxModuleIdentities", ()):
            yield identity["tcbLevels"]


def _descends(levels: list[Any]) -> bool:
    ranks = [_rank(level["tcb"]) for level in levels]
    return ranks == sorted(ranks, reverse=True)


def _rank(tcb: dict[str, Any]) -> tuple[Any, ...]:
    if "isvsvn" in tcb:
        return (tcb["isvsvn"],)
    sgx, tdx = (
        [each["svn"] for each in tcb.get(name, ())] for name in ("sgxtcbcomponents", "tdxtcbcomponents")
    )
    return (sgx, tcb["pcesvn"], tdx)


# The PCK's SGX type and configuration, and attributes of a name other than the common name.
UNREAD = (
    "Failed to load (nested )?sequence|Failed to read (OID|value)|Intel extension path|"
    "Unexpected (BOOLEAN|ENUMERATED) length|Failed to decode certificate"
)
DOCUMENT = r"(TCB_INFO|QE_IDENTITY)_MALFORMED: "

CHAINS = r"CERT_|CRL_ISSUER_MISMATCH|ROOT_NOT_TRUSTED|CA_REVOKED"

RULES = (
    Rule("ends of validity", agree_once(a_second_earlier, r"\w+_EXPIRED")),
    Rule("the root in every chain; the CRL issuer's chain", agree_once(with_pinned_root, CHAINS)),
    Rule("the root's own validity", refused("CERT_(EXPIRED|NOT_YET_VALID): root")),
    Rule("thisUpdate of revocation lists", refused("CRL_NOT_YET_VALID: ")),
    Rule("order of levels", levels_out_of_order),
    Rule("signers' common names, chain lengths, key usage", refused("CERT_(NAME|CONSTRAINTS): ")),
    Rule("PEM texts", refused("CERT_CHAIN_MALFORMED: ")),
    Rule("DER of certificates and lists", refused("(CERT|CRL)_MALFORMED: ")),
    Rule("PCK extension", refused("PCK_EXTENSION_MALFORMED: ")),
    Rule("PCEID", refused("TCB_INFO_PCEID: ")),
    Rule("outer certification type", refused("QUOTE_CERTIFICATION_UNSUPPORTED: outer")),
    Rule("QE data", unread("QE auth data")),
    Rule("QE report data, second half", refused("QE_REPORT_DATA: ")),
    Rule("QE identity outside its masks", refused("QE_(ATTRIBUTES|MISCSELECT): ")),
    Rule("versions of TCB info and QE identity", refused("(TCB_INFO|QE_IDENTITY)_VERSION: ")),
    Rule("raw signatures", refused("(TCB_INFO|QE_IDENTITY)_SIGNATURE: not 64 bytes")),
    Rule("JSON escapes, non-ASCII, long numbers, fractions, depth", refused(DOCUMENT + "JSON: ")),
    Rule("members of levels that do not match", refused(DOCUMENT)),
    Rule("TD attribute bits 16, 18 to 22", refused("TD_ATTRIBUTES_RESERVED: octet 2")),
    Rule("parts that no rule needs", unread(UNREAD)),
    Rule("isvsvn of a module over 255", unread(r"invalid value: integer `\d+`, expected u8")),
)
