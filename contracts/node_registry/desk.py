"""What the calls of node_registry share: numbers, challenges, marks, and the money held for them."""

from common import env
from common.errors import refuse, require
from common.ledger import Books
from sealwright_protocol.registry import account_of

from node_registry import challenges, errors, events
from node_registry.prices import CHALLENGE_PRICE, KEY_PRICE, NODE_PRICE
from node_registry.state import Challenges, Key, Mark, Node
from node_registry.tables import CHALLENGES, COUNTER, KEYS, MARKS, MAX_RECORDS, NODES

REMOVAL_DELAY_MS = 7 * 24 * 60 * 60 * 1000
"""How long a deactivated node stays on record: longer than any check of its past results waits."""


def next_number() -> int:
    """A number that no challenge and no change had before."""
    counter = COUNTER.get()
    number = counter.next
    counter.next = number + 1
    COUNTER.put(counter)
    return number


def require_account(node_id: str) -> str:
    """The caller, who must be the account in the node id. Fails NOT_NODE_ACCOUNT."""
    account_id = account_of(node_id)
    require(account_id == env.predecessor(), errors.NOT_NODE_ACCOUNT, node_id)
    return account_id


def require_node(node_id: str) -> Node:
    """The node's record. Fails NODE_UNKNOWN."""
    node = NODES.get(node_id)
    if node is None:
        refuse(errors.NODE_UNKNOWN, node_id)
    return node


def current_key(node: Node) -> Key:
    """The record of the node's own key: there is one as long as there is the node."""
    key = KEYS.get(node.signing_key)
    if key is None:
        refuse(errors.NODE_UNKNOWN)
    return key


def hold(books: Books, account_id: str, price: int) -> None:
    """Take the price of one record from the account's prepaid balance."""
    books.attach(account_id, MAX_RECORDS)
    books.hold_storage(account_id, price)


def give_back(books: Books, account_id: str, price: int) -> None:
    """Return the price of one record to the balance it came from: it serves for the next renewal."""
    books.detach(account_id)
    books.move(price, account_id, "storage", account_id, "prepaid")


def load_challenges(books: Books, account_id: str, now_ms: int) -> list[challenges.Entry]:
    """The account's living challenges; the price of expired ones returns."""
    record = CHALLENGES.get(account_id)
    if record is None:
        return []
    living = challenges.alive(record.entries, now_ms)
    for _ in range(len(record.entries) - len(living)):
        give_back(books, account_id, CHALLENGE_PRICE)
    return living


def save_challenges(account_id: str, entries: list[challenges.Entry]) -> None:
    """Write the account's challenges; an empty list leaves no record."""
    if entries:
        CHALLENGES.put(account_id, Challenges(entries))
    else:
        CHALLENGES.remove(account_id)


def spend_challenge(books: Books, account_id: str, number: int) -> None:
    """Remove the challenge that change `number` used; its price returns."""
    entries = load_challenges(books, account_id, env.block_ms())
    left = challenges.spend(entries, number)
    for _ in range(len(entries) - len(left)):
        give_back(books, account_id, CHALLENGE_PRICE)
    save_challenges(account_id, left)


def restore_challenge(books: Books, account_id: str, number: int) -> None:
    """Make the challenge that change `number` used usable again."""
    entries = load_challenges(books, account_id, env.block_ms())
    save_challenges(account_id, challenges.restore(entries, number))


def release(books: Books, account_id: str, mark: Mark) -> None:
    """Give back what a change held that did not come about."""
    if mark.new_node:
        give_back(books, account_id, NODE_PRICE)
    if mark.new_key:
        give_back(books, account_id, KEY_PRICE)


def require_no_change(books: Books, node_id: str, account_id: str, now_ms: int) -> None:
    """Make sure that no change is in flight; one that has expired is undone. Fails CHANGE_IN_FLIGHT."""
    mark = MARKS.get(node_id)
    if mark is not None:
        require(now_ms >= mark.expires_at_ms, errors.CHANGE_IN_FLIGHT, node_id)
        undo(books, node_id, account_id, mark)


def undo(books: Books, node_id: str, account_id: str, mark: Mark) -> None:
    """End a change whose callback never came. Its challenge may have been seen, so it is spent."""
    MARKS.remove(node_id)
    spend_challenge(books, account_id, mark.number)
    release(books, account_id, mark)
    events.write("change_cleared", {"node_id": node_id, "number": mark.number})


def forget_key(books: Books, account_id: str, signing_key: bytes) -> None:
    """Remove a key's record and return its price; a revoked key is remembered for good."""
    key = KEYS.get(signing_key)
    if key is None or key.revoked:
        return
    KEYS.remove(signing_key)
    give_back(books, account_id, KEY_PRICE)
