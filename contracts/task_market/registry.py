"""Asking node_registry about the node that holds a task. Shell: it makes the promise."""

from common.promises import promise
from sealwright_protocol import json_codec

from task_market.tasks import Task

GAS_FOR_REGISTRY_TGAS = 15
"""What `is_node_valid` may burn: it reads the node, its key and its measurement."""
GAS_FOR_ANSWER_TGAS = 15
"""Reserved for the callback, which reads and writes the task, two accounts and the totals."""
MIN_GAS_ASK_TGAS = 45
"""What a method that asks must bring: both of the above, the receipts, and its own work."""
MIN_GAS_SUBMIT_TGAS = 60
"""The same for a submission, which also hashes, verifies and stores up to 16 KiB."""

QUESTION = "(node_id:n,signing_key:<k>,measurement_id:<h>,service:<s>,at_ms:<Q>)"
ANSWER_ARGUMENTS = "(task_id:Q,check:I)"


def ask_about_claim(registry_id: str, task_id: int, task: Task) -> None:
    """Is this a valid node that offers the service, now? `on_claim_checked` gets the answer."""
    _ask(
        registry_id, [task.node_id, None, None, task.service or None, None], "on_claim_checked", task_id, task
    )


def ask_about_result(registry_id: str, task_id: int, task: Task) -> None:
    """Were key and measurement this node's at the submission? `on_result_checked` gets the answer."""
    asked = [task.node_id, task.signing_key, task.measurement_id, task.service or None, task.submitted_at_ms]
    _ask(registry_id, asked, "on_result_checked", task_id, task)


def _ask(
    registry_id: str, question: list[int | bytes | str | None], callback: str, task_id: int, task: Task
) -> None:
    asked = promise(registry_id).call(
        "is_node_valid", json_codec.pack(QUESTION, question), gas_tgas=GAS_FOR_REGISTRY_TGAS
    )
    # The answer means something for this check only.
    arguments = json_codec.pack(ANSWER_ARGUMENTS, [task_id, task.check])
    asked.then(callback, arguments, gas_tgas=GAS_FOR_ANSWER_TGAS).as_return()
