"""The contract interpreter on NEAR's VM: exceptions unwind, memory stays intact, every call starts alike."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
from sealwright.build import release, toolchain
from sealwright.build.image import AsksHost
from sealwright.build.link import ENTRY_FILE
from sealwright_sandbox import CallFailed, Sandbox, ViewFailed

SOURCE = """
import _host

calls = []


def answer(value):
    _host.value_return(repr(value))


def stores_beyond_a_list():
    first, second = [1, 2, 3], [7]
    try:
        first[5] = 9
    except IndexError:
        answer((first, second))


def first_exception_stands():
    try:
        {}["a"]
    except KeyError as error:
        answer(str(error))


def raises_inside_c():
    found = []

    def key(item):
        raise ValueError("key")

    attempts = [
        lambda: sorted([3, 1, 2], key=key),
        lambda: list(map(lambda n: 1 // n, [1, 0])),
        lambda: sum(5),
        lambda: ",".join([1, 2]),
        lambda: 10**30 // 0,
        lambda: bytes([300]),
        lambda: b"\\xff".decode(),
        lambda: (300).to_bytes(1, "little"),
        lambda: "%d" % "a",
        lambda: [3, "a"].sort(),
        lambda: __import__("nowhere"),
        lambda: (lambda a: a)(),
        lambda: int("12z"),
        lambda: [].pop(),
        lambda: max([]),
        lambda: next(iter([])),
    ]
    for attempt in attempts:
        try:
            found.append(repr(attempt()))
        except Exception as error:
            found.append(type(error).__name__)
    answer(found)


def unwinds_deeply():
    left = []

    def descend(depth):
        try:
            if depth == 0:
                raise KeyError("deep")
            descend(depth - 1)
        except ValueError:
            left.append("wrong")
        finally:
            left.append(depth)

    for _ in range(200):
        try:
            descend(20)
        except KeyError:
            pass
    answer((len(left), left[:3]))


def remembers():
    calls.append(1)
    answer(len(calls))


def grows():
    blocks = [bytes(50_000) for _ in range(4)]
    answer(len(b"".join(blocks)))


def exhausts():
    bytes(200_000_000)


def uncaught():
    [][3]
"""
EXPORTS = re.findall(r"^def (\w+)\(\)", SOURCE, re.M)


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    if toolchain.emscripten_version() is None:
        pytest.skip(toolchain.INSTALL_HINT)
    sandbox = Sandbox()
    sandbox.create_account("c").deploy(release.compile_modules({ENTRY_FILE: SOURCE}, EXPORTS))
    return sandbox


def _view(sandbox: Sandbox, method: str) -> Any:
    return ast.literal_eval(sandbox.view_raw("c.near", method, b"").decode())


def test_refused_store__writes_nowhere(sandbox: Sandbox) -> None:
    assert _view(sandbox, "stores_beyond_a_list") == ([1, 2, 3], [7])


def test_first_exception_stands(sandbox: Sandbox) -> None:
    assert _view(sandbox, "first_exception_stands") == "a"


def test_exceptions_inside_c__arrive_as_themselves(sandbox: Sandbox) -> None:
    expected = "ValueError ZeroDivisionError TypeError TypeError ZeroDivisionError ValueError UnicodeError "
    expected += "OverflowError TypeError TypeError ImportError TypeError ValueError IndexError ValueError "
    assert _view(sandbox, "raises_inside_c") == (expected + "StopIteration").split()


def test_many_exceptions__leave_the_stack_as_it_was(sandbox: Sandbox) -> None:
    assert _view(sandbox, "unwinds_deeply") == (200 * 21, [0, 1, 2])


def test_every_call_starts_from_the_same_state(sandbox: Sandbox) -> None:
    caller = sandbox.account("c.near")
    assert [caller.call("c.near", "remembers", b"").raw for _ in range(3)] == [b"1"] * 3


def test_memory__grows_and_ends(sandbox: Sandbox) -> None:
    assert _view(sandbox, "grows") == 200_000
    with pytest.raises(ViewFailed, match="OUT_OF_MEMORY"):
        _view(sandbox, "exhausts")


def test_uncaught_exception__names_type_and_line(sandbox: Sandbox) -> None:
    line = SOURCE[: SOURCE.index("[][3]")].count("\n") + 1
    with pytest.raises(CallFailed, match=rf"UNEXPECTED.*IndexError.*contract_entry\.py:{line}"):
        sandbox.account("c.near").call("c.near", "uncaught", b"")


def test_import_that_asks_the_host__is_refused(sandbox: Sandbox) -> None:
    source = "import _host\nME = _host.current_account()\ndef me():\n    pass\n"
    with pytest.raises(AsksHost, match="current_account"):
        release.compile_modules({ENTRY_FILE: source}, ["me"])
