"""The storage price of a task: its largest size, whatever is filled in later included."""

from common.stake import MAX_ACCOUNT_ID_BYTES, entry_bytes, storage_cost

from task_market.limits import MAX_ATTEMPTS, MAX_NODE_ID_BYTES
from task_market.tasks import Task

KEY_BYTES = 1 + 8
"""Prefix and task id: of the task, its input and its output alike."""
EMPTY_TASK_BYTES = 333
"""A task's Borsh with asset and schema, but without names, measurements and barred accounts."""
FILLED_IN_BYTES = MAX_ACCOUNT_ID_BYTES + MAX_NODE_ID_BYTES + MAX_ATTEMPTS * (4 + MAX_ACCOUNT_ID_BYTES)
"""The longest client, node and barred accounts (each with its length)."""


def task_price(service_bytes: int, measurements: int, input_bytes: int, output_bytes: int) -> int:
    """YoctoNEAR that the client holds for a task.

    input_bytes   the inline input, or the reference to it
    output_bytes  the largest output allowed
    """
    record = EMPTY_TASK_BYTES + FILLED_IN_BYTES + service_bytes + 32 * measurements
    size = entry_bytes(KEY_BYTES, record) + entry_bytes(KEY_BYTES, input_bytes)
    return storage_cost(size + entry_bytes(KEY_BYTES, output_bytes))


def price_of(task: Task, input_bytes: int) -> int:
    """YoctoNEAR that this task's client holds for it."""
    return task_price(
        len(task.service.encode()), len(task.measurement_ids), input_bytes, task.max_output_bytes
    )
