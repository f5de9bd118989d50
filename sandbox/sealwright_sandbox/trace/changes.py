"""Changes of the state as a trace shows them, from nearcore's state changes."""

import base64
import hashlib
from typing import Any

from sealwright_sandbox.trace.values import guess_base64

_RECORDS = {
    "account": "account",
    "access_key": "key",
    "gas_key_nonce": "key_nonce",
    "data": "data",
    "contract_code": "code",
}
_CAUSES = {
    "transaction_processing": "transaction",
    "action_receipt_gas_reward": "gas_reward",
}


def change(found: dict[str, Any]) -> dict[str, Any]:
    """One change: whose record of which kind, its key, what it held before and after.

    `before` is null where the record was not there, and where it is not known (keys and code).
    """
    record, _, verb = found["type"].rpartition("_")
    fields = found["change"]
    kind = _RECORDS[record]
    removed = verb == "deletion"
    return {
        "cause": _CAUSES.get(found["cause"]["type"], "receipt"),
        "record": kind,
        "account_id": fields["account_id"],
        "key": _key(kind, fields),
        "before": _before(found.get("before")),
        "after": None if removed else _after(kind, fields),
    }


def balances(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What accounts held before the first and after the last of some changes, yoctoNEAR."""
    found: dict[str, dict[str, Any]] = {}
    for one in changes:
        if one["record"] != "account":
            continue
        amounts = [held["amount"] if held else None for held in (one["before"], one["after"])]
        known = found.setdefault(one["account_id"], {"account_id": one["account_id"], "before": amounts[0]})
        known["after"] = amounts[1]
    return list(found.values())


def _key(kind: str, fields: dict[str, Any]) -> Any:
    if kind == "data":
        return guess_base64(fields["key_base64"])
    return fields.get("public_key")


def _before(before: dict[str, Any] | None) -> Any:
    if before is None:
        return None
    kind, held = next(iter(before.items()))
    return _account(held) if kind == "account" else guess_base64(held)


def _after(kind: str, fields: dict[str, Any]) -> Any:
    if kind == "account":
        return _account(fields)
    if kind == "data":
        return guess_base64(fields["value_base64"])
    if kind == "code":
        code = base64.b64decode(fields["code_base64"])
        return {"size": len(code), "sha256": hashlib.sha256(code).hexdigest()}
    if kind == "key_nonce":
        return {"index": fields["index"], "nonce": fields["nonce"]}
    return fields["access_key"]


def _account(fields: dict[str, Any]) -> dict[str, Any]:
    kept = ("amount", "locked", "storage_usage", "code_hash")
    return {name: fields[name] for name in kept}
