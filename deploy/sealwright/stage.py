"""A stage for demo and benchmarks: a sandbox, people, the whole suite deployed on it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, TypeVar

from sealwright_agents.quotes.simulated import SimulatedQuotes
from sealwright_agents.signer import sha256
from sealwright_protocol.client.agent_gateway import AgentGateway
from sealwright_protocol.client.attestation_verifier import AttestationVerifier
from sealwright_protocol.client.calls import Call, View
from sealwright_protocol.client.node_registry import NodeRegistry
from sealwright_protocol.client.task_market import TaskMarket
from sealwright_sandbox import NEAR, TGAS, Account, Outcome, Sandbox

from sealwright.places import RELEASE
from sealwright.transports import SandboxTransport

T = TypeVar("T")

ROOT_SEED = "demo"
COMPOSE_HASH = bytes.fromhex("5ea1" * 16)
FEE_BPS = 250

# Account names by role; all end in ".near".
PEOPLE = {"owner": 20, "operator": 20, "idler": 20, "reader": 20, "publisher": 20, "treasury-box": 1}
CONTRACTS = {
    "intel-verifier": "attestation_verifier",
    "demo-verifier": "attestation_verifier",
    "registry": "node_registry",
    "market": "task_market",
    "gateway": "agent_gateway",
    "newsroom": "ask_agent",
}


class ReleaseMissing(RuntimeError):
    """A released contract is not where it should be."""


class Stage:
    """Everything the scenes share. Amounts are yoctoNEAR."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.accounts: dict[str, Account] = {}
        self.gas: dict[str, int] = defaultdict(int)
        self.registry = NodeRegistry("registry.near")
        self.market = TaskMarket("market.near")
        self.gateway = AgentGateway("gateway.near")

    def set_up(self) -> None:
        """Create people, deploy the contracts and initialise each in the deploying transaction."""
        for name, balance in PEOPLE.items():
            self.accounts[name] = self.sandbox.create_account(name, balance * NEAR)
        root = self.simulated_quotes("any").root_der
        owner, treasury = self.accounts["owner"].account_id, self.accounts["treasury-box"].account_id
        self._deploy("intel-verifier", AttestationVerifier("").new())
        self._deploy("demo-verifier", AttestationVerifier("").new(root=root))
        self._deploy(
            "registry",
            NodeRegistry("").new(
                owner_id=owner,
                verifier_id="demo-verifier.near",
                verifier_method="verify_quote_with_validity",
                verifier_gas_tgas=60,
            ),
        )
        self._deploy(
            "market",
            TaskMarket("").new(
                owner_id=owner, registry_id="registry.near", treasury_id=treasury, fee_bps=FEE_BPS
            ),
        )
        self._deploy("gateway", AgentGateway("").new(registry_id="registry.near"))
        self._deploy_newsroom()

    def simulated_quotes(self, machine: str) -> SimulatedQuotes:
        """The pretended machine of that name, under the demo's throw-away root."""
        return SimulatedQuotes(self.sandbox.chain_id, machine, ROOT_SEED, COMPOSE_HASH)

    def send(self, name: str, call: Call[Any]) -> Outcome:
        """Execute a call as the account of that name; the whole receipt tree's gas is noted."""
        outcome = SandboxTransport(self.accounts[name]).send(call)
        self.note_gas(call.contract_id, call.method, outcome)
        return outcome

    def result(self, name: str, call: Call[T]) -> T:
        """Execute a call and decode what it returned."""
        return call.decode(self.send(name, call).raw)

    def ask(self, view: View[T]) -> T:
        """Query a contract."""
        return SandboxTransport(self.sandbox.treasury).view(view)

    def note_gas(self, contract_id: str, method: str, outcome: Outcome) -> None:
        """Remember the most expensive call of a method."""
        key = f"{contract_id.removesuffix('.near')}.{method}"
        self.gas[key] = max(self.gas[key], outcome.gas_burnt)

    def balances(self) -> dict[str, int]:
        """What each person has, and what each contract holds."""
        return {name: account.balance for name, account in self.accounts.items()}

    def _deploy(self, name: str, init: Call[None]) -> None:
        self._deploy_raw(name, init.method, init.args)

    def _deploy_newsroom(self) -> None:
        """The dApp's own contract, ordinary near-sdk-py."""
        measurement = self.measurement_id.hex()
        args = f'{{"gateway_id":"gateway.near","service":"summarise","measurement_ids":["{measurement}"]}}'
        self._deploy_raw("newsroom", "new", args.encode())

    def _deploy_raw(self, name: str, method: str, args: bytes) -> None:
        wasm = RELEASE / f"{CONTRACTS[name]}.wasm"
        if not wasm.exists():
            raise ReleaseMissing(f"{wasm} is missing: run `make contracts`")
        account = self.sandbox.create_account(name, 20 * NEAR)
        batch = account.batch().deploy(wasm.read_bytes())
        batch.function_call(method, args, gas=50 * TGAS).send()
        self.accounts[name] = account

    @property
    def measurement_id(self) -> bytes:
        """The id of the demo agent's pretended code, 32 bytes."""
        return sha256(self.simulated_quotes("any").measurement.to_borsh())
