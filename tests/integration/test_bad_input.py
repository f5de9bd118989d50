"""Every method refuses every kind of bad input with `CODE: text`, changes nothing and returns the deposit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sealwright.build import interface
from sealwright.build.client_writer import contract_folders, refusals
from sealwright.build.interface import Method
from sealwright.stage import Stage
from sealwright_sandbox import NEAR, TGAS, CallFailed, Sandbox

from tests.integration import bad_input

ACCOUNTS = {
    "attestation_verifier": "intel-verifier.near",
    "node_registry": "registry.near",
    "task_market": "market.near",
    "agent_gateway": "gateway.near",
}
CODE = re.compile(r"^[A-Z][A-Z0-9_]+$")
METHODS = [
    pytest.param(folder.name, method, id=f"{folder.name}.{method.name}")
    for folder in contract_folders()
    for method in interface.read(folder).methods
]


@dataclass
class Deployed:
    """The suite with one attacker; `snapshot` is where every case starts."""

    stage: Stage
    attacker: str = "reader"


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    with Sandbox() as sandbox:
        stage = Stage(sandbox)
        stage.set_up()
        yield Deployed(stage)


@pytest.mark.parametrize(("contract", "method"), METHODS)
def test_method__refuses_bad_input(deployed: Deployed, contract: str, method: Method) -> None:
    sandbox, contract_id = deployed.stage.sandbox, ACCOUNTS[contract]
    snapshot, stored = sandbox.snapshot(), sandbox.storage(contract_id)
    known = refusals()
    for what, raw in bad_input.cases(method):
        code, kept = _refused(deployed, contract_id, method, raw)
        assert code is not None, f"{what}: was accepted"
        assert kept == 0, f"{what}: kept {kept} yoctoNEAR"
        assert CODE.match(code), f"{what}: {code}"
        assert code in known, f"{what}: {code} is no code of the suite"
        assert sandbox.storage(contract_id) == stored, f"{what}: changed the state"
        sandbox.rollback(snapshot)


def _refused(deployed: Deployed, contract_id: str, method: Method, raw: bytes) -> tuple[str | None, int]:
    """(code of the refusal or None, yoctoNEAR that are gone besides the gas)."""
    account = deployed.stage.accounts[deployed.attacker]
    deposit = NEAR if method.payable else 1 if method.one_yocto or method.owner else 0
    before = account.balance
    try:
        account.call(contract_id, method.name, raw, deposit=deposit, gas=300 * TGAS)
    except CallFailed as failure:
        return failure.code, before - account.balance - failure.outcome.tokens_burnt
    return None, 0


def test_refusals__are_documented() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "errors.md").read_text()
    assert not [code for code in refusals() if f"`{code}`" not in page]


@pytest.mark.parametrize(("contract", "method"), METHODS)
def test_method__returns_a_deposit_it_does_not_ask_for(
    deployed: Deployed, contract: str, method: Method
) -> None:
    if method.payable:
        pytest.skip("asks for a deposit")
    sandbox, contract_id = deployed.stage.sandbox, ACCOUNTS[contract]
    account, stored = deployed.stage.accounts[deployed.attacker], sandbox.storage(contract_id)
    arguments = {each.name: bad_input.well_typed(each.type) for each in method.arguments}
    before = account.balance
    with pytest.raises(CallFailed) as refused:
        account.call(contract_id, method.name, arguments, deposit=NEAR, gas=300 * TGAS)
    assert refused.value.code in {"NOT_PAYABLE", "ONE_YOCTO", "NOT_OWNER", "SELF_ONLY"}
    assert account.balance == before - refused.value.outcome.tokens_burnt
    assert sandbox.storage(contract_id) == stored


@pytest.mark.parametrize("contract", ACCOUNTS)
def test_metadata__returns_a_deposit(deployed: Deployed, contract: str) -> None:
    account = deployed.stage.accounts[deployed.attacker]
    with pytest.raises(CallFailed, match="NOT_PAYABLE"):
        account.call(ACCOUNTS[contract], "contract_source_metadata", b"", deposit=NEAR)
