"""The Borsh codec beyond the conformance vectors: everything round-trips, everything else is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealwright_protocol import borsh

SCALARS: list[tuple[str, st.SearchStrategy[Any]]] = [
    ("B", st.integers(0, 2**8 - 1)),
    ("H", st.integers(0, 2**16 - 1)),
    ("I", st.integers(0, 2**32 - 1)),
    ("Q", st.integers(0, 2**64 - 1)),
    ("U", st.integers(0, 2**128 - 1)),
    ("?", st.booleans()),
    ("s", st.text(max_size=20)),
    ("b", st.binary(max_size=20)),
    ("3x", st.binary(min_size=3, max_size=3)),
]


def scalars() -> st.SearchStrategy[tuple[str, Any]]:
    return st.sampled_from(SCALARS).flatmap(lambda each: st.tuples(st.just(each[0]), each[1]))


def containers(inner: st.SearchStrategy[tuple[str, Any]]) -> st.SearchStrategy[tuple[str, Any]]:
    return st.one_of(
        inner.map(lambda each: (f"[{each[0]}]", [each[1]] * 2)),
        inner.map(lambda each: (f"[{each[0]}]", [])),
        inner.map(lambda each: (f"<{each[0]}>", each[1])),
        inner.map(lambda each: (f"<{each[0]}>", None)),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda items: ("(" + "".join(fmt for fmt, _ in items) + ")", [value for _, value in items])
        ),
    )


items = st.recursive(scalars(), containers, max_leaves=8)


@given(st.lists(items, max_size=5))
def test_unpack__inverts_pack(fields: list[tuple[str, Any]]) -> None:
    fmt = "".join(each for each, _ in fields)
    values = [value for _, value in fields]
    packed = borsh.pack(fmt, values)
    # <<T>> cannot tell Some(None) from None when the value is None: Python has one None.
    if "<<" not in fmt:
        assert borsh.unpack(fmt, packed) == values


@given(st.lists(items, min_size=1, max_size=4), st.data())
def test_unpack__refuses_shortened_and_lengthened_data(
    fields: list[tuple[str, Any]], data: st.DataObject
) -> None:
    fmt = "".join(each for each, _ in fields)
    packed = borsh.pack(fmt, [value for _, value in fields])
    with pytest.raises(ValueError, match="left over"):
        borsh.unpack(fmt, packed + b"\0")
    if packed:
        with pytest.raises(ValueError, match=r"too short|left over|UTF-8|neither"):
            borsh.unpack(fmt, packed[: data.draw(st.integers(0, len(packed) - 1))])


@given(st.sampled_from(["s", "[B]", "<Q>", "b?", "[s]", "(Q[<s>])"]), st.binary(max_size=40))
def test_unpack__accepts_only_what_pack_writes(fmt: str, data: bytes) -> None:
    try:
        values = borsh.unpack(fmt, data)
    except ValueError:
        return
    assert borsh.pack(fmt, values) == data


@pytest.mark.parametrize(
    ("fmt", "values"),
    [
        ("B", [256]),
        ("B", [-1]),
        ("U", [2**128]),
        ("Q", [True]),
        ("Q", ["1"]),
        ("?", [1]),
        ("s", [b"x"]),
        ("b", ["x"]),
        ("2x", [b"x"]),
        ("[B]", [5]),
        ("(BB)", [[1]]),
        ("(BB)", [[1, 2, 3]]),
        ("BB", [1]),
        ("B", [1, 2]),
        ("[B", [[1]]),
        ("z", [1]),
        ("12", [b""]),
    ],
)
def test_pack__refuses(fmt: str, values: list[Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        borsh.pack(fmt, values)


def test_unpack__refuses_a_count_beyond_the_data_at_once() -> None:
    with pytest.raises(ValueError, match="too short"):
        borsh.unpack("[Q]", b"\xff\xff\xff\xff")
