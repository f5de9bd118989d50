"""The JSON that node_registry takes and gives, field by field. Read by the build, never at run time."""

from typing import TypedDict

from sealwright_protocol.types import (
    U64,
    AccountId,
    DurationMs,
    NodeId,
    PublicKey,
    Sha256,
    TimestampMs,
    Yocto,
)


class ServiceOffer(TypedDict):
    """A service that a node offers, and what it asks for it."""

    name: str
    price: Yocto


class AdvisoryGrace(TypedDict):
    """Until when the policy overlooks one of Intel's advisories."""

    advisory_id: str
    until_ms: TimestampMs


class IssuedChallenge(TypedDict):
    """What `request_challenge` returns."""

    challenge: Sha256
    expires_at_ms: TimestampMs


class Outcome(TypedDict):
    """How a registration or renewal ended."""

    outcome: str
    node_id: NodeId
    code: str | None
    detail: str
    expires_at_ms: TimestampMs | None


class Reason(TypedDict):
    """Why a node is not valid; `cause` is node or policy."""

    code: str
    cause: str
    since_ms: TimestampMs | None


class Verdict(TypedDict):
    """Whether a node is valid. Key and measurement are what the record says."""

    valid: bool
    reasons: list[Reason]
    node_id: NodeId
    signing_key: PublicKey | None
    measurement_id: Sha256 | None
    ppid_hash: Sha256 | None
    asked_at_ms: TimestampMs
    attested_at_ms: TimestampMs | None
    attestation_expires_at_ms: TimestampMs | None
    measurement_ends_at_ms: TimestampMs | None
    expires_at_ms: TimestampMs | None


class ChangeInFlight(TypedDict):
    """A registration or renewal that waits for the verifier."""

    number: U64
    expires_at_ms: TimestampMs


class NodeView(TypedDict):
    """A node with its current key."""

    node_id: NodeId
    account_id: AccountId
    state: str
    version: U64
    signing_key: PublicKey
    encryption_key: Sha256
    tls_spki_hash: Sha256
    measurement_id: Sha256
    ppid_hash: Sha256
    tcb_status: str
    advisory_ids: list[str]
    attested_at_ms: TimestampMs
    expires_at_ms: TimestampMs
    registered_at_ms: TimestampMs
    deactivated_at_ms: TimestampMs | None
    endpoint: str
    region: str
    services: list[ServiceOffer]
    change_in_flight: ChangeInFlight | None


class NodePage(TypedDict):
    """Some nodes, and where the next page starts; null at the end."""

    nodes: list[NodeView]
    next_index: U64 | None
    total: U64


class PolicyView(TypedDict):
    """What a verdict must say to be good enough."""

    version: U64
    accepted_statuses: list[str]
    advisory_grace: list[AdvisoryGrace]
    platform_list: bool
    max_age_ms: DurationMs
    removal_grace_ms: DurationMs
    statuses_since_ms: TimestampMs
    platforms_since_ms: TimestampMs


class Prices(TypedDict):
    """What each kind of record costs while it exists."""

    node: Yocto
    key: Yocto
    challenge: Yocto


class ConfigView(TypedDict):
    """Who decides, who verifies, on which network."""

    owner_id: AccountId | None
    verifier_id: AccountId
    verifier_method: str
    verifier_gas_tgas: U64
    network: str
    prices: Prices


class MeasurementView(TypedDict):
    """An approved measurement; `ends_at_ms` is null until it is removed."""

    measurement_id: Sha256
    label: str
    approved_at_ms: TimestampMs
    ends_at_ms: TimestampMs | None


class ChallengeView(TypedDict):
    """A challenge of an account."""

    challenge: Sha256
    expires_at_ms: TimestampMs
    in_flight: bool
