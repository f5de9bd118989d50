"""Opening a request: book the reward and the storage, keep the input, yield."""

from common import env, guards
from common.cashier import require_covered
from common.errors import BAD_ARGUMENT, require
from common.promises import promise_yield

from agent_gateway import events, limits, requests
from agent_gateway.requests import Request, Ticket
from agent_gateway.tables import COUNTER, INPUTS, LEDGER, LISTED, REQUESTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from common.ledger import Books


def open_request(
    service: str, given: bytes, max_output_bytes: int, measurement_ids: "Sequence[bytes]", reward: int
) -> None:
    """Open a request and yield; see `request`."""
    require(service, BAD_ARGUMENT, "service: empty")
    in_range = max_output_bytes <= limits.MAX_OUTPUT_BYTES
    require(in_range, BAD_ARGUMENT, f"max_output_bytes: at most {limits.MAX_OUTPUT_BYTES}")
    guards.min_gas(limits.request_gas_tgas(len(given), max_output_bytes))
    price = requests.storage_price(len(given), len(measurement_ids))
    books = LEDGER.open()
    _book(books, env.predecessor(), reward, price)
    request_id = _next_id()
    yielded, data_id = promise_yield(
        "on_resolved", Ticket(request_id).to_borsh(), limits.callback_gas_tgas(max_output_bytes)
    )
    request = Request(
        env.predecessor(),
        service,
        env.sha256(given),
        max_output_bytes,
        list(measurement_ids),
        reward,
        price,
        env.block_height(),
        data_id,
        "",
    )
    REQUESTS.put(request_id, request)
    LISTED.add(str(request_id))
    if given:
        INPUTS.put(request_id, given)
    books.save()
    require_covered(books)
    _report(request_id, request)
    yielded.as_return()


def _book(books: "Books", requester_id: str, reward: int, price: int) -> None:
    """Take the deposit, lock the reward, hold the storage price; what is too much is owed.

    A contract may be unable to ask for a prepaid balance, but anyone can have it sent what is owed.
    """
    page = books.find(requester_id)
    before = page.prepaid if page else 0
    books.deposit(requester_id, env.deposit())
    books.attach(requester_id, limits.MAX_RECORDS)
    books.hold_storage(requester_id, price)
    books.lock(requester_id, reward)
    spare = books.account(requester_id).prepaid - before
    if spare > 0:
        books.charge(requester_id, requester_id, spare)


def _next_id() -> int:
    counter = COUNTER.get()
    request_id = counter.next
    counter.next = request_id + 1
    COUNTER.put(counter)
    return request_id


def _report(request_id: int, request: Request) -> None:
    data = {
        "request_id": request_id,
        "requester_id": request.requester_id,
        "service": request.service,
        "input_hash": request.input_hash.hex(),
        "reward": str(request.reward),
        "respond_before_height": request.respond_before_height(),
    }
    events.write("request_opened", data)
