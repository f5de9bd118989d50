"""Lowering: what goes, what stays, and that no line moves."""

import ast

import pytest
from sealwright.build.lowering import is_staged, lower


@pytest.mark.parametrize(
    ("source", "lowered"),
    [
        ("x: int = 1\n", "x = 1\n"),
        ("x: int\n", "pass\n"),
        ("def f(a: int, *, b: str = '') -> bool:\n    return a\n", "def f(a, *, b = ''):\n    return a\n"),
        ("def f(a: 'A[\"x\"]') -> 'B':\n    pass\n", "def f(a):\n    pass\n"),
        ("from typing import Any\n", "pass\n"),
        ("import _thing\nfrom common.entry import call\n@call\ndef f():\n    _thing()\n", None),
        ("from sealwright_protocol.types import Yocto\nx = Yocto(y + 1)\n", "pass\nx = (y + 1)\n"),
        ("from typing import cast\nx = cast(int, y)\n", "pass\nx = (y)\n"),
        ("TYPE_CHECKING = False\nif TYPE_CHECKING:\n    import os\n", "TYPE_CHECKING = False\npass\n\n"),
        ("from common.shim import _host\n_host.log('')\n", "import _host\n_host.log('')\n"),
        ("from sealwright_protocol import borsh\nborsh.pack\n", "import _borsh as borsh\nborsh.pack\n"),
        ("from sealwright_protocol.borsh import pack\npack\n", "from _borsh import pack\npack\n"),
        ("from a import b as b\n", "from a import b as b\n"),
        ("from a import B, c\ndef f(x: B):\n    c()\n", "from a import c\ndef f(x):\n    c()\n"),
        ("from a import B\ndef f(x: B):\n    pass\n", "pass\ndef f(x):\n    pass\n"),
        ("from typing import Generic\nclass A(Generic[T]):\n    x = 1\n", "pass\nclass A():\n    x = 1\n"),
        ("class A(TypedDict):\n    x: int\n", "pass\n\n"),
        ("from typing import TypeVar\nT = TypeVar('T')\n", "pass\npass\n"),
        ("X: TypeAlias = int\n", "pass\n"),
        ("é: str = 'ä'  # ö\n", "é = 'ä'  # ö\n"),
    ],
)
def test_lower__erases_types(source: str, lowered: str | None) -> None:
    if lowered is not None:
        assert lower(source) == lowered
    ast.parse(lower(source))
    assert lower(source).count("\n") == source.count("\n")


def test_lower__keeps_the_lines_of_what_spans_several() -> None:
    source = "from typing import (\n    Any,\n)\ndef f(\n    a: dict[\n        str, Any\n    ],\n) -> None:\n    g()\n"
    assert lower(source).splitlines()[8] == "    g()"


def test_lower__takes_the_decorators_out() -> None:
    source = "from common.entry import call\n\n\n@call(payable=True)\ndef f():\n    pass\n"
    assert lower(source) == "pass\n\n\n\ndef f():\n    pass\n"


def test_is_staged__leaves_specifications_behind() -> None:
    assert is_staged("common/store.py")
    assert not is_staged("common/shim/_host.py")
    assert not is_staged("sealwright_protocol/borsh.py")
