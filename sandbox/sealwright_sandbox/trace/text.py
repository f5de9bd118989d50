"""The tree for people.

✓ client.near → market.near  create_task  deposit 1 NEAR  3.42 Tgas  = 7
├─ ✓ registry.near  is_node_valid  2.04 Tgas  = true
└─ ✗ market.near  on_checked  1.10 Tgas  WRONG_STATE: the task is not open
      log: checked
"""

from collections.abc import Iterator
from typing import Any

from sealwright_sandbox.trace import lines
from sealwright_sandbox.trace.style import Style


def draw(trace: dict[str, Any], *, detail: bool, color: bool) -> str:
    """Draw a trace; without `detail` a line a receipt and its logs."""
    drawing = _Drawing(Style(color=color), detail=detail)
    found = list(drawing.head(trace))
    for receipt in trace["receipts"]:
        found.extend(drawing.receipt(receipt, sender=trace["transaction"]["signer_id"]))
    return "\n".join(found)


class _Drawing:
    def __init__(self, style: Style, *, detail: bool) -> None:
        self._style = style
        self._detail = detail

    def head(self, trace: dict[str, Any]) -> Iterator[str]:
        if self._detail:
            yield from lines.of_transaction(trace, self._style)

    def receipt(
        self, receipt: dict[str, Any], *, sender: str = "", lead: str = "", below: str = ""
    ) -> Iterator[str]:
        """A receipt and those below it; `lead` stands before its line, `below` before the others."""
        yield lead + lines.title(receipt, sender, self._style)
        children = receipt["children"]
        margin = below + ("│  " if children else "   ")
        for line in lines.of_receipt(receipt, self._style, detail=self._detail):
            yield margin + line
        for index, child in enumerate(children):
            last = index == len(children) - 1
            yield from self.receipt(
                child,
                lead=below + ("└─ " if last else "├─ "),
                below=below + ("   " if last else "│  "),
            )
