"""The generated entry module: its text for each kind of method, in full."""

from pathlib import Path

import pytest
from sealwright.build import decoder, interface, lowering

SAMPLE = interface.read(Path(__file__).parents[4] / "contracts" / "common" / "tests" / "sample")

FUNCTIONS = {
    "new": """
    guards.non_payable()
    runtime.initialise()
    a = runtime.arguments('(owner_id:a)')
    contract.new(a[0])""",
    "write_note": """
    runtime.initialised()
    a = runtime.arguments('(text:s64)')
    runtime.answer('Q', contract.write_note(a[0]))""",
    "hand_over": """
    guards.min_gas(5)
    guards.owner()
    guards.one_yocto()
    a = runtime.arguments('(owner_id:a)')
    contract.hand_over(a[0])""",
    "ask": """
    guards.min_gas(30)
    guards.one_yocto()
    runtime.initialised()
    a = runtime.arguments('(account_id:a)')
    contract.ask(a[0])""",
    "on_answer": """
    runtime.answers(1)
    runtime.arguments('()')
    runtime.answer('?', contract.on_answer())""",
    "echo": """
    guards.non_payable()
    runtime.initialised()
    _host.value_return(contract.echo(_host.input()))""",
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_write__does_what_is_declared_and_no_more(name: str) -> None:
    functions = decoder.write(SAMPLE).split("\n\n\n")
    assert f"def {name}():{FUNCTIONS[name]}" in [each.rstrip("\n") for each in functions]


def test_write__fills_in_defaults() -> None:
    assert "False if a[7] is None else a[7])" in decoder.write(SAMPLE)


def test_write__carries_the_metadata() -> None:
    entry = decoder.write(SAMPLE, {"version": "1.2.3"})
    head, value = "def contract_source_metadata():\n    guards.non_payable()\n", """b'{"version":"1.2.3"}'"""
    assert f"{head}    _host.value_return({value})" in entry


def test_lower__leaves_only_imports_that_a_contract_has() -> None:
    lowered = lowering.lower(decoder.write(SAMPLE))
    assert "import _host\n" in lowered
    assert "shim" not in lowered
