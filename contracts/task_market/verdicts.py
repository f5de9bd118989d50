"""What the registry's answer means for a claim or a result. Pure; never raises.

The answer is the JSON of node_registry's `is_node_valid` (docs/spec/node-registry.md).
Whatever is not such an answer is no answer: unreachable is not invalid.
"""

from typing import Any

from sealwright_protocol import json_codec

from task_market.tasks import Task, accepts

CONFIRMED = 0
REFUSED = 1
"""The node's own fault: deactivated, lapsed, another key or measurement."""
EXCUSED = 2
"""Policy refuses the node since after its claim: nobody's fault."""
NO_ANSWER = 3

MISMATCH = "ANSWER_MISMATCH"
"""Our own reason: the registry answered about something else than what was asked."""


class Verdict:
    """kind (CONFIRMED, REFUSED, EXCUSED, NO_ANSWER) and the registry's reason codes."""

    def __init__(self, kind: int, reasons: list[str]) -> None:
        self.kind = kind
        self.reasons = reasons


UNANSWERED = Verdict(NO_ANSWER, [])
CAME_TOO_LATE = Verdict(EXCUSED, ["CLAIM_WINDOW_CLOSED"])
"""The registry confirmed a claim whose window had ended meanwhile."""


def judge_claim(answer: bytes | None, task: Task) -> Verdict:
    """May the node that asks for the task hold it? No key is asked about, any policy excuses."""
    return _judge(answer, task, None, 0)


def judge_result(answer: bytes | None, task: Task) -> Verdict:
    """Did the node that holds the task sign with its own key and measurement?"""
    return _judge(answer, task, json_codec.text("k", task.signing_key), task.claimed_at_ms)


def _judge(answer: bytes | None, task: Task, signing_key: str | None, claimed_at_ms: int) -> Verdict:
    if answer is None:
        return UNANSWERED
    try:
        return _read(json_codec.unpack("*", answer), task, signing_key, claimed_at_ms)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return UNANSWERED


def _read(told: Any, task: Task, signing_key: str | None, claimed_at_ms: int) -> Verdict:
    reasons = told["reasons"]
    codes = [str(reason["code"]) for reason in reasons]
    if told["valid"] is not (not reasons):
        return UNANSWERED  # the registry never says so
    if reasons:
        return Verdict(EXCUSED if _excused(reasons, claimed_at_ms) else REFUSED, codes)
    if told["node_id"] != task.node_id or not _agrees(told, task, signing_key):
        return Verdict(REFUSED, [MISMATCH])
    return Verdict(CONFIRMED, codes)


def _excused(reasons: Any, claimed_at_ms: int) -> bool:
    """Whether nothing but policy stands against the node, all of it effective after the claim."""
    return all(
        reason["cause"] == "policy" and (reason["since_ms"] or 0) >= claimed_at_ms for reason in reasons
    )


def _agrees(told: Any, task: Task, signing_key: str | None) -> bool:
    """Whether the record's key and measurement are those of the receipt, and accepted."""
    recorded = bytes.fromhex(told["measurement_id"])
    if signing_key is None:
        return accepts(task, recorded)
    return bool(told["signing_key"] == signing_key and recorded == task.measurement_id)
