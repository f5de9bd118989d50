"""Actions as a trace shows them, from nearcore's action views."""

import base64
from typing import Any

from sealwright_sandbox.trace.abi import Abis


def action(view: Any, receiver_id: str, abis: Abis) -> dict[str, Any]:
    """One action: kind, deposit in yoctoNEAR, and what belongs to its kind.

    A function call has method, args, gas; a delegate the inner actions; all others nearcore's own
    fields under `details`.
    """
    if isinstance(view, str):
        return {"kind": view, "deposit": "0", "details": {}}
    kind, fields = next(iter(view.items()))
    if kind == "FunctionCall":
        return _call(fields, receiver_id, abis)
    if kind.startswith("Delegate"):
        return _delegate(kind, fields, abis)
    deposit = str(fields.get("deposit", "0")) if isinstance(fields, dict) else "0"
    details = {name: value for name, value in fields.items() if name != "deposit"}
    return {"kind": kind, "deposit": deposit, "details": details}


def _call(fields: dict[str, Any], receiver_id: str, abis: Abis) -> dict[str, Any]:
    raw = base64.b64decode(fields["args"])
    return {
        "kind": "FunctionCall",
        "deposit": str(fields["deposit"]),
        "method": fields["method_name"],
        "args": abis.args(receiver_id, fields["method_name"], raw),
        "gas": int(fields["gas"]),
    }


def _delegate(kind: str, fields: dict[str, Any], abis: Abis) -> dict[str, Any]:
    inner = fields["delegate_action"]
    # The second form of a delegate wraps the first in its version's name.
    inner = inner if "actions" in inner else next(iter(inner.values()))
    receiver_id = inner["receiver_id"]
    return {
        "kind": kind,
        "deposit": "0",
        "sender_id": inner["sender_id"],
        "receiver_id": receiver_id,
        "actions": [action(one, receiver_id, abis) for one in inner["actions"]],
    }


def name(found: dict[str, Any]) -> str:
    """The method that is called, or the kind of the action."""
    return str(found["method"]) if found["kind"] == "FunctionCall" else str(found["kind"])


def effects(actions: list[dict[str, Any]], account_id: str, predecessor_id: str) -> list[dict[str, Any]]:
    """Accounts, keys and code that successful actions made or removed."""
    found = []
    for one in actions:
        kind, details = one["kind"], one.get("details", {})
        if kind == "CreateAccount":
            found.append({"kind": "account_created", "account_id": account_id, "by": predecessor_id})
        elif kind == "DeleteAccount":
            heir = details["beneficiary_id"]
            found.append({"kind": "account_deleted", "account_id": account_id, "beneficiary_id": heir})
        elif kind in ("AddKey", "DeleteKey"):
            effect = {"kind": "key_added" if kind == "AddKey" else "key_deleted", "account_id": account_id}
            found.append({**effect, "public_key": details["public_key"]})
        elif kind in ("DeployContract", "DeployGlobalContract", "UseGlobalContract"):
            found.append({"kind": "code_deployed", "account_id": account_id, "action": kind})
    return found
