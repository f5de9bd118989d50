"""What each turn of a task means for the money: pure moves in the books, none on the chain.

Slashed bonds and forfeited shares go to the treasury, never to the client; a client's refund
and a node's earnings become owed, a returned bond prepaid.
"""

from common.ledger import Books

from task_market.limits import ALL_BPS, FORFEIT_BPS, MAX_STORED_TASKS
from task_market.tasks import Task


def fee_of(task: Task) -> int:
    """The market's share of the reward, at the rate of the task's creation, rounded down."""
    return task.reward * task.fee_bps // ALL_BPS


def forfeit_of(task: Task) -> int:
    """The share of the bond that a released or refused claim costs, rounded up."""
    return (task.bond * FORFEIT_BPS + ALL_BPS - 1) // ALL_BPS


def fund(books: Books, task: Task) -> None:
    """Creation: reward and storage leave the client's prepaid balance."""
    books.attach(task.client_id, MAX_STORED_TASKS)
    books.lock(task.client_id, task.reward)
    books.hold_storage(task.client_id, task.storage)


def bond(books: Books, task: Task) -> None:
    """Claim: the bond is at stake."""
    books.bond(task.account_id(), task.bond)


def return_bond(books: Books, task: Task) -> None:
    """The node did nothing wrong."""
    books.free_bond(task.account_id(), task.bond)


def forfeit_share(books: Books, task: Task, treasury_id: str) -> int:
    """The treasury takes the stated share of the bond, the rest returns; returns the share."""
    share = forfeit_of(task)
    books.slash(task.account_id(), treasury_id, share)
    books.free_bond(task.account_id(), task.bond - share)
    return share


def slash(books: Books, task: Task, treasury_id: str) -> None:
    """The node let its claim lapse."""
    books.slash(task.account_id(), treasury_id, task.bond)


def refund(books: Books, task: Task) -> None:
    """The task ends without a result."""
    books.refund(task.client_id, task.reward)


def pay(books: Books, task: Task, treasury_id: str) -> int:
    """The work is done: reward to the node, fee to the treasury, bond back; returns the fee."""
    fee = fee_of(task)
    books.pay(task.client_id, task.account_id(), task.reward - fee)
    books.pay(task.client_id, treasury_id, fee)
    return_bond(books, task)
    return fee


def remove(books: Books, task: Task) -> None:
    """The record is gone: what it cost is the client's again."""
    books.return_storage(task.client_id, task.storage)
    books.detach(task.client_id)
