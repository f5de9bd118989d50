"""`_borsh` in C is the same codec as sealwright_protocol.borsh, which is its specification: same bytes, same
values, and the same refusals, on NEAR's VM."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealwright_protocol import borsh

from tests.integration.probe import Probe, compile_probe

# Nothing of zero bytes: a list of such items has no bound, and both codecs refuse to read one.
PLAIN = ["B", "H", "I", "Q", "U", "?", "s", "b", "1x", "32x"]
TYPES = st.recursive(
    st.sampled_from(PLAIN),
    lambda inner: st.one_of(
        inner.map(lambda each: f"[{each}]"),
        inner.map(lambda each: f"<{each}>"),
        st.lists(inner, min_size=1, max_size=3).map(lambda each: f"({''.join(each)})"),
    ),
    max_leaves=6,
)
FORMS = st.lists(TYPES, min_size=1, max_size=5).map("".join)


@pytest.fixture(scope="module")
def probe() -> Probe:
    return Probe(compile_probe())


@given(form=FORMS, seed=st.integers(0, 2**32))
def test_round_trip(probe: Probe, form: str, seed: int) -> None:
    data = borsh.pack(form, _values(form, random.Random(seed)))
    assert probe.view("borsh.unpack", "sb", form, data) == borsh.unpack(form, data)
    assert probe.cross(form, form, data) == data


@given(form=FORMS, seed=st.integers(0, 2**32), data=st.data())
def test_broken_bytes__are_judged_alike(probe: Probe, form: str, seed: int, data: st.DataObject) -> None:
    whole = bytearray(borsh.pack(form, _values(form, random.Random(seed))))
    broken = data.draw(_mutations(bytes(whole)))
    try:
        expected = borsh.unpack(form, broken)
    except ValueError:
        with pytest.raises(ValueError, match="ValueError"):
            probe.view("borsh.unpack", "sb", form, broken)
    else:
        assert probe.view("borsh.unpack", "sb", form, broken) == expected


@given(source=FORMS, target=FORMS, seed=st.integers(0, 2**32))
def test_values_of_another_form__are_judged_alike(probe: Probe, source: str, target: str, seed: int) -> None:
    data = borsh.pack(source, _values(source, random.Random(seed)))
    try:
        expected = borsh.pack(target, borsh.unpack(source, data))
    except ValueError:
        expected = None
    assert probe.cross(source, target, data) == expected


@pytest.mark.parametrize("form", ["0x", "()", "<0x>", ""])
def test_empty_types(probe: Probe, form: str) -> None:
    data = borsh.pack(form, _values(form, random.Random(1)))
    assert probe.view("borsh.unpack", "sb", form, data) == borsh.unpack(form, data)


@pytest.mark.parametrize("form", ["z", "[B", "(B", "<", "x", "12", "[BB]", "<>", "B]", "99999999999x", " B"])
def test_malformed_form__is_refused(probe: Probe, form: str) -> None:
    with pytest.raises(ValueError, match="ValueError"):
        probe.view("borsh.unpack", "sb", form, bytes(64))


def _mutations(data: bytes) -> st.SearchStrategy[bytes]:
    cut = st.integers(0, len(data)).map(lambda end: data[:end])
    longer = st.binary(min_size=1, max_size=4).map(lambda more: data + more)
    flips = st.tuples(st.integers(0, max(len(data) - 1, 0)), st.integers(1, 255)).map(
        lambda flip: bytes(byte ^ flip[1] if at == flip[0] else byte for at, byte in enumerate(data))
    )
    return st.one_of(cut, longer, flips)


def _values(form: str, rng: random.Random) -> list[Any]:
    """Random values of a form, extremes preferred."""
    values, at = [], 0
    while at < len(form):
        end = borsh._item_end(form, at)
        values.append(_value(form[at:end], rng))
        at = end
    return values


def _value(form: str, rng: random.Random) -> Any:
    kind = form[0]
    if kind in borsh.UNSIGNED:
        most = (1 << (8 * borsh.UNSIGNED[kind])) - 1
        return rng.choice([0, 1, most, most >> 1, (most >> 1) + 1, rng.randint(0, most), min(most, 2**30)])
    if kind == "?":
        return rng.random() < 0.5
    if kind == "s":
        return rng.choice(["", "abc", "näher", "\0", "日本語", "😀" * 3, "x" * 300])
    if kind == "b":
        return rng.randbytes(rng.choice([0, 1, 7, 300]))
    if kind == "[":
        return [_value(form[1:-1], rng) for _ in range(rng.choice([0, 1, 3]))]
    if kind == "<":
        return None if rng.random() < 0.5 else _value(form[1:-1], rng)
    if kind == "(":
        return _values(form[1:-1], rng)
    return rng.randbytes(int(form[:-1]))
