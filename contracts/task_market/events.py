"""The market's events: NEP-297, standard `agent-task-market`; docs/spec/task-market.md lists them."""

from typing import Any

from common import events

STANDARD = "agent-task-market"
VERSION = "1.0.0"


def emit(event: str, data: dict[str, Any]) -> None:
    """Log one event of this standard; the cashier writes its own through it."""
    events.emit(STANDARD, VERSION, event, data)


def of_task(event: str, task_id: int, **fields: Any) -> None:
    """Log one event about a task. Amounts are given as decimal strings, hashes as hex."""
    fields["task_id"] = task_id
    emit(event, fields)
