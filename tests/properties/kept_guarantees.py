"""What docs/spec/attestation.md guarantees of kept collateral, as properties: ATTEST-4, ATTEST-5 and ATTEST-6."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from sealwright_agents.simulated.pki import CertificateSpec
from sealwright_protocol.verdict import Rejected, VerifiedReport

from tests.properties.guarantees import Guarantees
from tests.properties.kept_world import (
    CA_SERIAL,
    DAY,
    EARLY_STATUS,
    FMSPC,
    PAYERS,
    TCB_SIGNER_SERIAL,
    KeptWorld,
    moment,
    tee,
)

GUARANTEES = Guarantees()
SIGNED = ("pck_ca", "tcb_signer", "root_crl", "pck_crl", "tcb_info", "qe_identity")
VALID_DAYS = 30
REVOKED = {CA_SERIAL: "CA_REVOKED", TCB_SIGNER_SERIAL: "TCB_SIGNER_REVOKED"}
PUTS = st.lists(
    st.tuples(st.integers(-20, 0), st.integers(17, 20), st.sampled_from(PAYERS)), min_size=2, max_size=6
)


@GUARANTEES.keeps("ATTEST-4", artefact=st.sampled_from(SIGNED))
def what_does_not_prove_itself_is_not_kept(world: KeptWorld, artefact: str) -> None:
    before = world.sandbox.storage("verifier.near")
    assert world.put(tee(signer={artefact: "rogue"})) == "COLLATERAL_REJECTED"
    assert world.sandbox.storage("verifier.near") == before
    assert world.judge() == "COLLATERAL_MISSING"


@GUARANTEES.keeps("ATTEST-4", day=st.integers(0, 2 * VALID_DAYS))
def what_has_expired_is_not_used(world: KeptWorld, day: int) -> None:
    assert world.put(tee()) is None
    world.advance(day)
    answer = world.judge()
    if day < VALID_DAYS:
        assert isinstance(answer, VerifiedReport)
    else:
        assert answer == "COLLATERAL_MISSING"


@GUARANTEES.keeps("ATTEST-4", serial=st.sampled_from(sorted(REVOKED)), day=st.integers(-19, 0))
def what_the_kept_root_list_revokes_is_neither_kept_nor_used(world: KeptWorld, serial: int, day: int) -> None:
    """The list comes with collateral of another signer; an older list does not make the revoked one good."""
    assert world.put(tee(), day - 1) is None
    assert isinstance(world.judge(), VerifiedReport)
    # The CA and the signer cannot publish their own revocation: the root's list comes with those of a successor.
    assert world.put(tee(20, revoked=(serial,), certificate=successors), day) is None
    answer = world.judge()
    assert isinstance(answer, Rejected)
    assert answer.reason.startswith(REVOKED[serial])
    assert world.put(tee(number=19), day - 1) == "COLLATERAL_REJECTED"


@GUARANTEES.keeps("ATTEST-5", puts=PUTS)
def nothing_goes_back(world: KeptWorld, puts: list[tuple[int, int, str]]) -> None:
    latest: dict[tuple[str, int], int] = {}
    for day, number, payer in puts:
        names = [("root_crl", 0), ("pck_crl", 0), ("tcb_infos", number), ("qe_identities", number)]
        newer = [name for name in names if day > latest.get(name, -VALID_DAYS)]
        assert world.put(tee(number), day, payer) == (None if newer else "COLLATERAL_NOT_NEWER")
        latest.update(dict.fromkeys(newer, day))
        shown = {name: issued(part) for name, part in world.parts().items()}
        assert shown == {name: moment(each) - DAY for name, each in latest.items()}


@GUARANTEES.keeps(
    "ATTEST-5", numbers=st.sets(st.integers(17, 22), min_size=1, max_size=4), least=st.integers(0, 23)
)
def an_early_evaluation_demotes_nobody(world: KeptWorld, numbers: set[int], least: int) -> None:
    """Of what stands side by side the lowest is used that will do; the highest of these calls the machine outdated."""
    for number in sorted(numbers, reverse=True):
        status = EARLY_STATUS if number == max(numbers) else "UpToDate"
        assert world.put(tee(number, status)) is None
    answer = world.judge(least)
    fit = [number for number in sorted(numbers) if number >= least]
    if not fit:
        assert answer == "COLLATERAL_MISSING"
    else:
        assert isinstance(answer, VerifiedReport)
        assert answer.status == (EARLY_STATUS if fit[0] == max(numbers) else "UpToDate")


@GUARANTEES.keeps("ATTEST-6", puts=PUTS, prune_after=st.integers(0, 40))
def every_price_returns_to_whoever_paid_it(
    world: KeptWorld, puts: list[tuple[int, int, str]], prune_after: int
) -> None:
    start = {each: world.account(each) for each in PAYERS}
    owed = dict.fromkeys(PAYERS, 0)
    for day, number, payer in puts:
        before = world.parts()
        world.put(tee(number), day, payer)
        account_for(world, before, payer, owed, start)
    world.advance(prune_after)
    for fmspc in (None, FMSPC):
        before = world.parts()
        world.call("prune_collateral", PAYERS[0], tee="TDX", fmspc=fmspc)
        account_for(world, before, PAYERS[0], owed, start)
    for payer in PAYERS:
        balance = world.people[payer].balance
        if owed[payer]:
            world.call("withdraw", PAYERS[0], account_id=payer)
        spent = 10**22 if payer == PAYERS[0] else 0  # who asks pays for the gas
        assert balance + owed[payer] - spent <= world.people[payer].balance <= balance + owed[payer]


def account_for(
    world: KeptWorld, before: dict[Any, Any], by: str, owed: dict[str, int], start: dict[str, Any]
) -> None:
    """What went is owed, or prepaid where its payer made it go; what is there is held; nothing else moved."""
    after = world.parts()
    for name, part in before.items():
        if after.get(name) != part and part["payer_id"] != by:
            owed[part["payer_id"]] += int(part["price"])
    for payer in PAYERS:
        pots = world.account(payer)
        held = sum(int(part["price"]) for part in after.values() if part["payer_id"] == payer)
        assert int(pots["storage"]) == int(start[payer]["storage"]) + held
        assert int(pots["owed"]) == owed[payer]
        assert int(pots["prepaid"]) == int(start[payer]["prepaid"]) - held - owed[payer]


def successors(role: str, spec: CertificateSpec) -> CertificateSpec:
    """Certificates of the same names and keys with other serials."""
    return replace(spec, serial=spec.serial + 100) if role in ("pck_ca", "tcb_signer") else spec


def issued(part: dict[str, Any]) -> int:
    """When a part was issued, in unix seconds."""
    found: int = part["issued_ms"] if "issued_ms" in part else part["this_update_ms"]
    return found // 1000
