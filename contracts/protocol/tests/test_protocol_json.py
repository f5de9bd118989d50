"""The JSON codec beyond the conformance vectors: what is written is read, and only in one way."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealwright_protocol import json_codec, scalars

KINDS: list[tuple[str, st.SearchStrategy[Any]]] = [
    ("B", st.integers(0, 255)),
    ("H", st.integers(0, 2**16 - 1)),
    ("I", st.integers(0, 2**32 - 1)),
    ("Q", st.integers(0, 2**53 - 1)),
    ("p", st.integers(0, 10_000)),
    ("y", st.integers(0, 2**128 - 1)),
    ("?", st.booleans()),
    ("s", st.text(max_size=20)),
    ("b", st.binary(max_size=20)),
    ("h", st.binary(min_size=32, max_size=32)),
    ("k", st.binary(min_size=32, max_size=32)),
    ("g", st.binary(min_size=64, max_size=64)),
    ("a", st.sampled_from(["a1", "agent.operator.near", "a-b_c.near", "0" * 64])),
    ("n", st.sampled_from(["x.a1", "-.near", "node-7.operator.near"])),
]


def kinds() -> st.SearchStrategy[tuple[str, Any]]:
    return st.sampled_from(KINDS).flatmap(lambda each: st.tuples(st.just(each[0]), each[1]))


def containers(inner: st.SearchStrategy[tuple[str, Any]]) -> st.SearchStrategy[tuple[str, Any]]:
    return st.one_of(
        inner.map(lambda each: (f"[2{each[0]}]", [each[1]] * 2)),
        inner.map(lambda each: (f"<{each[0]}>", None)),
        st.lists(inner, max_size=3).map(
            lambda items: (
                "{" + ",".join(f"f{index}:{form}" for index, (form, _) in enumerate(items)) + "}",
                {f"f{index}": value for index, (_, value) in enumerate(items)},
            )
        ),
    )


@given(st.recursive(kinds(), containers, max_leaves=6))
def test_unpack__inverts_pack(given_value: tuple[str, Any]) -> None:
    form, value = given_value
    packed = json_codec.pack(form, value)
    assert json_codec.unpack(form, packed) == value
    assert json_codec.unpack(form, json.dumps(json.loads(packed), indent=2).encode()) == value


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(json_values)
def test_any__agrees_with_python(value: Any) -> None:
    assert json.loads(json_codec.pack("*", value)) == value
    assert json_codec.unpack("*", json.dumps(value).encode()) == value


@given(st.binary(max_size=30) | st.text(alphabet='{}[]",:0-1e.\\ntrue ', max_size=30).map(str.encode))
def test_any__accepts_only_json_that_python_accepts(data: bytes) -> None:
    try:
        value = json_codec.unpack("*", data)
    except ValueError:
        return
    assert json.loads(data) == value


@given(st.binary(max_size=40))
def test_base58__inverts(data: bytes) -> None:
    assert scalars.base58_value(scalars.base58_text(data)) == data


def test_optional_fields__may_be_left_out() -> None:
    assert json_codec.unpack("(a:Q,b~:s)", b'{"a": 1}') == [1, None]
    assert json_codec.unpack("{a:Q,b~:s}", b'{"a": 1}') == {"a": 1}
    assert json_codec.pack("(a:Q,b~:s)", [1, None]) == b'{"a":1}'
    assert json_codec.unpack("()", b"") == []


def test_text__gives_the_text_without_quotes() -> None:
    assert json_codec.text("h", bytes(32)) == "00" * 32
    assert json_codec.value("k", json_codec.text("k", bytes(32))) == bytes(32)
    with pytest.raises(ValueError, match="not an account id"):
        json_codec.value("a", "A")


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("Q", 2**53),
        ("Q", -1),
        ("Q", True),
        ("y", 2**128),
        ("y", "1"),
        ("?", 1),
        ("s3", "abcd"),
        ("a", "A"),
        ("h", bytes(31)),
        ("b2", bytes(3)),
        ("[1Q]", [1, 2]),
        ("[Q]", {}),
        ("{a:Q}", {}),
        ("{a:Q}", {"a": 1, "b": 2}),
        ("(a:Q)", [1, 2]),
        ("*", 1.5),
        ("*", {1: 2}),
        ("*", 2**53),
    ],
)
def test_pack__refuses(form: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        json_codec.pack(form, value)


@pytest.mark.parametrize("form", ["", "z", "[Q", "<Q]", "{a:Q", "{a}", "QQ", "(a:Q"])
def test_parse_form__refuses(form: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        json_codec.parse_form(form)
