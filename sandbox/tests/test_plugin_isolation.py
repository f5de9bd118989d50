"""The pytest plugin: what a test, a fixture, an example does to the chain ends with it."""

import pytest

pytest_plugins = ["pytester"]


@pytest.fixture
def project(pytester: pytest.Pytester, tiny: bytes) -> pytest.Pytester:
    """Somebody's project with a contract.

    pytest's faulthandler would take the signal from the engine by which it learns of a trap.
    """
    pytester.path.joinpath("tiny.wasm").write_bytes(tiny)
    pytester.makeini("[pytest]\naddopts = --strict-markers -p no:faulthandler\nfilterwarnings = error\n")
    return pytester


def passes(project: pytest.Pytester, source: str, **counts: int) -> pytest.RunResult:
    project.makepyfile(source)
    result = project.runpytest_inprocess("-p", "no:cacheprovider", "-v")
    result.assert_outcomes(**counts)
    return result


def test_tests__leave_nothing_to_each_other(project: pytest.Pytester) -> None:
    passes(
        project,
        """
        import pytest

        @pytest.fixture
        def book(contract):
            return contract("tiny.wasm", "book")

        @pytest.mark.parametrize("turn", range(3))
        def test_write(turn, sandbox, account, book):
            assert sandbox.account("written.near").exists is False
            assert book.storage == {}
            account.call("book.near", "put", b"1")
            sandbox.create_account("written")
            sandbox.set_time(sandbox.block_time_ms + 10**9)
            test_write.heights.append(sandbox.block_height)

        test_write.heights = []

        def test_all__began_at_the_same_block():
            assert len(set(test_write.heights)) == 1
        """,
        passed=4,
    )


def test_fixtures__keep_their_state_as_long_as_they_live(project: pytest.Pytester) -> None:
    passes(
        project,
        """
        import pytest

        @pytest.fixture(scope="session")
        def book(contract, account):
            made = contract("tiny.wasm", "book")
            account.call("book.near", "put", b"1")
            return made

        @pytest.fixture(scope="module")
        def rewritten(book, account):
            account.call("book.near", "put", b"2")

        @pytest.fixture(scope="class")
        def rewritten_again(rewritten, account):
            account.call("book.near", "put", b"3")

        def read(sandbox):
            return sandbox.view("book.near", "get")

        def test_session__state(book, sandbox, account):
            assert read(sandbox) == 1
            account.call("book.near", "put", b"9")

        class TestClass:
            @pytest.mark.parametrize("turn", range(2))
            def test_class__state(self, turn, rewritten_again, sandbox, account):
                assert read(sandbox) == 3
                account.call("book.near", "put", b"9")

        @pytest.mark.parametrize("turn", range(2))
        def test_module__state(turn, rewritten, sandbox, account):
            assert read(sandbox) == 2
            account.call("book.near", "put", b"9")
        """,
        passed=5,
    )


def test_module__leaves_no_state_to_the_next(project: pytest.Pytester) -> None:
    project.makeconftest("""
        import pytest

        @pytest.fixture(scope="session")
        def book(contract):
            return contract("tiny.wasm", "book")

        @pytest.fixture(scope="module")
        def filled(book, account, sandbox):
            assert sandbox.storage("book.near") == {}
            account.call("book.near", "put", b"1")
    """)
    project.makepyfile(
        test_one="def test_one(filled): ...\n",
        test_two="def test_two(filled): ...\n",
        test_zero="def test_zero(book): assert book.storage == {}\n",
    )
    project.runpytest_inprocess().assert_outcomes(passed=3)


def test_session_fixture__that_comes_late_outlives_the_module_below_it(project: pytest.Pytester) -> None:
    project.makeconftest("""
        import pytest
        made = []

        @pytest.fixture(scope="session")
        def late(sandbox):
            made.append("late")
            return sandbox.create_account("late")

        @pytest.fixture(scope="module")
        def early(sandbox):
            made.append("early")
            return sandbox.create_account("early")
    """)
    both = "assert late.exists and early.exists"
    project.makepyfile(
        test_a=f"""
            def test_one(early): assert early.exists
            def test_two(early, late): {both}
            def test_three(early, late): {both}
        """,
        test_b=f"""
            def test_four(late): assert late.exists
            def test_five(early, late): {both}
        """,
        test_c="""
            from conftest import made
            def test_six(sandbox, late):
                assert late.exists and not sandbox.account("early.near").exists
                # Once on top of the first module, then again beneath the others.
                assert made == ["early", "late", "late", "early"]
        """,
    )
    project.runpytest_inprocess().assert_outcomes(passed=6)


def test_parametrized_fixtures__take_back_what_stands_on_them(project: pytest.Pytester) -> None:
    passes(
        project,
        """
        import pytest

        @pytest.fixture(scope="module", params=["one", "two"])
        def owner(request, sandbox):
            return sandbox.create_account(request.param)

        @pytest.fixture(scope="module")
        def other(sandbox):
            return sandbox.create_account("other")

        @pytest.mark.parametrize("turn", range(2))
        def test_owner(turn, owner, other, sandbox):
            assert owner.exists and other.exists
            names = {"one.near", "two.near"} & set(sandbox.accounts())
            assert names == {owner.account_id}
        """,
        passed=4,
    )


def test_fixture__asked_for_inside_a_test_is_made_again_in_the_next(project: pytest.Pytester) -> None:
    passes(
        project,
        """
        import pytest

        @pytest.fixture(scope="session")
        def late(sandbox):
            return sandbox.create_account("late")

        @pytest.mark.parametrize("turn", range(3))
        def test_late(turn, request):
            assert request.getfixturevalue("late").exists
        """,
        passed=3,
    )


def test_fixture__without_a_trace_on_the_chain_is_made_once(project: pytest.Pytester) -> None:
    passes(
        project,
        """
        import pytest
        made = []

        @pytest.fixture(scope="session")
        def helper(sandbox):
            made.append(sandbox.block_height)
            yield
            sandbox.create_account("leaver")

        @pytest.fixture(scope="module", params=range(2))
        def state(request, sandbox):
            return sandbox.create_account(f"state{request.param}")

        def test_state(state, helper): assert state.exists
        def test_made(): assert len(made) == 1
        """,
        passed=3,
    )


def test_teardown__still_sees_what_the_test_did(project: pytest.Pytester) -> None:
    passes(
        project,
        """
        import pytest
        seen = []

        @pytest.fixture
        def outer(sandbox):
            yield
            seen.append(sandbox.account("made.near").exists)

        @pytest.fixture
        def inner(outer, sandbox):
            yield
            seen.append(sandbox.account("made.near").exists)

        def test_make(inner, sandbox): sandbox.create_account("made")

        def test_seen(sandbox):
            assert seen == [True, True]
            assert not sandbox.account("made.near").exists
        """,
        passed=2,
    )


def test_mocks__end_with_their_test(project: pytest.Pytester) -> None:
    passes(
        project,
        """
        import pytest

        @pytest.fixture(scope="module")
        def book(contract):
            return contract("tiny.wasm", "book")

        @pytest.mark.parametrize("turn", range(2))
        def test_mock(turn, sandbox, account, book):
            assert account.call("book.near", "echo", {"n": 1}).value == {"n": 1}
            sandbox.mock("book.near", "echo", returns="mocked")
            assert account.call("book.near", "echo", {"n": 1}).value == "mocked"
        """,
        passed=2,
    )


def test_shared_chain__opts_out(project: pytest.Pytester) -> None:
    passes(
        project,
        """
        import pytest

        @pytest.mark.shared_chain
        def test_first(sandbox): sandbox.create_account("shared")

        def test_second(sandbox):
            assert sandbox.account("shared.near").exists
            sandbox.create_account("own")

        def test_third(sandbox):
            assert sandbox.account("shared.near").exists
            assert not sandbox.account("own.near").exists
        """,
        passed=3,
    )


def test_hypothesis__examples_are_isolated(project: pytest.Pytester) -> None:
    passes(
        project,
        """
        import pytest
        from hypothesis import given, settings, strategies as st

        @pytest.fixture(scope="module")
        def book(contract):
            return contract("tiny.wasm", "book")

        runs = []

        @pytest.mark.parametrize("turn", range(2))
        @settings(max_examples=20, deadline=None, database=None)
        @given(text=st.binary(max_size=3))
        def test_write(turn, account, book, text):
            assert book.storage == {}
            account.call("book.near", "put", b"[" + text)
            runs.append(text)

        def test_runs(sandbox): assert len(runs) >= 20

        @pytest.mark.shared_chain
        @settings(max_examples=5, deadline=None, database=None)
        @given(number=st.integers(0, 9))
        def test_shared(account, book, number):
            account.call("book.near", "put", str(number).encode())

        def test_shared__stayed(book): assert book.storage != {}
        """,
        passed=5,
    )


def test_hypothesis__asynchronous_examples_are_isolated(project: pytest.Pytester) -> None:
    # What pytest-asyncio, anyio and trio do.
    project.makeconftest("""
        import asyncio
        import pytest

        @pytest.hookimpl(tryfirst=True)
        def pytest_pyfunc_call(pyfuncitem):
            handle = getattr(pyfuncitem.obj, "hypothesis", None)
            if handle is not None and asyncio.iscoroutinefunction(handle.inner_test):
                inner = handle.inner_test
                handle.inner_test = lambda **arguments: asyncio.run(inner(**arguments))
    """)
    passes(
        project,
        """
        import asyncio
        import pytest
        from hypothesis import given, settings, strategies as st

        @pytest.fixture(scope="module")
        def book(contract):
            return contract("tiny.wasm", "book")

        runs = []

        @settings(max_examples=5, deadline=None, database=None)
        @given(number=st.integers())
        async def test_write(account, book, number):
            assert book.storage == {}
            await asyncio.sleep(0)
            account.call("book.near", "put", str(number).encode())
            assert book.storage != {}
            runs.append(number)

        def test_runs(): assert len(runs) >= 5
        """,
        passed=2,
    )


def test_hypothesis__state_machines_begin_anew(project: pytest.Pytester) -> None:
    result = passes(
        project,
        """
        import pytest
        from hypothesis import settings, strategies as st
        from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

        lives = []

        class Machine(RuleBasedStateMachine):
            sandbox = account = None

            def __init__(self):
                super().__init__()
                assert self.sandbox.storage("book.near") == {}
                lives.append(self)

            @rule(number=st.integers(0, 9))
            def write(self, number):
                self.account.call("book.near", "put", str(number).encode())

            def teardown(self):
                assert self.sandbox.storage("book.near") != {}

        few = settings(max_examples=5, stateful_step_count=3, deadline=None, database=None)

        @pytest.fixture(scope="module", autouse=True)
        def book(contract, sandbox, account):
            Machine.sandbox, Machine.account = sandbox, account
            return contract("tiny.wasm", "book")

        Machine.TestCase.settings = few
        TestMachine = Machine.TestCase

        def test_closure(): run_state_machine_as_test(Machine, settings=few)

        def test_after(book):
            assert book.storage == {}
            assert len(lives) >= 10
        """,
        passed=3,
    )
    assert "error" not in result.stdout.str().lower()


def test_own_fixture__takes_the_place_of_the_plugins(project: pytest.Pytester) -> None:
    project.makeconftest("""
        import pytest

        @pytest.fixture
        def sandbox():
            return "theirs"
    """)
    passes(project, "def test_sandbox(sandbox): assert sandbox == 'theirs'", passed=1)


def test_settings__are_a_fixture(project: pytest.Pytester) -> None:
    project.makeconftest("""
        import pytest

        @pytest.fixture(scope="session")
        def sandbox_settings():
            return {"chain_id": "theirs", "block_interval_ms": 5}
    """)
    passes(project, "def test_sandbox(sandbox): assert sandbox.chain_id == 'theirs'", passed=1)


def test_contract__is_made_from_wasm_or_by_a_builder(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tiny: bytes
) -> None:
    from sealwright_sandbox import builders

    monkeypatch.setattr(
        builders, "installed", lambda: {"toy": lambda path: tiny if path.suffix == ".toy" else None}
    )
    project.path.joinpath("My_Counter.toy").write_text("count")
    project.path.joinpath("unknown.xyz").write_text("?")
    passes(
        project,
        """
        import pytest
        from pathlib import Path
        from sealwright_sandbox import SandboxMisused

        def test_sources(contract, account, sandbox):
            code = Path("tiny.wasm").read_bytes()
            names = [contract(source).account_id for source in (code, "tiny.wasm", "tiny.wasm", "My_Counter.toy")]
            assert names == ["contract.near", "tiny.near", "tiny2.near", "my-counter.near"]
            for name in names:
                assert account.call(name, "echo", {"a": 1}).value == {"a": 1}

        def test_init(contract):
            assert contract("tiny.wasm", init="put", args=b"7").storage == {b"entry": b"7"}

        def test_nothing(contract):
            with pytest.raises(SandboxMisused, match=r"no builder makes .*installed: toy"):
                contract("unknown.xyz")
            with pytest.raises(SandboxMisused, match="there is no contract at"):
                contract("absent.wasm")
            with pytest.raises(SandboxMisused, match="no WebAssembly"):
                contract(b"text")
        """,
        passed=3,
    )


def test_rpc_url__serves_the_same_chain(project: pytest.Pytester) -> None:
    passes(
        project,
        """
        from sealwright_sandbox.backends import RpcClient

        def test_rpc(rpc_url, account):
            with RpcClient(rpc_url) as client:
                query = {"request_type": "view_account", "account_id": account.account_id, "finality": "final"}
                assert int(client.request("query", query)["amount"]) == account.balance
        """,
        passed=1,
    )
