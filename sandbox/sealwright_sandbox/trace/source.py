"""What a trace is made from.

`view` is nearcore's JSON of an outcome with its receipts (EXPERIMENTAL_tx_status). `facts` is what
it leaves out, in the form of the engine's `TraceFacts` (chain/trace.rs); every part of it may be
missing, a trace then says less.
"""

from collections.abc import Mapping
from typing import Any, TypedDict


class BlockFacts(TypedDict):
    """A block's place in time."""

    height: int
    timestamp_ns: int


class Located(TypedDict):
    """Where in its sources a watched contract failed: in its own code, and all the way there."""

    location: str
    traceback: list[str]


class Facts(TypedDict, total=False):
    """What nearcore's view leaves out."""

    impersonated: bool
    yield_timeout_blocks: int
    blocks: dict[str, BlockFacts]
    receipts: dict[str, dict[str, Any]]
    changes: list[dict[str, Any]]
    faults: list[dict[str, Any]]
    mocked: list[str]


class Source:
    """An outcome and its facts, by receipt."""

    def __init__(self, view: dict[str, Any], facts: Facts | None, places: Mapping[str, Located]) -> None:
        self.view = view
        self.facts: Facts = facts or {}
        self.complete = facts is not None
        self.places = places
        self.outcomes: dict[str, dict[str, Any]] = {one["id"]: one for one in view["receipts_outcome"]}
        self.receipts = self._receipts()

    @property
    def transaction(self) -> dict[str, Any]:
        """nearcore's view of the transaction."""
        found: dict[str, Any] = self.view["transaction"]
        return found

    @property
    def roots(self) -> list[str]:
        """Ids of the receipts that the transaction became."""
        return list(self.view["transaction_outcome"]["outcome"]["receipt_ids"])

    def block(self, block_hash: str) -> dict[str, Any]:
        """A block by its hash; height and time where they are known."""
        known = self.facts.get("blocks", {}).get(block_hash)
        height = known["height"] if known else None
        time_ms = known["timestamp_ns"] // 1_000_000 if known else None
        return {"hash": block_hash, "height": height, "timestamp_ms": time_ms}

    def waits(self, receipt_id: str) -> str:
        """Where a receipt is that has not run."""
        waits = self.facts.get("receipts", {}).get(receipt_id, {}).get("waits")
        return str(waits) if waits else "unknown"

    def resumed(self, receipt_id: str) -> dict[str, Any] | None:
        """What let a yielded callback run."""
        found: dict[str, Any] | None = self.facts.get("receipts", {}).get(receipt_id, {}).get("resumed")
        return found

    def changes_by(self, cause: str) -> list[dict[str, Any]]:
        """The changes that a transaction or receipt made."""
        found = self.facts.get("changes", [])
        return [change for change in found if cause in change["cause"].values()]

    def faults_of(self, receipt_id: str) -> list[dict[str, Any]]:
        """What a fault plan did to a receipt."""
        return [fault for fault in self.facts.get("faults", []) if fault["receipt_id"] == receipt_id]

    def is_mocked(self, receipt_id: str) -> bool:
        """Whether a mock answered a receipt's call."""
        return receipt_id in self.facts.get("mocked", [])

    def _receipts(self) -> dict[str, dict[str, Any]]:
        receipts = {one["receipt_id"]: one for one in self.view.get("receipts", [])}
        for receipt_id, known in self.facts.get("receipts", {}).items():
            receipts.setdefault(receipt_id, known["view"])
        # The receipt to oneself is the transaction under another id; nearcore leaves it out.
        for root in self.roots:
            receipts.setdefault(root, self._local(root))
        return receipts

    def _local(self, receipt_id: str) -> dict[str, Any]:
        transaction = self.transaction
        action = {
            "actions": transaction["actions"],
            "input_data_ids": [],
            "output_data_receivers": [],
            "signer_id": transaction["signer_id"],
            "is_promise_yield": False,
        }
        return {
            "receipt_id": receipt_id,
            "predecessor_id": transaction["signer_id"],
            "receiver_id": transaction["receiver_id"],
            "receipt": {"Action": action},
        }
