"""What a client may ask for: the checks on a new task's terms. Pure."""

from common.errors import require

from task_market import errors, limits
from task_market.tasks import Task


def check_terms(task: Task) -> None:
    """Refuse terms that nobody could fairly work under."""
    require(task.reward >= limits.MIN_REWARD, errors.REWARD_TOO_SMALL)
    enough = task.bond * limits.ALL_BPS >= task.reward * limits.MIN_BOND_BPS
    require(enough, errors.BOND_TOO_SMALL)
    require(task.service or task.measurement_ids, errors.NO_REQUIREMENT)
    require(0 < task.max_output_bytes <= limits.MAX_OUTPUT_BYTES, errors.OUTPUT_LIMIT)
    claim_window_ms = task.claim_ends_at_ms - task.created_at_ms
    for window_ms in (claim_window_ms, task.work_window_ms, task.review_window_ms):
        require(limits.MIN_WINDOW_MS <= window_ms <= limits.MAX_WINDOW_MS, errors.WINDOW_OUT_OF_RANGE)


def stored_input(inline: bytes | None, reference: str | None) -> bytes:
    """The bytes to store for the input: itself, or the reference to it. Exactly one is given."""
    require((inline is None) != (reference is None), errors.INPUT_AMBIGUOUS)
    if inline is not None:
        require(len(inline) <= limits.MAX_INPUT_BYTES, errors.INPUT_TOO_LARGE)
        return inline
    stored = (reference or "").encode()
    require(0 < len(stored) <= limits.MAX_REFERENCE_BYTES, errors.INPUT_TOO_LARGE)
    return stored
