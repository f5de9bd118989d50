"""How fast the sandbox is: plain functions that return numbers.

A real machine's clock is read here and nowhere else in this package.
"""

import base64
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sealwright_sandbox import genesis
from sealwright_sandbox._engine import bare_vm_seconds
from sealwright_sandbox.account import Account
from sealwright_sandbox.arguments import Arguments, encode
from sealwright_sandbox.sandbox import Sandbox
from sealwright_sandbox.units import NEAR

CONTRACT_ID = "subject.near"
PROTOCOL_VERSION = 86
MANY_ACCOUNTS = 10_000
MANY_KEYS = 1_000


@dataclass(frozen=True)
class Subject:
    """A contract to measure with: its code, how it is initialised, the method to call.

    The method should read and write storage. `init` is left out where it is empty.
    """

    code: bytes
    method: str
    args: Arguments = None
    init: str = ""
    init_args: Arguments = None
    others: Sequence[bytes] = field(default_factory=tuple)


@dataclass(frozen=True)
class SnapshotTimes:
    """Microseconds until control returns; `first_write` is what a transfer takes longer than usual."""

    take: float
    first_write: float
    rollback: float


def calls_per_second(subject: Subject, *, calls: int = 1_000, runs: int = 5) -> float:
    """Function calls a second on one thread: sign, verify, run, refund, read the outcome.

    One call after the other, three blocks each; the median of the runs.
    """
    sandbox, caller = deployed(subject)

    def run() -> None:
        for _ in range(calls):
            caller.call(CONTRACT_ID, subject.method, subject.args)

    snapshot = sandbox.snapshot()
    rates = []
    for _ in range(runs):
        rates.append(calls / _seconds(run))
        sandbox.rollback(snapshot)
    return statistics.median(rates)


def pooled_calls_per_second(subject: Subject, *, calls: int = 1_000, runs: int = 5) -> float:
    """The same calls, many in a block: signed and pooled first, then run. Signing is not counted."""
    sandbox, caller = deployed(subject)
    snapshot = sandbox.snapshot()
    rates = []
    for _ in range(runs):
        pending = [caller.submit(CONTRACT_ID, subject.method, subject.args) for _ in range(calls)]

        def finish(last: str = pending[-1].hash) -> None:
            while sandbox.pending(last).outcome() is None:
                sandbox.produce_blocks(1)

        rates.append(calls / _seconds(finish))
        sandbox.rollback(snapshot)
    return statistics.median(rates)


def bare_vm_calls_per_second(subject: Subject, *, calls: int = 1_000, runs: int = 5) -> float:
    """The same calls on nearcore's VM alone, storage in a map: what any engine could reach at most."""
    sequence = [(subject.init, encode(subject.init_args))] if subject.init else []
    sequence.append((subject.method, encode(subject.args)))
    with tempfile.TemporaryDirectory() as folder:
        return statistics.median(
            calls / bare_vm_seconds(subject.code, sequence, calls, PROTOCOL_VERSION, Path(folder))
            for _ in range(runs)
        )


def snapshot_times(*, rounds: int = 50) -> SnapshotTimes:
    """Snapshot, the first write after it, and rollback of 1,000 changed keys; 10,000 accounts."""
    records = []
    for number in range(MANY_ACCOUNTS):
        records += genesis.account(f"account-{number}.near", NEAR, [])
    sandbox = Sandbox(genesis_records=records)
    changed = [_record(number) for number in range(MANY_KEYS)]
    payer = sandbox.treasury

    def write() -> None:
        payer.transfer("sandbox", 1)

    takes, firsts, usual, rollbacks = [], [], [], []
    for _ in range(rounds):
        # What the last rollback dropped is freed meanwhile; that is no cost of this snapshot.
        write()
        started = time.perf_counter()
        snapshot = sandbox.snapshot()
        takes.append(time.perf_counter() - started)
        firsts.append(_seconds(write))
        usual.append(_seconds(write))
        sandbox.patch_state(changed)
        started = time.perf_counter()
        sandbox.rollback(snapshot)
        rollbacks.append(time.perf_counter() - started)
    first_write = max(0.0, statistics.median(firsts) - statistics.median(usual))
    return SnapshotTimes(
        take=statistics.median(takes) * 1e6,
        first_write=first_write * 1e6,
        rollback=statistics.median(rollbacks) * 1e6,
    )


def cold_start_ms(subject: Subject, *, runs: int = 5) -> float:
    """Start of a Python process to the result of its first call, in milliseconds.

    The process makes a sandbox and deploys the subject and its `others`; the compiled code is in
    the cache. The median of the runs.
    """
    with tempfile.TemporaryDirectory() as folder:
        plan = _write_plan(Path(folder), subject)
        command = [sys.executable, "-c", _COLD_START, str(plan)]

        def start() -> None:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603

        start()
        return statistics.median(_seconds(start) for _ in range(runs)) * 1e3


_COLD_START = """
import json, os, pathlib, sys
from sealwright_sandbox import Sandbox
plan = json.loads(pathlib.Path(sys.argv[1]).read_text())
sandbox = Sandbox(cache_dir=plan["cache_dir"])
for number, code in enumerate(plan["codes"]):
    account = sandbox.create_account(f"contract-{number}")
    account.deploy(pathlib.Path(code).read_bytes())
for method, args in plan["calls"]:
    account.call("contract-0.near", method, bytes.fromhex(args))
# The measured time ends with the result, not with the interpreter's tidying up.
os._exit(0)
"""


def _write_plan(folder: Path, subject: Subject) -> Path:
    codes = []
    for number, code in enumerate((subject.code, *subject.others)):
        file = folder / f"{number}.wasm"
        file.write_bytes(code)
        codes.append(str(file))
    calls = [(subject.init, subject.init_args)] if subject.init else []
    calls.append((subject.method, subject.args))
    plan = {
        "cache_dir": str(folder / "cache"),
        "codes": codes,
        "calls": [(method, encode(args).hex()) for method, args in calls],
    }
    file = folder / "plan.json"
    file.write_text(json.dumps(plan))
    return file


def deployed(subject: Subject, **settings: Any) -> tuple[Sandbox, Account]:
    """A sandbox with the contract, initialised and called once, and who calls it."""
    sandbox = Sandbox(**settings)
    contract = sandbox.create_account(CONTRACT_ID, balance=1_000 * NEAR)
    contract.deploy(subject.code)
    if subject.init:
        contract.call(CONTRACT_ID, subject.init, subject.init_args)
    caller = sandbox.create_account("caller", balance=100_000 * NEAR)
    caller.call(CONTRACT_ID, subject.method, subject.args)
    return sandbox, caller


def _record(number: int) -> dict[str, dict[str, str]]:
    key = base64.b64encode(f"{number:08}".encode()).decode()
    return {"Data": {"account_id": "sandbox", "data_key": key, "value": key}}


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
