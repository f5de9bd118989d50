"""The life of a task: pure state, no money, no chain.

    OPEN -> CLAIMING -> CLAIMED -> VERIFYING -> SUBMITTED -> PAID
    OPEN -> CANCELLED | EXPIRED

with the ways back that docs/spec/task-market.md draws. Each function takes the task and the
block time, refuses what the state or the time forbids, and changes the task in place; what
it means for the money is in `settlement`. In-flight states (CLAIMING, VERIFYING) carry the
number of their check, and an answer acts only for that number.
"""

from typing import Any

from common.errors import refuse, require
from sealwright_protocol.records import Record
from sealwright_protocol.registry import account_of

from task_market import errors
from task_market.limits import (
    CHECK_DEAD_AFTER_MS,
    KEPT_AFTER_END_MS,
    MAX_ATTEMPTS,
    RELEASE_GRACE_MS,
    UNVERIFIED_ENDS_AFTER_MS,
)

OPEN = 0
CLAIMING = 1
CLAIMED = 2
VERIFYING = 3
UNVERIFIED = 4
SUBMITTED = 5
PAID = 6
CANCELLED = 7
EXPIRED = 8

STATE_NAMES = (
    "OPEN",
    "CLAIMING",
    "CLAIMED",
    "VERIFYING",
    "UNVERIFIED",
    "SUBMITTED",
    "PAID",
    "CANCELLED",
    "EXPIRED",
)
ENDED = (PAID, CANCELLED, EXPIRED)

# What `due` finds.
UNCLAIMED = 0
CLAIM_DEAD = 1
LAPSED = 2
UNANSWERED = 3

NO_HASH = bytes(32)
NEAR = "near"
"""The only asset so far."""


class Task(Record):
    """One task: the client's terms, then how far the work is. "", 0 and zeros mean none."""

    FIELDS = (
        "client_id",
        "asset",
        "reward",
        "bond",
        "fee_bps",
        "storage",
        "service",
        "measurement_ids",
        "input_hash",
        "input_inline",
        "schema_hash",
        "max_output_bytes",
        "created_at_ms",
        "claim_ends_at_ms",
        "work_window_ms",
        "review_window_ms",
        "state",
        "attempt",
        "check",
        "asked_at_ms",
        "node_id",
        "claimed_at_ms",
        "work_ends_at_ms",
        "submitted_at_ms",
        "output_hash",
        "measurement_id",
        "signing_key",
        "review_ends_at_ms",
        "ended_at_ms",
        "barred",
    )
    FORMAT = "ssUUHUs[32x]32x?<32x>IQQQQBIIQsQQQ32x32x32xQQ[s]"

    client_id: str
    asset: str
    reward: int
    bond: int
    fee_bps: int
    storage: int  # yoctoNEAR held for the task's largest storage
    service: str
    measurement_ids: list[bytes]
    input_hash: bytes
    input_inline: bool  # the input itself is stored, else where to fetch it
    schema_hash: bytes | None
    max_output_bytes: int
    created_at_ms: int
    claim_ends_at_ms: int
    work_window_ms: int
    review_window_ms: int
    state: int
    attempt: int  # of the running claim, or what the next claim will be; part of the receipt
    check: int  # number of the last question to the registry
    asked_at_ms: int  # when it was asked
    node_id: str
    claimed_at_ms: int  # when the claim was asked for
    work_ends_at_ms: int
    submitted_at_ms: int
    output_hash: bytes
    measurement_id: bytes
    signing_key: bytes
    review_ends_at_ms: int
    ended_at_ms: int
    barred: list[str]  # accounts that lapsed on this task or released it

    def account_id(self) -> str:
        """The account of the node that holds the task."""
        return account_of(self.node_id)


def open_task(**terms: Any) -> Task:
    """An OPEN task with these terms: every field up to `review_window_ms`, except `asset`."""
    return Task(
        asset=NEAR,
        state=OPEN,
        attempt=1,
        check=0,
        asked_at_ms=0,
        node_id="",
        claimed_at_ms=0,
        work_ends_at_ms=0,
        submitted_at_ms=0,
        output_hash=NO_HASH,
        measurement_id=NO_HASH,
        signing_key=NO_HASH,
        review_ends_at_ms=0,
        ended_at_ms=0,
        barred=[],
        **terms,
    )


def _expect(task: Task, *states: int) -> None:
    if task.state not in states:
        refuse(errors.WRONG_STATE, STATE_NAMES[task.state])


def _ask(task: Task, state: int, now_ms: int) -> int:
    """Go in flight with a new check number, which is returned."""
    task.state = state
    task.check += 1
    task.asked_at_ms = now_ms
    return task.check


def waits_for(task: Task, state: int, check: int) -> bool:
    """Whether an answer to this check still means something."""
    return task.state == state and task.check == check


# Claiming


def claim(task: Task, node_id: str, caller_id: str, now_ms: int) -> int:
    """OPEN -> CLAIMING; returns the check's number. A claim must be able to finish in time."""
    _expect(task, OPEN)
    require(account_of(node_id) == caller_id, errors.NOT_NODE_ACCOUNT)
    require(now_ms <= task.claim_ends_at_ms, errors.CLAIM_WINDOW_CLOSED)
    require(caller_id not in task.barred, errors.CLAIM_BARRED)
    task.node_id = node_id
    task.claimed_at_ms = now_ms
    return _ask(task, CLAIMING, now_ms)


def confirm_claim(task: Task, now_ms: int) -> bool:
    """CLAIMING -> CLAIMED: the registry knows the node, its work window starts.

    False, and nothing changed, when the answer came after the claim window: work that starts
    now would end after the task's deadline.
    """
    if now_ms > task.claim_ends_at_ms:
        return False
    task.state = CLAIMED
    task.work_ends_at_ms = now_ms + task.work_window_ms
    return True


def drop_claim(task: Task) -> None:
    """CLAIMING -> OPEN: refused or unanswered, so it was no attempt."""
    task.state = OPEN
    _forget_claim(task)


def check_release(task: Task, caller_id: str, now_ms: int) -> None:
    """A fresh claim may be given up by the account that holds it."""
    _expect(task, CLAIMED)
    require(task.account_id() == caller_id, errors.NOT_NODE_ACCOUNT)
    require(now_ms <= task.claimed_at_ms + RELEASE_GRACE_MS, errors.GRACE_OVER)


def bar(task: Task) -> None:
    """Whoever let this task down cannot claim it again."""
    task.barred.append(task.account_id())


def reopen(task: Task, now_ms: int) -> None:
    """OPEN for the next attempt, or EXPIRED when attempts or time are used up."""
    _forget_claim(task)
    if task.attempt >= MAX_ATTEMPTS or now_ms > task.claim_ends_at_ms:
        end(task, EXPIRED, now_ms)
    else:
        task.attempt += 1
        task.state = OPEN


def _forget_claim(task: Task) -> None:
    task.node_id = ""
    task.claimed_at_ms = 0
    task.work_ends_at_ms = 0
    _forget_submission(task)


def _forget_submission(task: Task) -> None:
    task.submitted_at_ms = 0
    task.output_hash = NO_HASH
    task.measurement_id = NO_HASH
    task.signing_key = NO_HASH


# Submission


def check_submission(
    task: Task, caller_id: str, output_bytes: int, measurement_id: bytes, now_ms: int
) -> None:
    """Refuse what can be refused before the signature is looked at."""
    _expect(task, CLAIMED)
    require(task.account_id() == caller_id, errors.NOT_NODE_ACCOUNT)
    require(now_ms <= task.work_ends_at_ms, errors.WORK_WINDOW_CLOSED)
    require(output_bytes <= task.max_output_bytes, errors.OUTPUT_TOO_LARGE)
    require(accepts(task, measurement_id), errors.MEASUREMENT_NOT_ACCEPTED)


def accepts(task: Task, measurement_id: bytes) -> bool:
    """Whether the task accepts this measurement; one that names none leaves it to the registry."""
    return not task.measurement_ids or measurement_id in task.measurement_ids


def submit(task: Task, output_hash: bytes, measurement_id: bytes, signing_key: bytes, now_ms: int) -> int:
    """CLAIMED -> VERIFYING with what was signed; returns the check's number."""
    task.submitted_at_ms = now_ms
    task.output_hash = output_hash
    task.measurement_id = measurement_id
    task.signing_key = signing_key
    return _ask(task, VERIFYING, now_ms)


def confirm_result(task: Task, now_ms: int) -> None:
    """VERIFYING -> SUBMITTED: the review window starts with the registry's answer."""
    task.state = SUBMITTED
    task.review_ends_at_ms = now_ms + task.review_window_ms


def refuse_result(task: Task) -> None:
    """VERIFYING -> CLAIMED: the node may submit again while its work window runs."""
    task.state = CLAIMED
    _forget_submission(task)


def leave_unverified(task: Task) -> None:
    """VERIFYING -> UNVERIFIED: no answer is no verdict, the submission stays."""
    task.state = UNVERIFIED


def retry(task: Task, now_ms: int) -> int:
    """UNVERIFIED -> VERIFYING with a new check number; also when the last check died."""
    _expect(task, UNVERIFIED, VERIFYING)
    if task.state == VERIFYING:
        require(_check_died(task, now_ms), errors.CHECK_PENDING)
    require(not _waited_too_long(task, now_ms), errors.TOO_LATE)
    return _ask(task, VERIFYING, now_ms)


def _check_died(task: Task, now_ms: int) -> bool:
    return now_ms > task.asked_at_ms + CHECK_DEAD_AFTER_MS


def _waited_too_long(task: Task, now_ms: int) -> bool:
    return now_ms > task.submitted_at_ms + UNVERIFIED_ENDS_AFTER_MS


# Ends


def approve(task: Task, caller_id: str, now_ms: int) -> None:
    """SUBMITTED -> PAID by the client's word."""
    require(task.client_id == caller_id, errors.NOT_CLIENT)
    _expect(task, SUBMITTED)
    end(task, PAID, now_ms)


def settle(task: Task, now_ms: int) -> None:
    """SUBMITTED -> PAID by the client's silence."""
    _expect(task, SUBMITTED)
    require(now_ms > task.review_ends_at_ms, errors.REVIEW_OPEN)
    end(task, PAID, now_ms)


def cancel(task: Task, caller_id: str, now_ms: int) -> None:
    """OPEN -> CANCELLED: nobody works on it."""
    require(task.client_id == caller_id, errors.NOT_CLIENT)
    _expect(task, OPEN)
    end(task, CANCELLED, now_ms)


def end(task: Task, state: int, now_ms: int) -> None:
    """The task's one and last end."""
    task.state = state
    task.ended_at_ms = now_ms


def due(task: Task, now_ms: int) -> int:
    """What time has made due: UNCLAIMED, CLAIM_DEAD, LAPSED or UNANSWERED; NOT_DUE otherwise."""
    _expect(task, OPEN, CLAIMING, CLAIMED, VERIFYING, UNVERIFIED)
    if task.state == OPEN and now_ms > task.claim_ends_at_ms:
        return UNCLAIMED
    if task.state == CLAIMING and _check_died(task, now_ms):
        return CLAIM_DEAD
    if task.state == CLAIMED and now_ms > task.work_ends_at_ms:
        return LAPSED
    if task.state == UNVERIFIED and _waited_too_long(task, now_ms):
        return UNANSWERED
    # A running check gets its time first, even after the three days.
    if task.state == VERIFYING and _waited_too_long(task, now_ms) and _check_died(task, now_ms):
        return UNANSWERED
    return refuse(errors.NOT_DUE)


def check_removable(task: Task, caller_id: str, now_ms: int) -> None:
    """An ended task goes at its client's word, later at anyone's."""
    _expect(task, *ENDED)
    kept = now_ms <= task.ended_at_ms + KEPT_AFTER_END_MS
    require(not kept or task.client_id == caller_id, errors.NOT_CLIENT)
