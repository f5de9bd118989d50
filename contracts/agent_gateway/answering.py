"""Answering a request: check the signature, ask the registry, resume."""

from common import env, guards
from common.cashier import require_covered
from common.errors import refuse, require
from common.promises import promise, result, resume
from sealwright_protocol.registry import account_of

from agent_gateway import errors, events, limits, requests, verdicts
from agent_gateway.requests import Check, Payload, Request
from agent_gateway.tables import CONFIG, COUNTER, LEDGER, OUTPUTS, REQUESTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agent_gateway.shapes import Response

NO_CAP = 2**32


def open_request(request_id: int) -> Request:
    """The request's record. Fails REQUEST_UNKNOWN, and REQUEST_CLOSED when it has been settled."""
    request = REQUESTS.get(request_id)
    if request is None:
        settled = 0 < request_id < COUNTER.get().next
        refuse(errors.REQUEST_CLOSED if settled else errors.REQUEST_UNKNOWN, request_id)
    return request


def respond(check: Check, output: bytes, signature: bytes) -> None:
    """Take an answer and ask the registry about it; see `respond` of the contract."""
    request = open_request(check.request_id)
    require(request.takes_answers(env.block_height()), errors.REQUEST_CLOSED, check.request_id)
    guards.min_gas(limits.respond_gas_tgas(request.max_output_bytes))
    require(account_of(check.node_id) == env.predecessor(), errors.NOT_NODE_ACCOUNT, check.node_id)
    require(len(output) <= request.max_output_bytes, errors.RESPONSE_TOO_LARGE, len(output))
    accepted = request.accepts_measurement(check.measurement_id)
    require(accepted, errors.MEASUREMENT_NOT_ACCEPTED, check.measurement_id.hex())
    config = CONFIG.get()
    signed = _receipt(request, check, config.instance)
    require(env.ed25519_verify(signature, signed, check.signing_key), errors.BAD_SIGNATURE)
    if len(output) > limits.INLINE_OUTPUT_BYTES:
        _store(check, output)
    else:
        check.output = output
        # Who answers must have an account here: the reward will be booked to it.
        LEDGER.open().account(env.predecessor())
    question = verdicts.question(check, request.service, env.block_ms())
    asked = promise(config.registry_id).call("is_node_valid", question, limits.GAS_FOR_REGISTRY_TGAS)
    asked.then("on_node_checked", check.to_borsh(), limits.GAS_FOR_CHECK_TGAS).as_return()


def _receipt(request: Request, check: Check, instance: bytes) -> bytes:
    return requests.receipt(
        request,
        check.request_id,
        check.node_id,
        check.measurement_id,
        check.output_hash,
        env.chain_id(),
        env.current_account(),
        instance,
    ).to_borsh()


def _store(check: Check, output: bytes) -> None:
    """Keep an output that is too long for the payload, at its node account's expense."""
    key = (check.request_id, check.node_id)
    stored = OUTPUTS.get(key)
    if stored is not None:
        require(stored == output, errors.OUTPUT_IMMUTABLE)
        return
    books = LEDGER.open()
    books.attach(env.predecessor(), limits.MAX_RECORDS)
    books.hold_storage(env.predecessor(), requests.output_price(len(output)))
    OUTPUTS.put(key, output)
    books.save()
    require_covered(books)
    data = {"request_id": check.request_id, "node_id": check.node_id, "bytes": len(output)}
    events.write("output_stored", data)


def checked(check: Check) -> "Response":
    """The registry's verdict on an answer; see `on_node_checked`."""
    reasons = verdicts.reasons_against(result(0), check)
    if reasons is None:
        return _outcome(check, "unreachable", [])
    if reasons:
        return _outcome(check, "refused", reasons)
    request = REQUESTS.get(check.request_id)
    if request is None or not request.may_resume(env.block_height()):
        return _outcome(check, "closed", [])
    return _resume(check, request)


def _resume(check: Check, request: Request) -> "Response":
    """Mark the request as answered, then resume it; a timeout may still win, so nothing is paid."""
    books = LEDGER.open()
    account_id = account_of(check.node_id)
    if books.find(account_id) is None:
        return _outcome(check, "refused", ["ACCOUNT_UNKNOWN"])
    request.answered_by = check.node_id
    REQUESTS.put(check.request_id, request)
    books.attach(account_id, NO_CAP)
    payload = Payload(check.node_id, check.output_hash, check.output)
    if not resume(request.data_id, payload.to_borsh()):
        request.answered_by = ""
        REQUESTS.put(check.request_id, request)
        return _outcome(check, "closed", [])
    books.save()
    return _outcome(check, "accepted", [])


def _outcome(check: Check, outcome: str, reasons: list[str]) -> "Response":
    told: Any = {
        "outcome": outcome,
        "request_id": check.request_id,
        "node_id": check.node_id,
        "reasons": reasons,
    }
    events.write("response_checked", told)
    return told  # type: ignore[no-any-return]  # the same object is event and result
