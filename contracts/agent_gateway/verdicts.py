"""What the registry said about the node behind an answer. Pure.

Anything that is not a verdict counts as no answer: unreachable is not invalid.
"""

from sealwright_protocol import json_codec

from agent_gateway.requests import Check

MISMATCH = "VERDICT_MISMATCH"
"""The verdict is about another node, key or measurement than the ones asked about."""
QUESTION = "{node_id:n,signing_key:k,measurement_id:h,service:s,at_ms:Q}"


def question(check: Check, service: str, at_ms: int) -> bytes:
    """Arguments of `is_node_valid`."""
    asked = {
        "node_id": check.node_id,
        "signing_key": check.signing_key,
        "measurement_id": check.measurement_id,
        "service": service,
        "at_ms": at_ms,
    }
    return json_codec.pack(QUESTION, asked)


def reasons_against(answer: "bytes | None", check: Check) -> "list[str] | None":
    """Why the node is not confirmed; empty when it is, None when there is no verdict."""
    if answer is None:
        return None
    try:
        return _read(json_codec.unpack("*", answer), check)
    except (ValueError, TypeError, KeyError):
        return None


def _read(told: object, check: Check) -> list[str]:
    if not isinstance(told, dict):
        raise ValueError("not a verdict")
    if told["valid"] is not True:
        return [str(reason["code"]) for reason in told["reasons"]] or [MISMATCH]
    same = (
        told["node_id"] == check.node_id
        and told["signing_key"] == json_codec.text("k", check.signing_key)
        and told["measurement_id"] == check.measurement_id.hex()
    )
    return [] if same else [MISMATCH]
