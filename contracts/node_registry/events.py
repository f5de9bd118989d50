"""Everything node_registry reports, as NEP-297 events: one log a fact, after the state has changed."""

from common import events

STANDARD = "node-registry"
VERSION = "1.0.0"
MAX_DETAIL_LENGTH = 200

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def write(event: str, data: "dict[str, Any]") -> None:
    """Log one event of this contract."""
    events.emit(STANDARD, VERSION, event, data)


def plain(text: str) -> str:
    """Foreign text made safe to log: short, printable ASCII. A callback must not fail on a log."""
    return "".join([char if " " <= char <= "~" else "?" for char in text[:MAX_DETAIL_LENGTH]])
