"""Agent gateway: a contract asks, an attested agent answers, the promise carries the answer.

    request -> OPEN --respond, registry confirms--> RESUMED -> settled: reward to the node
                 `-- 200 blocks -----------------------------> settled: reward to the requester

Trusts   node_registry, fixed at `new`, for whose signature counts.
Holds    rewards of open requests, prepaid and owed balances; no access keys.
Powers   nobody's: the gateway has no owner.

Guarantees (docs/spec/agent-gateway.md, docs/spec/ledger.md, tests/properties/PROPERTIES.md)
    GATEWAY-1 to GATEWAY-8, LEDGER-1 to LEDGER-6, all enforced.
    Assumed: the registry tells the truth; the deployer covers code and reserve.
"""

from typing import Annotated

from common import env, ledger_shapes
from common.cashier import MIN_GAS_WITHDRAW_TGAS
from common.entry import call, callback, init, view
from sealwright_protocol.types import (
    U32,
    U64,
    AccountId,
    Base64,
    Max,
    NodeId,
    PublicKey,
    Sha256,
    Signature,
    Yocto,
)

from agent_gateway import answering, limits, opening, settling, views
from agent_gateway.requests import Check, Config, Counter, Ticket
from agent_gateway.shapes import Answer, ConfigView, RequestPage, RequestView, Response, Terms
from agent_gateway.tables import CASHIER, CONFIG, COUNTER


@init
def new(registry_id: AccountId) -> None:
    """Set the gateway up, in the transaction that deploys it.

    Caller  anyone, once.  Fails  ALREADY_INITIALISED.
    """
    CONFIG.put(Config(registry_id, env.random_seed()))
    COUNTER.put(Counter(1))


# Views --------------------------------------------------------------------------------------


@view
def get_request(request_id: U64) -> RequestView | None:
    """An open request with its input; null when it is settled or unknown."""
    return views.request(request_id)


@view
def get_pending(from_index: U64, limit: U64, service: str | None = None) -> RequestPage:
    """A page of requests that wait for an answer, among `limit` (1-50) open ones. Fails BAD_ARGUMENT."""
    return views.pending(from_index, limit, service)


@view
def get_request_terms(input_bytes: U64, max_output_bytes: U64, measurements: U64) -> Terms:
    """Storage price and gas of a request of this size."""
    return views.terms(input_bytes, max_output_bytes, measurements)


@view
def get_output(request_id: U64, node_id: NodeId) -> Base64 | None:
    """An output that is stored; null when there is none."""
    return views.output(request_id, node_id)


@view
def get_config() -> ConfigView:
    """Registry, network, instance, and the id of the next request."""
    return views.config()


@view
def get_account(account_id: AccountId) -> ledger_shapes.Account | None:
    """The account's balances, pot by pot; null when it has none."""
    return CASHIER.account(account_id)


@view
def get_totals() -> ledger_shapes.Totals:
    """Everything that is booked, and what is in flight."""
    return CASHIER.totals()


# Money --------------------------------------------------------------------------------------


@call(payable=True)
def deposit(account_id: AccountId | None = None) -> Yocto:
    """Book the deposit as prepaid, for the caller or the named account; see cashier.deposit."""
    return Yocto(CASHIER.deposit(account_id))


@call(min_gas=MIN_GAS_WITHDRAW_TGAS)
def withdraw(account_id: AccountId) -> None:
    """Send all that is owed to its owner, for whoever asks; see cashier.withdraw."""
    CASHIER.withdraw(account_id)


@call(one_yocto=True, min_gas=MIN_GAS_WITHDRAW_TGAS)
def withdraw_prepaid(amount: Yocto | None = None) -> None:
    """Send the caller its prepaid balance or part of it; see cashier.withdraw_prepaid."""
    CASHIER.withdraw_prepaid(amount)


@call(one_yocto=True, min_gas=MIN_GAS_WITHDRAW_TGAS)
def close_account() -> None:
    """Send the caller all it has and forget it; see cashier.close_account."""
    CASHIER.close_account()


@call
def recover_withdrawal(account_id: AccountId) -> None:
    """Book a withdrawal as owed again whose callback never came; see cashier.recover_withdrawal."""
    CASHIER.recover_withdrawal(account_id)


# Requests -----------------------------------------------------------------------------------


@call(payable=True, resolves=Answer)
def request(
    service: Annotated[str, Max(limits.MAX_SERVICE_BYTES)],
    input: Annotated[Base64, Max(limits.MAX_INPUT_BYTES)],
    max_output_bytes: U32,
    measurement_ids: Annotated[list[Sha256], Max(limits.MAX_MEASUREMENTS)],
    reward: Yocto,
) -> None:
    """Ask an agent. The promise resolves, always successfully, to the Answer.

    Caller  anyone, usually a contract. Deposit: reward and storage price; what is missing comes from
            the caller's prepaid balance, what is too much becomes owed to it.
    Emits   request_opened, later response_delivered or request_timed_out.
    Fails   BAD_ARGUMENT, NOT_ENOUGH_GAS, DEPOSIT_TOO_SMALL, INSUFFICIENT_BALANCE, TOO_MANY_RECORDS,
            STORAGE_NOT_COVERED.
    Keeps   GATEWAY-1, GATEWAY-3, GATEWAY-7, GATEWAY-8.
    """
    opening.open_request(service, input, max_output_bytes, measurement_ids, reward)


@call(resolves=Response)
def respond(
    request_id: U64,
    node_id: NodeId,
    output: Annotated[Base64, Max(limits.MAX_OUTPUT_BYTES)],
    measurement_id: Sha256,
    signing_key: PublicKey,
    signature: Signature,
) -> None:
    """Answer a request with an output whose receipt the enclave signed.

    Caller  the account in the node id, which needs an account here; a function-call key suffices.
    Emits   output_stored for a long output, later response_checked.
    Fails   REQUEST_UNKNOWN, REQUEST_CLOSED, NOT_ENOUGH_GAS, NOT_NODE_ACCOUNT, RESPONSE_TOO_LARGE,
            MEASUREMENT_NOT_ACCEPTED, BAD_SIGNATURE, OUTPUT_IMMUTABLE, ACCOUNT_UNKNOWN,
            INSUFFICIENT_BALANCE, TOO_MANY_RECORDS, STORAGE_NOT_COVERED.
    Keeps   GATEWAY-2, GATEWAY-4, GATEWAY-5, GATEWAY-6.
    """
    check = Check(request_id, node_id, signing_key, measurement_id, env.sha256(output), None)
    answering.respond(check, output, signature)


@call(min_gas=15)
def settle_expired(request_id: U64) -> None:
    """Refund a request whose callback died, from 100 blocks after its timeout on.

    Caller  anyone.  Emits  request_timed_out.
    Fails   REQUEST_UNKNOWN, REQUEST_CLOSED, TOO_EARLY.
    Keeps   GATEWAY-1, GATEWAY-8.
    """
    settling.settle_expired(request_id)


@call(min_gas=10)
def delete_output(request_id: U64, node_id: NodeId) -> None:
    """Delete a stored output whose request is settled; its price returns to the node's account.

    Caller  anyone.  Emits  output_deleted.  Fails  OUTPUT_IN_USE, OUTPUT_UNKNOWN.  Keeps  GATEWAY-6.
    """
    settling.delete_output(request_id, node_id)


# Callbacks ----------------------------------------------------------------------------------


@callback(results=1, codec="borsh")
def on_node_checked(data: bytes) -> Response:
    """The registry's verdict on an answer: resume, or say why not. Never refuses.

    Emits   response_checked.  Keeps  GATEWAY-2, GATEWAY-4, GATEWAY-5.
    """
    return answering.checked(Check.from_borsh(data))


@callback(results=1, codec="borsh")
def on_resolved(data: bytes) -> Answer:
    """The end of a request's yield: pay or refund, and resolve. Never refuses.

    Emits   response_delivered or request_timed_out.
    Keeps   GATEWAY-1, GATEWAY-2, GATEWAY-3, GATEWAY-4, GATEWAY-7.
    """
    return settling.resolved(Ticket.from_borsh(data).request_id)


@callback(results=1)
def resolve_withdraw(account_id: AccountId, number: U64) -> Yocto:
    """How a withdrawal ended; see cashier.resolve_withdraw. Returns what arrived."""
    return Yocto(CASHIER.resolve_withdraw(account_id, number))
