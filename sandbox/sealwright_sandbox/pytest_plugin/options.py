"""The plugin's command line, and what follows from it."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import pytest

from sealwright_sandbox.backends import BACKENDS, choose

DEFAULT_TRANSACTIONS = 5
DEFAULT_TOLERANCE = 1.0


def add(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("near", "NEAR contracts on a sandbox")
    group.addoption(
        "--near-backend", choices=BACKENDS, help="chain to run on; embedded unless told otherwise"
    )
    group.addoption("--near-rpc-url", metavar="URL", help="run on the node behind this address")
    group.addoption("--near-account", metavar="ID", help="account that pays where the chain is not ours")
    group.addoption(
        "--near-seed", metavar="N", help="seed of the chain and of Hypothesis; 'random' draws one"
    )
    group.addoption(
        "--gas-report", action="store_true", help="tables of the gas of methods and host functions"
    )
    group.addoption("--gas-snapshot", metavar="FILE", help="show the changes from FILE, then write it")
    group.addoption("--gas-check", action="store_true", help="do not write FILE: fail where gas has changed")
    group.addoption(
        "--gas-tolerance",
        metavar="PERCENT",
        type=float,
        default=DEFAULT_TOLERANCE,
        help="change that --gas-check lets pass (%(default)s)",
    )
    group.addoption("--trace-on-failure", action="store_true", help="traces of a failed test's transactions")
    group.addoption(
        "--trace-transactions",
        metavar="N",
        type=int,
        default=DEFAULT_TRANSACTIONS,
        help="how many of its last transactions are shown (%(default)s)",
    )


@dataclass(frozen=True)
class Options:
    """The command line, read. `seed` is the chain's; 0 is that of a plain `Sandbox()`."""

    backend: str
    rpc_url: str | None
    account: str | None
    seed: int
    gas_report: bool
    gas_snapshot: Path | None
    gas_check: bool
    gas_tolerance: float
    trace: bool
    trace_transactions: int

    @property
    def measures_gas(self) -> bool:
        """Whether anybody wants to know the gas of the calls."""
        return self.gas_report or self.gas_snapshot is not None

    @property
    def chain_seed(self) -> bytes:
        """The seed as the sandbox takes it."""
        return str(self.seed).encode() if self.seed else b""


def read(config: pytest.Config) -> Options:
    """Read the options. Raises pytest.UsageError where they contradict each other."""
    snapshot = config.getoption("gas_snapshot")
    check = bool(config.getoption("gas_check"))
    if check and snapshot is None:
        raise pytest.UsageError("--gas-check compares with --gas-snapshot FILE: name the file")
    if check and not Path(snapshot).is_file():
        raise pytest.UsageError(f"there is no {snapshot}: run once without --gas-check")
    url = config.getoption("near_rpc_url")
    return Options(
        backend=choose(config.getoption("near_backend"), url, os.environ),
        rpc_url=url,
        account=config.getoption("near_account"),
        seed=_seed(config),
        gas_report=bool(config.getoption("gas_report")),
        gas_snapshot=Path(snapshot) if snapshot else None,
        gas_check=check,
        gas_tolerance=config.getoption("gas_tolerance"),
        trace=bool(config.getoption("trace_on_failure")),
        trace_transactions=config.getoption("trace_transactions"),
    )


def _seed(config: pytest.Config) -> int:
    """The seed asked for; what it draws is the same in every process of pytest-xdist."""
    asked = config.getoption("near_seed")
    if asked is None:
        return 0
    if asked == "random":
        asked = str(secrets.randbelow(2**32))
    if not asked.isdecimal():
        raise pytest.UsageError(f"--near-seed takes a number or 'random', not {asked!r}")
    # Workers are started with these options: they must not draw again. Hypothesis' own plugin reads
    # its seed from here, too.
    config.option.near_seed = asked
    if getattr(config.option, "hypothesis_seed", asked) is None:
        config.option.hypothesis_seed = asked
    return int(asked)
