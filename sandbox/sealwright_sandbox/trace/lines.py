"""The lines of a receipt in the tree."""

import json
from collections.abc import Iterator
from typing import Any

from sealwright_sandbox.trace.actions import name
from sealwright_sandbox.trace.style import Style
from sealwright_sandbox.trace.values import shown
from sealwright_sandbox.units import show_gas, show_near

LONGEST_TEXT = 120
COSTS_SHOWN = 4
WAITING = {
    "sent": "on its way",
    "data": "waiting for results",
    "yield": "waiting for its answer",
    "queue": "waiting in the queue of a full chunk",
    "held": "held back by a fault",
    "unknown": "waiting",
}


def title(receipt: dict[str, Any], sender: str, style: Style) -> str:
    """Whom it goes to, what it does, what came of it."""
    if receipt["state"] != "ran":
        return _waiting(receipt)
    failed = receipt["result"]["failure"]
    mark = style.paint("bad", "✗") if failed else style.paint("good", "✓")
    receiver = receipt["receiver_id"]
    if receipt["kind"] == "refund":
        return f"{mark} refund of {show_near(int(receipt['deposit']))} to {receiver}"
    head = f"{sender} → " if sender else ""
    method = "+".join(name(action) for action in receipt["actions"]) or "nothing"
    parts = [f"{mark} {head}{receiver}", style.paint("name", method)]
    if int(receipt["deposit"]):
        parts.append(f"deposit {show_near(int(receipt['deposit']))}")
    parts.append(style.paint("dim", show_gas(receipt["gas"]["burnt"])))
    value = receipt["result"]["value"]
    if failed:
        text = ": ".join(part for part in (failed["code"], failed["text"]) if part)
        parts.append(style.paint("bad", short(text)))
        if failed["location"]:
            parts.append(f"at {failed['location']}")
    elif value is not None and value["size"]:
        parts.append("= " + style.paint("value", _value(value)))
    return "  ".join(parts)


def of_transaction(trace: dict[str, Any], style: Style) -> Iterator[str]:
    """Where and at what cost it all happened."""
    transaction, totals = trace["transaction"], trace["totals"]
    yield f"transaction {transaction['hash']}{_at(transaction['block'])}"
    burnt = show_near(int(totals["tokens_burnt"]))
    parts = [trace["result"]["status"], f"{totals['receipts']} receipts in {totals['blocks']} blocks"]
    parts.append(f"{show_gas(totals['gas_burnt'])} burnt for {burnt}")
    if transaction["impersonated"]:
        parts.append(style.paint("note", "impersonated"))
    yield ", ".join(parts)
    yield from _balances(transaction["balances"], style)
    yield ""


def of_receipt(receipt: dict[str, Any], style: Style, *, detail: bool) -> Iterator[str]:
    """What is said below a receipt's title."""
    if not detail:
        for log in receipt["logs"]:
            yield f"log: {short(log)}"
        return
    if receipt["state"] == "ran":
        yield style.paint("dim", _where(receipt))
    yield from _arguments(receipt, style)
    yield from _inputs(receipt, style)
    yield from _said(receipt, style)
    for fault in receipt["faults"]:
        possible = "possible" if fault["possible"] else "impossible"
        yield style.paint("note", f"fault: {fault['fault']['kind']} ({possible} on NEAR)")
    if receipt["mocked"]:
        yield style.paint("note", "answered by a mock")
    yield from (_effect(effect) for effect in receipt["effects"])
    yield from _balances(receipt["balances"], style)
    yield from (_change(change, style) for change in receipt["changes"] if change["record"] == "data")
    yield from _costs(receipt, style)


def short(text: str) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"


def _value(value: dict[str, Any]) -> str:
    # As the contract wrote it, where people can read that.
    if value["encoding"] == "json" and not isinstance(value["decoded"], str):
        return short(json.dumps(value["decoded"], ensure_ascii=False, separators=(",", ":")))
    return f"{value['size']} bytes" if value["encoding"] == "hex" else short(shown(value))  # type: ignore[arg-type]


def _waiting(receipt: dict[str, Any]) -> str:
    parts = [f"… {WAITING[receipt['state']]}"]
    if receipt["receiver_id"] is None:
        return f"{parts[0]} ({receipt['id']})"
    method = "+".join(name(action) for action in receipt["actions"])
    parts.append(f"{receipt['receiver_id']}  {method}")
    if receipt["timeout_height"] is not None:
        parts.append(f"until block {receipt['timeout_height']}")
    return "  ".join([*parts, f"({receipt['id']})"])


def _where(receipt: dict[str, Any]) -> str:
    burnt = show_near(int(receipt["tokens_burnt"] or 0))
    attached = f" of {show_gas(receipt['gas']['attached'])}" if receipt["gas"]["attached"] else ""
    place = _at(receipt["block"]).removeprefix(" in ")
    return f"{place or receipt['id']}, {show_gas(receipt['gas']['burnt'])} burnt{attached} for {burnt}"


def _at(block: dict[str, Any] | None) -> str:
    return "" if block is None or block["height"] is None else f" in block {block['height']}"


def _arguments(receipt: dict[str, Any], style: Style) -> Iterator[str]:
    for action in receipt["actions"]:
        if action["kind"] == "FunctionCall" and action["args"]["size"]:
            yield f"args: {style.paint('value', short(shown(action['args'])))}"
        for inner in action.get("actions", []):
            yield f"for {action['sender_id']} → {action['receiver_id']}: {name(inner)}"


def _inputs(receipt: dict[str, Any], style: Style) -> Iterator[str]:
    for found in receipt["inputs"]:
        if found["succeeded"] is None:
            yield f"got: nothing yet ({found['kind']})"
        elif found["succeeded"]:
            yield f"got: {style.paint('value', short(shown(found['value'])))}"
        else:
            yield style.paint("bad", "got: the timeout" if found["kind"] == "timeout" else "got: a failure")


def _said(receipt: dict[str, Any], style: Style) -> Iterator[str]:
    for log in receipt["logs"]:
        if not log.startswith("EVENT_JSON:"):
            yield f"log: {short(log)}"
    for event in receipt["events"]:
        data = json.dumps(event.get("data"), ensure_ascii=False)
        yield f"event: {style.paint('name', str(event.get('event')))} {short(data)}"


def _effect(effect: dict[str, Any]) -> str:
    subject = effect.get("public_key") or effect.get("action") or effect.get("beneficiary_id") or ""
    return f"{effect['kind'].replace('_', ' ')}: {effect['account_id']} {subject}".rstrip()


def _balances(balances: list[dict[str, Any]], style: Style) -> Iterator[str]:
    for one in balances:
        before, after = (None if one[side] is None else int(one[side]) for side in ("before", "after"))
        gained = (after or 0) - (before or 0)
        sign = "+" if gained >= 0 else "-"
        text = "gone" if after is None else show_near(after)
        yield style.paint("dim", f"balance of {one['account_id']}: {text} ({sign}{show_near(abs(gained))})")


def _change(change: dict[str, Any], style: Style) -> str:
    before, after = (
        "nothing" if change[side] is None else short(shown(change[side])) for side in ("before", "after")
    )
    key = style.paint("name", short(shown(change["key"])))
    return f"state of {change['account_id']}: {key}: {before} → {style.paint('value', after)}"


def _costs(receipt: dict[str, Any], style: Style) -> Iterator[str]:
    costs = [cost for cost in receipt["gas"]["profile"] if cost["gas"]][:COSTS_SHOWN]
    if costs:
        text = ", ".join(f"{cost['name']} {show_gas(cost['gas'])}" for cost in costs)
        yield style.paint("dim", f"gas: {text}")
