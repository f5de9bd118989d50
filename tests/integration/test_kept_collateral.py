"""Collateral kept by the released verifier: equal verdicts, bounded work, exact money."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from common.ledger import RESERVE
from common.stake import STORAGE_PRICE
from sealwright.bench.verifier_gas import judging_gas
from sealwright.samples import GenuinePair
from sealwright_agents.simulated import Bends, SimulatedTee
from sealwright_agents.simulated.pki import CrlSpec
from sealwright_protocol import borsh
from sealwright_protocol.verdict import Collateral, VerifiedReport
from sealwright_sandbox import NEAR, TGAS, CallFailed, Sandbox

from tests.properties.kept_world import DAY, GAS, NOW, PAYERS, QUOTE, VERIFIER, KeptWorld, moment, tee

MOST = {"verify_quote": 22 * TGAS, "put_collateral": 20 * TGAS, "verify_quote_stored": 9 * TGAS}
MOST_EVALUATIONS = 16


@pytest.fixture(scope="module")
def deployed(release: Path) -> KeptWorld:
    return KeptWorld((release / "attestation_verifier.wasm").read_bytes())


@pytest.fixture
def world(deployed: KeptWorld) -> KeptWorld:
    deployed.restart()
    return deployed


def test_genuine_pairs__are_judged_alike_and_within_bounds(attestation_samples: Path) -> None:
    """`judging_gas` raises where the two ways of judging do not give the same verdict and validity."""
    judged = 0
    for folder in sorted(each for each in (attestation_samples / "real").iterdir() if each.is_dir()):
        at = json.loads((folder / "expected.json").read_text())["now"]
        burnt = judging_gas(GenuinePair(folder.name, folder / "quote.bin", folder / "collateral.json", at))
        for method, most in MOST.items() if burnt else ():
            assert burnt is not None
            assert burnt[method] <= most, (folder.name, method, burnt[method] / TGAS)
        judged += burnt is not None
    assert judged >= 14


def test_put__holds_what_its_bytes_cost_and_gives_it_back(world: KeptWorld) -> None:
    before = world.sandbox.account(VERIFIER).storage_usage
    assert world.put(tee()) is None
    used = world.sandbox.account(VERIFIER).storage_usage - before
    prices = [int(part["price"]) for part in world.parts().values()]
    assert len(prices) == 4
    # Shelves are paid for by each document, for the last of them keeps them alive.
    assert used * STORAGE_PRICE <= sum(prices) <= (used + 200) * STORAGE_PRICE
    for number in (19, 20):
        assert world.put(tee(number)) is None
    world.advance(31)
    for fmspc in (None, tee().platform.fmspc.hex()):
        assert world.call("prune_collateral", PAYERS[1], tee="TDX", fmspc=fmspc).value == 3
    left = world.parts()
    assert set(left) == {("root_crl", 0), ("pck_crl", 0)}
    held = sum(int(part["price"]) for part in left.values())
    pots = world.account(PAYERS[0])
    assert int(pots["owed"]) + int(pots["prepaid"]) + held + account_cost(world) == 5 * NEAR


def account_cost(world: KeptWorld) -> int:
    """What an account's own record costs, read from one that keeps nothing."""
    return int(world.account(PAYERS[2])["storage"])


def test_put__takes_the_price_from_the_attached_deposit(world: KeptWorld) -> None:
    newcomer = world.sandbox.create_account("newcomer", balance=10 * NEAR)
    arguments = Collateral(**vars(tee().collateral())).to_borsh()
    with pytest.raises(CallFailed, match="ACCOUNT_UNKNOWN"):
        newcomer.call(VERIFIER, "put_collateral", arguments, gas=GAS)
    with pytest.raises(CallFailed, match="INSUFFICIENT_BALANCE"):
        newcomer.call(VERIFIER, "put_collateral", arguments, gas=GAS, deposit=10**22)
    assert world.parts() == {}
    assert newcomer.balance > 10 * NEAR - 10**22  # the deposit came back
    newcomer.call(VERIFIER, "put_collateral", arguments, gas=GAS, deposit=NEAR)
    pots = world.account("newcomer.near")
    assert int(pots["prepaid"]) + int(pots["storage"]) == NEAR


def test_own_renewals__need_no_fresh_money(world: KeptWorld) -> None:
    for day in range(-6, 1):
        assert world.put(tee(), day) is None
        pots = world.account(PAYERS[0])
        assert int(pots["owed"]) == 0
        assert int(pots["prepaid"]) + int(pots["storage"]) == 5 * NEAR


def test_put__is_refused_where_the_account_does_not_cover_it(world: KeptWorld) -> None:
    state = world.sandbox.account(VERIFIER).state
    escrow = int(world.sandbox.view(VERIFIER, "get_totals", {})["escrow"])
    state["amount"] = str(escrow + int(state["storage_usage"]) * STORAGE_PRICE + RESERVE // 2)
    world.sandbox.patch_state([{"Account": {"account_id": VERIFIER, "account": state}}])
    assert world.put(tee()) == "STORAGE_NOT_COVERED"
    assert world.parts() == {}


def test_evaluations__are_capped_and_the_lowest_gives_way(world: KeptWorld) -> None:
    for number in range(1, MOST_EVALUATIONS + 2):
        assert world.put(tee(number)) is None
    numbers = sorted(number for name, number in world.parts() if name == "tcb_infos")
    assert numbers == list(range(2, MOST_EVALUATIONS + 2))
    assert isinstance(world.judge(MOST_EVALUATIONS + 1), VerifiedReport)


def test_hostile_but_signed__stays_within_the_gas_of_a_call(world: KeptWorld) -> None:
    """The longest list and the largest documents that the package reads, all at once."""

    def long_list(issuer: str, spec: CrlSpec) -> CrlSpec:
        return replace(spec, revoked=tuple(range(1 << 150, (1 << 150) + 1_200)), number=spec.this_update)

    def many_levels(info: dict[str, Any]) -> None:
        level = info["tcbLevels"][0]
        level["advisoryIDs"] = [f"INTEL-SA-{number:05}" for number in range(24)]
        info["tcbLevels"] = [level] * 64

    machine = SimulatedTee(b"kept", NOW, bends=Bends(crl=long_list, tcb_info=many_levels))
    arguments = Collateral(**vars(machine.collateral())).to_borsh()
    assert len(arguments) > 130_000, len(arguments)
    outcome = world.people[PAYERS[0]].call(VERIFIER, "put_collateral", arguments, gas=GAS)
    assert outcome.gas_burnt < 150 * TGAS
    judged = world.people[PAYERS[0]].call(
        VERIFIER, "verify_quote_stored", borsh.pack("bI", (QUOTE, 0)), gas=GAS
    )
    assert judged.gas_burnt < 20 * TGAS


@pytest.mark.parametrize(("number", "code"), [((1 << 160) - 1, None), (1 << 160, "COLLATERAL_REJECTED")])
def test_crl_numbers__have_twenty_octets_at_most(world: KeptWorld, number: int, code: str | None) -> None:
    def numbered(issuer: str, spec: CrlSpec) -> CrlSpec:
        return replace(spec, number=number)

    assert world.put(SimulatedTee(b"kept", NOW, bends=Bends(crl=numbered))) == code


def test_intel__is_the_root_unless_a_test_names_another(release: Path) -> None:
    with Sandbox(genesis_time_ms=NOW * 1000) as sandbox:
        verifier = sandbox.create_account("verifier", balance=20 * NEAR)
        wasm = (release / "attestation_verifier.wasm").read_bytes()
        verifier.batch().deploy(wasm).function_call("new", {}, gas=GAS).send()
        arguments = Collateral(**vars(tee().collateral())).to_borsh()
        with pytest.raises(CallFailed, match="ROOT_NOT_TRUSTED"):
            verifier.call(VERIFIER, "put_collateral", arguments, gas=GAS, deposit=NEAR)


def test_undecodable__is_a_bad_argument(world: KeptWorld) -> None:
    for method in ("put_collateral", "verify_quote_stored"):
        for data in (b"", b"\x01", base64.b64decode("////////")):
            with pytest.raises(CallFailed, match="BAD_ARGUMENT"):
                world.people[PAYERS[0]].call(VERIFIER, method, data, gas=GAS)


def test_windows__are_told_in_the_view(world: KeptWorld) -> None:
    assert world.put(tee()) is None
    for part in world.parts().values():
        assert part["valid_from_ms"] == moment(-1) * 1000
        assert part["valid_until_ms"] == (NOW + 30 * DAY) * 1000
        assert part["payer_id"] == PAYERS[0]
