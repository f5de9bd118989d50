"""What readers of the market see: the JSON of its views (docs/spec/task-market.md)."""

from typing import TypedDict

from sealwright_protocol.types import (
    U32,
    U64,
    AccountId,
    BasisPoints,
    DurationMs,
    NodeId,
    PublicKey,
    Sha256,
    TimestampMs,
    Yocto,
)


class Task(TypedDict):
    """One task. Null where there is nothing yet, or nothing any more."""

    task_id: U64
    state: str
    client_id: AccountId
    asset: str
    reward: Yocto
    bond: Yocto
    fee_bps: BasisPoints
    storage: Yocto
    service: str | None
    measurement_ids: list[Sha256]
    input_hash: Sha256
    input_inline: bool
    input_reference: str | None
    schema_hash: Sha256 | None
    max_output_bytes: U32
    created_at_ms: TimestampMs
    claim_ends_at_ms: TimestampMs
    work_window_ms: DurationMs
    review_window_ms: DurationMs
    attempt: U32
    check: U32
    node_id: NodeId | None
    claimed_at_ms: TimestampMs | None
    work_ends_at_ms: TimestampMs | None
    submitted_at_ms: TimestampMs | None
    output_hash: Sha256 | None
    measurement_id: Sha256 | None
    signing_key: PublicKey | None
    review_ends_at_ms: TimestampMs | None
    ended_at_ms: TimestampMs | None
    barred: list[AccountId]


class TaskPage(TypedDict):
    """Some tasks, and the id to go on from; null at the end."""

    tasks: list[Task]
    next_index: U64 | None


class MarketConfig(TypedDict):
    """What `new` fixed, today's fee, and the next task's id."""

    owner_id: AccountId | None
    registry_id: AccountId
    treasury_id: AccountId
    fee_bps: BasisPoints
    network: str
    instance: Sha256
    next_task_id: U64
    account_cost: Yocto
