"""What agent_gateway shows: bounded reads, names instead of numbers."""

from common import env
from common.errors import BAD_ARGUMENT, require

from agent_gateway import limits, requests
from agent_gateway.tables import CONFIG, COUNTER, INPUTS, LISTED, OUTPUTS, REQUESTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sealwright_protocol.types import Base64

    from agent_gateway.shapes import ConfigView, RequestPage, RequestSummary, RequestView, Terms


def request(request_id: int) -> "RequestView | None":
    """An open request with its input; None when it is settled or unknown."""
    record = REQUESTS.get(request_id)
    if record is None:
        return None
    view: Any = _summary(request_id, record)
    view["input"] = INPUTS.get(request_id) or b""
    return view  # type: ignore[no-any-return]  # a summary with its input is a view


def pending(from_index: int, limit: int, service: "str | None") -> "RequestPage":
    """The open requests that match, among `limit` listed ones from `from_index` on."""
    in_range = 1 <= limit <= limits.MAX_PAGE
    require(in_range, BAD_ARGUMENT, f"limit: 1 to {limits.MAX_PAGE}")
    found = []
    for listed in LISTED.page(from_index, limit):
        request_id = int(listed)
        record = REQUESTS.get(request_id)
        if record is not None and not record.answered_by and service in (None, record.service):
            found.append(_summary(request_id, record))
    total: Any = LISTED.count()
    next_index: Any = from_index + limit
    return {"requests": found, "next_index": next_index if next_index < total else None, "total": total}


def _summary(request_id: "Any", record: "Any") -> "RequestSummary":
    return {
        "request_id": request_id,
        "state": "resumed" if record.answered_by else "open",
        "requester_id": record.requester_id,
        "service": record.service,
        "input_hash": record.input_hash,
        "max_output_bytes": record.max_output_bytes,
        "measurement_ids": record.measurement_ids,
        "reward": record.reward,
        "created_height": record.created_height,
        "respond_before_height": record.respond_before_height(),
        "timeout_height": record.timeout_height(),
        "settle_from_height": record.settle_from_height(),
        "answered_by": record.answered_by or None,
    }


def terms(input_bytes: int, max_output_bytes: int, measurements: int) -> "Terms":
    """What a request of this size costs and needs beside its reward."""
    callback_gas: Any = limits.callback_gas_tgas(max_output_bytes)
    min_gas: Any = limits.request_gas_tgas(input_bytes, max_output_bytes)
    return {
        "storage_price": requests.storage_price(input_bytes, measurements),
        "callback_gas_tgas": callback_gas,
        "min_gas_tgas": min_gas,
    }


def output(request_id: int, node_id: str) -> "Base64 | None":
    """A stored output; None when there is none."""
    stored: Any = OUTPUTS.get((request_id, node_id))
    return stored  # type: ignore[no-any-return]  # bytes are what Base64 is made of


def config() -> "ConfigView":
    """The registry, the network, and the instance that receipts must name."""
    record: Any = CONFIG.get()
    next_id: Any = COUNTER.get().next
    return {
        "registry_id": record.registry_id,
        "network": env.chain_id(),
        "instance": record.instance,
        "next_request_id": next_id,
    }
