"""From an answer's bytes to lists and verbatim objects: what comes through, and that nothing else does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sealwright_agents.simulated import SimulatedTee
from tee_attestation_verifier.offchain.pcs.answers import revocation_list, signed_object

from tests.collateral.shapes import IntelShape
from tests.collateral.world import holdings_of

SPACE = st.text(" \t\r\n", max_size=3)
TEXT = st.text(max_size=8)
DOCUMENTS = st.dictionaries(
    TEXT,
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


def test_signed_object__is_cut_out_verbatim() -> None:
    text = '{ "id" : "TDX",\t"odd":"\\u0041 } , {", "levels":[ {"a":1 } ] }'
    for frame in ('{"tcbInfo":%s,"signature":"00ff"}', ' {\n"signature": "00ff" ,"tcbInfo"\n: %s \n} '):
        assert signed_object((frame % text).encode(), "tcbInfo") == (text, b"\x00\xff")


@pytest.mark.parametrize(
    "body",
    [
        b'{"tcbInfo":{},"signature":"00"} x',
        b'{"tcbInfo":{},"signature":"00"',
        b'{"tcbInfo":{},"signature":"00",}',
        b'{"tcbInfo":{}{"signature":"00"}',
        b'{"tcbInfo":{},"tcbInfo":{},"signature":"00"}',
        b'{"tcbInfo":{},"signature":"00","more":1}',
        b'{"tcbInfo":"{}","signature":"00"}',
        b'{"tcbInfo":{},"signature":0}',
        b'{"tcbInfo":{},"signature":"0"}',
        b'{"tcbInfo" {},"signature":"00"}',
        b'[{"tcbInfo":{},"signature":"00"}]',
        b'{"tcbInfo":{"a":"\xff"},"signature":"00"}',
        b'{"tcbInfo":' + b'{"a":' * 20_000,
    ],
)
def test_signed_object__refuses_every_other_frame(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any text will do: the client wraps it
        signed_object(body, "tcbInfo")


def test_revocation_list__comes_in_three_forms(tee: SimulatedTee) -> None:
    crl = tee.collateral().pck_crl
    pem = IntelShape(holdings_of(tee))("/sgx/certification/v4/pckcrl", {"ca": "platform"}).body
    for form in (crl, crl.hex().encode(), crl.hex().upper().encode() + b"\n", pem):
        assert revocation_list(form) == crl


@given(DOCUMENTS, st.booleans(), st.booleans(), st.binary(max_size=8), SPACE)
def test_signed_object__keeps_any_object_as_it_was_written(
    document: dict[str, Any], ascii_only: bool, indented: bool, signature: bytes, space: str
) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only, indent=1 if indented else None)
    body = f'{space}{{{space}"tcbInfo"{space}:{space}{text}{space},"signature":"{signature.hex()}"{space}}}{space}'
    try:
        encoded = body.encode()
    except UnicodeEncodeError:  # a lone surrogate has no UTF-8
        return
    assert signed_object(encoded, "tcbInfo") == (text, signature)


@given(st.binary(max_size=64) | st.text('{}[]":,\\ tcbInfosgaure0', max_size=64).map(str.encode))
@example(b'{"tcbInfo":{},"signature":"00"}\xff')
@example(b"[" * 100_000)
def test_answers__raise_nothing_but_value_error(body: bytes) -> None:
    for read in (revocation_list, lambda data: signed_object(data, "tcbInfo")):
        try:
            read(body)
        except ValueError:
            continue
