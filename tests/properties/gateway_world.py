"""A gateway on the real VM, beside a registry that answers as told.

`restart` rolls the chain back to just after the set-up, so each Hypothesis example starts
from the same block.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sealwright.build import kept
from sealwright.build.interpreter import PROJECT
from sealwright_protocol import json_codec
from sealwright_protocol.wire import ResultReceipt
from sealwright_sandbox import NEAR, TGAS, Account, CallFailed, Outcome, Pending, Sandbox

GATEWAY, REGISTRY = "gateway.near", "registry.near"
DAPP, OPERATOR, RIVAL, STRANGER = "dapp.near", "operator.near", "rival.near", "stranger.near"
PEOPLE = (DAPP, OPERATOR, RIVAL, STRANGER)
POTS = ("prepaid", "owed", "locked", "bonded", "storage", "in_flight")
GENESIS_MS = 1_760_000_000_000
PREPAID = 20 * NEAR
REWARD = NEAR // 2
GAS = 200 * TGAS
BLOCKS_TO_ARRIVE = 2
BLOCKS_FOR_A_CHECK = 6
TIMEOUT_BLOCKS = 204
"""After so many blocks a request that nobody answered has been settled by its callback."""

INPUT = b"a long text"
OUTPUT = b"short"
MEASUREMENT = hashlib.sha256(b"measurement").digest()
KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"enclave").digest())
PUBLIC_KEY = json_codec.text("k", KEY.public_key().public_bytes_raw())


class Asked(NamedTuple):
    """A request that was sent: its id and the transaction whose result is the answer."""

    request_id: int
    transaction: Pending


def sound_gateway() -> bytes:
    """The gateway as it is in the sources."""
    return kept.wasm(PROJECT / "contracts" / "agent_gateway")


def registry_stub() -> bytes:
    """The registry that answers as told, built for tests only."""
    return kept.wasm(PROJECT / "tests" / "contracts" / "registry_stub")


def node_id(account_id: str) -> str:
    return "n1." + account_id


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class GatewayWorld:
    """Accounts by role, contracts deployed, everybody but the stranger with a prepaid balance."""

    def __init__(self, gateway_wasm: bytes, registry_wasm: bytes) -> None:
        self.sandbox = Sandbox(genesis_time_ms=GENESIS_MS)
        self.people: dict[str, Account] = {}
        for account_id in PEOPLE:
            self.people[account_id] = self.sandbox.create_account(account_id, balance=1_000 * NEAR)
        registry = self.sandbox.create_account(REGISTRY, balance=30 * NEAR)
        registry.deploy(registry_wasm)
        registry.call(REGISTRY, "new", {"measurement_id": MEASUREMENT.hex()}, gas=GAS)
        gateway = self.sandbox.create_account(GATEWAY, balance=30 * NEAR)
        gateway.deploy(gateway_wasm)
        gateway.call(GATEWAY, "new", {"registry_id": REGISTRY}, gas=GAS)
        for account_id in (DAPP, OPERATOR, RIVAL):
            self.call("deposit", account_id, deposit=PREPAID)
        # High enough for a request to be dated back.
        self.sandbox.fast_forward(500)
        self._start = self.sandbox.snapshot()

    def restart(self) -> None:
        self.sandbox.rollback(self._start)

    # Calls

    def call(self, method: str, by: str, deposit: int = 0, gas: int = GAS, **arguments: Any) -> Outcome:
        """A call to the gateway. CallFailed with the contract's code when it is refused."""
        return self.people[by].call(GATEWAY, method, arguments, deposit=deposit, gas=gas)

    def refused(self, method: str, by: str, deposit: int = 0, gas: int = GAS, **arguments: Any) -> str | None:
        """The code with which a call is refused, None when it is not."""
        try:
            self.call(method, by, deposit, gas, **arguments)
        except CallFailed as failed:
            return failed.code
        return None

    def tell(self, mode: str, answer: bytes | None = None) -> None:
        """How the registry answers from now on."""
        arguments = {"mode": mode, "answer": None if answer is None else b64(answer)}
        self.people[STRANGER].call(REGISTRY, "tell", arguments, gas=GAS)

    def answer_later(self, answer: bytes) -> None:
        """Answer the oldest question that waits."""
        self.people[STRANGER].call(REGISTRY, "answer_later", {"answer": b64(answer)}, gas=GAS)
        self.sandbox.produce_blocks(BLOCKS_FOR_A_CHECK)

    def verdict(self, account_id: str = OPERATOR, **changes: Any) -> bytes:
        """A registry's confirmation of this account's node; `changes` spoil it."""
        told: dict[str, Any] = {
            "valid": True,
            "reasons": [],
            "node_id": node_id(account_id),
            "signing_key": PUBLIC_KEY,
            "measurement_id": MEASUREMENT,
        }
        return json_codec.pack("*", {**told, **changes})

    # Requests and answers

    def ask(self, by: str = DAPP, gas: int = GAS, **changes: Any) -> Asked:
        """A request that has arrived; its transaction ends with the answer."""
        terms: dict[str, Any] = {
            "service": "sum",
            "input": b64(INPUT),
            "max_output_bytes": 4_096,
            "measurement_ids": [],
            "reward": REWARD,
            "deposit": 0,
        }
        terms.update(changes)
        deposit, terms["reward"] = terms.pop("deposit"), str(terms["reward"])
        request_id = int(self.view("get_config")["next_request_id"])
        transaction = self.people[by].submit(GATEWAY, "request", terms, deposit=deposit, gas=gas)
        self.sandbox.produce_blocks(BLOCKS_TO_ARRIVE)
        return Asked(request_id, transaction)

    def response(
        self, request_id: int, output: bytes = OUTPUT, by: str = OPERATOR, **spoilt: Any
    ) -> dict[str, Any]:
        """Arguments of `respond`; `spoilt` replaces fields of the signed receipt."""
        request, config = self.view("get_request", request_id=request_id), self.view("get_config")
        fields: dict[str, Any] = {
            "network": config["network"],
            "contract": GATEWAY,
            "instance": bytes.fromhex(config["instance"]),
            "task_id": request_id,
            "attempt": 1,
            "input_hash": bytes.fromhex(request["input_hash"]) if request else bytes(32),
            "output_hash": hashlib.sha256(output).digest(),
            "measurement_id": MEASUREMENT,
            "node_id": node_id(by),
        }
        fields.update(spoilt)
        return {
            "request_id": request_id,
            "node_id": node_id(by),
            "output": b64(output),
            "measurement_id": MEASUREMENT.hex(),
            "signing_key": PUBLIC_KEY,
            "signature": b64(KEY.sign(ResultReceipt(**fields).to_borsh())),
        }

    def respond(self, request_id: int, output: bytes = OUTPUT, by: str = OPERATOR, gas: int = GAS) -> str:
        """Respond and run to the end of the check: its outcome, or the code of the refusal."""
        try:
            done = self.call("respond", by, gas=gas, **self.response(request_id, output, by))
        except CallFailed as failed:
            return failed.code
        return str(done.value["outcome"])

    def start_response(self, request_id: int, output: bytes = OUTPUT, by: str = OPERATOR) -> Pending:
        """Respond while the registry takes its time."""
        pending = self.people[by].submit(GATEWAY, "respond", self.response(request_id, output, by), gas=GAS)
        self.sandbox.produce_blocks(BLOCKS_FOR_A_CHECK)
        return pending

    def time_out(self) -> None:
        """Let every open request reach its timeout and be settled."""
        self.sandbox.produce_blocks(TIMEOUT_BLOCKS)

    def answer(self, asked: Asked) -> dict[str, Any]:
        """What the request's promise resolved to. AssertionError unless it has, successfully."""
        self.sandbox.produce_blocks(3)
        outcome = asked.transaction.outcome()
        assert outcome is not None, "the request has not resolved"
        assert outcome.succeeded, outcome.failure
        found: dict[str, Any] = outcome.value
        return found

    # What readers see

    def view(self, method: str, **arguments: Any) -> Any:
        return self.sandbox.view(GATEWAY, method, arguments)

    def request(self, request_id: int) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.view("get_request", request_id=request_id)
        return found

    def pots(self, account_id: str) -> dict[str, int]:
        """Every pot of an account; zeros when it has no record."""
        page = self.view("get_account", account_id=account_id) or {}
        return {pot: int(page.get(pot, "0")) for pot in POTS}

    def worth(self, account_id: str) -> int:
        """All an account has in the gateway."""
        return sum(self.pots(account_id).values())
