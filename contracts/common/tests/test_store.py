"""Typed storage: layout, copies, paging; and that no key of one collection is a key of another."""

from collections.abc import Iterator

import pytest
from common.shim.chain import Chain, Panic, chain
from common.store import Blobs, Cell, Listing, Map, key_bytes
from hypothesis import given
from hypothesis import strategies as st
from sealwright_protocol.records import Record


class Box(Record):
    FIELDS = ("size", "label")
    FORMAT = "Is"

    size: int
    label: str


@pytest.fixture(autouse=True)
def storage() -> Iterator[dict[bytes, bytes]]:
    chain.reset()
    yield chain.storage
    chain.reset()


@pytest.mark.parametrize(
    ("parts", "key", "expected"),
    [
        ("Q", 258, b"\0\0\0\0\0\0\1\2"),
        ("s", "a.near", b"a.near"),
        ("3x", b"abc", b"abc"),
        ("Qs", (1, "ab"), b"\0\0\0\0\0\0\0\1ab"),
        ("sQ", ("ab", 1), b"\2ab\0\0\0\0\0\0\0\1"),
        ("ss", ("ab", "c"), b"\2abc"),
        ("2xs", (b"xy", "é"), b"xy\xc3\xa9"),
        ("Q2x", (0, b"xy"), b"\0\0\0\0\0\0\0\0xy"),
    ],
)
def test_key_bytes__layout(parts: str, key: object, expected: bytes) -> None:
    assert key_bytes(parts, key) == expected


@given(
    st.tuples(st.text(max_size=5), st.text(max_size=5)), st.tuples(st.text(max_size=5), st.text(max_size=5))
)
def test_key_bytes__are_equal_only_for_equal_keys(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (key_bytes("ss", one) == key_bytes("ss", other)) == (one == other)


@pytest.mark.parametrize(
    ("parts", "key"),
    [("Q", -1), ("Q", 2**64), ("3x", b"ab"), ("Qs", (1,)), ("ss", ("a" * 256, "b")), ("Q3x", (1, b"ab"))],
)
def test_key_bytes__refuses(parts: str, key: object) -> None:
    with pytest.raises((ValueError, IndexError)):
        key_bytes(parts, key)


def test_map__stores_copies(storage: dict[bytes, bytes]) -> None:
    boxes = Map(b"b", Box, key="Q")
    assert boxes.get(1) is None
    boxes.put(1, Box(5, "x"))
    assert storage == {b"b\0\0\0\0\0\0\0\1": b"\5\0\0\0\1\0\0\0x"}
    found = boxes.get(1)
    assert found is not None
    found.size = 6
    assert boxes.get(1) == Box(5, "x")
    boxes.put(1, found)
    assert boxes.get(1) == Box(6, "x")
    assert boxes.has(1)
    assert (boxes.remove(1), boxes.remove(1), boxes.has(1)) == (True, False, False)


def test_map__refuses_values_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="out of range"):
        Map(b"b", Box, key="s").put("x", Box(2**32, ""))


def test_cell__is_there_or_the_contract_is_not_initialised() -> None:
    cell = Cell(b"c", Box)
    assert cell.find() is None
    with pytest.raises(Panic, match="NOT_INITIALISED"):
        cell.get()
    cell.put(Box(1, ""))
    assert cell.get() == cell.find() == Box(1, "")


def test_blobs__keep_bytes() -> None:
    blobs = Blobs(b"o", key="32x")
    blobs.put(bytes(32), b"")
    assert blobs.get(bytes(32)) == b""
    assert blobs.has(bytes(32))
    assert blobs.remove(bytes(32))
    assert blobs.get(bytes(32)) is None


def test_listing__pages_in_order() -> None:
    names = Listing(b"n")
    assert [names.add(name) for name in ("a", "b", "c", "a")] == [True, True, True, False]
    assert names.count() == 3
    assert names.page(0, 2) == ["a", "b"]
    assert names.page(2, 10) == ["c"]
    assert names.page(9, 10) == []


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcdef")), max_size=40))
def test_listing__is_a_set(steps: list[tuple[bool, str]]) -> None:
    chain.__dict__.update(Chain().__dict__)
    names, model = Listing(b"n"), set[str]()
    for adds, name in steps:
        assert (names.add(name) if adds else names.remove(name)) == ((name in model) != adds)
        (model.add if adds else model.discard)(name)
        assert names.has(name) == adds
    assert (names.count(), set(names.page(0, 99))) == (len(model), model)
    for name in model:
        names.remove(name)
    assert chain.storage in ({}, {b"n\0": b"\0\0\0\0"})
