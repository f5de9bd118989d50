"""A near-sandbox or neard binary, run for the tests in a home of its own."""

import json
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from sealwright_sandbox import genesis
from sealwright_sandbox.backends.client import RpcClient
from sealwright_sandbox.backends.remote import RemoteSandbox
from sealwright_sandbox.backends.transactions import pauses
from sealwright_sandbox.errors import QueryFailed, SandboxMisused
from sealwright_sandbox.keys import test_key

START_WITHIN_S = 60.0
STOP_WITHIN_S = 10.0
LOG = "node.log"
LINES_OF_LOG_SHOWN = 20


class NodeProcess:
    """A running node: `<binary> --home DIR init --fast`, our accounts, `<binary> --home DIR run`."""

    def __init__(self, binary: Path | str, *, start_within_s: float = START_WITHIN_S) -> None:
        """Returns when the node answers `status`. Raises SandboxMisused where it does not."""
        if not Path(binary).is_file():
            raise SandboxMisused(f"there is no node binary at {binary}")
        self._binary = str(binary)
        self._folder = tempfile.TemporaryDirectory(prefix="near-sandbox-")
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._init()
            add_standard_accounts(self.home / "genesis.json")
            self.url = self._run()
            self._wait(start_within_s)
        except BaseException:
            self.close()
            raise

    @property
    def home(self) -> Path:
        """The node's folder, deleted by `close`."""
        return Path(self._folder.name)

    def _init(self) -> None:
        command = [self._binary, "--home", str(self.home), "init"]
        # Faster blocks; binaries of before 2023 do not know the option.
        for options in (["--fast"], []):
            done = subprocess.run([*command, *options], capture_output=True, check=False)  # noqa: S603
            if done.returncode == 0:
                return
        raise SandboxMisused(f"{self._binary} init failed: {done.stderr.decode(errors='replace').strip()}")

    def _run(self) -> str:
        rpc, network = (f"127.0.0.1:{port}" for port in _free_ports(2))
        command = [
            self._binary,
            "--home",
            str(self.home),
            "run",
            "--rpc-addr",
            rpc,
            "--network-addr",
            network,
        ]
        with (self.home / LOG).open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603
        return f"http://{rpc}"

    def _wait(self, seconds: float) -> None:
        assert self._process is not None
        with RpcClient(self.url) as client:
            for _ in pauses(seconds):
                if self._process.poll() is not None:
                    raise SandboxMisused(f"{self._binary} ended at once:\n{self._end_of_log()}")
                try:
                    client.request("status", [])
                except (OSError, QueryFailed):
                    continue
                return
        raise SandboxMisused(f"{self._binary} did not answer in {seconds:g} s:\n{self._end_of_log()}")

    def _end_of_log(self) -> str:
        lines = (self.home / LOG).read_text(errors="replace").splitlines()
        return "\n".join(lines[-LINES_OF_LOG_SHOWN:])

    def close(self) -> None:
        """Stop the node and delete its home."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._folder.cleanup()


class LaunchedSandbox(RemoteSandbox):
    """A `Backend` over a node of its own; its accounts have the names and keys of an embedded sandbox."""

    def __init__(self, binary: Path | str, *, start_within_s: float = START_WITHIN_S) -> None:
        """Raises SandboxMisused where the binary does not start."""
        self._node = NodeProcess(binary, start_within_s=start_within_s)
        super().__init__(self._node.url, genesis.TREASURY, test_key(genesis.TREASURY), backend="binary")

    def close(self) -> None:
        """Stop the node."""
        super().close()
        self._node.close()


def add_standard_accounts(file: Path) -> None:
    """Add to a node's genesis the accounts and keys that every embedded sandbox starts with.

    Accounts that the node's own `init` made keep their balance and get our keys besides.
    """
    content = json.loads(file.read_text())
    there = {record["Account"]["account_id"] for record in content["records"] if "Account" in record}
    keys = {_key_id(record) for record in content["records"] if "AccessKey" in record}
    for record in genesis.records():
        if "Account" in record:
            if record["Account"]["account_id"] in there:
                continue
            # What a validator has locked is a matter of `init`.
            state = record["Account"]["account"] | {"locked": "0"}
            record["Account"]["account"] = state
            content["total_supply"] = str(int(content["total_supply"]) + int(state["amount"]))
        elif _key_id(record) in keys:
            continue
        content["records"].append(record)
    file.write_text(json.dumps(content, indent=2))


def _key_id(record: dict[str, Any]) -> tuple[str, str]:
    return record["AccessKey"]["account_id"], record["AccessKey"]["public_key"]


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
