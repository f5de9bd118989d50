"""Random edits of several parts at once, before signing and after: no crash, no hang, and one verdict with dcap-qvl.

Every edit starts from a structure: the listed edits of DER, JSON and quote fields, then bytes.
`HYPOTHESIS_PROFILE=deep` goes on for about an hour.
"""

from __future__ import annotations

import functools
import gc
import os
import time
import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tee_attestation_verifier.intel.collateral import as_bytes

from tests.differential.cases import GIVEN, KINDS, part_edits, with_field
from tests.differential.evidence import Evidence, judge, pem_text
from tests.differential.json_edits import compact
from tests.differential.minting import NOW, SIGNERS, Minter
from tests.differential.rules import require_explained

EXAMPLES = 500_000 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 400
MOST_SECONDS, MOST_MEMORY = 1.0, 32_000_000
DAY = 86_400
TIMES = [NOW] * 6 + [NOW - DAY - 1, NOW - DAY, NOW + 30 * DAY - 1, NOW + 30 * DAY, 0, 2**40]
SCRAPS = [
    b"\0",
    b"\xff",
    b"\x30\x80",
    b"\x05\x00",
    b"\x02\x01\x00",
    b"{",
    b"}",
    b"[",
    b'"',
    b",",
    b'"a":1,',
    b"-",
    b"9" * 16,
]
SCRAPS += [
    b"\n",
    b"-----BEGIN CERTIFICATE-----",
    b"-----END CERTIFICATE-----",
    b"=",
    b"\\u0041",
    b"\xc3\xa9",
    b" ",
]


@functools.cache
def minter(kind: str) -> Minter:
    return Minter(KINDS[kind])


@functools.lru_cache(64)
def listed(kind: str, part: str) -> list[bytes]:
    return [data for _, data in part_edits(minter(kind), part)]


@st.composite
def edited_bytes(draw: st.DrawFn, data: bytes) -> bytes:
    """One place changed: a bit, a scrap put in or over, a piece taken out, doubled or moved."""
    edited = bytearray(data)
    at = draw(st.integers(0, max(len(edited) - 1, 0)))
    size = draw(st.integers(1, 40))
    kind = draw(st.sampled_from(["bit", "over", "in", "out", "double", "move"]))
    if kind == "bit" and edited:
        edited[at] ^= 1 << draw(st.integers(0, 7))
    elif kind in ("over", "in"):
        scrap = draw(st.sampled_from(SCRAPS))
        edited[at : at + (len(scrap) if kind == "over" else 0)] = scrap
    elif kind == "double":
        edited[at:at] = edited[at : at + size]
    else:
        piece = edited[at : at + size]
        del edited[at : at + size]
        if kind == "move":
            to = draw(st.integers(0, len(edited)))
            edited[to:to] = piece
    return bytes(edited)


@st.composite
def evidence(draw: st.DrawFn) -> Evidence:
    """Up to three parts edited and signed again, then perhaps some bytes after that."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    edits: dict[str, bytes] = {}
    for part in draw(st.lists(st.sampled_from(sorted(SIGNERS)), max_size=3, unique=True)):
        data = minter(kind).parts[part]
        if draw(st.integers(0, 3)):
            choices = listed(kind, part)
            data = choices[draw(st.integers(0, len(choices) - 1))]
        for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
            data = draw(edited_bytes(data))
        edits[part] = data
    made = minter(kind).evidence(edits, draw(st.sampled_from(TIMES)))
    field = draw(st.sampled_from([None, None, None, "quote", *GIVEN]))
    if field == "quote":
        return replace(made, quote=draw(edited_bytes(made.quote)))
    if field is not None:
        return with_field(made, field, draw(edited_bytes(as_bytes(getattr(made.collateral, field)))))
    return made


def seconds_taken(made: Evidence) -> float:
    """Processor time of one judgement; what Hypothesis has piled up by then is not collected in it."""
    gc.disable()
    started = time.process_time()
    judge(made)
    taken = time.process_time() - started
    gc.enable()
    return taken


@pytest.mark.timeout(0)
@settings(max_examples=EXAMPLES)
@given(evidence())
def test_any_evidence__is_judged_alike_and_soon(given_evidence: Evidence) -> None:
    assert seconds_taken(given_evidence) < MOST_SECONDS
    require_explained(given_evidence, "fuzzed")


def hostile() -> list[tuple[str, Evidence]]:
    """Each part as large as it may be and larger, with what makes a parser work."""
    base = minter("td10").evidence({})
    objects = compact({"a": [{"svn": 1}] * 5_900, **dict.fromkeys(map(str, range(100)), 0)})
    members = compact({str(number): 0 for number in range(6_000)})
    found = []
    for name, text in (
        ("objects", objects),
        ("members", members),
        ("brackets", b"[" * 65_000),
        ("digits", b"1" * 65_000),
    ):
        for field in ("tcb_info", "qe_identity"):
            found.append((f"{field} of {name}", minter("td10").evidence({field: text})))
    certificate = pem_text(base.root_der)
    found += [
        ("chain of certificates", with_field(base, "tcb_info_issuer_chain", certificate * 20)),
        ("chain of marks", with_field(base, "tcb_info_issuer_chain", b"-----BEGIN CERTIFICATE-----" * 600)),
        ("list of nulls", with_field(base, "pck_crl", b"\x30\x82\xfd\xe4" + b"\x05\x00" * 32_498)),
        ("nested list", with_field(base, "root_ca_crl", b"\x30\x80" * 32_500)),
        ("quote of zeros", replace(base, quote=base.quote + bytes(32_768 - len(base.quote)))),
        ("quote too long", replace(base, quote=base.quote + bytes(40_000_000))),
        ("TCB info too long", with_field(base, "tcb_info", b"[" * 40_000_000)),
    ]
    return found


def test_hostile_sizes__take_little_time_and_memory() -> None:
    for name, made in hostile():
        tracemalloc.start()
        taken, (_, peak) = seconds_taken(made), tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert taken < MOST_SECONDS, (name, taken)
        assert peak < MOST_MEMORY, (name, peak)
