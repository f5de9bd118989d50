"""What keeping a chain costs: memory, snapshots by size of the state, homes; and the rate of transfers.

Plain functions that return numbers, as those of `bench`. A machine's clock and the size of processes
are read here.
"""

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sealwright_sandbox._engine import signature_seconds
from sealwright_sandbox.account import Account
from sealwright_sandbox.bench import CONTRACT_ID, Subject, deployed
from sealwright_sandbox.sandbox import Sandbox
from sealwright_sandbox.units import NEAR

STATE_SIZES = (1_000, 10_000, 100_000, 1_000_000)
RECORDS_AT_ONCE = 10_000


@dataclass(frozen=True)
class SizedSnapshot:
    """Microseconds with `keys` keys in the state and 1,000 of them changed since the snapshot.

    `take` and `rollback` until control returns; `free` is what the thread behind it needs, at most.
    """

    keys: int
    take: float
    rollback: float
    free: float


@dataclass(frozen=True)
class Transfers:
    """Signed transfers a second on one thread, and the share of that time that signatures take."""

    per_second: float
    signature_share: float


@dataclass(frozen=True)
class HomeCost:
    """Calls a second without and with a home, and milliseconds to open it again."""

    without: float
    with_home: float
    open_ms: float


def snapshots_by_size(sizes: Sequence[int] = STATE_SIZES, *, rounds: int = 20) -> list[SizedSnapshot]:
    """Snapshot and rollback of 1,000 changed keys for each size of the state, medians."""
    return [_sized_snapshot(size, rounds) for size in sizes]


def _sized_snapshot(keys: int, rounds: int) -> SizedSnapshot:
    sandbox = Sandbox(history=10)
    _fill(sandbox, "sandbox", keys)
    changed = [_record("sandbox", number, "BBBB") for number in range(min(keys, 1_000))]
    takes, rollbacks, frees = [], [], []
    for _ in range(rounds):
        # As in the middle of work: a processor that slept is slower at anything.
        sandbox.treasury.transfer("sandbox", 1)
        before = time.perf_counter()
        snapshot = sandbox.snapshot()
        takes.append(time.perf_counter() - before)
        sandbox.patch_state(changed)
        sandbox.treasury.transfer("sandbox", 1)
        busy = time.process_time()
        before = time.perf_counter()
        sandbox.rollback(snapshot)
        rollbacks.append(time.perf_counter() - before)
        time.sleep(0.02)
        frees.append(time.process_time() - busy)
    middle = [statistics.median(times) * 1e6 for times in (takes, rollbacks, frees)]
    return SizedSnapshot(keys, *middle)


def calls_by_size(
    subject: Subject, sizes: Sequence[int] = STATE_SIZES, *, calls: int = 500, runs: int = 3
) -> dict[int, float]:
    """Calls a second, one after the other, for each number of keys that the contract has stored; medians."""
    rates = {}
    for keys in sizes:
        sandbox, caller = deployed(subject, history=10)
        _fill(sandbox, CONTRACT_ID, keys)
        rates[keys] = calls / statistics.median(_calls_seconds(caller, subject, calls) for _ in range(runs))
    return rates


def _fill(sandbox: Sandbox, account_id: str, keys: int) -> None:
    """Give an account so many keys."""
    for first in range(0, keys, RECORDS_AT_ONCE):
        numbers = range(first, min(first + RECORDS_AT_ONCE, keys))
        sandbox.patch_state([_record(account_id, number, "AAAA") for number in numbers])


def _record(account_id: str, number: int, value: str) -> dict[str, dict[str, str]]:
    # Eight characters of base64: a key of six bytes.
    return {"Data": {"account_id": account_id, "data_key": f"{number:08}", "value": value}}


def transfers_per_second(*, transfers: int = 2_000, in_a_block: int = 100, runs: int = 3) -> Transfers:
    """Check, pool and run signed transfers between two accounts; signing is not counted."""
    sandbox = Sandbox()
    payer = sandbox.create_account("payer", balance=100_000 * NEAR)
    sandbox.create_account("payee")
    signed = _signed_transfers(sandbox, transfers)
    start = sandbox.snapshot()

    def run() -> None:
        for number, transaction in enumerate(signed, 1):
            sandbox.submit(transaction)
            if number % in_a_block == 0:
                sandbox.produce_blocks(1)
        sandbox.produce_blocks(3)

    rates = []
    for _ in range(runs):
        rates.append(transfers / _seconds(run))
        if payer.balance > 100_000 * NEAR - transfers:
            raise AssertionError("the transfers did not run")
        sandbox.rollback(start)
    per_second = statistics.median(rates)
    return Transfers(per_second, signature_seconds(transfers) / transfers * per_second)


def _signed_transfers(sandbox: Sandbox, count: int) -> list[bytes]:
    """Transfers with consecutive nonces; the sandbox is left as it was."""
    payer = sandbox.account("payer.near")
    actions = [{"Transfer": {"deposit": "1"}}]
    start = sandbox.snapshot()
    signed = []
    for _ in range(count):
        signed.append(sandbox.sign(payer, "payee.near", actions))
        sandbox.submit(signed[-1])
    sandbox.rollback(start)
    return signed


def two_core_scaling(subject: Subject, *, calls: int = 500, runs: int = 5) -> float:
    """Calls a second of two threads with a sandbox each, divided by those of one.

    One and both take turns and the best run of each counts: anything else that the machine does
    meanwhile takes a core away from the two, and nothing from the one.
    """
    callers = [deployed(subject)[1] for _ in range(2)]

    def run(threads: int) -> float:
        started = [
            threading.Thread(target=_calls_seconds, args=(caller, subject, calls))
            for caller in callers[:threads]
        ]
        before = time.perf_counter()
        for thread in started:
            thread.start()
        for thread in started:
            thread.join()
        return time.perf_counter() - before

    rounds = [(run(1), run(2)) for _ in range(runs)]
    return 2 * min(one for one, _ in rounds) / min(two for _, two in rounds)


def _calls_seconds(caller: Account, subject: Subject, calls: int) -> float:
    def run() -> None:
        for _ in range(calls):
            caller.call(CONTRACT_ID, subject.method, subject.args)

    return _seconds(run)


def home_cost(subject: Subject, *, calls: int = 500) -> HomeCost:
    """The same calls without and with a home, and opening it afterwards."""
    sandbox, caller = deployed(subject)
    without = calls / _calls_seconds(caller, subject, calls)
    sandbox.close()
    with tempfile.TemporaryDirectory() as home:
        kept, caller = deployed(subject, home=home)
        with_home = calls / _calls_seconds(caller, subject, calls)
        kept.close()
        open_ms = _seconds(lambda: Sandbox(home=home).close()) * 1e3
    return HomeCost(without, with_home, open_ms)


def bytes_per_account(accounts: int = 100_000) -> float:
    """Memory of a process for each account that it has more, in bytes; one access key each."""
    few, many = (_memory(_ACCOUNTS, count) for count in (1_000, 1_000 + accounts))
    return (many[-1] - few[-1]) / accounts


def memory_over_transactions(transactions: int = 1_000_000) -> list[int]:
    """Bytes of a process after each tenth of so many signed transfers, a hundred a block."""
    return _memory(_TRANSFERS, transactions)


def memory_per_snapshot(snapshots: int = 1_000) -> float:
    """Bytes for each snapshot that is kept beyond those of the history, a transfer between any two."""
    without, kept = (_memory(_SNAPSHOTS.replace("KEEP", keep), snapshots) for keep in ("0", "1"))
    return (kept[-1] - without[-1]) / snapshots


def _memory(script: str, count: int) -> list[int]:
    command = [sys.executable, "-c", _MEMORY + script, str(count)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603
    return [int(line) for line in answer.stdout.split()]


_MEMORY = """
import pathlib, resource, sys
from sealwright_sandbox import NEAR, Sandbox, genesis
count = int(sys.argv[1])
def report():
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    print(pages * resource.getpagesize(), flush=True)
"""

_ACCOUNTS = """
sandbox = Sandbox(history=1)
key = sandbox.treasury.public_key
for first in range(0, count, 1_000):
    records = []
    for number in range(first, min(first + 1_000, count)):
        records += genesis.account(f"account-{number}.near", NEAR, [key])
    sandbox.patch_state(records)
report()
"""

_TRANSFERS = """
sandbox = Sandbox()
payer = sandbox.create_account("payer", balance=1_000_000 * NEAR)
for number in range(1, count + 1):
    sandbox.submit(sandbox.sign(payer, "sandbox", [{"Transfer": {"deposit": "1"}}]))
    if number % 100 == 0:
        sandbox.produce_blocks(1)
    if number % (count // 10) == 0:
        report()
"""

_SNAPSHOTS = """
sandbox = Sandbox()
kept = []
for _ in range(count):
    sandbox.treasury.transfer("sandbox", 1)
    snapshot = sandbox.snapshot()
    if KEEP:
        kept.append(snapshot)
report()
"""


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
