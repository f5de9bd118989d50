"""The pytest plugin: gas report and snapshot, traces, seeds, several processes."""

import json

import pytest

pytest_plugins = ["pytester"]

SUITE = """
    import pytest

    @pytest.fixture(scope="module")
    def book(contract):
        contract("tiny.wasm", "callee")
        return contract("tiny.wasm", "book")

    @pytest.mark.parametrize("size", [1, 1000, 4000])
    def test_put(account, book, size):
        account.call("book.near", "put", b"x" * size)

    def test_forward(account, book):
        account.call("book.near", "forward", {"a": 1})

    def test_submit(account, book, sandbox):
        account.submit("book.near", "shout")
        sandbox.produce_blocks(2)
"""


@pytest.fixture
def project(pytester: pytest.Pytester, tiny: bytes) -> pytest.Pytester:
    """Somebody's project with a contract.

    pytest's faulthandler would take the signal from the engine by which it learns of a trap.
    """
    pytester.path.joinpath("tiny.wasm").write_bytes(tiny)
    pytester.makeini("[pytest]\naddopts = -p no:cacheprovider -p no:faulthandler\nfilterwarnings = error\n")
    return pytester


def _cells(result: pytest.RunResult) -> list[list[str]]:
    """The cells of every row of the tables."""
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in result.outlines if "│" in line]


def _rows(result: pytest.RunResult) -> dict[tuple[str, str], list[str]]:
    """Cells behind the first two of every row of the tables."""
    return {(first, second): rest for first, second, *rest in _cells(result)}


def test_gas_report__counts_each_receipt_once(project: pytest.Pytester) -> None:
    project.makepyfile(SUITE)
    result = project.runpytest_inprocess("--gas-report")
    result.assert_outcomes(passed=5)
    rows = _rows(result)
    assert [
        rows[key][0] for key in (("book.near", "put"), ("book.near", "forward"), ("callee.near", "echo"))
    ] == [
        "3",
        "1",
        "1",
    ]
    assert rows["book.near", "shout"][0] == "1", "transactions from the pool count, too"
    least, median, most = map(float, rows["book.near", "put"][1:])
    assert 0 < least < median < most
    ((calls, low, _, high),) = (
        row for name, *row in _cells(result) if name == "book.near" and row[0].isdecimal()
    )
    assert (calls, low, high) == ("5", rows["book.near", "shout"][1], rows["book.near", "forward"][1])
    costs = {first: second for first, second in rows if first.isupper()}
    assert costs["STORAGE_WRITE_BASE"] == "3"
    assert costs["CONTRACT_LOADING_BASE" if "CONTRACT_LOADING_BASE" in costs else "LOG_BASE"]


def test_gas_report__is_silent_unless_asked(project: pytest.Pytester) -> None:
    project.makepyfile(SUITE)
    assert "NEAR gas" not in project.runpytest_inprocess().stdout.str()


def test_gas_snapshot__shows_and_checks_changes(project: pytest.Pytester) -> None:
    project.makepyfile(SUITE)
    keep = ("--gas-snapshot", "gas.json")
    assert project.runpytest_inprocess(*keep, "--gas-check").ret == pytest.ExitCode.USAGE_ERROR

    first = project.runpytest_inprocess(*keep)
    first.stdout.fnmatch_lines(["0 changed; gas.json written"])
    file = project.path / "gas.json"
    kept = json.loads(file.read_text())
    assert sorted(kept["methods"]["book.near"]) == ["forward", "put", "shout"]
    assert kept["methods"]["book.near"]["put"][0] == 3

    same = project.runpytest_inprocess(*keep, "--gas-check")
    same.stdout.fnmatch_lines(["gas check passed: within 1 % of gas.json"])
    assert same.ret == 0

    kept["methods"]["book.near"]["put"][2] = int(kept["methods"]["book.near"]["put"][2] * 0.98)
    del kept["methods"]["book.near"]["shout"]
    file.write_text(json.dumps(kept))
    broken = project.runpytest_inprocess(*keep, "--gas-check")
    assert broken.ret == pytest.ExitCode.TESTS_FAILED
    rows = _rows(broken)
    assert rows["book.near", "put"][2] == "+2.04 %"
    assert rows["book.near", "shout"][2] == "new"
    broken.stdout.fnmatch_lines(["gas check failed: 2 changed by more than 1 % from gas.json"])
    assert json.loads(file.read_text()) == kept, "a check writes nothing"

    wide = project.runpytest_inprocess(*keep, "--gas-check", "--gas-tolerance", "3", "-k", "put or forward")
    assert wide.ret == 0


def test_gas_snapshot__is_not_written_after_a_failure(project: pytest.Pytester) -> None:
    project.makepyfile(FAILING)
    result = project.runpytest_inprocess("--gas-snapshot", "gas.json", "-k", "call")
    result.stdout.fnmatch_lines(["0 changed; gas.json not written: the run failed"])
    assert not project.path.joinpath("gas.json").exists()


def test_gas_snapshot__refuses_another_file(project: pytest.Pytester) -> None:
    project.makepyfile(SUITE)
    project.path.joinpath("gas.json").write_text("[]")
    result = project.runpytest_subprocess("--gas-snapshot", "gas.json", "--gas-check")
    assert result.ret != 0
    assert "gas.json is no gas snapshot" in result.stdout.str() + result.stderr.str()


FAILING = """
    import pytest
    from hypothesis import given, settings, strategies as st
    from hypothesis.stateful import RuleBasedStateMachine, rule

    @pytest.fixture(scope="module", autouse=True)
    def book(contract, account, sandbox):
        contract("tiny.wasm", "callee")
        Machine.account = account
        return contract("tiny.wasm", "book")

    def test_call(account):
        account.call("book.near", "put", b"1")
        account.call("book.near", "forward_failing")

    few = settings(max_examples=20, deadline=None, database=None)

    @few
    @given(number=st.integers(0, 100))
    def test_number(account, number):
        account.call("book.near", "echo", str(number).encode())
        assert number < 7

    class Machine(RuleBasedStateMachine):
        account = None

        @rule(number=st.integers(0, 100))
        def step(self, number):
            self.account.call("book.near", "echo", str(number).encode())
            assert number < 7

    Machine.TestCase.settings = few
    TestMachine = Machine.TestCase
"""


def test_trace__shows_the_receipts_of_a_failed_test(project: pytest.Pytester) -> None:
    project.makepyfile(FAILING)
    result = project.runpytest_inprocess("--trace-on-failure", "--near-seed", "5", "-k", "call")
    result.assert_outcomes(failed=1, deselected=2)
    result.stdout.fnmatch_lines(
        [
            "*NEAR transactions*",
            "transaction * in block *",
            "✓ tester.near → book.near  put  *",
            "*state of book.near: *",
            "✓ tester.near → book.near  forward_failing  *",
            "*✗ callee.near  refuse  *TOO_EARLY: wait for block 7",
        ]
    )
    result.stdout.fnmatch_lines(["embedded, chain seed 5, Hypothesis seed: 5"])
    assert "NEAR transactions" not in project.runpytest_inprocess("-k", "call").stdout.str()


@pytest.mark.parametrize("name", ["number", "Machine"])
def test_trace__shows_the_smallest_failing_example_alone(project: pytest.Pytester, name: str) -> None:
    project.makepyfile(FAILING)
    result = project.runpytest_inprocess("--trace-on-failure", "-k", name)
    result.assert_outcomes(failed=1, deselected=2)
    traces = [line for line in result.outlines if line.startswith("✓ tester.near → book.near")]
    assert len(traces) == 1
    assert traces[0].endswith("= 7")
    # Read before the example was rolled back.
    result.stdout.fnmatch_lines(["transaction * in block *", "balance of tester.near: *"])


def test_seeds__are_printed_and_settable(project: pytest.Pytester) -> None:
    project.makepyfile("""
        from hypothesis import core, settings
        def test_seed(sandbox):
            assert core.global_force_seed == 12
            print(sandbox.block_hash)
        def test_hash(sandbox):
            from sealwright_sandbox import Sandbox
            assert sandbox.block_hash == Sandbox(seed=b"12").block_hash != Sandbox().block_hash
    """)
    result = project.runpytest_subprocess("--near-seed", "12")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["near: embedded, chain seed 12, Hypothesis seed: 12"])

    project.makepyfile("def test_default(sandbox): ...")
    plain = project.runpytest_subprocess()
    plain.stdout.fnmatch_lines(["near: embedded, chain seed 0, Hypothesis seed: its own for each test"])
    drawn = project.runpytest_subprocess("--near-seed", "random")
    drawn.stdout.re_match_lines([r"near: embedded, chain seed \d+, Hypothesis seed: \d+"])
    assert project.runpytest_inprocess("--near-seed", "seven").ret == pytest.ExitCode.USAGE_ERROR


def test_xdist__each_worker_has_its_chain_and_the_gas_is_merged(project: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    project.makepyfile(SUITE)
    alone = project.runpytest_subprocess("--gas-report", "--near-seed", "random")
    spread = project.runpytest_subprocess("--gas-report", "-n", "2", "--near-seed", "random")
    spread.assert_outcomes(passed=5)
    methods = {key: row for key, row in _rows(spread).items() if key[0].endswith(".near")}
    assert methods
    assert methods == {key: row for key, row in _rows(alone).items() if key[0].endswith(".near")}


def test_plugin__needs_no_hypothesis(project: pytest.Pytester) -> None:
    project.makepyfile(SUITE)
    project.makeconftest("import sys\nsys.modules['hypothesis'] = None")
    result = project.runpytest_subprocess("-p", "no:hypothesispytest", "--near-seed", "3", "--gas-report")
    result.assert_outcomes(passed=5)
