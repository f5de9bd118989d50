"""Turns that several methods share: book the money, write the task, tell the world. Shell.

Each leaves task and books saved and returns the state's name. Order matters: money first,
because a task that moves on forgets its node.
"""

from common import env
from common.ledger import Books

from task_market import events, settlement, tasks, verdicts
from task_market.state import CONFIG, LEDGER, OUTPUTS, TASKS
from task_market.tasks import STATE_NAMES, Task
from task_market.verdicts import Verdict


def paid(task_id: int, task: Task) -> str:
    """The reward is owed to the node's account, the fee to the treasury, the bond is back."""
    books = LEDGER.open()
    fee = settlement.pay(books, task, CONFIG.get().treasury_id)
    reward = str(task.reward - fee)
    events.of_task("task_paid", task_id, node_id=task.node_id, reward=reward, fee=str(fee))
    return _saved(task_id, task, books)


def ended(task_id: int, task: Task, event: str, books: Books) -> str:
    """The task ended without a result: the reward is owed to the client."""
    settlement.refund(books, task)
    events.of_task(event, task_id, client_id=task.client_id, refund=str(task.reward))
    return _saved(task_id, task, books)


def reopened(task_id: int, task: Task, books: Books) -> str:
    """The claim is over: the next attempt, or the end when attempts or time are used up."""
    OUTPUTS.remove(task_id)
    tasks.reopen(task, env.block_ms())
    if task.state == tasks.EXPIRED:
        return ended(task_id, task, "task_expired", books)
    events.of_task("task_reopened", task_id, attempt=task.attempt)
    return _saved(task_id, task, books)


def lapsed(task_id: int, task: Task, books: Books) -> str:
    """The work window passed without a result: the treasury takes the bond, the account is barred."""
    settlement.slash(books, task, CONFIG.get().treasury_id)
    events.of_task("bond_slashed", task_id, node_id=task.node_id, amount=str(task.bond))
    tasks.bar(task)
    return reopened(task_id, task, books)


def bond_returned(task_id: int, task: Task, books: Books) -> None:
    """The node did nothing wrong. The caller goes on with the books."""
    settlement.return_bond(books, task)
    events.of_task("bond_returned", task_id, node_id=task.node_id, amount=str(task.bond))


def claim_confirmed(task_id: int, task: Task) -> str:
    """The work window runs."""
    fields = {"node_id": task.node_id, "attempt": task.attempt, "work_ends_at_ms": task.work_ends_at_ms}
    events.of_task("task_claimed", task_id, **fields)
    TASKS.put(task_id, task)
    return STATE_NAMES[task.state]


def claim_dropped(task_id: int, task: Task, verdict: Verdict) -> str:
    """The claim does not stand; only the node's own fault costs a share of the bond."""
    books = LEDGER.open()
    forfeited = 0
    if verdict.kind == verdicts.REFUSED:
        forfeited = settlement.forfeit_share(books, task, CONFIG.get().treasury_id)
    else:
        settlement.return_bond(books, task)
    if verdict.kind == verdicts.NO_ANSWER:
        events.of_task("claim_unanswered", task_id, node_id=task.node_id)
    else:
        fields = {"node_id": task.node_id, "reasons": verdict.reasons, "forfeited": str(forfeited)}
        events.of_task("claim_refused", task_id, **fields)
    tasks.drop_claim(task)
    return _saved(task_id, task, books)


def result_judged(task_id: int, task: Task, verdict: Verdict) -> str:
    """What the registry's verdict on a submission means."""
    now_ms = env.block_ms()
    if verdict.kind == verdicts.CONFIRMED:
        tasks.confirm_result(task, now_ms)
        fields = {"output_hash": task.output_hash.hex(), "review_ends_at_ms": task.review_ends_at_ms}
        events.of_task("result_verified", task_id, node_id=task.node_id, **fields)
    elif verdict.kind == verdicts.NO_ANSWER:
        tasks.leave_unverified(task)
        events.of_task("result_unanswered", task_id, node_id=task.node_id)
    else:
        return _result_refused(task_id, task, verdict)
    TASKS.put(task_id, task)
    return STATE_NAMES[task.state]


def _result_refused(task_id: int, task: Task, verdict: Verdict) -> str:
    events.of_task("result_refused", task_id, node_id=task.node_id, reasons=verdict.reasons)
    if verdict.kind == verdicts.EXCUSED:
        books = LEDGER.open()
        bond_returned(task_id, task, books)
        return reopened(task_id, task, books)
    OUTPUTS.remove(task_id)
    tasks.refuse_result(task)
    TASKS.put(task_id, task)
    return STATE_NAMES[task.state]


def _saved(task_id: int, task: Task, books: Books) -> str:
    TASKS.put(task_id, task)
    books.save()
    return STATE_NAMES[task.state]
