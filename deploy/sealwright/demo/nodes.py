"""A node of the demo: the agent as a process of its own that talks to the chain over RPC only."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sealwright_protocol.client.node_registry import NodeView
from sealwright_sandbox import NEAR

from sealwright.stage import COMPOSE_HASH, ROOT_SEED, Stage

PATIENCE_S = 40.0
STOP_S = 15.0


class NodeStuck(RuntimeError):
    """An agent did not do in time what it should; the message ends with its last log lines."""


class Node:
    """One agent: its configuration, its keys, its process."""

    def __init__(self, stage: Stage, name: str, label: str, services: dict[str, str], folder: Path) -> None:
        """`name` is the operating account's; `services` maps a service to its price in NEAR."""
        self.stage, self.name, self.services = stage, name, services
        self.account = stage.accounts[name]
        self.label = label
        self.node_id = f"{label}.{self.account.account_id}"
        self._folder = folder
        self._log = folder / "agent.log"
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self, rpc_url: str) -> list[dict[str, Any]]:
        """Make keys inside the enclave, give the account its function-call keys and prepaid balances."""
        self._folder.mkdir(parents=True)
        self._config.write_text(self._configuration(rpc_url))
        facts = json.loads(self._run("init", "--json"))
        batch = self.account.batch()
        for key in facts["keys"]:
            batch.add_key(
                key["public_key"],
                contract_id=key["contract_id"],
                methods=key["methods"],
                allowance=NEAR,
            )
        batch.send()
        for contract in (self.stage.registry, self.stage.market, self.stage.gateway):
            self.stage.send(self.name, contract.deposit(deposit=2 * NEAR))
        keys: list[dict[str, Any]] = facts["keys"]
        return keys

    def start(self) -> NodeView:
        """Start the process and wait until the registry knows the node."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [*self._command, "run", "--config", str(self._config)],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
            )
        view = self.stage.registry.get_node(node_id=self.node_id)
        self.wait_for("its registration", lambda: self.stage.ask(view) is not None)
        node = self.stage.ask(view)
        assert node is not None
        return node

    def wait_for(self, what: str, happened: Callable[[], bool]) -> None:
        """Look until it happened. Raises NodeStuck when the process ends or takes too long."""
        end = time.monotonic() + PATIENCE_S
        while not happened():
            if self._process is not None and self._process.poll() is not None:
                raise NodeStuck(f"the agent of {self.node_id} ended before {what}: {self._last_words()}")
            if time.monotonic() > end:
                raise NodeStuck(f"{self.node_id}: waited in vain for {what}: {self._last_words()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ask the process to end, and wait."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def _config(self) -> Path:
        return self._folder / "agent.toml"

    @property
    def _command(self) -> list[str]:
        return [sys.executable, "-m", "sealwright_agents.cli"]

    def _run(self, *arguments: str) -> str:
        command = [*self._command, *arguments, "--config", str(self._config)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self._folder)  # noqa: S603
        if done.returncode != 0:
            raise NodeStuck(f"{self.node_id}: {done.stderr.strip()}")
        return done.stdout

    def _last_words(self) -> str:
        if not self._log.exists():
            return "(no log)"
        return " | ".join(self._log.read_text(errors="replace").splitlines()[-4:])

    def _configuration(self, rpc_url: str) -> str:
        services = "".join(
            f'[services.{name}]\nprice = "{price}"\nmin_reward = "{price}"\n'
            for name, price in self.services.items()
        )
        return f"""\
[network]
rpc = ["{rpc_url}"]
chain_id = "{self.stage.sandbox.chain_id}"
[contracts]
registry = "{self.stage.registry.contract_id}"
market = "{self.stage.market.contract_id}"
gateway = "{self.stage.gateway.contract_id}"
[node]
account_id = "{self.account.account_id}"
label = "{self.label}"
region = "demo"
[agent]
handlers = "sealwright.demo.handlers:agent"
state_dir = "state"
{services}[quote]
provider = "simulated"
seed = "{self.label}"
root_seed = "{ROOT_SEED}"
compose_hash = "{COMPOSE_HASH.hex()}"
[limits]
poll_s = 0.1
"""
