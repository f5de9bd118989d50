"""The registry's guarantees as properties. The IDs are those of docs/spec/node-registry.md."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from node_registry.tests import reports

from tests.properties.guarantees import Guarantees
from tests.properties.registry_world import (
    DAY_MS,
    MINUTE_MS,
    OPERATOR,
    OWNER,
    POTS,
    PREPAID,
    REGISTRY,
    RIVAL,
    STRANGER,
    WEEK_MS,
    RegistryWorld,
    key_of,
    key_text,
    node_id,
)

GUARANTEES = Guarantees()
MEASUREMENT = reports.measurement_id().hex()
MINE, THEIRS = node_id(OPERATOR), node_id(RIVAL)
WRONG_BINDING: dict[str, Any] = {
    "network": "mainnet",
    "registry": "other.near",
    "node_id": THEIRS,
    "signing_key": key_of(9),
    "encryption_key": bytes(32),
    "tls_spki_hash": b"\x01" * 32,
}
WRONG_REPORT: dict[str, Any] = {
    "td_attributes": b"\x01\x00\x00\x10" + bytes(4),
    "mr_td": bytes(48),
    "rt_mr0": bytes(48),
    "rt_mr1": bytes(48),
    "rt_mr2": bytes(48),
    "mr_config_id": b"\x02" + bytes(47),
}
LIST_COUNTER_BYTES = 40 + 2 + 4
"""The list of nodes counts its entries, from the first one on for good."""
NOISE = st.binary(max_size=80)


@GUARANTEES.keeps("REGISTRY-1", field=st.sampled_from(sorted(WRONG_BINDING)))
def report_data_binds_every_field(world: RegistryWorld, field: str) -> None:
    challenge = world.challenge()
    world.tell("answer", world.verified(challenge, binding={field: WRONG_BINDING[field]}))
    assert world.register(challenge) == "REPORT_DATA_MISMATCH"
    assert world.codes() == ["NODE_UNKNOWN"]


@GUARANTEES.keeps("REGISTRY-1", foreign=st.booleans())
def report_data_binds_this_challenge(world: RegistryWorld, foreign: bool) -> None:
    other = world.challenge(RIVAL if foreign else OPERATOR)
    mine = world.challenge()
    world.tell("answer", world.verified(other))
    assert world.register(mine) == "REPORT_DATA_MISMATCH"
    assert world.codes() == ["NODE_UNKNOWN"]


@GUARANTEES.keeps("REGISTRY-1", field=st.sampled_from(sorted(WRONG_REPORT)))
def only_approved_code_without_debug(world: RegistryWorld, field: str) -> None:
    assert world.enrol(**{field: WRONG_REPORT[field]}) in (
        "DEBUG_ENCLAVE",
        "MEASUREMENT_NOT_APPROVED",
        "CONFIG_ID_UNSUPPORTED",
    )
    assert world.codes() == ["NODE_UNKNOWN"]


@GUARANTEES.keeps("REGISTRY-1", noise=NOISE)
def only_a_verified_answer_counts(world: RegistryWorld, noise: bytes) -> None:
    for answer in (noise, b"\x00" + noise, world.rejection()):
        challenge = world.challenge()
        world.tell("answer", answer)
        assert world.register(challenge) in ("VERIFIER_ANSWER_MALFORMED", "QUOTE_REJECTED")
        assert world.codes() == ["NODE_UNKNOWN"]


@GUARANTEES.keeps("REGISTRY-2", first=st.sampled_from(["registered", "rejected", "malformed"]))
def a_challenge_serves_once(world: RegistryWorld, first: str) -> None:
    challenge = world.challenge()
    answers = {"registered": world.verified(challenge), "rejected": world.rejection(), "malformed": b""}
    world.tell("answer", answers[first])
    world.register(challenge)
    world.tell("answer", world.verified(challenge))
    assert world.register(challenge) == "CHALLENGE_UNKNOWN"
    assert (world.codes() == []) == (first == "registered")


@GUARANTEES.keeps("REGISTRY-2", later_ms=st.integers(0, 700_000), by=st.sampled_from([OPERATOR, RIVAL]))
def a_challenge_is_its_accounts_and_expires(world: RegistryWorld, later_ms: int, by: str) -> None:
    challenge = world.challenge(OPERATOR)
    expires_ms = world.view("get_challenges", account_id=OPERATOR)[0]["expires_at_ms"]
    world.wait(later_ms)
    world.tell("answer", world.verified(challenge, node_id(by)))
    # The call is judged in a block a few seconds from here.
    early = world.now_ms + 30_000 < expires_ms
    outcome = world.register(challenge, node_id(by), by=by)
    if by == RIVAL or world.now_ms - 30_000 > expires_ms:
        assert outcome == "CHALLENGE_UNKNOWN"
    elif early:
        assert outcome == "registered"


@GUARANTEES.keeps("REGISTRY-2", failures=st.integers(1, 3))
def an_unreachable_verifier_restores_it(world: RegistryWorld, failures: int) -> None:
    challenge = world.challenge()
    before = world.pots()
    world.tell("fail")
    for _ in range(failures):
        assert world.register(challenge) == "unreachable"
        assert world.pots() == before
    world.tell("answer", world.verified(challenge))
    assert world.register(challenge) == "registered"


@GUARANTEES.keeps("REGISTRY-3", by=st.sampled_from([RIVAL, STRANGER, OWNER]))
def only_its_account_changes_a_node(world: RegistryWorld, by: str) -> None:
    assert world.enrol() == "registered"
    before = world.view("get_node", node_id=MINE)
    update: dict[str, Any] = {"node_id": MINE, "endpoint": "", "region": "", "services": []}
    assert world.refused("update_node", by, **update) == "NOT_NODE_ACCOUNT"
    for revoke in (False, True):
        code = world.refused("deactivate_node", by, node_id=MINE, revoke_key=revoke)
        assert code == "NOT_NODE_ACCOUNT"
    challenge = world.challenge()
    assert world.register(challenge, key=2, by=by) == "NOT_NODE_ACCOUNT"
    assert world.renew(challenge, by=by) == "NOT_NODE_ACCOUNT"
    assert world.view("get_node", node_id=MINE) == before


@GUARANTEES.keeps("REGISTRY-3", in_flight=st.booleans())
def a_key_belongs_to_one_node(world: RegistryWorld, in_flight: bool) -> None:
    challenge = world.challenge(RIVAL)
    if in_flight:
        world.tell("later")
        pending = world.start(challenge, THEIRS, by=RIVAL)
        assert world.enrol() == "registered"
        world.answer_later(world.verified(challenge, THEIRS))
        outcome = pending.outcome()
        assert outcome is not None
        assert outcome.value["code"] == "KEY_TAKEN"
    else:
        assert world.enrol() == "registered"
        world.tell("answer", world.verified(challenge, THEIRS))
        assert world.register(challenge, THEIRS, by=RIVAL) == "KEY_TAKEN"
    assert world.codes() == []
    assert world.codes(node=THEIRS) == ["NODE_UNKNOWN"]


@GUARANTEES.keeps("REGISTRY-3", rotations=st.integers(0, 3), earlier_ms=st.integers(0, 20_000))
def a_revoked_key_is_never_valid_again(world: RegistryWorld, rotations: int, earlier_ms: int) -> None:
    assert world.enrol() == "registered"
    registered_ms = world.view("get_node", node_id=MINE)["registered_at_ms"]
    world.wait(20_000)
    assert world.codes(registered_ms + earlier_ms) == []
    world.call("deactivate_node", OPERATOR, node_id=MINE, revoke_key=True)
    for number in range(rotations):
        assert world.enrol(key=2 + number) == "registered"
    assert world.register(world.challenge()) == "KEY_REVOKED"
    assert world.codes(registered_ms + earlier_ms, signing_key=key_text(1)) == ["KEY_REVOKED"]


@GUARANTEES.keeps("REGISTRY-4", late=st.sampled_from(["verified", "rejected"]), settled=st.booleans())
def a_late_answer_changes_nothing(world: RegistryWorld, late: str, settled: bool) -> None:
    first = world.challenge()
    world.tell("later")
    pending = world.start(first)
    assert world.register(world.challenge()) == "CHANGE_IN_FLIGHT"
    assert world.refused("clear_expired_change", STRANGER, node_id=MINE) == "NO_EXPIRED_CHANGE"
    world.wait(2 * MINUTE_MS)
    if settled:
        assert world.enrol(key=2) == "registered"
    else:
        world.start(world.challenge(), key=2)
    before = (world.view("get_node", node_id=MINE), world.pots())
    world.answer_later(world.verified(first) if late == "verified" else world.rejection())
    outcome = pending.outcome()
    assert outcome is not None
    assert outcome.value["outcome"] == "superseded"
    assert (world.view("get_node", node_id=MINE), world.pots()) == before


@GUARANTEES.keeps(
    "REGISTRY-4", change=st.sampled_from(["measurement", "status", "platform", "verifier", "node"])
)
def the_answer_is_judged_by_what_holds_then(world: RegistryWorld, change: str) -> None:
    if change == "node":
        assert world.enrol(key=2) == "registered"
    challenge = world.challenge()
    world.tell("later")
    pending = world.start(challenge)
    if change == "measurement":
        world.decide("remove_measurements", measurement_ids=[MEASUREMENT])
    elif change == "status":
        world.set_policy(accepted_statuses=[])
    elif change == "platform":
        world.set_policy(platform_list=True)
    elif change == "verifier":
        world.decide(
            "set_verifier", verifier_id="new.near", verifier_method="verify_quote", verifier_gas_tgas=20
        )
    else:
        world.call("deactivate_node", OPERATOR, node_id=MINE, revoke_key=False)
    world.answer_later(world.verified(challenge))
    outcome = pending.outcome()
    assert outcome is not None
    assert outcome.value["outcome"] == "rejected"
    assert world.codes() != []


@GUARANTEES.keeps(
    "REGISTRY-5",
    age_ms=st.integers(MINUTE_MS, 2 * WEEK_MS),
    valid_ms=st.integers(MINUTE_MS, 2 * WEEK_MS),
    grace_ms=st.one_of(st.none(), st.integers(MINUTE_MS, 2 * WEEK_MS)),
    renewal=st.booleans(),
)
def nothing_outlives_what_it_rests_on(
    world: RegistryWorld, age_ms: int, valid_ms: int, grace_ms: int | None, renewal: bool
) -> None:
    if renewal:
        assert world.enrol() == "registered"
    grace = [] if grace_ms is None else [{"advisory_id": "INTEL-SA-1", "until_ms": world.now_ms + grace_ms}]
    world.set_policy(max_age_ms=age_ms, advisory_grace=grace)
    told_ms = world.now_ms
    status = (
        {"status": "UpToDate"} if grace_ms is None else {"status": "OutOfDate", "advisories": ["INTEL-SA-1"]}
    )
    attest = world.refresh if renewal else world.enrol
    assert attest(valid_ms=valid_ms, **status) in ("registered", "renewed")
    until_ms = int(world.validity()["expires_at_ms"])
    ends = [told_ms + age_ms, told_ms + valid_ms] + ([] if grace_ms is None else [told_ms + grace_ms])
    # The blocks of the calls in between last a few seconds.
    assert until_ms <= min(ends) + 30_000
    assert world.codes(until_ms - 1) == []
    assert world.codes(until_ms) != []


@GUARANTEES.keeps("REGISTRY-5", grace_ms=st.integers(0, DAY_MS), renewed=st.booleans())
def a_removed_measurement_ends_with_its_grace(world: RegistryWorld, grace_ms: int, renewed: bool) -> None:
    assert world.enrol() == "registered"
    world.set_policy(removal_grace_ms=grace_ms)
    world.decide("remove_measurements", measurement_ids=[MEASUREMENT])
    ends_ms = int(world.view("get_measurement", measurement_id=MEASUREMENT)["ends_at_ms"])
    if renewed:
        assert world.refresh() in ("renewed", "MEASUREMENT_NOT_APPROVED")
    assert world.enrol(key=2) == "MEASUREMENT_NOT_APPROVED"
    assert world.codes(ends_ms) in (["MEASUREMENT_REMOVED"], ["ATTESTATION_EXPIRED", "MEASUREMENT_REMOVED"])


STEPS = st.lists(
    st.sampled_from(
        ["challenge", "enrol", "reject", "fail", "stuck", "rotate", "renew", "off", "wait", "clear"]
    ),
    max_size=7,
)


@GUARANTEES.keeps("REGISTRY-6", steps=STEPS)
def everything_put_in_comes_out(world: RegistryWorld, steps: list[str]) -> None:
    usage = world.sandbox.account(REGISTRY).storage_usage
    for number, step in enumerate(steps):
        take_step(world, step, number)
        check_books(world)
    leave(world)
    assert world.worth() == PREPAID
    assert world.sandbox.account(REGISTRY).storage_usage - usage in (0, LIST_COUNTER_BYTES)
    world.call("close_account", OPERATOR, deposit=1)
    assert world.worth() == 0
    world.sandbox.total_supply_check()


def take_step(world: RegistryWorld, step: str, number: int) -> None:
    """One of the things an operator does; what is refused changes nothing."""
    if step in ("challenge", "enrol", "reject", "fail", "stuck", "rotate", "renew"):
        told = world.refused("request_challenge", OPERATOR)
        challenges = world.view("get_challenges", account_id=OPERATOR)
        free = [each["challenge"] for each in challenges if not each["in_flight"]]
        if step == "challenge" or told or not free:
            return
        challenge, key = free[-1], 2 + number if step == "rotate" else 1
        answer = world.rejection() if step == "reject" else world.verified(challenge, key=key)
        world.tell({"fail": "fail", "stuck": "later"}.get(step, "answer"), answer)
        if step == "stuck":
            world.start(challenge, key=key)
        elif step == "renew":
            world.renew(challenge)
        else:
            world.register(challenge, key=key)
    elif step == "off":
        world.refused("deactivate_node", OPERATOR, node_id=MINE, revoke_key=False)
    elif step == "wait":
        world.wait(11 * MINUTE_MS)
    else:
        world.refused("clear_expired_change", STRANGER, node_id=MINE)


def leave(world: RegistryWorld) -> None:
    """Wind everything up that the operator has."""
    world.refused("deactivate_node", OPERATOR, node_id=MINE, revoke_key=False)
    world.wait(WEEK_MS + MINUTE_MS)
    world.refused("clear_expired_change", STRANGER, node_id=MINE)
    world.refused("remove_node", OPERATOR, node_id=MINE)
    world.refused("clear_expired_challenges", STRANGER, account_id=OPERATOR)


def check_books(world: RegistryWorld) -> None:
    """Totals are the sums of their pots, and the registry has what it has booked."""
    totals = world.view("get_totals")
    for pot in POTS:
        assert int(totals[pot]) == sum(world.pots(account_id)[pot] for account_id in (OPERATOR, RIVAL, OWNER))
    staked = world.sandbox.account(REGISTRY).storage_usage * 10**19
    assert int(totals["balance"]) - int(totals["escrow"]) >= staked


@GUARANTEES.keeps("REGISTRY-6", services=st.integers(0, 8), length=st.integers(1, 31))
def what_is_stored_pays_for_itself(world: RegistryWorld, services: int, length: int) -> None:
    usage, held = world.sandbox.account(REGISTRY).storage_usage, world.pots()["storage"]
    assert world.enrol() == "registered"
    offers = [{"name": f"{index}" + "s" * length, "price": str(2**128 - 1)} for index in range(services)]
    update: dict[str, Any] = {"node_id": MINE, "endpoint": "e" * 256, "region": "r" * 32, "services": offers}
    world.call("update_node", OPERATOR, **update)
    world.challenge()
    used = world.sandbox.account(REGISTRY).storage_usage - usage
    assert used * 10**19 <= world.pots()["storage"] - held


LATER = st.lists(
    st.sampled_from(["renew", "rotate", "lapse and renew", "off", "update"]), min_size=1, max_size=3
)


@GUARANTEES.keeps("REGISTRY-7", later=LATER, moment=st.integers(0, 120_000), short=st.booleans())
def the_past_stays_as_it_was(world: RegistryWorld, later: list[str], moment: int, short: bool) -> None:
    assert world.enrol(valid_ms=90_000 if short else WEEK_MS) == "registered"
    registered_ms = int(world.view("get_node", node_id=MINE)["registered_at_ms"])
    world.wait(120_000)
    at_ms, key = registered_ms + moment, key_text(1)
    before = world.validity(at_ms, signing_key=key)["valid"]
    lapses, rotations = int(short), 0
    for number, step in enumerate(later):
        lapses += step == "lapse and renew"
        rotations += step == "rotate"
        # One lapse and one rotation are remembered.
        if lapses > 1 or rotations > 1:
            return
        happen(world, step, 2 + number)
        assert world.validity(at_ms, signing_key=key)["valid"] == before, step


def happen(world: RegistryWorld, step: str, key: int) -> None:
    """Something that befalls a node later. A rotated or deactivated node cannot renew key 1."""
    if step == "lapse and renew":
        world.wait(2 * WEEK_MS)
    if step in ("renew", "lapse and renew"):
        world.refresh()
    elif step == "rotate":
        assert world.enrol(key=key) == "registered"
    elif step == "off":
        world.refused("deactivate_node", OPERATOR, node_id=MINE, revoke_key=False)
    else:
        update: dict[str, Any] = {"node_id": MINE, "endpoint": "", "region": "", "services": []}
        world.refused("update_node", OPERATOR, **update)
