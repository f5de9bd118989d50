"""The sandbox beside a real node: the workload that was recorded there, over HTTP.

`../shared/golden/timings.json` has what a real node of protocol 86 did with it on the same kind of machine:
calls of a contract that writes one byte under a fixed key, 30 Tgas attached, from one Python client. Without
that file nothing is measured. Ratios are to the real node's best figures and to its default (600 ms blocks).
"""

from __future__ import annotations

import base64
import http.client
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from sealwright_sandbox import NEAR, TGAS, Account, Sandbox

from sealwright.bench.figures import Figures
from sealwright.places import CONTRACTS

GOLDEN = CONTRACTS.parents[1] / "shared" / "golden"
DEFAULT, FASTEST = "default (600 ms)", "fastest (10 ms)"
PROBE = "probe.near"
SENDERS, READERS = 5, 8
CALLS, VIEWS, LATENCIES = 1_000, 600, 20

# The probe contract runs the program it is given: opcode, slot, then kind and value of each argument; 0 ends.
STORAGE_WRITE, STORAGE_READ = 99, 100
INPUT_AT = 0x10000


def measure(figures: Figures) -> None:
    """`node.*`: throughput, latency and views over HTTP, and how often the real node fits into them."""
    recorded = GOLDEN / "timings.json"
    if not recorded.exists():
        print(f"{recorded} is absent: no figures of a real node", file=sys.stderr)
        return
    real = json.loads(recorded.read_text())["results"]
    calls_per_s, commit_s, views_per_s = _over_http()
    figures.add("node.http_calls_per_s", calls_per_s, "calls/s", "higher")
    figures.add("node.http_commit_ms", commit_s * 1e3, "ms")
    figures.add("node.http_views_per_s", views_per_s, "views/s", "higher")
    best_rate = max(real[name]["throughput_200"]["calls_per_s"] for name in (DEFAULT, FASTEST))
    best_views = max(real[name]["views"]["eight_clients_per_s"] for name in (DEFAULT, FASTEST))
    figures.add("node.calls_to_real_best", calls_per_s / best_rate, "ratio", "higher")
    figures.add("node.views_to_real_best", views_per_s / best_views, "ratio", "higher")
    for name, setting in (("default", DEFAULT), ("best", FASTEST)):
        slow = real[setting]["broadcast_tx_commit"]["median_s"]
        figures.add(f"node.commit_to_real_{name}", slow / commit_s, "ratio", "higher")


class Client:
    """JSON-RPC over one kept connection."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(url.removeprefix("http://"))

    def rpc(self, method: str, params: Any) -> Any:
        """A method's result."""
        body = json.dumps({"jsonrpc": "2.0", "id": "bench", "method": method, "params": params})
        self._connection.request("POST", "/", body, {"Content-Type": "application/json"})
        answer = json.loads(self._connection.getresponse().read())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]


def _over_http() -> tuple[float, float, float]:
    """Calls a second, seconds a commit, views a second."""
    with Sandbox() as sandbox:
        senders = [sandbox.create_account(f"sender-{n}", 10_000 * NEAR) for n in range(SENDERS)]
        sandbox.create_account(PROBE, 100 * NEAR).deploy((GOLDEN / "contracts" / "probe.wasm").read_bytes())
        signed = [_signed(sender, CALLS // SENDERS) for sender in senders]
        single = _signed(sandbox.treasury, LATENCIES)
        with sandbox.serve() as rpc:
            client = Client(rpc.url)
            commits = [_seconds(partial(client.rpc, "broadcast_tx_commit", [call])) for call in single]
            flood = _seconds(lambda: _flood(rpc.url, signed))
            views = _seconds(lambda: _read(rpc.url))
    return CALLS / flood, statistics.median(commits), VIEWS / views


def _signed(sender: Account, count: int) -> list[str]:
    """Calls of the probe, signed in advance: each nonce counts as used once its transaction is pooled."""
    sandbox = sender.sandbox
    before, signed = sandbox.snapshot(), []
    for _ in range(count):
        batch = sender.batch(PROBE).function_call("run", _program(STORAGE_WRITE), gas=30 * TGAS)
        signed.append(batch.sign())
        sandbox.submit(signed[-1])
    sandbox.rollback(before)
    return [base64.b64encode(transaction).decode() for transaction in signed]


def _program(opcode: int) -> bytes:
    """Writes or reads one byte under a fixed key; both lie behind the program."""
    arity = {STORAGE_WRITE: 5, STORAGE_READ: 3}[opcode]
    at = INPUT_AT + 2 + 9 * arity + 1
    values = [1, at, 1, at + 1, 0] if opcode == STORAGE_WRITE else [1, at, 0]
    code = bytes([opcode, 0]) + b"".join(b"\0" + value.to_bytes(8, "little") for value in values) + b"\0"
    return code + b"kv"


def _flood(url: str, signed: Sequence[Sequence[str]]) -> None:
    """Five senders, then asking for each until it is executed: the time of all together."""

    def send(share: Sequence[str]) -> list[str]:
        client = Client(url)
        return [client.rpc("broadcast_tx_async", [call]) for call in share]

    with ThreadPoolExecutor(SENDERS) as senders:
        hashes = [tx_hash for share in senders.map(send, signed) for tx_hash in share]
    client = Client(url)
    for tx_hash in hashes:
        # One shard: which sender is named makes no difference.
        asked = {"tx_hash": tx_hash, "sender_account_id": "near", "wait_until": "EXECUTED_OPTIMISTIC"}
        answer = client.rpc("tx", asked)
        if "SuccessValue" not in answer["status"]:
            raise RuntimeError(answer["status"])


def _read(url: str) -> None:
    """Eight clients, one storage read a view."""
    args = base64.b64encode(_program(STORAGE_READ)).decode()
    fields = {"account_id": PROBE, "method_name": "run", "args_base64": args}
    query = {"request_type": "call_function", "finality": "final", **fields}

    def read(count: int) -> None:
        client = Client(url)
        for _ in range(count):
            if "error" in client.rpc("query", query):
                raise RuntimeError("the view failed")

    with ThreadPoolExecutor(READERS) as readers:
        list(readers.map(read, [VIEWS // READERS] * READERS))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
