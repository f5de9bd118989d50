"""A node in this process, for measurements: the agent's own signer and quotes without its loop."""

from __future__ import annotations

import hashlib

from sealwright_agents.quotes.simulated import SimulatedQuotes
from sealwright_agents.signer import EnclaveSigner, sha256
from sealwright_protocol.client.calls import Call
from sealwright_protocol.client.node_registry import Outcome as Registered
from sealwright_protocol.registry import RegisterNodeArgs, RenewAttestationArgs
from sealwright_protocol.wire import NodeBinding, ResultReceipt, report_data
from sealwright_sandbox import TGAS

from sealwright.stage import Stage

NO_TLS_KEY = bytes(32)
REGISTER_GAS = 200 * TGAS


class Enclave:
    """One node of an account: quotes, registers, signs."""

    def __init__(self, stage: Stage, name: str, label: str, service: str = "summarise") -> None:
        self.stage, self.name, self.service = stage, name, service
        self.node_id = f"{label}.{stage.accounts[name].account_id}"
        seed = hashlib.sha256(self.node_id.encode()).digest()
        self.signer = EnclaveSigner(seed, hashlib.sha256(seed).digest())
        self._quotes: SimulatedQuotes = stage.simulated_quotes(label)

    def challenge(self) -> bytes:
        """A fresh challenge of the account, paid from its prepaid balance."""
        return self.stage.result(self.name, self.stage.registry.request_challenge())["challenge"]

    def register(self) -> Registered:
        """Challenge, quote, `register_node`; the registry's answer."""
        return self.stage.result(self.name, self.register_call(self.challenge()))

    def register_call(self, challenge: bytes) -> Call[Registered]:
        """The registration as a call."""
        data = RegisterNodeArgs(
            self.node_id,
            self.signer.signing_key,
            self.signer.encryption_key,
            NO_TLS_KEY,
            challenge,
            "https://node.example",
            "eu-1",
            [(self.service, 10**23)],
            self._verify_args(challenge),
        )
        return self.stage.registry.register_node(data=data.to_borsh(), gas=REGISTER_GAS)

    def renew(self) -> Registered:
        """A fresh attestation for the same node."""
        challenge = self.challenge()
        data = RenewAttestationArgs(self.node_id, challenge, self._verify_args(challenge))
        call = self.stage.registry.renew_attestation(data=data.to_borsh(), gas=REGISTER_GAS)
        return self.stage.result(self.name, call)

    def sign_result(
        self, contract_id: str, instance: bytes, number: int, attempt: int, input_hash: bytes, output: bytes
    ) -> bytes:
        """The signature over the receipt of one result."""
        receipt = ResultReceipt(
            self.stage.sandbox.chain_id,
            contract_id,
            instance,
            number,
            attempt,
            input_hash,
            sha256(output),
            self.stage.measurement_id,
            self.node_id,
        )
        return self.signer.sign_receipt(receipt)

    def _verify_args(self, challenge: bytes) -> bytes:
        binding = NodeBinding(
            self.stage.sandbox.chain_id,
            self.stage.registry.contract_id,
            self.node_id,
            self.signer.signing_key,
            self.signer.encryption_key,
            NO_TLS_KEY,
        )
        evidence = self._quotes.evidence(
            report_data(binding, challenge, sha256), self.stage.sandbox.block_time_ms
        )
        return evidence.verify_args()
