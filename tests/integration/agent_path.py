"""The path from a quote to an answer on the VM: verifier, registry, gateway, client contract.

The verifier trusts a throw-away root; the quotes are real in format and minted by the simulated TEE.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sealwright.build import kept
from sealwright.build.interpreter import PROJECT
from sealwright_agents.quotes.simulated import SimulatedQuotes
from sealwright_protocol import json_codec
from sealwright_protocol.registry import RegisterNodeArgs, RenewAttestationArgs
from sealwright_protocol.verdict import encode_verify_args
from sealwright_protocol.wire import NodeBinding, ResultReceipt, measurement_id, report_data
from sealwright_sandbox import NEAR, TGAS, Account, Outcome, Pending, Sandbox

VERIFIER, REGISTRY, GATEWAY, DAPP = "verifier.near", "registry.near", "gateway.near", "newsroom.near"
OPERATOR, OWNER, READER = "operator.near", "owner.near", "reader.near"
NODE = "desk.operator.near"
SERVICE = "summarise"
ROOT_SEED = "integration tests"
GENESIS_MS = 1_781_481_600_000
GAS = 300 * TGAS
ENCRYPTION_KEY, TLS_SPKI_HASH = b"\x03" * 32, bytes(32)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Enclave:
    """A simulated machine with a signing key made inside."""

    def __init__(self, name: str) -> None:
        self.quotes = SimulatedQuotes("sandbox", name, ROOT_SEED)
        self.secret = Ed25519PrivateKey.from_private_bytes(sha256(b"enclave " + name.encode()))
        self.key = self.secret.public_key().public_bytes_raw()
        self.measurement_id = measurement_id(self.quotes.measurement, sha256)

    def verify_args(self, challenge: str, node_id: str, now_ms: int) -> bytes:
        """Quote and collateral over the binding of this enclave's keys."""
        binding = NodeBinding("sandbox", REGISTRY, node_id, self.key, ENCRYPTION_KEY, TLS_SPKI_HASH)
        quoted = report_data(binding, bytes.fromhex(challenge), sha256)
        evidence = self.quotes.evidence(quoted, now_ms)
        return encode_verify_args(evidence.quote, evidence.collateral)


class AgentPath:
    """Everything deployed; the operator has prepaid balances, its node is not registered yet."""

    def __init__(self, method: str = "verify_quote_with_validity") -> None:
        self.sandbox = Sandbox(genesis_time_ms=GENESIS_MS)
        self.enclave = Enclave("first machine")
        self.people: dict[str, Account] = {}
        for account_id in (OPERATOR, OWNER, READER):
            self.people[account_id] = self.sandbox.create_account(account_id, balance=1_000 * NEAR)
        self._install(VERIFIER, "contracts/attestation_verifier", {"root": b64(self.enclave.quotes.root_der)})
        config = {"verifier_id": VERIFIER, "verifier_method": method, "verifier_gas_tgas": 150}
        self._install(REGISTRY, "contracts/node_registry", {"owner_id": OWNER, **config})
        self._install(GATEWAY, "contracts/agent_gateway", {"registry_id": REGISTRY})
        terms = {"gateway_id": GATEWAY, "service": SERVICE, "measurement_ids": []}
        self._install(DAPP, "contracts/examples/ask_agent", terms)
        approved = {"measurement_ids": [self.enclave.measurement_id.hex()], "label": "agent"}
        self.people[OWNER].call(REGISTRY, "approve_measurements", approved, deposit=1, gas=GAS)
        for contract_id in (REGISTRY, GATEWAY):
            self.people[OPERATOR].call(contract_id, "deposit", {}, deposit=NEAR, gas=GAS)
        self._start = self.sandbox.snapshot()

    def restart(self) -> None:
        self.sandbox.rollback(self._start)

    def _install(self, account_id: str, folder: str, terms: dict[str, Any]) -> None:
        account = self.sandbox.create_account(account_id, balance=50 * NEAR)
        account.batch().deploy(kept.wasm(PROJECT / folder)).function_call("new", terms, gas=100 * TGAS).send()

    # Nodes

    def challenge(self) -> str:
        return str(self.people[OPERATOR].call(REGISTRY, "request_challenge", {}, gas=GAS).value["challenge"])

    def register(self, by: Account | None = None, **changed: Any) -> Outcome:
        """Register the enclave; `changed` replaces arguments of the call, never of the quote."""
        challenge = self.challenge()
        verify_args = self.enclave.verify_args(challenge, NODE, self.sandbox.block_time_ms)
        fields: dict[str, Any] = {
            "node_id": NODE,
            "signing_key": self.enclave.key,
            "encryption_key": ENCRYPTION_KEY,
            "tls_spki_hash": TLS_SPKI_HASH,
            "challenge": bytes.fromhex(challenge),
            "endpoint": "https://desk.example",
            "region": "eu-west",
            "services": [(SERVICE, 10**23)],
            "verify_args": verify_args,
        }
        fields.update(changed)
        args = RegisterNodeArgs(**fields).to_borsh()
        return (by or self.people[OPERATOR]).call(REGISTRY, "register_node", args, gas=GAS)

    def renew(self, by: Account | None = None) -> Outcome:
        challenge = self.challenge()
        verify_args = self.enclave.verify_args(challenge, NODE, self.sandbox.block_time_ms)
        args = RenewAttestationArgs(NODE, bytes.fromhex(challenge), verify_args).to_borsh()
        return (by or self.people[OPERATOR]).call(REGISTRY, "renew_attestation", args, gas=GAS)

    def verdict(self, **asked: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.sandbox.view(REGISTRY, "is_node_valid", {"node_id": NODE, **asked})
        return found

    # Questions

    def ask(self, question: str, reward: int = NEAR // 10) -> Pending:
        """The reader asks the client contract; the transaction's result is the answer."""
        args = {"question": question, "reward": str(reward)}
        pending = self.people[READER].submit(DAPP, "ask", args, deposit=reward + NEAR // 20, gas=GAS)
        self.sandbox.produce_blocks(3)
        return pending

    def pending(self) -> list[dict[str, Any]]:
        page = {"from_index": 0, "limit": 50, "service": SERVICE}
        found: list[dict[str, Any]] = self.sandbox.view(GATEWAY, "get_pending", page)["requests"]
        return found

    def respond(self, request_id: int, output: bytes, by: Account | None = None) -> Outcome:
        """What an honest agent sends."""
        view = self.sandbox.view(GATEWAY, "get_request", {"request_id": request_id})
        config = self.sandbox.view(GATEWAY, "get_config", {})
        receipt = ResultReceipt(
            config["network"],
            GATEWAY,
            bytes.fromhex(config["instance"]),
            request_id,
            1,
            bytes.fromhex(view["input_hash"]),
            sha256(output),
            self.enclave.measurement_id,
            NODE,
        )
        response = {
            "request_id": request_id,
            "node_id": NODE,
            "output": b64(output),
            "measurement_id": self.enclave.measurement_id.hex(),
            "signing_key": json_codec.text("k", self.enclave.key),
            "signature": b64(self.enclave.secret.sign(receipt.to_borsh())),
        }
        return (by or self.people[OPERATOR]).call(GATEWAY, "respond", response, gas=GAS)

    def enclave_key(self, contract_id: str, methods: list[str]) -> Account:
        """The operator's account with a key that can only work on one contract."""
        key = self.sandbox.account(f"enclave-key-{contract_id}")
        batch = self.people[OPERATOR].batch()
        batch.add_key(key.public_key, contract_id=contract_id, methods=methods, allowance=5 * NEAR).send()
        return self.people[OPERATOR].with_key(key.secret_key)
