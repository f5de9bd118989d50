"""Broken bytes anywhere: a named rejection or the same verdict, never another error, never a changed claim."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealwright_agents.simulated import SimulatedTee
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.trust import root_from_der
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.catalogue import CODES
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto

NOW = 1_781_481_600
CRYPTO = OpenSslCrypto()
TEE = SimulatedTee(b"mutations", NOW)
QUOTE = TEE.quote(bytes(range(64)))
ROOT = root_from_der(TEE.root_der, CRYPTO)
TEXTS = [name for name in Collateral.FIELDS if name != "pck_certificate_chain"]


def claims_of(quote: bytes, collateral: Collateral) -> Claims | Rejection:
    try:
        return verify(quote, collateral, NOW, ROOT, CRYPTO)
    except Rejection as rejection:
        return rejection


def is_named(rejection: Rejection) -> bool:
    """Whether the code is one of the catalogue, raised in its own step or a later one that shares it."""
    return rejection.code in CODES and CODES[rejection.code][0] <= rejection.step <= 14


BASE = claims_of(QUOTE, TEE.collateral())


def mutated(data: bytes, draw: st.DataObject) -> bytes:
    """Flip, cut, double or insert a few octets."""
    edited = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 3))):
        at = draw.draw(st.integers(0, max(len(edited) - 1, 0)))
        kind = draw.draw(st.sampled_from(["flip", "cut", "insert", "double"]))
        if kind == "flip" and edited:
            edited[at] ^= 1 << draw.draw(st.integers(0, 7))
        elif kind == "cut":
            del edited[at : at + draw.draw(st.integers(1, 40))]
        elif kind == "insert":
            edited[at:at] = draw.draw(st.binary(min_size=1, max_size=8))
        else:
            edited[at:at] = edited[at : at + 40]
    return bytes(edited)


@given(st.data())
def test_verify__survives_a_broken_quote(data: st.DataObject) -> None:
    answer = claims_of(mutated(QUOTE, data), TEE.collateral())
    if isinstance(answer, Claims):
        assert isinstance(BASE, Claims)
        assert answer.report.data == BASE.report.data
        assert (answer.ppid, answer.status) == (BASE.ppid, BASE.status)
    else:
        assert is_named(answer)


@given(st.sampled_from(TEXTS), st.data())
def test_verify__survives_broken_collateral(name: str, data: st.DataObject) -> None:
    collateral = TEE.collateral()
    value = getattr(collateral, name)
    encoded = value.encode() if isinstance(value, str) else value
    edited = mutated(encoded, data)
    setattr(collateral, name, edited.decode("utf-8", "replace") if isinstance(value, str) else edited)
    answer = claims_of(QUOTE, collateral)
    if isinstance(answer, Claims):
        # White space around PEM is free; nothing that is signed is.
        assert "chain" in name or edited == encoded
        assert isinstance(BASE, Claims)
        assert (answer.status, answer.valid_until) == (BASE.status, BASE.valid_until)
    else:
        assert is_named(answer)


@pytest.mark.parametrize("name", TEXTS)
def test_verify__refuses_empty_and_huge_fields(name: str) -> None:
    collateral = TEE.collateral()
    empty: str | bytes = "" if isinstance(getattr(collateral, name), str) else b""
    for value in (empty, (empty or b"0" if isinstance(empty, bytes) else "[") * 200_000):
        setattr(collateral, name, value)
        assert isinstance(claims_of(QUOTE, collateral), Rejection)


def test_verify__refuses_parts_of_two_machines_collateral() -> None:
    """Each part alone is genuine; under one root only what is shared may be exchanged."""
    other = SimulatedTee(b"another root", NOW).collateral()
    for name in TEXTS:
        collateral = TEE.collateral()
        setattr(collateral, name, getattr(other, name))
        if getattr(TEE.collateral(), name) != getattr(other, name):
            assert isinstance(claims_of(QUOTE, collateral), Rejection), name
