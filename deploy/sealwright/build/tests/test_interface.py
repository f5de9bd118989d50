"""Reading a contract's interface from its source, and everything that is refused there."""

from pathlib import Path

import pytest
from sealwright.build import interface
from sealwright.build.annotations import InterfaceError

SAMPLE = Path(__file__).parents[4] / "contracts" / "common" / "tests" / "sample"
HEADER = """
from typing import Annotated, Any, NotRequired, TypedDict
from common.entry import call, callback, init, view
from sealwright_protocol.types import U64, Base64, Max, Yocto
LIMIT = 4 * 2
"""


def read(tmp_path: Path, body: str) -> interface.Interface:
    (tmp_path / "thing").mkdir(exist_ok=True)
    (tmp_path / "thing" / "contract.py").write_text(HEADER + body)
    return interface.read(tmp_path / "thing")


def test_read__finds_methods_options_and_types() -> None:
    found = interface.read(SAMPLE)
    assert [(each.name, each.kind) for each in found.methods] == [
        ("new", "init"),
        ("write_note", "call"),
        ("get_note", "view"),
        ("check", "view"),
        ("remove_note", "call"),
        ("hand_over", "call"),
        ("ask", "call"),
        ("on_answer", "callback"),
        ("echo", "call"),
    ]
    assert found.has_init
    assert found.method("write_note").payable
    assert (found.method("hand_over").owner, found.method("hand_over").min_gas) == (True, 5)
    assert found.method("on_answer").results == 1
    assert found.method("echo").returns_bytes
    shown = found.method("get_note").result
    assert shown is not None
    assert shown.form == "<{note_id:Q,author_id:a,paid:y,text:s}>"
    assert found.method("check").form == (
        "(amount:y,until_ms:Q,digest:h,key:k,lines:[4{label:s,amount:y}],proof~:<g>,extra~:<b>,loud~:?)"
    )


def test_read__follows_aliases_constants_and_partial_records(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
class Price(TypedDict):
    amount: Yocto
    note: NotRequired[str]

Prices = Annotated[list[Price], Max(LIMIT)]

@call
def offer(prices: "Prices", data: Annotated[Base64, Max(1 + 2)], limit: U64 = 10) -> dict[str, Any]:
    return {}

def helper(anything):
    pass
""",
    )
    assert found.method("offer").form == "(prices:[8{amount:y,note~:s}],data:b3,limit~:Q)"
    assert found.method("offer").defaults == {"limit": 10}
    assert len(found.methods) == 1


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("@call\ndef f(a) -> None: ...", "a has no annotation"),
        ("@call\ndef f(a: U64): ...", "f has no result annotation"),
        ("@call\ndef f(a: int) -> None: ...", "int is not a type of the wire: say U8"),
        ("@call\ndef f(a: float) -> None: ...", "float is not a type of the wire"),
        ("@call\ndef f(a: list[U64]) -> None: ...", "a: a list has a bound"),
        ("@call\ndef f(a: U64 | str) -> None: ...", "the only union is"),
        ("@call\ndef f(a: bytes) -> None: ...", "bytes are Base64 or Sha256 in JSON"),
        ("@call\ndef f(a: U64 | None = 3) -> None: ...", "what may be null has the default None"),
        ("@call\ndef f(a: Annotated[U64, Max(3)]) -> None: ...", r"Max\(n\) bounds a list, a str or Base64"),
        ("@call\ndef f(a: Annotated[str, Max(0)]) -> None: ...", r"Max\(n\) bounds"),
        ("@call\ndef f(*a: U64) -> None: ...", "arguments are plain"),
        ("@call(speed=9)\ndef f() -> None: ...", "@call has no option speed"),
        ("@call(min_gas='x')\ndef f() -> None: ...", "min_gas takes another value"),
        ("@view(payable=True)\ndef f() -> None: ...", "@view has no option payable"),
        ("@call(True)\ndef f() -> None: ...", "options are given by name"),
        ("@call\n@view\ndef f() -> None: ...", "a method has one decorator"),
        ("@call(codec='borsh')\ndef f(a: U64) -> None: ...", "takes one argument, data: bytes"),
        ("@init\ndef new() -> U64: ...", "@init returns nothing"),
        ("@call\ndef f() -> None: ...\n@call\ndef f() -> None: ...", "the name f is taken"),
        ("@call\ndef contract_source_metadata() -> None: ...", "is taken"),
        ("class A:\n    x: U64\n@call\ndef f() -> A: ...", "A is not a TypedDict"),
        ("from missing import T\n@call\ndef f() -> T: ...", "missing is not found"),
    ],
)
def test_read__refuses(tmp_path: Path, body: str, why: str) -> None:
    with pytest.raises(InterfaceError, match=why):
        read(tmp_path, body)
