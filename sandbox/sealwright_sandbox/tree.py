"""The receipt tree of a transaction, drawn for people.

✓ client.near → market.near  create_task  deposit 1 NEAR  3.42 Tgas  = 7
├─ ✓ registry.near  is_node_valid  2.04 Tgas  = true
└─ ✗ market.near  on_checked  1.10 Tgas  WRONG_STATE: the task is not open
      log: checked
"""

from collections.abc import Iterator, Sequence

from sealwright_sandbox.receipts import Receipt
from sealwright_sandbox.units import show_gas, show_near

LONGEST_TEXT = 120


def draw(signer_id: str, roots: Sequence[str], receipts: Sequence[Receipt]) -> str:
    """Draw the receipts under `roots` (ids); a receipt that did not run yet is shown as waiting."""
    known = {receipt.id: receipt for receipt in receipts}
    lines: list[str] = []
    for root in roots:
        receipt = known.get(root)
        head = f"{signer_id} → " if receipt is None or receipt.predecessor_id != "system" else ""
        lines.extend(_lines(root, known, head=head, lead="", below=""))
    return "\n".join(lines)


def _lines(receipt_id: str, known: dict[str, Receipt], *, head: str, lead: str, below: str) -> Iterator[str]:
    receipt = known.get(receipt_id)
    if receipt is None:
        yield f"{lead}… waiting ({receipt_id})"
        return
    yield lead + _title(receipt, head)
    children = receipt.children
    margin = "│  " if children else "   "
    for log in receipt.logs:
        yield f"{below}{margin}log: {_short(log)}"
    for index, child in enumerate(children):
        last = index == len(children) - 1
        yield from _lines(
            child,
            known,
            head="",
            lead=below + ("└─ " if last else "├─ "),
            below=below + ("   " if last else "│  "),
        )


def _title(receipt: Receipt, head: str) -> str:
    mark = "✓" if receipt.failure is None else "✗"
    if receipt.is_refund:
        return f"{mark} refund of {show_near(receipt.deposit)} to {receipt.executor_id}"
    parts = [f"{mark} {head}{receipt.executor_id}", receipt.method]
    if receipt.deposit:
        parts.append(f"deposit {show_near(receipt.deposit)}")
    parts.append(show_gas(receipt.gas_burnt))
    if receipt.failure is not None:
        parts.append(_short(": ".join(part for part in receipt.failure if part)))
        if receipt.location is not None:
            parts.append(f"at {receipt.location}")
    elif receipt.value:
        parts.append(f"= {_short(_readable(receipt.value))}")
    return "  ".join(parts)


def _readable(value: bytes) -> str:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return f"{len(value)} bytes"
    return text if text.isprintable() else f"{len(value)} bytes"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"
