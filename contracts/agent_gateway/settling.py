"""Settling a request, once: by its yield callback, or by anyone when that callback died."""

from common import env
from common.errors import require
from common.promises import result
from sealwright_protocol.registry import account_of
from sealwright_protocol.types import Base64

from agent_gateway import errors, events, requests
from agent_gateway.answering import open_request
from agent_gateway.requests import Payload, Request
from agent_gateway.tables import INPUTS, LEDGER, LISTED, OUTPUTS, REQUESTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from common.ledger import Books

    from agent_gateway.shapes import Answer


def resolved(request_id: int) -> "Answer":
    """The yield's end, with an answer or by timeout; see `on_resolved`. Pays, and never raises."""
    request = REQUESTS.get(request_id)
    if request is None:
        # settle_expired came first: the money has moved, so this answer comes for nothing.
        return _timed_out(request_id)
    payload = _payload(request)
    output = None if payload is None else _output(request_id, payload)
    if payload is None or output is None:
        _refund(request_id, request)
        return _timed_out(request_id)
    _pay(request_id, request, payload)
    node_id: Any = payload.node_id
    output_hash: Any = payload.output_hash
    return {
        "status": "answered",
        "request_id": _u64(request_id),
        "output": Base64(output),
        "node_id": node_id,
        "output_hash": output_hash,
    }


def settle_expired(request_id: int) -> None:
    """Refund a request whose callback died; see `settle_expired` of the contract."""
    request = open_request(request_id)
    require(env.block_height() >= request.settle_from_height(), errors.TOO_EARLY, request_id)
    _refund(request_id, request)


def delete_output(request_id: int, node_id: str) -> None:
    """Delete an output whose request is settled; its price returns to the node's account."""
    require(not REQUESTS.has(request_id), errors.OUTPUT_IN_USE, request_id)
    books = LEDGER.open()
    require(_drop_output(books, request_id, node_id), errors.OUTPUT_UNKNOWN, node_id)
    books.save()


def _payload(request: Request) -> "Payload | None":
    """The answer that resumed the yield; None when it timed out."""
    data = result(0)
    if data is None:
        return None
    payload = Payload.from_borsh(data)
    return payload if payload.node_id == request.answered_by else None


def _output(request_id: int, payload: Payload) -> "bytes | None":
    """The answer's output, from the payload or from storage."""
    if payload.output is not None:
        return payload.output
    return OUTPUTS.get((request_id, payload.node_id))


def _pay(request_id: int, request: Request, payload: Payload) -> None:
    """The reward becomes owed to the node's account."""
    books = LEDGER.open()
    account_id = account_of(payload.node_id)
    books.pay(request.requester_id, account_id, request.reward)
    if payload.output is None:
        _drop_output(books, request_id, payload.node_id)
    _close(books, request_id, request)
    data = {
        "request_id": request_id,
        "node_id": payload.node_id,
        "output_hash": payload.output_hash.hex(),
        "reward": str(request.reward),
    }
    events.write("response_delivered", data)


def _refund(request_id: int, request: Request) -> None:
    """The reward becomes owed to the requester."""
    books = LEDGER.open()
    books.refund(request.requester_id, request.reward)
    _close(books, request_id, request)
    data = {
        "request_id": request_id,
        "requester_id": request.requester_id,
        "reward": str(request.reward),
    }
    events.write("request_timed_out", data)


def _close(books: "Books", request_id: int, request: Request) -> None:
    """Forget the request; the price of its records is owed to the requester."""
    if request.answered_by:
        books.detach(account_of(request.answered_by))
    books.return_storage(request.requester_id, request.storage)
    books.detach(request.requester_id)
    REQUESTS.remove(request_id)
    INPUTS.remove(request_id)
    LISTED.remove(str(request_id))
    books.save()


def _drop_output(books: "Books", request_id: int, node_id: str) -> bool:
    """Delete a stored output, if there is one; its price is prepaid again."""
    key = (request_id, node_id)
    stored = OUTPUTS.get(key)
    if stored is None:
        return False
    OUTPUTS.remove(key)
    account_id = account_of(node_id)
    books.detach(account_id)
    books.move(requests.output_price(len(stored)), account_id, "storage", account_id, "prepaid")
    data = {"request_id": request_id, "node_id": node_id, "bytes": len(stored)}
    events.write("output_deleted", data)
    return True


def _timed_out(request_id: int) -> "Answer":
    return {
        "status": "timed_out",
        "request_id": _u64(request_id),
        "output": Base64(b""),
        "node_id": None,
        "output_hash": None,
    }


def _u64(number: int) -> "Any":
    return number
