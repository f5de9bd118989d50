"""What node_registry shows: bounded reads, absolute times, names instead of numbers."""

from common import env
from common.errors import BAD_ARGUMENT, require
from sealwright_protocol.registry import account_of
from sealwright_protocol.types import AccountId

from node_registry import desk, validity
from node_registry.prices import CHALLENGE_PRICE, KEY_PRICE, NODE_PRICE
from node_registry.state import ACTIVE, Node
from node_registry.tables import (
    CHALLENGES,
    CONFIG,
    KEYS,
    LISTED,
    MARKS,
    MEASUREMENTS,
    NODES,
    PLATFORMS,
    POLICY,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from node_registry.shapes import (
        ChallengeView,
        ConfigView,
        MeasurementView,
        NodePage,
        NodeView,
        PolicyView,
        Verdict,
    )

MAX_PAGE = 50
STATE_NAMES = ("active", "deactivated")


def node(node_id: str) -> "NodeView | None":
    """One node with its current key, or None."""
    record = NODES.get(node_id)
    return None if record is None else _node(node_id, record)


def nodes(from_index: int, limit: int, service: "str | None", region: "str | None") -> "NodePage":
    """The active nodes that match, among `limit` listed ones from `from_index` on."""
    require(1 <= limit <= MAX_PAGE, BAD_ARGUMENT, f"limit: 1 to {MAX_PAGE}")
    found: list[NodeView] = []
    for node_id in LISTED.page(from_index, limit):
        record = NODES.get(node_id)
        if record is not None and record.state == ACTIVE and _matches(record, service, region):
            found.append(_node(node_id, record))
    total: Any = LISTED.count()
    next_index: Any = from_index + limit
    return {"nodes": found, "next_index": next_index if next_index < total else None, "total": total}


def _matches(record: Node, service: "str | None", region: "str | None") -> bool:
    if region is not None and record.region != region:
        return False
    return service is None or service in [name for name, _ in record.services]


def _node(node_id: "Any", record: "Any") -> "NodeView":
    key: Any = desk.current_key(record)
    mark = MARKS.get(node_id)
    change: Any = None if mark is None else {"number": mark.number, "expires_at_ms": mark.expires_at_ms}
    return {
        "node_id": node_id,
        "account_id": AccountId(account_of(node_id)),
        "state": STATE_NAMES[record.state],
        "version": record.version,
        "signing_key": record.signing_key,
        "encryption_key": record.encryption_key,
        "tls_spki_hash": record.tls_spki_hash,
        "measurement_id": key.measurement_id,
        "ppid_hash": key.ppid_hash,
        "tcb_status": key.tcb_status,
        "advisory_ids": key.advisory_ids,
        "attested_at_ms": key.from_ms,
        "expires_at_ms": key.until_ms,
        "registered_at_ms": record.registered_at_ms,
        "deactivated_at_ms": record.deactivated_at_ms or None,
        "endpoint": record.endpoint,
        "region": record.region,
        "services": [{"name": name, "price": price} for name, price in record.services],
        "change_in_flight": change,
    }


def verdict(
    node_id: "Any",
    signing_key: "bytes | None",
    measurement_id: "bytes | None",
    service: "str | None",
    at_ms: "int | None",
) -> "Verdict":
    """Whether a node is valid; what the record says, never an echo of the question."""
    facts = _facts(node_id, signing_key)
    asked_at_ms: Any = env.block_ms() if at_ms is None else at_ms
    question = validity.Question(node_id, measurement_id, service, asked_at_ms)
    found = validity.reasons(question, facts)
    reasons: Any = [{"code": code, "cause": cause, "since_ms": since} for code, cause, since in found]
    key: Any = facts.key
    ends_at_ms: Any = facts.measurement.ends_at_ms if facts.measurement else 0
    expires_at_ms: Any = validity.expires_at_ms(facts)
    return {
        "valid": not reasons,
        "reasons": reasons,
        "node_id": node_id,
        "signing_key": facts.signing_key if key else None,
        "measurement_id": key.measurement_id if key else None,
        "ppid_hash": key.ppid_hash if key else None,
        "asked_at_ms": asked_at_ms,
        "attested_at_ms": key.from_ms if key else None,
        "attestation_expires_at_ms": key.until_ms if key else None,
        "measurement_ends_at_ms": ends_at_ms or None,
        "expires_at_ms": expires_at_ms,
    }


def _facts(node_id: str, signing_key: "bytes | None") -> validity.Facts:
    """What is on record about a node and a key of its, by default the current one."""
    record = NODES.get(node_id)
    asked_key: Any = signing_key
    if asked_key is None and record is not None:
        asked_key = record.signing_key
    key = None if asked_key is None else KEYS.get(asked_key)
    if key is None or key.node_id != node_id:
        return validity.Facts(record, asked_key, None, None, None, POLICY.get())
    measurement = MEASUREMENTS.get(key.measurement_id)
    platform = PLATFORMS.get(key.ppid_hash)
    return validity.Facts(record, asked_key, key, measurement, platform, POLICY.get())


def policy() -> "PolicyView":
    """The policy in force."""
    record: Any = POLICY.get()
    grace: Any = [{"advisory_id": name, "until_ms": until_ms} for name, until_ms in record.advisory_grace]
    return {
        "version": record.version,
        "accepted_statuses": record.accepted_statuses,
        "advisory_grace": grace,
        "platform_list": record.platform_list,
        "max_age_ms": record.max_age_ms,
        "removal_grace_ms": record.removal_grace_ms,
        "statuses_since_ms": record.statuses_since_ms,
        "platforms_since_ms": record.platforms_since_ms,
    }


def config(owner_id: "Any") -> "ConfigView":
    """Who decides, who verifies, on which network, and what records cost."""
    record: Any = CONFIG.get()
    return {
        "owner_id": owner_id,
        "verifier_id": record.verifier_id,
        "verifier_method": record.verifier_method,
        "verifier_gas_tgas": record.verifier_gas_tgas,
        "network": env.chain_id(),
        "prices": {
            "node": NODE_PRICE,
            "key": KEY_PRICE,
            "challenge": CHALLENGE_PRICE,
        },
    }


def measurement(measurement_id: "Any") -> "MeasurementView | None":
    """An approved measurement and its end, or None."""
    record: Any = MEASUREMENTS.get(measurement_id)
    if record is None:
        return None
    return {
        "measurement_id": measurement_id,
        "label": record.label,
        "approved_at_ms": record.approved_at_ms,
        "ends_at_ms": record.ends_at_ms or None,
    }


def challenges_of(account_id: str) -> "list[ChallengeView]":
    """The account's challenges, expired ones that still hold their price included."""
    record = CHALLENGES.get(account_id)
    entries: Any = record.entries if record else []
    return [
        {"challenge": challenge, "expires_at_ms": expires_at_ms, "in_flight": number != 0}
        for challenge, expires_at_ms, number in entries
    ]
