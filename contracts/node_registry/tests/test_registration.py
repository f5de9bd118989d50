"""Registering and renewing, with the test as verifier."""

from __future__ import annotations

from typing import Any

import pytest
from common.shim.chain import Panic
from node_registry import registration
from node_registry.tests import reports
from node_registry.tests.registry_world import (
    DAY_MS,
    KEY,
    NODE,
    OPERATOR,
    OTHER_KEY,
    OWNER,
    VERIFIER,
    RegistryWorld,
    key_text,
)
from sealwright_protocol import verdict


@pytest.fixture
def world() -> RegistryWorld:
    return RegistryWorld()


def test_register_node__asks_the_verifier_with_the_untouched_arguments(world: RegistryWorld) -> None:
    asked, callback = world.start(world.challenge()).promises
    assert asked.account_id == VERIFIER
    assert (asked.actions[0].method, asked.actions[0].args) == ("verify_quote", b"untouched")
    assert asked.actions[0].gas == 100 * 10**12
    assert callback.actions[0].method == "on_quote_verified"


def test_register_node__records_the_node(world: RegistryWorld) -> None:
    done = world.register()
    assert done.value["outcome"] == "registered"
    assert done.value["expires_at_ms"] == world.chain.block_ms + 7 * DAY_MS
    assert done.events[0]["event"] == "node_registered"
    node = world.contract.view("get_node", {"node_id": NODE})
    assert node["signing_key"] == key_text(KEY)
    assert node["measurement_id"] == reports.measurement_id().hex()
    assert node["services"] == [{"name": "summarise", "price": "5"}, {"name": "translate", "price": "7"}]
    assert node["change_in_flight"] is None
    assert world.validity()["valid"] is True
    assert world.contract.view("get_challenges", {"account_id": OPERATOR}) == []


def test_register_node__listed_by_service_and_region(world: RegistryWorld) -> None:
    world.register()
    world.register(node_id="node-2.operator.near", key=OTHER_KEY)

    def found(**filters: Any) -> list[str]:
        page = world.contract.view("get_nodes", {"from_index": 0, "limit": 10, **filters})
        return [node["node_id"] for node in page["nodes"]]

    assert found() == [NODE, "node-2.operator.near"]
    assert found(service="translate", region="eu-west") == [NODE, "node-2.operator.near"]
    assert found(service="paint") == found(region="us") == []
    first = world.contract.view("get_nodes", {"from_index": 0, "limit": 1})
    assert (first["next_index"], first["total"]) == (1, 2)


REJECTIONS: list[tuple[str, dict[str, Any]]] = [
    ("DEBUG_ENCLAVE", {"td_attributes": b"\x01\x00\x00\x10" + bytes(4)}),
    ("DEBUG_ENCLAVE", {"td_attributes": bytes(8)}),
    ("CONFIG_ID_UNSUPPORTED", {"mr_config_id": b"\x02" + bytes(47)}),
    ("CONFIG_ID_UNSUPPORTED", {"mr_config_id": b"\x01" + bytes(46) + b"\x01"}),
    ("MEASUREMENT_NOT_APPROVED", {"rt_mr2": bytes(48)}),
]


@pytest.mark.parametrize(("code", "changed"), REJECTIONS)
def test_register_node__rejects_a_report(world: RegistryWorld, code: str, changed: dict[str, Any]) -> None:
    done = world.register(**changed)
    assert (done.value["outcome"], done.value["code"]) == ("rejected", code)
    assert done.events[0]["event"] == "attestation_rejected"
    assert world.contract.view("get_node", {"node_id": NODE}) is None
    # A rejection spends the challenge and returns everything that was held.
    assert world.contract.view("get_challenges", {"account_id": OPERATOR}) == []
    assert world.account()["records"] == 0


BINDINGS: list[dict[str, Any]] = [
    {"network": "mainnet"},
    {"registry": "other.near"},
    {"node_id": "node-2.operator.near"},
    {"signing_key": OTHER_KEY},
    {"encryption_key": bytes(32)},
    {"tls_spki_hash": b"\x01" * 32},
]


@pytest.mark.parametrize("changed", BINDINGS, ids=lambda changed: next(iter(changed)))
def test_register_node__report_data_binds_every_field(world: RegistryWorld, changed: dict[str, Any]) -> None:
    challenge = world.challenge()
    started = world.start(challenge)
    report = reports.report(world.report_data(challenge, **changed))
    assert world.answer(started, world.verified(report)).value["code"] == "REPORT_DATA_MISMATCH"


def test_register_node__report_data_binds_the_challenge(world: RegistryWorld) -> None:
    other = world.challenge()
    started = world.start(world.challenge())
    report = reports.report(world.report_data(other))
    assert world.answer(started, world.verified(report)).value["code"] == "REPORT_DATA_MISMATCH"


def test_register_node__rejection_of_the_quote_is_an_answer(world: RegistryWorld) -> None:
    started = world.start(world.challenge())
    told = verdict.encode_verification_result(verdict.Rejected("QUOTE_MALFORMED: \N{SNOWMAN}\n"))
    done = world.answer(started, told)
    assert (done.value["code"], done.value["detail"]) == ("QUOTE_REJECTED", "QUOTE_MALFORMED: ??")


@pytest.mark.parametrize("answer", [b"", b"\x02", b"\x00\x01", b"\xff" * 100])
def test_register_node__malformed_answer_is_rejected(world: RegistryWorld, answer: bytes) -> None:
    done = world.answer(world.start(world.challenge()), answer)
    assert done.value["code"] == "VERIFIER_ANSWER_MALFORMED"


def test_register_node__sgx_report_is_unsupported(world: RegistryWorld) -> None:
    started = world.start(world.challenge())
    values = [bytes(16), 0, bytes(28), bytes(16), *[bytes(32)] * 3, bytes(96), 0, 0, bytes(60), bytes(64)]
    done = world.answer(started, world.verified(verdict.SgxReport(*values)))
    assert done.value["code"] == "REPORT_KIND_UNSUPPORTED"


def test_register_node__unreachable_verifier_restores_the_challenge(world: RegistryWorld) -> None:
    challenge = world.challenge()
    before = world.account()
    done = world.answer(world.start(challenge), None)
    assert done.value["outcome"] == "unreachable"
    assert world.account() == before
    started = world.start(challenge)
    report = reports.report(world.report_data(challenge))
    assert world.answer(started, world.verified(report)).value["outcome"] == "registered"


def test_register_node__challenge_serves_once(world: RegistryWorld) -> None:
    challenge = world.challenge()
    started = world.start(challenge)
    with pytest.raises(Panic, match="CHALLENGE_UNKNOWN"):
        world.start(challenge, node_id="node-2.operator.near", key=OTHER_KEY)
    world.answer(started, world.verified(reports.report(world.report_data(challenge))))
    with pytest.raises(Panic, match="CHALLENGE_UNKNOWN"):
        world.start(challenge)


def test_register_node__challenge_belongs_to_its_account_and_expires(world: RegistryWorld) -> None:
    challenge = world.challenge("rival.near")
    with pytest.raises(Panic, match="CHALLENGE_UNKNOWN"):
        world.start(challenge)
    mine = world.challenge()
    world.wait(600_000)
    with pytest.raises(Panic, match="CHALLENGE_UNKNOWN"):
        world.start(mine)


def test_register_node__only_the_account_in_the_node_id(world: RegistryWorld) -> None:
    with pytest.raises(Panic, match="NOT_NODE_ACCOUNT"):
        world.start(world.challenge("rival.near"), caller="rival.near")
    theirs = world.challenge("rival.near")
    for node_id in (".operator.near", "Node.operator.near", "a" * 33 + ".operator.near", "operator.near"):
        with pytest.raises(Panic, match="NOT_NODE_ACCOUNT"):
            world.start(theirs, node_id=node_id)


def test_register_node__a_key_belongs_to_one_node(world: RegistryWorld) -> None:
    world.register()
    with pytest.raises(Panic, match="KEY_TAKEN"):
        world.start(world.challenge("rival.near"), "node.rival.near", KEY, "rival.near")


def test_register_node__two_in_flight_cannot_share_a_key(world: RegistryWorld) -> None:
    mine, theirs = world.challenge(), world.challenge("rival.near")
    first = world.start(mine)
    second = world.start(theirs, "node.rival.near", KEY, "rival.near")
    world.answer(first, world.verified(reports.report(world.report_data(mine))))
    report = reports.report(world.report_data(theirs, "node.rival.near"))
    assert world.answer(second, world.verified(report)).value["code"] == "KEY_TAKEN"
    assert world.validity()["valid"] is True


def test_register_node__one_change_in_flight(world: RegistryWorld) -> None:
    first = world.start(world.challenge())
    challenge = world.challenge()
    with pytest.raises(Panic, match="CHANGE_IN_FLIGHT"):
        world.start(challenge)
    world.wait(registration.MARK_LIFE_MS)
    second = world.start(challenge)
    report = reports.report(world.report_data(challenge))
    # The answer to the first change comes late: its number is no longer the mark's.
    assert world.answer(first, world.verified(report)).value["outcome"] == "superseded"
    assert world.answer(second, world.verified(report)).value["outcome"] == "registered"
    assert world.account()["records"] == 2


def test_clear_expired_change__returns_what_was_held(world: RegistryWorld) -> None:
    before = world.account()
    started = world.start(world.challenge())
    with pytest.raises(Panic, match="NO_EXPIRED_CHANGE"):
        world.contract.call("clear_expired_change", {"node_id": NODE})
    world.wait(registration.MARK_LIFE_MS)
    done = world.contract.call("clear_expired_change", {"node_id": NODE}, predecessor="anyone.near")
    assert done.events[0]["event"] == "change_cleared"
    assert world.account() == before
    assert world.answer(started, None).value["outcome"] == "superseded"


def test_register_node__needs_the_verifiers_gas(world: RegistryWorld) -> None:
    from sealwright_protocol.registry import RegisterNodeArgs

    challenge = bytes.fromhex(world.challenge())
    args = RegisterNodeArgs(NODE, KEY, bytes(32), bytes(32), challenge, "", "", [], b"")
    with pytest.raises(Panic, match="at least 150 Tgas"):
        world.contract.call("register_node", args.to_borsh(), predecessor=OPERATOR, gas=149 * 10**12)


def test_register_node__refuses_malformed_arguments(world: RegistryWorld) -> None:
    for data in (b"", b"\x00", b"\xff" * 200):
        with pytest.raises(Panic, match="BAD_ARGUMENT"):
            world.contract.call("register_node", data, predecessor=OPERATOR)


def test_register_node__judges_by_the_policy_of_the_answer(world: RegistryWorld) -> None:
    challenge = world.challenge()
    started = world.start(challenge)
    arguments = {"measurement_ids": [reports.measurement_id().hex()]}
    world.contract.call("remove_measurements", arguments, predecessor=OWNER, deposit=1)
    report = reports.report(world.report_data(challenge))
    assert world.answer(started, world.verified(report)).value["code"] == "MEASUREMENT_NOT_APPROVED"


def test_register_node__answers_of_a_former_verifier_do_not_count(world: RegistryWorld) -> None:
    challenge = world.challenge()
    started = world.start(challenge)
    arguments = {"verifier_id": "new.near", "verifier_method": "verify_quote", "verifier_gas_tgas": 100}
    world.contract.call("set_verifier", arguments, predecessor=OWNER, deposit=1)
    report = reports.report(world.report_data(challenge))
    assert world.answer(started, world.verified(report)).value["code"] == "VERIFIER_CHANGED"


def test_renew_attestation__extends_the_same_key(world: RegistryWorld) -> None:
    world.register()
    first = world.validity()
    now_ms = world.wait(DAY_MS)
    done = world.renew()
    assert (done.value["outcome"], done.value["expires_at_ms"]) == ("renewed", now_ms + 7 * DAY_MS)
    assert world.validity()["attested_at_ms"] == first["attested_at_ms"]
    assert world.account()["records"] == 2


def test_renew_attestation__refuses_other_code(world: RegistryWorld) -> None:
    world.register()
    world.approve(reports.measurement_id(b"\x0f" * 48))
    assert world.renew(mr_td=b"\x0f" * 48).value["code"] == "MEASUREMENT_CHANGED"


def test_renew_attestation__needs_an_active_node(world: RegistryWorld) -> None:
    with pytest.raises(Panic, match="NODE_UNKNOWN"):
        world.start_renewal(world.challenge())
    world.register()
    world.contract.call("deactivate_node", {"node_id": NODE, "revoke_key": False}, predecessor=OPERATOR)
    with pytest.raises(Panic, match="NODE_DEACTIVATED"):
        world.start_renewal(world.challenge())


def test_renew_attestation__deactivation_in_flight_wins(world: RegistryWorld) -> None:
    world.register()
    challenge = world.challenge()
    started = world.start_renewal(challenge)
    world.contract.call("deactivate_node", {"node_id": NODE, "revoke_key": False}, predecessor=OPERATOR)
    report = reports.report(world.report_data(challenge))
    assert world.answer(started, world.verified(report)).value["code"] == "RECORD_CHANGED"
    assert world.codes() == ["NODE_DEACTIVATED"]


def test_renew_attestation__update_in_flight_stays(world: RegistryWorld) -> None:
    world.register()
    challenge = world.challenge()
    started = world.start_renewal(challenge)
    update = {"node_id": NODE, "endpoint": "https://new.example", "region": "us", "services": []}
    world.contract.call("update_node", update, predecessor=OPERATOR)
    report = reports.report(world.report_data(challenge))
    assert world.answer(started, world.verified(report)).value["outcome"] == "renewed"
    assert world.contract.view("get_node", {"node_id": NODE})["endpoint"] == "https://new.example"


def test_expiry__earliest_of_validity_and_age() -> None:
    world = RegistryWorld("verify_quote_with_validity")
    challenge = world.challenge()
    started = world.start(challenge)
    report = reports.report(world.report_data(challenge))
    until_ms = world.chain.block_ms + 5_000
    done = world.answer(started, world.verified(report, valid_until_ms=until_ms))
    assert done.value["expires_at_ms"] == until_ms


def test_expiry__nothing_that_has_ended_already() -> None:
    world = RegistryWorld("verify_quote_with_validity")
    challenge = world.challenge()
    started = world.start(challenge)
    report = reports.report(world.report_data(challenge))
    answer = world.verified(report, valid_until_ms=world.chain.block_ms)
    assert world.answer(started, answer).value["code"] == "ALREADY_EXPIRED"
