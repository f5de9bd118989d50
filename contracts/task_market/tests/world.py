"""A market on the in-memory chain, with the registry played by the test."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from common.shim.harness import Contract, Done
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sealwright_protocol import json_codec
from sealwright_protocol.wire import ResultReceipt

MARKET, REGISTRY, OWNER, TREASURY = "market.near", "registry.near", "owner.near", "treasury.near"
CLIENT, NODE, RIVAL, STRANGER = "client.near", "node.near", "rival.near", "stranger.near"
NEAR = 10**24
REWARD = NEAR
BOND = NEAR // 5
FEE_BPS = 250
MINUTE_MS = 60_000
INPUT = b"what is 2 + 2?"
OUTPUT = b"4"
MEASUREMENT = hashlib.sha256(b"measurement").digest()
SERVICE = "sum"

KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"enclave").digest())
PUBLIC_KEY = KEY.public_key().public_bytes_raw()


def node_id(account_id: str = NODE) -> str:
    return "a1." + account_id


def verdict(account_id: str = NODE, **changes: Any) -> bytes:
    """The registry's answer, by default: valid."""
    answer: dict[str, Any] = {
        "valid": True,
        "reasons": [],
        "node_id": node_id(account_id),
        "signing_key": json_codec.text("k", PUBLIC_KEY),
        "measurement_id": MEASUREMENT.hex(),
        "expires_at_ms": 2**52,
    }
    return json.dumps({**answer, **changes}).encode()


def refusal(cause: str = "node", since_ms: int | None = 1, code: str = "NODE_DEACTIVATED") -> bytes:
    return verdict(valid=False, reasons=[{"code": code, "cause": cause, "since_ms": since_ms}])


class World:
    """The market after `new`, with client, node and rival funded."""

    def __init__(self) -> None:
        self.contract = Contract("task_market", MARKET)
        self.chain = self.contract.chain
        terms = {"owner_id": OWNER, "registry_id": REGISTRY, "treasury_id": TREASURY, "fee_bps": FEE_BPS}
        self.contract.call("new", terms)
        for account_id in (CLIENT, NODE, RIVAL):
            self.call("deposit", account_id, deposit=10 * NEAR)

    def call(self, method: str, by: str, deposit: int = 0, **arguments: Any) -> Done:
        return self.contract.call(method, arguments, predecessor=by, deposit=deposit)

    def view(self, method: str, **arguments: Any) -> Any:
        return self.contract.view(method, arguments)

    def wait(self, ms: int) -> None:
        self.chain.block_ms += ms

    def task(self, task_id: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = self.view("get_task", task_id=task_id)
        return found

    def state(self, task_id: int = 0) -> str:
        return str(self.task(task_id)["state"])

    def pots(self, account_id: str) -> dict[str, int]:
        page = self.view("get_account", account_id=account_id)
        return {pot: int(amount) for pot, amount in page.items() if int(amount)}

    def create(self, **changes: Any) -> int:
        terms: dict[str, Any] = {
            "reward": str(REWARD),
            "bond": str(BOND),
            "service": SERVICE,
            "measurement_ids": [MEASUREMENT.hex()],
            "input_hash": hashlib.sha256(INPUT).hexdigest(),
            "input": base64.b64encode(INPUT).decode(),
            "max_output_bytes": 64,
            "claim_window_ms": 10 * MINUTE_MS,
            "work_window_ms": 5 * MINUTE_MS,
            "review_window_ms": 5 * MINUTE_MS,
        }
        terms.update(changes)
        return int(self.call("create_task", CLIENT, **terms).value)

    def ask_claim(self, task_id: int = 0, by: str = NODE) -> Done:
        return self.call("claim_task", by, task_id=task_id, node_id=node_id(by))

    def answer_claim(self, answer: bytes | None, task_id: int = 0, check: int | None = None) -> Done:
        return self._answer("on_claim_checked", answer, task_id, check)

    def claim(self, task_id: int = 0, by: str = NODE) -> Done:
        self.ask_claim(task_id, by)
        return self.answer_claim(verdict(by), task_id)

    def sign(self, of_task: int, output: bytes, **changes: Any) -> str:
        """The enclave's signature over the receipt of the task as it stands."""
        task, config = self.task(of_task), self.view("get_config")
        fields: dict[str, Any] = {
            "network": config["network"],
            "contract": MARKET,
            "instance": bytes.fromhex(config["instance"]),
            "task_id": of_task,
            "attempt": task["attempt"],
            "input_hash": bytes.fromhex(task["input_hash"]),
            "output_hash": hashlib.sha256(output).digest(),
            "measurement_id": MEASUREMENT,
            "node_id": task["node_id"] or node_id(),
        }
        receipt = ResultReceipt(**{**fields, **changes})
        return base64.b64encode(KEY.sign(receipt.to_borsh())).decode()

    def submit(self, task_id: int = 0, by: str = NODE, output: bytes = OUTPUT, **changes: Any) -> Done:
        arguments: dict[str, Any] = {
            "task_id": task_id,
            "output": base64.b64encode(output).decode(),
            "measurement_id": MEASUREMENT.hex(),
            "signing_key": json_codec.text("k", PUBLIC_KEY),
            "signature": self.sign(task_id, output),
        }
        return self.call("submit_result", by, **{**arguments, **changes})

    def answer_result(self, answer: bytes | None, task_id: int = 0, check: int | None = None) -> Done:
        return self._answer("on_result_checked", answer, task_id, check)

    def deliver(self, task_id: int = 0) -> None:
        """Claim and submit, both confirmed."""
        self.claim(task_id)
        self.submit(task_id)
        self.answer_result(verdict(), task_id)

    def _answer(self, method: str, answer: bytes | None, task_id: int, check: int | None) -> Done:
        number = self.task(task_id)["check"] if check is None else check
        return self.contract.callback(method, {"task_id": task_id, "check": number}, answer)
