"""The life of a node after its registration: update, deactivate, remove, clear what got stuck."""

from common import env
from common.cashier import require_covered
from common.errors import refuse, require
from sealwright_protocol.registry import account_of
from sealwright_protocol.types import Sha256, TimestampMs

from node_registry import challenges, desk, errors, events, keys, offers
from node_registry.prices import CHALLENGE_PRICE, NODE_PRICE
from node_registry.state import ACTIVE, DEACTIVATED
from node_registry.tables import CHALLENGES, KEYS, LEDGER, LISTED, MARKS, NODES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from node_registry.shapes import IssuedChallenge


def request_challenge() -> "IssuedChallenge":
    """Issue a challenge to the caller; see the method of this name."""
    account_id = env.predecessor()
    now_ms = env.block_ms()
    books = LEDGER.open()
    entries = desk.load_challenges(books, account_id, now_ms)
    seed = challenges.preimage(env.random_seed(), account_id, desk.next_number())
    challenge = env.sha256(seed)
    desk.save_challenges(account_id, challenges.issue(entries, challenge, now_ms))
    desk.hold(books, account_id, CHALLENGE_PRICE)
    books.save()
    require_covered(books)
    expires_at_ms = TimestampMs(now_ms + challenges.CHALLENGE_LIFE_MS)
    data = {"account_id": account_id, "challenge": challenge.hex(), "expires_at_ms": expires_at_ms}
    events.write("challenge_issued", data)
    return {"challenge": Sha256(challenge), "expires_at_ms": expires_at_ms}


def update(node_id: str, endpoint: str, region: str, services: "Any") -> None:
    """Replace what the node offers; keys and attestation stay, so a renewal in flight goes on."""
    desk.require_account(node_id)
    offers.check(endpoint, region, services)
    node = desk.require_node(node_id)
    require(node.state == ACTIVE, errors.NODE_DEACTIVATED, node_id)
    node.endpoint = endpoint
    node.region = region
    node.services = services
    NODES.put(node_id, node)
    require_covered(LEDGER.open())
    listed = [{"name": name, "price": str(price)} for name, price in services]
    data = {"node_id": node_id, "endpoint": endpoint, "region": region, "services": listed}
    events.write("node_updated", data)


def deactivate(node_id: str, revoke_key: bool) -> None:
    """End the node's validity now; a revoked key loses it for all times."""
    desk.require_account(node_id)
    node = desk.require_node(node_id)
    now_ms = env.block_ms()
    key = keys.ended(desk.current_key(node), now_ms)
    key.revoked = key.revoked or revoke_key
    KEYS.put(node.signing_key, key)
    if node.state == ACTIVE:
        node.state = DEACTIVATED
        node.deactivated_at_ms = now_ms
    # A change in flight was asked for by a node that was active: its callback must see this.
    node.version += 1
    NODES.put(node_id, node)
    events.write("node_deactivated", {"node_id": node_id, "key_revoked": key.revoked})


def remove(node_id: str) -> None:
    """Delete a node that has been inactive for long; what its records cost returns."""
    account_id = desk.require_account(node_id)
    node = desk.require_node(node_id)
    now_ms = env.block_ms()
    require(node.state == DEACTIVATED, errors.NODE_ACTIVE, node_id)
    require(now_ms >= node.deactivated_at_ms + desk.REMOVAL_DELAY_MS, errors.TOO_EARLY)
    books = LEDGER.open()
    desk.require_no_change(books, node_id, account_id, now_ms)
    desk.forget_key(books, account_id, node.signing_key)
    if node.previous_key is not None:
        desk.forget_key(books, account_id, node.previous_key)
    NODES.remove(node_id)
    LISTED.remove(node_id)
    desk.give_back(books, account_id, NODE_PRICE)
    books.save()
    events.write("node_removed", {"node_id": node_id})


def clear_expired_change(node_id: str) -> None:
    """Undo a change whose callback never came, for whoever asks."""
    mark = MARKS.get(node_id)
    if mark is None or env.block_ms() < mark.expires_at_ms:
        refuse(errors.NO_EXPIRED_CHANGE, node_id)
    books = LEDGER.open()
    desk.undo(books, node_id, account_of(node_id), mark)
    books.save()


def clear_expired_challenges(account_id: str) -> None:
    """Return the price of an account's expired challenges, for whoever asks."""
    record = CHALLENGES.get(account_id)
    require(record is not None, errors.CHALLENGE_UNKNOWN, account_id)
    books = LEDGER.open()
    desk.save_challenges(account_id, desk.load_challenges(books, account_id, env.block_ms()))
    books.save()
