"""A node after its registration: validity through time, policy, rotation, revocation, removal."""

from __future__ import annotations

from typing import Any

import pytest
from common.shim.chain import Panic
from node_registry.tests import reports
from node_registry.tests.registry_world import (
    DAY_MS,
    KEY,
    NEAR,
    NODE,
    OPERATOR,
    OTHER_KEY,
    OWNER,
    RegistryWorld,
    key_text,
)
from sealwright_protocol import borsh

PPID_HASH = reports.sha256(borsh.pack("sb", ("sealwright:ppid:v1", reports.PPID)))


@pytest.fixture
def world() -> RegistryWorld:
    world = RegistryWorld()
    world.register()
    return world


def deactivate(world: RegistryWorld, revoke_key: bool = False) -> None:
    arguments = {"node_id": NODE, "revoke_key": revoke_key}
    world.contract.call("deactivate_node", arguments, predecessor=OPERATOR)


def owner_call(world: RegistryWorld, method: str, **arguments: Any) -> None:
    world.contract.call(method, arguments, predecessor=OWNER, deposit=1)


def test_is_node_valid__says_what_the_record_says(world: RegistryWorld) -> None:
    verdict = world.validity(signing_key=key_text(KEY), measurement_id=reports.measurement_id().hex())
    assert verdict["reasons"] == []
    assert verdict["signing_key"] == key_text(KEY)
    assert verdict["ppid_hash"] == PPID_HASH.hex()
    assert verdict["expires_at_ms"] == verdict["attestation_expires_at_ms"]
    assert world.validity(service="summarise")["valid"] is True


def test_is_node_valid__each_reason_of_the_node(world: RegistryWorld) -> None:
    registered_ms = world.chain.block_ms
    assert world.codes(signing_key=key_text(OTHER_KEY)) == ["KEY_UNKNOWN"]
    assert world.codes(measurement_id=bytes(32).hex()) == ["MEASUREMENT_MISMATCH"]
    assert world.codes(service="paint") == ["SERVICE_NOT_OFFERED"]
    assert world.codes(registered_ms - 1) == ["NOT_YET_ATTESTED"]
    assert world.codes(registered_ms + 7 * DAY_MS - 1) == []
    assert world.codes(registered_ms + 7 * DAY_MS) == ["ATTESTATION_EXPIRED"]


def test_is_node_valid__another_nodes_key_is_unknown(world: RegistryWorld) -> None:
    world.register("node-2.operator.near", OTHER_KEY)
    assert world.codes(signing_key=key_text(OTHER_KEY)) == ["KEY_UNKNOWN"]


def test_is_node_valid__a_lapse_stays_a_lapse(world: RegistryWorld) -> None:
    registered_ms = world.chain.block_ms
    renewed_ms = world.wait(10 * DAY_MS)
    world.renew()
    assert world.codes(registered_ms + DAY_MS) == []
    assert world.validity(registered_ms + 8 * DAY_MS)["reasons"] == [
        {"code": "ATTESTATION_EXPIRED", "cause": "node", "since_ms": registered_ms + 7 * DAY_MS}
    ]
    assert world.codes(renewed_ms) == []


def test_rotation__keeps_the_past_and_ends_the_old_key(world: RegistryWorld) -> None:
    submitted_ms = world.wait(1_000)
    rotated_ms = world.wait(DAY_MS)
    world.register(key=OTHER_KEY)
    assert world.codes(submitted_ms, signing_key=key_text(KEY)) == []
    assert world.validity(signing_key=key_text(KEY))["reasons"] == [
        {"code": "KEY_SUPERSEDED", "cause": "node", "since_ms": rotated_ms}
    ]
    assert world.codes(signing_key=key_text(OTHER_KEY)) == []


def test_rotation__remembers_one_key_and_returns_the_price_of_older_ones(world: RegistryWorld) -> None:
    storage = [world.account()["storage"]]
    for key in (OTHER_KEY, b"\x05" * 32, b"\x06" * 32):
        world.wait(1_000)
        world.register(key=key)
        storage.append(world.account()["storage"])
    assert storage[0] < storage[1] == storage[2] == storage[3]
    assert world.codes(signing_key=key_text(KEY)) == ["KEY_UNKNOWN"]


def test_rotation__back_to_the_previous_key(world: RegistryWorld) -> None:
    world.wait(1_000)
    world.register(key=OTHER_KEY)
    back_ms = world.wait(1_000)
    assert world.register(key=KEY).value["outcome"] == "registered"
    assert world.codes(signing_key=key_text(KEY)) == []
    assert world.codes(back_ms - 1, signing_key=key_text(KEY)) == ["ATTESTATION_EXPIRED"]
    assert world.codes(signing_key=key_text(OTHER_KEY)) == ["KEY_SUPERSEDED"]


def test_deactivate_node__ends_now_and_not_before(world: RegistryWorld) -> None:
    submitted_ms = world.wait(1_000)
    deactivated_ms = world.wait(1_000)
    deactivate(world)
    assert world.codes(submitted_ms) == []
    assert world.validity()["reasons"] == [
        {"code": "NODE_DEACTIVATED", "cause": "node", "since_ms": deactivated_ms}
    ]
    assert world.contract.view("get_nodes", {"from_index": 0, "limit": 5})["nodes"] == []


def test_deactivate_node__registering_again_leaves_the_gap(world: RegistryWorld) -> None:
    gap_ms = world.wait(1_000)
    deactivate(world)
    world.wait(1_000)
    assert world.register().value["outcome"] == "registered"
    assert world.codes() == []
    assert world.codes(gap_ms) == ["ATTESTATION_EXPIRED"]


def test_deactivate_node__a_revoked_key_is_invalid_at_every_time(world: RegistryWorld) -> None:
    submitted_ms = world.wait(1_000)
    world.wait(1_000)
    deactivate(world, revoke_key=True)
    assert world.codes(submitted_ms) == ["KEY_REVOKED"]
    with pytest.raises(Panic, match="KEY_REVOKED"):
        world.start(world.challenge())
    # It stays revoked while the node rotates on.
    for key in (OTHER_KEY, b"\x05" * 32, b"\x06" * 32):
        world.register(key=key)
    assert world.codes(signing_key=key_text(KEY)) == ["KEY_REVOKED"]


def test_deactivate_node__only_its_account(world: RegistryWorld) -> None:
    arguments = {"node_id": NODE, "revoke_key": True}
    with pytest.raises(Panic, match="NOT_NODE_ACCOUNT"):
        world.contract.call("deactivate_node", arguments, predecessor="rival.near")


def test_remove_node__returns_everything_after_the_delay(world: RegistryWorld) -> None:
    with pytest.raises(Panic, match="NODE_ACTIVE"):
        world.contract.call("remove_node", {"node_id": NODE}, predecessor=OPERATOR)
    deactivate(world)
    with pytest.raises(Panic, match="TOO_EARLY"):
        world.contract.call("remove_node", {"node_id": NODE}, predecessor=OPERATOR)
    world.wait(7 * DAY_MS)
    world.contract.call("remove_node", {"node_id": NODE}, predecessor=OPERATOR)
    account = world.account()
    assert account["records"] == 0
    assert int(account["prepaid"]) + int(account["storage"]) == NEAR
    assert world.codes() == ["NODE_UNKNOWN"]
    assert world.contract.view("get_nodes", {"from_index": 0, "limit": 5})["total"] == 0


def test_measurement__removal_keeps_its_grace_and_is_policy(world: RegistryWorld) -> None:
    removed_ms = world.wait(1_000)
    owner_call(world, "remove_measurements", measurement_ids=[reports.measurement_id().hex()])
    ends_ms = removed_ms + DAY_MS
    assert world.validity()["expires_at_ms"] == ends_ms
    assert world.codes(ends_ms - 1) == []
    assert world.validity(ends_ms)["reasons"] == [
        {"code": "MEASUREMENT_REMOVED", "cause": "policy", "since_ms": ends_ms}
    ]
    # Within the grace a renewal is possible, but not beyond it; a registration is not.
    assert world.renew().value["expires_at_ms"] == ends_ms
    assert world.register(key=OTHER_KEY).value["code"] == "MEASUREMENT_NOT_APPROVED"
    # Removing it again does not shorten the grace, approving it again ends the removal.
    world.set_policy(removal_grace_ms=0)
    owner_call(world, "remove_measurements", measurement_ids=[reports.measurement_id().hex()])
    assert world.codes(ends_ms - 1) == []
    world.approve(reports.measurement_id())
    assert world.codes() == []


def test_policy__status_and_grace(world: RegistryWorld) -> None:
    def attempt(status: str, advisories: list[str]) -> Any:
        challenge = world.challenge()
        started = world.start_renewal(challenge)
        report = reports.report(world.report_data(challenge))
        return world.answer(started, world.verified(report, status, advisories)).value

    assert attempt("OutOfDate", ["INTEL-SA-1"])["code"] == "TCB_STATUS_NOT_ACCEPTED"
    assert attempt("UpToDate", ["INTEL-DOC-10000"])["outcome"] == "renewed"
    until_ms = world.chain.block_ms + DAY_MS
    world.set_policy(advisory_grace=[{"advisory_id": "INTEL-SA-1", "until_ms": until_ms}])
    assert attempt("OutOfDate", ["INTEL-SA-1"])["expires_at_ms"] == until_ms
    assert attempt("OutOfDate", ["INTEL-SA-1", "INTEL-SA-2"])["code"] == "TCB_STATUS_NOT_ACCEPTED"
    assert attempt("OutOfDate", [])["code"] == "TCB_STATUS_NOT_ACCEPTED"
    assert attempt("Revoked", ["INTEL-SA-1"])["code"] == "TCB_STATUS_NOT_ACCEPTED"
    world.set_policy(accepted_statuses=["UpToDate", "OutOfDate"])
    assert attempt("OutOfDate", [])["outcome"] == "renewed"


def test_policy__tightening_reaches_records_from_then_on(world: RegistryWorld) -> None:
    before_ms = world.wait(1_000)
    tightened_ms = world.wait(1_000)
    world.set_policy(accepted_statuses=[])
    assert world.codes(before_ms) == []
    assert world.validity()["reasons"] == [
        {"code": "TCB_STATUS_NOT_ACCEPTED", "cause": "policy", "since_ms": tightened_ms}
    ]


def test_policy__platform_list(world: RegistryWorld) -> None:
    before_ms = world.chain.block_ms
    listed_ms = world.wait(1_000)
    world.set_policy(platform_list=True)
    assert world.codes(before_ms) == []
    assert world.validity()["reasons"] == [
        {"code": "PLATFORM_NOT_ALLOWED", "cause": "policy", "since_ms": listed_ms}
    ]
    assert world.renew().value["code"] == "PLATFORM_NOT_ALLOWED"
    owner_call(world, "allow_platforms", ppid_hashes=[PPID_HASH.hex()])
    assert world.codes() == []
    assert world.renew().value["outcome"] == "renewed"
    allowed_ms = world.wait(1_000)
    removed_ms = world.wait(1_000)
    owner_call(world, "disallow_platforms", ppid_hashes=[PPID_HASH.hex()])
    assert world.codes(allowed_ms) == []
    assert world.validity(removed_ms)["reasons"][0]["since_ms"] == removed_ms


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"accepted_statuses": ["Revoked"]}, "accepted_statuses"),
        ({"advisory_grace": [{"advisory_id": "lower", "until_ms": 1}]}, "advisory_grace"),
        ({"max_age_ms": 0}, "max_age_ms"),
        ({"removal_grace_ms": 91 * DAY_MS}, "removal_grace_ms"),
    ],
)
def test_set_policy__refuses(world: RegistryWorld, changed: dict[str, Any], why: str) -> None:
    with pytest.raises(Panic, match=f"BAD_ARGUMENT.*{why}"):
        world.set_policy(**changed)


def test_owner__only_the_owner_decides(world: RegistryWorld) -> None:
    for method, arguments in (
        ("approve_measurements", {"measurement_ids": [bytes(32).hex()], "label": ""}),
        ("remove_measurements", {"measurement_ids": [bytes(32).hex()]}),
        ("set_owner", {"owner_id": "rival.near"}),
    ):
        with pytest.raises(Panic, match="NOT_OWNER"):
            world.contract.call(method, arguments, predecessor="rival.near", deposit=1)
    owner_call(world, "set_owner", owner_id="council.near")
    assert world.contract.view("get_config")["owner_id"] == "council.near"


def test_update_node__bounds(world: RegistryWorld) -> None:
    good: dict[str, Any] = {"node_id": NODE, "endpoint": "", "region": "", "services": []}
    offer = {"name": "a", "price": "1"}
    for changed in (
        {"endpoint": "e" * 257},
        {"region": "EU"},
        {"services": [offer, offer]},
        {"services": [{"name": "", "price": "1"}]},
        {"services": [{"name": "a b", "price": "1"}]},
        {"services": [{"name": f"s{index}", "price": "1"} for index in range(9)]},
    ):
        with pytest.raises(Panic, match="BAD_ARGUMENT"):
            world.contract.call("update_node", {**good, **changed}, predecessor=OPERATOR)
    world.contract.call("update_node", good, predecessor=OPERATOR)


def test_request_challenge__is_capped_priced_and_never_repeated(world: RegistryWorld) -> None:
    issued = [world.challenge() for _ in range(4)]
    assert len(set(issued)) == 4
    with pytest.raises(Panic, match="TOO_MANY_CHALLENGES"):
        world.challenge()
    with pytest.raises(Panic, match="ACCOUNT_UNKNOWN"):
        world.challenge("stranger.near")
    world.wait(600_000)
    held = int(world.account()["storage"])
    world.contract.call("clear_expired_challenges", {"account_id": OPERATOR}, predecessor="anyone.near")
    assert held - int(world.account()["storage"]) == 4 * int(
        world.contract.view("get_config")["prices"]["challenge"]
    )
    world.challenge()


def test_close_account__not_while_records_depend_on_it(world: RegistryWorld) -> None:
    with pytest.raises(Panic, match="ACCOUNT_IN_USE"):
        world.contract.call("close_account", predecessor=OPERATOR, deposit=1)


def test_prices__cover_what_the_records_use(world: RegistryWorld) -> None:
    account = "a" * 59 + ".near"
    label = "n" * 32
    world.contract.call("deposit", predecessor=account, deposit=NEAR)
    before = world.chain_storage()
    services = [{"name": f"{index}" * 32, "price": str(2**128 - 1)} for index in range(8)]
    world.register(f"{label}.{account}", OTHER_KEY, account)
    update = {
        "node_id": f"{label}.{account}",
        "endpoint": "e" * 256,
        "region": "r" * 32,
        "services": services,
    }
    world.contract.call("update_node", update, predecessor=account)
    prices = world.contract.view("get_config")["prices"]
    used = (world.chain_storage() - before) * 10**19
    assert used <= int(prices["node"]) + int(prices["key"])
