"""Pieces of work and the states they pass through.

    FOUND -> CLAIMING -> CLAIMED -> COMPUTED -> SUBMITTING -> SUBMITTED -> SETTLED
    any   -> LOST     somebody else was quicker, or the time ran out
    any   -> FAILED   the handler or the contract refused for good

Gateway requests need no claim: FOUND -> COMPUTED -> SUBMITTING -> SETTLED.
"""

from dataclasses import dataclass

from sealwright_agents.signer import sha256

FOUND, CLAIMING, CLAIMED = "found", "claiming", "claimed"
COMPUTED, SUBMITTING, SUBMITTED = "computed", "submitting", "submitted"
SETTLED, LOST, FAILED = "settled", "lost", "failed"
OPEN_STATES = (FOUND, CLAIMING, CLAIMED, COMPUTED, SUBMITTING, SUBMITTED)
END_STATES = (SETTLED, LOST, FAILED)

TASK, REQUEST = "task", "request"


@dataclass(frozen=True)
class Item:
    """One piece of work: market task `number` in its `attempt`, or gateway request `number`.

    `tries` counts how often a step was begun again on purpose; it is part of the step's name.
    """

    id: int
    kind: str
    contract_id: str
    number: int
    attempt: int
    state: str
    service: str
    input: bytes
    output: bytes | None
    receipt: bytes | None
    signature: bytes | None
    tries: int
    detail: str
    found_height: int

    @property
    def input_hash(self) -> bytes:
        """SHA-256 of the exact input bytes."""
        return sha256(self.input)

    @property
    def name(self) -> str:
        """For people and log lines: `task 7/1` is task 7, attempt 1."""
        return f"{self.kind} {self.number}/{self.attempt}"
