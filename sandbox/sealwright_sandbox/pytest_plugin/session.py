"""One pytest session in one process: its chain, and the hooks that look after it."""

from collections.abc import Generator, Mapping
from typing import Any

import pytest

from sealwright_sandbox.backends import open_backend
from sealwright_sandbox.errors import NotSupported
from sealwright_sandbox.pytest_plugin import gas
from sealwright_sandbox.pytest_plugin.examples import Examples
from sealwright_sandbox.pytest_plugin.gas import GasBook
from sealwright_sandbox.pytest_plugin.isolation import Isolation
from sealwright_sandbox.pytest_plugin.options import Options
from sealwright_sandbox.pytest_plugin.recorder import Recorder
from sealwright_sandbox.seam import Backend

SESSION: pytest.StashKey["NearSession"] = pytest.StashKey()
WORKER_GAS = "near_gas"


class NearSession:
    """The state of the plugin, registered as a plugin itself."""

    def __init__(self, config: pytest.Config, options: Options) -> None:
        self.options = options
        self.book = GasBook()
        self.changes: list[gas.Change] = []
        self._saved = False
        self._config = config
        self._isolation = Isolation()
        measure = self.book.add if options.measures_gas else None
        kept = options.trace_transactions if options.trace else 0
        self._recorder = Recorder(kept, measure) if options.trace or options.measures_gas else None
        self._examples = Examples(self._isolation, self._forget)

    # The chain.

    def open(self, settings: Mapping[str, Any]) -> Backend:
        """Open the chain that the command line asks for."""
        options = self.options
        chain = open_backend(
            options.backend,
            url=options.rpc_url,
            account_id=options.account,
            settings={"seed": options.chain_seed, **settings},
        )
        if self._recorder is not None:
            self._recorder.watch(chain)
        self._isolation.watch(chain)
        return chain

    def close(self) -> None:
        """End the chain."""
        chain = self._isolation.chain
        if self._recorder is not None:
            self._recorder.read()
        self._isolation.watch(None)
        if chain is not None:
            chain.close()

    def _forget(self) -> None:
        if self._recorder is not None:
            self._recorder.forget()

    # Isolation.

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, object, object]:
        if fixturedef.scope == "function":
            self._isolation.enter_test(request.node)
            return (yield)
        anchor = self._isolation.before_fixture(fixturedef, request)
        try:
            return (yield)
        finally:
            if anchor is not None:
                self._isolation.after_fixture(fixturedef, anchor)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        self._forget()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        self._isolation.enter_test(item)
        with self._examples.isolated(item):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self) -> Generator[None, None, None]:
        try:
            return (yield)
        finally:
            self._isolation.leave_test()

    # Reports.

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        if call.excinfo is not None and isinstance(call.excinfo.value, NotSupported):
            _skip(call, str(call.excinfo.value))
        report = yield
        if report.failed and self._isolation.chain is not None:
            report.sections.append(("NEAR", self.seeds()))
            if self.options.trace and self._recorder is not None:
                traces = "\n\n".join(self._recorder.traces())
                report.sections.append(("NEAR transactions", traces or "none"))
        return report

    def seeds(self) -> str:
        """The seeds of this run, in words."""
        hypothesis_seed = getattr(self._config.option, "hypothesis_seed", None)
        drawn = "its own for each test" if hypothesis_seed is None else hypothesis_seed
        return f"{self.options.backend}, chain seed {self.options.seed}, Hypothesis seed: {drawn}"

    def pytest_report_header(self) -> str:
        return f"near: {self.seeds()}"

    # Gas.

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of pytest-xdist has ended: its figures are ours."""
        output = getattr(node, "workeroutput", {})
        if WORKER_GAS in output:
            self.book.merge(output[WORKER_GAS])

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(self._config, "workeroutput"):
            self._config.workeroutput[WORKER_GAS] = self.book.to_json()
            return
        file = self.options.gas_snapshot
        if file is None:
            return
        figures = self.book.methods()
        self.changes = gas.changes(gas.load(file), figures) if file.is_file() else []
        if session.exitstatus != pytest.ExitCode.OK:
            return
        if self.options.gas_check:
            if self.too_large():
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
        else:
            # Not after a failure: half a run would look like a change.
            gas.save(file, figures)
            self._saved = True

    def too_large(self) -> list[gas.Change]:
        """Changes beyond the tolerance."""
        return [change for change in self.changes if change.percent > self.options.gas_tolerance]

    def pytest_terminal_summary(self, terminalreporter: "pytest.TerminalReporter") -> None:
        if not self.options.measures_gas:
            return
        # Here, because rich comes with the dependency group `pytest` only.
        from sealwright_sandbox.pytest_plugin import tables

        width, colour = terminalreporter._tw.fullwidth, terminalreporter.hasmarkup
        terminalreporter.section("NEAR gas")
        if self.options.gas_report:
            terminalreporter.write(tables.report(self.book, width=width, colour=colour))
        if self.changes:
            terminalreporter.write(tables.difference(self.changes, width=width, colour=colour))
        if self.options.gas_snapshot is not None:
            self._summarize_snapshot(terminalreporter)

    def _summarize_snapshot(self, terminalreporter: "pytest.TerminalReporter") -> None:
        file = self.options.gas_snapshot
        if not self.options.gas_check:
            written = "written" if self._saved else "not written: the run failed"
            terminalreporter.write_line(f"{len(self.changes)} changed; {file} {written}")
        elif broken := self.too_large():
            limit = f"more than {self.options.gas_tolerance:g} % from {file}"
            terminalreporter.write_line(f"gas check failed: {len(broken)} changed by {limit}", red=True)
        else:
            terminalreporter.write_line(
                f"gas check passed: within {self.options.gas_tolerance:g} % of {file}"
            )


def _skip(call: pytest.CallInfo[None], reason: str) -> None:
    """Let a call count as skipped."""
    call.excinfo = pytest.CallInfo.from_call(lambda: pytest.skip(reason), call.when).excinfo
