"""Is this node valid, for this key, measurement and service, at this time? With reasons.

Pure. Each reason has a cause: `node` is the operator's own doing, `policy` is nobody's fault,
and `since_ms` tells from when on it holds, so that a market can be fair about it.
"""

from node_registry import policy as rules
from node_registry.state import DEACTIVATED, Key, Measurement, Node, Platform, Policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NODE = "node"
POLICY = "policy"

Reason = tuple[str, str, "int | None"]


class Question:
    """What is asked about a node. None stands for the current key, any measurement, any service."""

    def __init__(
        self, node_id: str, measurement_id: "bytes | None", service: "str | None", at_ms: int
    ) -> None:
        self.node_id = node_id
        self.measurement_id = measurement_id
        self.service = service
        self.at_ms = at_ms


class Facts:
    """What the registry knows: `key` is this node's record of `signing_key`, the key asked about."""

    def __init__(
        self,
        node: "Node | None",
        signing_key: "Any",
        key: "Key | None",
        measurement: "Measurement | None",
        platform: "Platform | None",
        policy: Policy,
    ) -> None:
        self.node = node
        self.signing_key = signing_key
        self.key = key
        self.measurement = measurement
        self.platform = platform
        self.policy = policy


def reasons(question: Question, facts: Facts) -> list[Reason]:
    """Why the node is not valid; empty when it is."""
    if facts.node is None:
        return [("NODE_UNKNOWN", NODE, None)]
    if facts.key is None:
        return [("KEY_UNKNOWN", NODE, None)]
    if facts.key.revoked:
        return [("KEY_REVOKED", NODE, None)]
    found = _time_reasons(facts.node, facts.key, question.at_ms)
    if question.measurement_id is not None and question.measurement_id != facts.key.measurement_id:
        found.append(("MEASUREMENT_MISMATCH", NODE, None))
    if question.service is not None and not _offers(facts.node, question.service):
        found.append(("SERVICE_NOT_OFFERED", NODE, None))
    return found + _policy_reasons(facts.key, facts, question.at_ms)


def _offers(node: Node, service: str) -> bool:
    return any(name == service for name, _ in node.services)


def _time_reasons(node: Node, key: Key, at_ms: int) -> list[Reason]:
    """Why the key does not hold at this time."""
    if key.from_ms <= at_ms < key.until_ms or key.earlier_from_ms <= at_ms < key.earlier_until_ms:
        return []
    if at_ms < key.from_ms:
        if key.earlier_until_ms and at_ms >= key.earlier_until_ms:
            return [("ATTESTATION_EXPIRED", NODE, key.earlier_until_ms)]
        return [("NOT_YET_ATTESTED", NODE, None)]
    found: list[Reason] = []
    if key.superseded_at_ms:
        found.append(("KEY_SUPERSEDED", NODE, key.superseded_at_ms))
    elif node.state == DEACTIVATED:
        found.append(("NODE_DEACTIVATED", NODE, node.deactivated_at_ms))
    if not found or found[0][2] != key.until_ms:
        found.append(("ATTESTATION_EXPIRED", NODE, key.until_ms))
    return found


def _policy_reasons(key: Key, facts: Facts, at_ms: int) -> list[Reason]:
    """What the policy of today says about that time; a change does not reach back behind itself."""
    found: list[Reason] = []
    ends_ms = rules.measurement_end(facts.measurement)
    if at_ms >= ends_ms:
        found.append(("MEASUREMENT_REMOVED", POLICY, ends_ms))
    policy = facts.policy
    since_ms = policy.statuses_since_ms
    if at_ms >= since_ms and not rules.status_end(key.tcb_status, key.advisory_ids, policy, at_ms):
        found.append(("TCB_STATUS_NOT_ACCEPTED", POLICY, since_ms))
    since_ms = policy.platforms_since_ms
    if facts.platform is not None:
        since_ms = max(since_ms, facts.platform.removed_at_ms)
    if at_ms >= since_ms and not rules.platform_allowed(facts.platform, policy):
        found.append(("PLATFORM_NOT_ALLOWED", POLICY, since_ms))
    return found


def expires_at_ms(facts: Facts) -> "int | None":
    """The earliest end of everything a verdict about this key rests on."""
    if facts.key is None:
        return None
    return min(facts.key.until_ms, rules.measurement_end(facts.measurement))
