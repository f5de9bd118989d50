"""pytest: `--contract-coverage`, `--contract-profile` and `--contract-locations`.

With one of them every sandbox of the session is watched, however a test makes it. The contracts are those that
an installed instrumenter knows (see `instrumenters`), and those that the `contract` fixture builds from sources.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import pytest

from sealwright_sandbox.instrumented import GAS, LINES
from sealwright_sandbox.observe.instrumenters import watch_released
from sealwright_sandbox.observe.lines import combine
from sealwright_sandbox.observe.observer import Observer, everywhere

COVERAGE_FILE = ".coverage.contracts"
PROFILE_FILE = "contract-profile.speedscope.json"
SESSION: pytest.StashKey[Session] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("near contracts", "watching NEAR contracts")
    group.addoption(
        "--contract-coverage",
        nargs="?",
        const=COVERAGE_FILE,
        metavar="FILE",
        help=f"write which lines and branches of contracts ran, for coverage.py (default: {COVERAGE_FILE})",
    )
    group.addoption(
        "--contract-profile",
        nargs="?",
        const=PROFILE_FILE,
        metavar="FILE",
        help=f"show gas by Python function and write it for speedscope (default: {PROFILE_FILE})",
    )
    group.addoption(
        "--contract-locations",
        action="store_true",
        help="say in which line of a contract's source a call failed",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start watching where an option asks for it."""
    kinds = []
    if config.option.contract_coverage or config.option.contract_locations:
        kinds.append(LINES)
    if config.option.contract_profile:
        if getattr(config.option, "numprocesses", None):
            raise pytest.UsageError("--contract-profile needs one process: leave out -n")
        kinds.append(GAS)
    if kinds:
        session = Session(config, kinds)
        config.stash[SESSION] = session
        config.pluginmanager.register(session, "near-contracts")


class Session:
    """The watching of one pytest process."""

    def __init__(self, config: pytest.Config, kinds: Iterable[str]) -> None:
        self.observer = Observer()
        self._config = config
        self._stack = ExitStack()
        always = bool(config.option.contract_coverage or config.option.contract_profile)
        self.observer.build_with(kinds, always=always)
        watch_released(self.observer, kinds, always=always)
        self._stack.enter_context(everywhere(self.observer))

    def pytest_runtest_teardown(self) -> None:
        """Read what was seen, so that it does not pile up."""
        self.observer.collect()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Write the files. A worker of pytest-xdist writes its own, and the main process joins them."""
        self._stack.close()
        self.observer.collect()
        worker = getattr(self._config, "workerinput", {}).get("workerid", "")
        if file := self._config.option.contract_coverage:
            self._save_coverage(self._path(file), worker)
        if (file := self._config.option.contract_profile) and not worker:
            self._path(file).write_text(self.observer.profile.speedscope())

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was written, and show the most expensive functions."""
        if file := self._config.option.contract_coverage:
            terminalreporter.write_line(f"contract coverage: coverage report --data-file={file}")
        if file := self._config.option.contract_profile:
            terminalreporter.section("gas by Python function")
            terminalreporter.write_line(self.observer.profile.table())
            terminalreporter.write_line(f"all of it: {file} (speedscope)")

    def _save_coverage(self, path: Path, worker: str) -> None:
        if worker:
            self.observer.coverage.save(f"{path}.{worker}")
            return
        self.observer.coverage.save(path)
        combine(path, path.parent.glob(f"{path.name}.gw*"))

    def _path(self, name: str) -> Path:
        return Path(self._config.invocation_params.dir, name)
