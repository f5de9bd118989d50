"""Everything agent_gateway reports, as NEP-297 events: one log a fact, after the state has changed."""

from common import events

STANDARD = "agent-gateway"
VERSION = "1.0.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def write(event: str, data: "dict[str, Any]") -> None:
    """Log one event of this contract."""
    events.emit(STANDARD, VERSION, event, data)
