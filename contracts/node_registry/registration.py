"""Registering and renewing: consume a challenge, ask the verifier, judge its answer.

The call settles all state before its promise leaves. The callback acts only for the number in
the node's mark, judges by the record and the policy as they are then, and never raises.
"""

from common import env, guards
from common.cashier import require_covered
from common.errors import require
from common.promises import promise, result
from sealwright_protocol.json_codec import text
from sealwright_protocol.registry import RegisterNodeArgs, RenewAttestationArgs, account_of
from sealwright_protocol.types import NodeId

from node_registry import admission, challenges, desk, errors, events, keys, offers
from node_registry.policy import Rejection
from node_registry.prices import KEY_PRICE, NODE_PRICE
from node_registry.state import ACTIVE, Change, Key, Mark, Node
from node_registry.tables import CONFIG, KEYS, LEDGER, LISTED, MARKS, NODES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from common.ledger import Books

    from node_registry.shapes import Outcome

MARK_LIFE_MS = 120_000
"""A change takes about four blocks; after two minutes its callback is taken for dead."""
GAS_FOR_OWN_WORK_TGAS = 50
"""The call, the promise with quote and collateral as arguments, and the callback."""
GAS_FOR_CALLBACK_TGAS = 25


def register(args: RegisterNodeArgs) -> None:
    """Start a registration; see `register_node`."""
    account_id = desk.require_account(args.node_id)
    offers.check(args.endpoint, args.region, args.services)
    key = KEYS.get(args.signing_key)
    if key is not None:
        require(key.node_id == args.node_id, errors.KEY_TAKEN)
        require(not key.revoked, errors.KEY_REVOKED)
    node = NODES.get(args.node_id)
    mark = Mark(0, 0, node.version if node else 0, args.challenge, node is None, key is None)
    values = args.values()
    _start(account_id, mark, False, values[:4] + values[5:8], args.verify_args)


def renew(args: RenewAttestationArgs) -> None:
    """Start a renewal; see `renew_attestation`."""
    account_id = desk.require_account(args.node_id)
    node = desk.require_node(args.node_id)
    require(node.state == ACTIVE, errors.NODE_DEACTIVATED, args.node_id)
    mark = Mark(0, 0, node.version, args.challenge, False, False)
    identity = [args.node_id, node.signing_key, node.encryption_key, node.tls_spki_hash]
    offer = [node.endpoint, node.region, node.services]
    _start(account_id, mark, True, identity + offer, args.verify_args)


def _start(account_id: str, mark: Mark, renewal: bool, facts: "list[Any]", verify_args: bytes) -> None:
    """Consume the challenge, set the mark, hold the storage, ask the verifier."""
    config = CONFIG.get()
    guards.min_gas(GAS_FOR_OWN_WORK_TGAS + config.verifier_gas_tgas)
    now_ms = env.block_ms()
    mark.number = desk.next_number()
    mark.expires_at_ms = now_ms + MARK_LIFE_MS
    change = Change(mark.number, config.verifier_id, config.verifier_method, renewal, *facts)
    books = LEDGER.open()
    desk.require_no_change(books, change.node_id, account_id, now_ms)
    entries = desk.load_challenges(books, account_id, now_ms)
    desk.save_challenges(account_id, challenges.use(entries, mark.challenge, mark.number, now_ms))
    if mark.new_node:
        desk.hold(books, account_id, NODE_PRICE)
    if mark.new_key:
        desk.hold(books, account_id, KEY_PRICE)
    MARKS.put(change.node_id, mark)
    books.save()
    require_covered(books)
    asked = promise(config.verifier_id).call(
        config.verifier_method, verify_args, gas_tgas=config.verifier_gas_tgas
    )
    asked.then("on_quote_verified", change.to_borsh(), gas_tgas=GAS_FOR_CALLBACK_TGAS).as_return()


def finish(change: Change) -> "Outcome":
    """The verifier's answer to a change; see `on_quote_verified`."""
    mark = MARKS.get(change.node_id)
    if mark is None or mark.number != change.number:
        return _outcome("superseded", change)
    MARKS.remove(change.node_id)
    account_id = account_of(change.node_id)
    books = LEDGER.open()
    verdict = result(0)
    if verdict is None:
        outcome = _unreachable(books, account_id, mark, change)
    else:
        desk.spend_challenge(books, account_id, mark.number)
        outcome = _judge(books, account_id, mark, change, verdict)
    books.save()
    return outcome


def _unreachable(books: "Books", account_id: str, mark: Mark, change: Change) -> "Outcome":
    """Nobody answered, so nothing was judged: everything is as before the call."""
    desk.restore_challenge(books, account_id, mark.number)
    desk.release(books, account_id, mark)
    events.write("verifier_unreachable", {"node_id": change.node_id})
    return _outcome("unreachable", change)


def _judge(books: "Books", account_id: str, mark: Mark, change: Change, verdict: bytes) -> "Outcome":
    node = NODES.get(change.node_id)
    key = KEYS.get(change.signing_key)
    try:
        attestation = admission.admit(change, mark, node, key, verdict)
    except Rejection as rejection:
        desk.release(books, account_id, mark)
        detail = events.plain(rejection.detail)
        data = {"node_id": change.node_id, "code": rejection.code, "detail": detail}
        events.write("attestation_rejected", data)
        return _outcome("rejected", change, rejection.code, detail)
    now_ms = env.block_ms()
    attested = keys.attested(key, change.node_id, attestation, now_ms)
    KEYS.put(change.signing_key, attested)
    if change.renewal:
        return _renewed(change, mark, attested)
    return _registered(books, account_id, change, node, attested, now_ms)


def _renewed(change: Change, mark: Mark, key: Key) -> "Outcome":
    data = _key_facts(change, key)
    data["version"] = mark.version
    events.write("attestation_renewed", data)
    return _outcome("renewed", change, None, "", key.until_ms)


def _registered(
    books: "Books", account_id: str, change: Change, node: "Node | None", key: Key, now_ms: int
) -> "Outcome":
    """Write the node's record; an earlier key steps back, the one before that leaves."""
    version, registered_at_ms, previous = 1, now_ms, None
    if node is None:
        LISTED.add(change.node_id)
    else:
        version, registered_at_ms = node.version + 1, node.registered_at_ms
        previous = _rotate(books, account_id, node, change.signing_key, now_ms)
    record = Node(
        version,
        ACTIVE,
        change.signing_key,
        change.encryption_key,
        change.tls_spki_hash,
        change.endpoint,
        change.region,
        change.services,
        registered_at_ms,
        0,
        previous,
    )
    NODES.put(change.node_id, record)
    data = _key_facts(change, key)
    data["measurement_id"] = key.measurement_id.hex()
    data["ppid_hash"] = key.ppid_hash.hex()
    data["tcb_status"] = key.tcb_status
    data["version"] = version
    events.write("node_registered", data)
    return _outcome("registered", change, None, "", key.until_ms)


def _rotate(books: "Books", account_id: str, node: Node, new_key: bytes, now_ms: int) -> "bytes | None":
    """The key to remember as the previous one, after making room for the new one."""
    if node.signing_key == new_key:
        return node.previous_key
    if node.previous_key is not None and node.previous_key != new_key:
        desk.forget_key(books, account_id, node.previous_key)
    KEYS.put(node.signing_key, keys.superseded(desk.current_key(node), now_ms))
    return node.signing_key


def _key_facts(change: Change, key: Key) -> "dict[str, Any]":
    return {
        "node_id": change.node_id,
        "signing_key": text("k", change.signing_key),
        "expires_at_ms": key.until_ms,
    }


def _outcome(
    outcome: str,
    change: Change,
    code: "str | None" = None,
    detail: str = "",
    expires_at_ms: "Any" = None,
) -> "Outcome":
    return {
        "outcome": outcome,
        "node_id": NodeId(change.node_id),
        "code": code,
        "detail": detail,
        "expires_at_ms": expires_at_ms,
    }
