"""Answers of a registry, as bytes."""

from __future__ import annotations

import json
from typing import Any

from tests.properties.market_world import MEASUREMENT, PUBLIC_KEY, node_id


def verdict(account_id: str, **changes: Any) -> bytes:
    """An answer about the node of this account; valid unless `changes` say otherwise."""
    answer: dict[str, Any] = {
        "valid": True,
        "reasons": [],
        "node_id": node_id(account_id),
        "signing_key": PUBLIC_KEY,
        "measurement_id": MEASUREMENT.hex(),
    }
    return json.dumps({**answer, **changes}).encode()


def refusal(account_id: str, cause: str = "node", since_ms: int = 1) -> bytes:
    """The node is not valid, for this cause since then."""
    reason = {"code": "MEASUREMENT_REMOVED", "cause": cause, "since_ms": since_ms}
    return verdict(account_id, valid=False, reasons=[reason])
