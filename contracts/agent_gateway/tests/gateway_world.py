"""A gateway on the in-memory chain, with the test playing requester, node and registry."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from common.shim.harness import Contract, Done
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sealwright_protocol import wire
from sealwright_protocol.scalars import key_text

NEAR = 10**24
DAPP = "dapp.near"
OPERATOR = "operator.near"
NODE = "node-1.operator.near"
REGISTRY = "registry.near"
MEASUREMENT = b"\x07" * 32
SECRET = Ed25519PrivateKey.from_private_bytes(b"\x09" * 32)
KEY = SECRET.public_key().public_bytes_raw()
REWARD = NEAR // 10


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


class GatewayWorld:
    """A gateway, and a node account with a prepaid balance."""

    def __init__(self) -> None:
        self.contract = Contract("agent_gateway", "gateway.near")
        self.chain = self.contract.chain
        self.contract.call("new", {"registry_id": REGISTRY})
        self.contract.call("deposit", predecessor=OPERATOR, deposit=NEAR)
        self.opened: dict[int, Done] = {}

    def request(
        self, reward: int = REWARD, deposit: int = NEAR, given: bytes = b"text", **changed: Any
    ) -> int:
        arguments: dict[str, Any] = {
            "service": "summarise",
            "input": encoded(given),
            "max_output_bytes": 4_096,
            "measurement_ids": [],
            "reward": str(reward),
        }
        arguments.update(changed)
        opened = self.contract.call("request", arguments, predecessor=DAPP, deposit=deposit)
        request_id = int(opened.events[0]["data"][0]["request_id"])
        self.opened[request_id] = opened
        return request_id

    def receipt(self, request_id: int, output: bytes, **changed: Any) -> wire.ResultReceipt:
        view = self.contract.view("get_request", {"request_id": request_id})
        config = self.contract.view("get_config")
        fields: dict[str, Any] = {
            "network": config["network"],
            "contract": "gateway.near",
            "instance": bytes.fromhex(config["instance"]),
            "task_id": request_id,
            "attempt": 1,
            "input_hash": bytes.fromhex(view["input_hash"]) if view else bytes(32),
            "output_hash": sha256(output),
            "measurement_id": MEASUREMENT,
            "node_id": NODE,
        }
        fields.update(changed)
        return wire.ResultReceipt(*[fields[name] for name in wire.ResultReceipt.FIELDS[1:]])

    def respond(
        self,
        request_id: int,
        output: bytes = b"answer",
        *,
        caller: str = OPERATOR,
        node_id: str = NODE,
        signed: dict[str, Any] | None = None,
        gas: int = 300 * 10**12,
    ) -> Done:
        receipt = self.receipt(request_id, output, **(signed or {"node_id": node_id}))
        arguments = {
            "request_id": request_id,
            "node_id": node_id,
            "output": encoded(output),
            "measurement_id": MEASUREMENT.hex(),
            "signing_key": key_text(KEY),
            "signature": encoded(SECRET.sign(receipt.to_borsh())),
        }
        return self.contract.call("respond", arguments, predecessor=caller, gas=gas)

    def verdict(self, node_id: str = NODE, **changed: Any) -> bytes:
        told: dict[str, Any] = {
            "valid": True,
            "reasons": [],
            "node_id": node_id,
            "signing_key": key_text(KEY),
            "measurement_id": MEASUREMENT.hex(),
            "ppid_hash": bytes(32).hex(),
        }
        told.update(changed)
        return json.dumps(told).encode()

    def check(self, responded: Done, verdict: bytes | None) -> Done:
        """The registry's verdict reaches the callback of a response."""
        callback = responded.promises[-1].actions[0]
        return self.contract.callback(callback.method, callback.args, verdict)

    def resolve(self, request_id: int, timed_out: bool = False) -> Done:
        """The yield of a request ends, by what resumed it or by timeout."""
        callback = self.opened[request_id].promises[0].actions[0]
        payload = None if timed_out else next(iter(p for p in reversed(self.chain.yields.values())))
        return self.contract.callback(callback.method, callback.args, payload)

    def answer(self, request_id: int, output: bytes = b"answer", node_id: str = NODE) -> Done:
        """Respond, confirm, resolve."""
        caller = node_id.partition(".")[2]
        responded = self.respond(request_id, output, node_id=node_id, caller=caller)
        assert self.check(responded, self.verdict(node_id)).value["outcome"] == "accepted"
        return self.resolve(request_id)

    def account(self, account_id: str) -> dict[str, int]:
        view = self.contract.view("get_account", {"account_id": account_id})
        return {name: int(amount) for name, amount in view.items()}

    def booked(self) -> int:
        """Everything that all pots hold together."""
        totals = self.contract.view("get_totals")
        pots = ("prepaid", "owed", "locked", "bonded", "storage", "in_flight")
        return sum(int(totals[pot]) for pot in pots)

    def pass_blocks(self, count: int) -> None:
        self.chain.block_height += count
        self.chain.block_ms += 1_000 * count
