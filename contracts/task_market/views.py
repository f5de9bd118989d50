"""A task as readers see it: names instead of numbers, null instead of "", 0 and zeros."""

from typing import Any

from task_market.tasks import NO_HASH, STATE_NAMES, Task

INTERNAL = ("state", "asked_at_ms")
NULLABLE = (
    "service",
    "node_id",
    "claimed_at_ms",
    "work_ends_at_ms",
    "submitted_at_ms",
    "output_hash",
    "measurement_id",
    "signing_key",
    "review_ends_at_ms",
    "ended_at_ms",
)
ABSENT = ("", 0, NO_HASH)


def task_view(task_id: int, task: Task, reference: str | None) -> dict[str, Any]:
    """The fields of `shapes.Task`; `reference` is where the input is, None when it is inline."""
    view: dict[str, Any] = {
        "task_id": task_id,
        "state": STATE_NAMES[task.state],
        "input_reference": reference,
    }
    for name in task.FIELDS:
        if name not in INTERNAL:
            value = getattr(task, name)
            view[name] = None if name in NULLABLE and value in ABSENT else value
    return view


def matches(task: Task, state: str | None, client_id: str | None, service: str | None) -> bool:
    """Whether the task passes a reader's filter; None passes all."""
    if state is not None and STATE_NAMES[task.state] != state:
        return False
    if client_id is not None and task.client_id != client_id:
        return False
    return service is None or task.service == service
