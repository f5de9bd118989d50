"""The JSON that agent_gateway gives, field by field. Read by the build, never at run time."""

from typing import TypedDict

from sealwright_protocol.types import U32, U64, AccountId, Base64, NodeId, Sha256, Yocto


class Answer(TypedDict):
    """What a request's promise resolves to; `status` is answered or timed_out."""

    status: str
    request_id: U64
    output: Base64
    node_id: NodeId | None
    output_hash: Sha256 | None


class Response(TypedDict):
    """What `respond` resolves to; `outcome` is accepted, refused, unreachable or closed."""

    outcome: str
    request_id: U64
    node_id: NodeId
    reasons: list[str]


class RequestSummary(TypedDict):
    """A request without its input; `state` is open or resumed."""

    request_id: U64
    state: str
    requester_id: AccountId
    service: str
    input_hash: Sha256
    max_output_bytes: U32
    measurement_ids: list[Sha256]
    reward: Yocto
    created_height: U64
    respond_before_height: U64
    timeout_height: U64
    settle_from_height: U64
    answered_by: NodeId | None


class RequestView(TypedDict):
    """A request with its input; `state` is open or resumed."""

    request_id: U64
    state: str
    requester_id: AccountId
    service: str
    input: Base64
    input_hash: Sha256
    max_output_bytes: U32
    measurement_ids: list[Sha256]
    reward: Yocto
    created_height: U64
    respond_before_height: U64
    timeout_height: U64
    settle_from_height: U64
    answered_by: NodeId | None


class RequestPage(TypedDict):
    """Some open requests, and where the next page starts; null at the end."""

    requests: list[RequestSummary]
    next_index: U64 | None
    total: U64


class Terms(TypedDict):
    """What a request of this size costs beside its reward."""

    storage_price: Yocto
    callback_gas_tgas: U64
    min_gas_tgas: U64


class ConfigView(TypedDict):
    """Which registry is trusted, on which network, and what receipts must name."""

    registry_id: AccountId
    network: str
    instance: Sha256
    next_request_id: U64
