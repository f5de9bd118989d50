"""What the scripted contracts share."""

import base64
from typing import Any

import base58
from sealwright_agents import signer
from sealwright_protocol.wire import ResultReceipt

from offchain_agents.tests.fake_node import FakeNode, Refusal

INSTANCE = b"\x05" * 32
MEASUREMENT_ID = b"\x09" * 32
HOUR_MS = 3_600_000


class FakeContracts(FakeNode):
    """A node with the state that the scripted contracts keep. Tests read and write it."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes: dict[str, dict[str, Any]] = {}
        self.requests_open: dict[int, dict[str, Any]] = {}
        self.tasks: dict[int, dict[str, Any]] = {}
        self.inputs: dict[int, bytes] = {}
        self.outputs: dict[int, bytes] = {}
        self.validity_ms = 24 * HOUR_MS
        self.prepaid, self.owed = 10**25, 0
        self.answers: list[Any] = []  # what `respond` or `submit_result` resolve to instead, in order
        self.refusals: list[str] = []  # what `respond` panics with, in order

    def _account(self, owed: int) -> dict[str, Any]:
        pots = {"prepaid": str(self.prepaid), "owed": str(owed), "records": 1}
        return pots | dict.fromkeys(("locked", "bonded", "storage", "in_flight"), "0")

    def _check_receipt(
        self, contract: str, number: int, attempt: int, input_hash: str, args: dict[str, Any]
    ) -> None:
        """Refuse a signature that is not one over exactly this result."""
        output_hash = signer.sha256(base64.b64decode(args["output"]))
        receipt = ResultReceipt(
            "sandbox",
            contract,
            INSTANCE,
            number,
            attempt,
            bytes.fromhex(input_hash),
            output_hash,
            bytes.fromhex(args["measurement_id"]),
            f"desk.{self.account_id}",
        )
        key = base58.b58decode(args["signing_key"].removeprefix("ed25519:"))
        try:
            signer.verify(key, base64.b64decode(args["signature"]), receipt.to_borsh())
        except ValueError:
            raise Refusal("BAD_SIGNATURE: not this key's over this result") from None
