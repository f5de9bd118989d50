"""The whole suite in a sandbox that answers RPC, and agents as processes that talk nothing else."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sealwright.transports import SandboxTransport
from sealwright_agents import cli
from sealwright_agents.config import load_config
from sealwright_agents.quotes.simulated import SimulatedQuotes
from sealwright_agents.signer import sha256
from sealwright_protocol.client.agent_gateway import AgentGateway
from sealwright_protocol.client.calls import TGAS
from sealwright_protocol.client.node_registry import NodeRegistry
from sealwright_protocol.client.task_market import TaskMarket
from sealwright_sandbox import QueryFailed

RELEASE = Path(__file__).resolve().parents[2] / "contracts" / "release"
CRASHING_AGENT = Path(__file__).with_name("crashing_agent.py")
NEAR = 10**24
ROOT_SEED = "agent tests"
MINUTE_MS = 60_000
WAIT_S = 60.0  # how long a test waits before it says that something never happened

HANDLERS = """
from pathlib import Path
from sealwright_agents import Agent, Work

agent = Agent("desk")

@agent.handles("{service}")
def shout(work: Work) -> bytes:
    with Path("{runs}").open("a") as runs:
        runs.write(f"{{work.kind}} {{work.number}}\\n")
    return work.input.upper()
"""

CONFIG = """
[network]
rpc = ["{url}"]
chain_id = "sandbox"
[contracts]
registry = "registry.near"
market = "market.near"
gateway = "gateway.near"
[node]
account_id = "{account_id}"
label = "{label}"
[agent]
handlers = "handlers_{name}:agent"
state_dir = "state"
[services.{service}]
price = "0.1"
[quote]
provider = "simulated"
seed = "{label}.{account_id}"
root_seed = "{root_seed}"
[limits]
poll_s = 0.05
"""


def wait_until(condition: Callable[[], Any], what: str, seconds: float = WAIT_S) -> Any:
    """The condition's first true value. AssertionError naming `what` when there is none in time."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"never happened: {what}"
        time.sleep(0.02)
    return value


class AgentWorld:
    """Verifier (with the throw-away root), registry, market, gateway, and a client with money."""

    def __init__(self, sandbox: Any) -> None:
        self.sandbox = sandbox
        self.owner = sandbox.create_account("owner", balance=100 * NEAR)
        self.client = sandbox.create_account("client", balance=1_000 * NEAR)
        self.registry = NodeRegistry("registry.near")
        self.market = TaskMarket("market.near")
        self.gateway = AgentGateway("gateway.near")
        self.rpc_url = ""
        self._deploy()

    def _deploy(self) -> None:
        quotes = SimulatedQuotes("sandbox", "any", ROOT_SEED)
        from sealwright_protocol.client.attestation_verifier import AttestationVerifier

        verifier = AttestationVerifier("verifier.near")
        owner, treasury = self.owner.account_id, self.owner.account_id
        self._install("attestation_verifier", verifier.new(root=quotes.root_der))
        self._install(
            "node_registry",
            self.registry.new(
                owner_id=owner,
                verifier_id="verifier.near",
                verifier_method="verify_quote_with_validity",
                verifier_gas_tgas=200,
            ),
        )
        self._install(
            "task_market",
            self.market.new(owner_id=owner, registry_id="registry.near", treasury_id=treasury, fee_bps=100),
        )
        self._install("agent_gateway", self.gateway.new(registry_id="registry.near"))
        measurement_id = sha256(quotes.measurement.to_borsh())
        self.send(self.owner, self.registry.deposit(deposit=NEAR))
        self.send(
            self.owner,
            self.registry.approve_measurements(measurement_ids=[measurement_id], label="simulated"),
        )

    def _install(self, name: str, new: Any) -> None:
        account = self.sandbox.create_account(new.contract_id.removesuffix(".near"), balance=50 * NEAR)
        wasm = (RELEASE / f"{name}.wasm").read_bytes()
        account.batch().deploy(wasm).function_call("new", new.args, gas=100 * TGAS).send()

    def send(self, account: Any, call: Any) -> Any:
        """Execute a call for an account; its decoded value."""
        return SandboxTransport(account).call(call)

    def view(self, view: Any) -> Any:
        """A view's decoded value."""
        return SandboxTransport(self.client).view(view)

    def new_operator(self, name: str) -> Any:
        """An account with prepaid money everywhere."""
        operator = self.sandbox.create_account(name, balance=200 * NEAR)
        for contract in (self.registry, self.market, self.gateway):
            self.send(operator, contract.deposit(deposit=10 * NEAR, gas=30 * TGAS))
        return operator

    def ask(self, service: str, content: bytes, max_output_bytes: int = 1_000) -> Any:
        """A gateway request; its pending transaction resolves to the answer."""
        call = self.gateway.request(
            service=service,
            input=content,
            max_output_bytes=max_output_bytes,
            measurement_ids=[],
            reward=NEAR,
            deposit=NEAR + NEAR // 2,
            gas=200 * TGAS,
        )
        return self.client.submit(
            call.contract_id, call.method, call.args, deposit=call.deposit, gas=call.gas
        )

    def post_task(self, service: str, content: bytes, work_window_ms: int = 60 * MINUTE_MS) -> int:
        """A market task with an inline input; its id."""
        task_id: int = self.send(
            self.client,
            self.market.create_task(
                reward=NEAR,
                bond=NEAR // 5,
                service=service,
                input_hash=sha256(content),
                input=content,
                max_output_bytes=1_000,
                claim_window_ms=60 * MINUTE_MS,
                work_window_ms=work_window_ms,
                review_window_ms=5 * MINUTE_MS,
                deposit=2 * NEAR,
                gas=50 * TGAS,
            ),
        )
        return task_id

    def pass_time(self, milliseconds: int) -> None:
        """Let the chain's clock run on by so much, and a block show it."""
        self.sandbox.set_time(self.sandbox.block_time_ms + milliseconds)
        self.sandbox.produce_blocks(1)

    def transactions(self, signer_id: str) -> list[Any]:
        """Every transaction of an account that a block took, from genesis on."""
        found = []
        for height in range(1, self.sandbox.block_height + 1):
            try:
                chunk = self.sandbox.rpc("chunk", {"block_id": height, "shard_id": 0})
            except QueryFailed:  # a height that was jumped over
                continue
            found += [each for each in chunk["transactions"] if each["signer_id"] == signer_id]
        return found

    def task(self, task_id: int) -> Any:
        """The task as the market shows it."""
        return self.view(self.market.get_task(task_id=task_id))

    def owed(self, contract: Any, account: Any) -> int:
        """What a contract owes an account, in yoctoNEAR."""
        found = self.view(contract.get_account(account_id=account.account_id))
        return int(found["owed"]) if found else 0


class AgentProcess:
    """`sealwright-agent` with a folder of its own."""

    def __init__(
        self, world: AgentWorld, folder: Path, operator: Any, service: str, label: str = "desk"
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.world, self.folder, self.operator, self.service = world, folder, operator, service
        self.node_id = f"{label}.{operator.account_id}"
        self.runs_file = folder / "runs.txt"
        name = f"{service}_{label}".replace("-", "_")
        (folder / f"handlers_{name}.py").write_text(HANDLERS.format(service=service, runs=self.runs_file))
        self.config_file = folder / "agent.toml"
        self.config_file.write_text(
            CONFIG.format(
                url=world.rpc_url,
                account_id=operator.account_id,
                label=label,
                name=name,
                service=service,
                root_seed=ROOT_SEED,
            )
        )
        self._log = folder / "log.jsonl"
        self._process: subprocess.Popen[bytes] | None = None

    def add_keys(self) -> None:
        """What the operator does once: `init`, then three function-call keys."""
        assert cli.main(["init", "--json", "--config", str(self.config_file)]) == 0
        batch = self.operator.batch()
        for key in cli.public_facts(load_config(self.config_file))["keys"]:
            batch.add_key(
                key["public_key"], contract_id=key["contract_id"], methods=key["methods"], allowance=5 * NEAR
            )
        batch.send()

    def set_limits(self, **limits: Any) -> None:
        """Append entries to the configuration's `[limits]`, which is its last table."""
        with self.config_file.open("a") as config:
            config.writelines(f"{name} = {json.dumps(value)}\n" for name, value in limits.items())

    def start(self, crash: str | None = None) -> None:
        """Run it, with `crash` under a harness that kills it at that point (`crashing_agent.py`)."""
        program = [str(CRASHING_AGENT), crash] if crash else ["-m", "sealwright_agents.cli"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *program, "run", "--config", str(self.config_file)], stderr=log
            )

    def wait_killed(self) -> None:
        """Wait until it was killed by its harness."""
        assert self._process is not None
        assert self._process.wait(WAIT_S) == -signal.SIGKILL, self._log.read_text()[-3_000:]

    def calls(self, contract_id: str) -> list[tuple[str, int]]:
        """(method, task or request id) of every transaction that this account sent to a contract, sorted.

        Read from the blocks: a nonce may be given out and never used, so nonces prove no count.
        """
        found = []
        for transaction in self.world.transactions(self.operator.account_id):
            for action in transaction["actions"]:
                call = action.get("FunctionCall") if isinstance(action, dict) else None
                if transaction["receiver_id"] == contract_id and call is not None:
                    arguments = json.loads(base64.b64decode(call["args"]))
                    number = arguments.get("task_id", arguments.get("request_id"))
                    if number is not None:
                        found.append((call["method_name"], number))
        return sorted(found)

    def stop(self) -> None:
        """Stop it gracefully, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            assert self._process.wait(WAIT_S) == 0, self._log.read_text()[-3_000:]

    def kill(self) -> None:
        """Kill it, whatever it does, if it runs."""
        if self._process is not None and self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait(WAIT_S)

    def events(self, name: str) -> list[dict[str, Any]]:
        """The log lines of this event, of all runs so far."""
        if not self._log.exists():
            return []
        lines = [line for line in self._log.read_text().splitlines(keepends=True) if line.endswith("\n")]
        parsed = [json.loads(line) for line in lines if line.startswith("{")]
        return [line for line in parsed if line["event"] == name]

    def wait_event(self, name: str, count: int = 1) -> dict[str, Any]:
        """Wait for the `count`-th line of an event."""
        try:
            wait_until(lambda: len(self.events(name)) >= count, f"event {name}")
        except AssertionError:
            raise AssertionError(f"no event {name}:\n{self._log.read_text()[-4_000:]}") from None
        return self.events(name)[count - 1]

    def runs(self) -> list[str]:
        """What the handler was given, one line a run: "request 3"."""
        return self.runs_file.read_text().splitlines() if self.runs_file.exists() else []
