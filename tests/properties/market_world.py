"""A market on the real VM, beside a registry that answers as told.

`restart` rolls the chain back to just after the set-up, so each Hypothesis example starts
from the same block.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sealwright.build import kept
from sealwright.build.interpreter import PROJECT
from sealwright_protocol import json_codec
from sealwright_protocol.wire import ResultReceipt
from sealwright_sandbox import NEAR, TGAS, Account, CallFailed, Outcome, Sandbox

MARKET, REGISTRY, TREASURY = "market.near", "registry.near", "treasury.near"
CLIENT, NODE, RIVAL, STRANGER, OWNER = "client.near", "node.near", "rival.near", "stranger.near", "owner.near"
PEOPLE = (CLIENT, NODE, RIVAL, STRANGER, OWNER)
GENESIS_MS = 1_760_000_000_000
MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
FEE_BPS = 250
PREPAID = 20 * NEAR
GAS = 100 * TGAS
BLOCKS_FOR_A_CHECK = 6
"""Enough for call, question, answer and callback."""

INPUT = b"what is 2 + 2?"
OUTPUT = b"4"
MEASUREMENT = hashlib.sha256(b"measurement").digest()
KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"enclave").digest())
PUBLIC_KEY = json_codec.text("k", KEY.public_key().public_bytes_raw())
POTS = ("prepaid", "owed", "locked", "bonded", "storage", "in_flight")
ENDED = ("PAID", "CANCELLED", "EXPIRED")


def registry_stub() -> bytes:
    """The registry that answers as told, built for tests only."""
    return kept.wasm(PROJECT / "tests" / "contracts" / "registry_stub")


def sound_market() -> bytes:
    """The market as it is in the sources."""
    return kept.wasm(PROJECT / "contracts" / "task_market")


def node_id(account_id: str) -> str:
    return "a1." + account_id


class MarketWorld:
    """Accounts by role, contracts deployed, client and nodes with a prepaid balance.

    The treasury's account does not exist on the chain until `create_treasury`: whatever is
    sent to it before bounces.
    """

    def __init__(self, market_wasm: bytes, registry_wasm: bytes) -> None:
        self.sandbox = Sandbox(genesis_time_ms=GENESIS_MS)
        self.people: dict[str, Account] = {}
        for account_id in PEOPLE:
            self.people[account_id] = self.sandbox.create_account(account_id, balance=1_000 * NEAR)
        registry = self.sandbox.create_account(REGISTRY, balance=30 * NEAR)
        registry.deploy(registry_wasm)
        registry.call(REGISTRY, "new", {"measurement_id": MEASUREMENT.hex()}, gas=GAS)
        market = self.sandbox.create_account(MARKET, balance=30 * NEAR)
        market.deploy(market_wasm)
        terms = {"owner_id": OWNER, "registry_id": REGISTRY, "treasury_id": TREASURY, "fee_bps": FEE_BPS}
        market.call(MARKET, "new", terms, gas=GAS)
        for account_id in (CLIENT, NODE, RIVAL):
            self.call("deposit", account_id, deposit=PREPAID)
        self._start = self.sandbox.snapshot()

    def restart(self) -> None:
        self.sandbox.rollback(self._start)

    # Calls

    def call(self, method: str, by: str, deposit: int = 0, **arguments: Any) -> Outcome:
        """A call to the market. CallFailed with the contract's code when it is refused."""
        return self.people[by].call(MARKET, method, arguments, deposit=deposit, gas=GAS)

    def refused(self, method: str, by: str, deposit: int = 0, **arguments: Any) -> str | None:
        """The code with which a call is refused, None when it is not."""
        try:
            self.call(method, by, deposit, **arguments)
        except CallFailed as failed:
            return failed.code
        return None

    def start(self, method: str, by: str, **arguments: Any) -> None:
        """A call whose promise will not end soon: run it as far as it goes by itself."""
        self.people[by].submit(MARKET, method, arguments, gas=GAS)
        self.sandbox.produce_blocks(BLOCKS_FOR_A_CHECK)

    def tell(self, mode: str, answer: bytes | None = None) -> None:
        """How the registry answers from now on."""
        arguments = {"mode": mode, "answer": None if answer is None else base64.b64encode(answer).decode()}
        self.people[OWNER].call(REGISTRY, "tell", arguments, gas=GAS)

    def answer_later(self, answer: bytes) -> None:
        """Answer the oldest question that waits."""
        arguments = {"answer": base64.b64encode(answer).decode()}
        self.people[OWNER].call(REGISTRY, "answer_later", arguments, gas=GAS)
        self.sandbox.produce_blocks(BLOCKS_FOR_A_CHECK)

    def wait(self, ms: int) -> None:
        """Let time pass."""
        self.sandbox.set_time(self.sandbox.block_time_ms + ms)
        self.sandbox.produce_blocks(1)

    # Tasks

    def create(self, **changes: Any) -> int:
        """A task of the client's; amounts as ints."""
        terms: dict[str, Any] = {
            "reward": NEAR,
            "bond": NEAR // 5,
            "service": "sum",
            "measurement_ids": [MEASUREMENT.hex()],
            "input_hash": hashlib.sha256(INPUT).hexdigest(),
            "input": base64.b64encode(INPUT).decode(),
            "max_output_bytes": 64,
            "claim_window_ms": DAY_MS,
            "work_window_ms": 5 * MINUTE_MS,
            "review_window_ms": 5 * MINUTE_MS,
        }
        terms.update(changes)
        terms["reward"], terms["bond"] = str(terms["reward"]), str(terms["bond"])
        return int(self.call("create_task", CLIENT, **terms).value)

    def claim(self, task_id: int, by: str = NODE) -> bool:
        """Whether the claim was confirmed."""
        return bool(self.call("claim_task", by, task_id=task_id, node_id=node_id(by)).value)

    def result(self, task_id: int, output: bytes = OUTPUT, **changes: Any) -> dict[str, Any]:
        """Arguments of `submit_result`; `changes` spoil fields of the signed receipt."""
        return {
            "task_id": task_id,
            "output": base64.b64encode(output).decode(),
            "measurement_id": MEASUREMENT.hex(),
            "signing_key": PUBLIC_KEY,
            "signature": self.sign(task_id, output, changes),
        }

    def sign(self, task_id: int, output: bytes, changes: dict[str, Any]) -> str:
        """The enclave's signature over the receipt of the task as it stands."""
        task, config = self.task(task_id), self.view("get_config")
        fields: dict[str, Any] = {
            "network": config["network"],
            "contract": MARKET,
            "instance": bytes.fromhex(config["instance"]),
            "task_id": task_id,
            "attempt": task["attempt"],
            "input_hash": bytes.fromhex(task["input_hash"]),
            "output_hash": hashlib.sha256(output).digest(),
            "measurement_id": MEASUREMENT,
            "node_id": task["node_id"] or node_id(NODE),
        }
        fields.update(changes)
        return base64.b64encode(KEY.sign(ResultReceipt(**fields).to_borsh())).decode()

    def submit(self, task_id: int, by: str = NODE, **changes: Any) -> str:
        """The state that the registry's answer leads to."""
        return str(self.call("submit_result", by, **self.result(task_id, **changes)).value)

    def deliver(self, task_id: int, by: str = NODE) -> None:
        """Claim and submit, both confirmed."""
        assert self.claim(task_id, by)
        assert self.submit(task_id, by) == "SUBMITTED"

    # What readers see

    def view(self, method: str, **arguments: Any) -> Any:
        return self.sandbox.view(MARKET, method, arguments)

    def task(self, task_id: int) -> dict[str, Any]:
        found: dict[str, Any] = self.view("get_task", task_id=task_id)
        return found

    def state(self, task_id: int) -> str:
        return str(self.task(task_id)["state"])

    def tasks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.view("get_tasks", from_index=0, limit=50)["tasks"]
        return found

    def pots(self, account_id: str) -> dict[str, int]:
        """Every pot of an account; zeros when it has no record."""
        page = self.view("get_account", account_id=account_id) or {}
        return {pot: int(page.get(pot, "0")) for pot in POTS}

    def worth(self, account_id: str) -> int:
        """All an account has in the market."""
        return sum(self.pots(account_id).values())

    def totals(self) -> dict[str, int]:
        return {name: int(amount) for name, amount in self.view("get_totals").items()}
