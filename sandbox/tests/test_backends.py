"""One journey on every backend: embedded, a node behind an address, a launched binary."""

import json
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from sealwright_sandbox import (
    NEAR,
    AccountUnknown,
    CallFailed,
    NotSupported,
    Outcome,
    QueryFailed,
    Sandbox,
    SandboxMisused,
    TransactionRefused,
    ViewFailed,
    genesis,
)
from sealwright_sandbox.backends import (
    ALL_CAPABILITIES,
    Backend,
    LaunchedSandbox,
    RemoteSandbox,
    RpcClient,
    choose,
    open_backend,
)
from sealwright_sandbox.backends.answers import legacy_view_failure
from sealwright_sandbox.backends.binary import add_standard_accounts
from sealwright_sandbox.keys import parse_key, test_key

pytest_plugins = ["pytester"]


@pytest.fixture
def served() -> Iterator[str]:
    """The address of a sandbox that is somebody else's."""
    with Sandbox() as sandbox, sandbox.serve() as server:
        yield server.url


@pytest.fixture
def remote(served: str) -> Iterator[RemoteSandbox]:
    with closing(RemoteSandbox(served, "near", test_key("near"))) as backend:
        yield backend


@pytest.fixture(scope="module")
def neard() -> str:
    """A program with neard's command line: no real one can be had where these tests must run."""
    program = shutil.which("sealwright-neard", path=str(Path(sys.executable).parent))
    assert program is not None
    return program


@pytest.fixture(params=["embedded", "rpc", "binary"])
def backend(request: pytest.FixtureRequest, neard: str) -> Iterator[Backend]:
    with ExitStack() as stack:
        if request.param == "embedded":
            yield stack.enter_context(Sandbox())
        elif request.param == "rpc":
            yield request.getfixturevalue("remote")
        else:
            yield stack.enter_context(closing(LaunchedSandbox(neard)))


def _facts(outcome: Outcome) -> dict[str, Any]:
    """What an outcome says, without what depends on block hashes."""
    shown = ("predecessor_id", "executor_id", "method", "deposit", "logs", "gas_burnt", "failure", "value")
    return {
        "value": outcome.raw,
        "logs": outcome.logs,
        "events": outcome.events,
        "gas": outcome.gas_burnt,
        "tokens": outcome.tokens_burnt,
        "receipts": [[getattr(receipt, name) for name in shown] for receipt in outcome.receipts],
        "tree": outcome.tree(),
    }


def _journey(chain: Backend, code: bytes) -> dict[str, Any]:
    """What a test may do anywhere, and everything that it saw."""
    client = chain.create_account("client", balance=50 * NEAR)
    for name in ("tiny", "callee"):
        chain.create_account(name, balance=10 * NEAR).deploy(code)
    facts = {
        "put": _facts(client.call("tiny.near", "put", b"[1, 2]", deposit=NEAR)),
        "forward": _facts(client.call("tiny.near", "forward", {"n": 1})),
        "shout": _facts(client.call("tiny.near", "shout")),
        "batch": _facts(client.batch("callee.near").transfer(7).function_call("echo", b"1").send()),
        "view": chain.view("tiny.near", "get"),
        "storage": chain.storage("tiny.near"),
        "usage": chain.account("tiny.near").storage_usage,
        "exists": (client.exists, chain.account("ghost.near").exists),
        "keys": [key["public_key"] for key in client.keys],
    }
    with pytest.raises(CallFailed) as failed:
        client.call("tiny.near", "forward_failing")
    facts["failure"] = (failed.value.code, failed.value.text, _facts(failed.value.outcome))
    for method in ("refuse", "grumble", "no_such_method", "put"):
        with pytest.raises(ViewFailed) as unseen:
            chain.view("tiny.near", method)
        facts[f"view {method}"] = (unseen.value.code, unseen.value.text)
    for account_id in ("client.near", "ghost.near"):
        with pytest.raises((ViewFailed, AccountUnknown)) as nobody:
            chain.view(account_id, "get")
        facts[f"view at {account_id}"] = (type(nobody.value), str(nobody.value))
    with pytest.raises(TransactionRefused) as refused:
        client.with_key(test_key("somebody").secret_key).transfer("near", 1)
    facts["refused"] = refused.value.code
    with pytest.raises(TransactionRefused) as poor:
        client.transfer("near", 10**9 * NEAR)
    facts["poor"] = poor.value.code
    pending = client.submit("tiny.near", "wait")
    chain.produce_blocks(1)
    assert pending.outcome() is None
    client.call("tiny.near", "answer")
    chain.fast_forward(2)
    answered = pending.outcome()
    assert answered is not None
    facts["yield"] = answered.value
    relayer = chain.create_account("relayer")
    signed = client.batch("tiny.near").function_call("echo", b"3").sign_delegate()
    facts["delegate"] = _facts(relayer.batch("client.near").delegate(signed).send())
    chain.create_account("sub.client.near", NEAR)
    facts["child"] = chain.account("sub.client.near").balance
    return facts


def test_journey__is_the_same_on_every_backend(backend: Backend, tiny: bytes) -> None:
    with Sandbox() as reference:
        expected = _journey(reference, tiny)
    assert _journey(backend, tiny) == expected


def test_remote__says_what_it_cannot_do(remote: RemoteSandbox) -> None:
    for ask, ability in (
        (remote.snapshot, "roll back"),
        (lambda: remote.rollback(None), "roll back"),
        (lambda: remote.set_time(1), "set the clock"),
        (remote.accounts, "list its accounts"),
    ):
        with pytest.raises(NotSupported, match=f"backend 'rpc' cannot {ability}"):
            ask()
    assert {"roll back", "set the clock", "list its accounts"} == ALL_CAPABILITIES - remote.capabilities


def test_remote__patches_state(remote: RemoteSandbox) -> None:
    remote.patch_state(genesis.account("patched.near", 5 * NEAR, [test_key("patched.near").public_key]))
    assert remote.account("patched.near").balance == 5 * NEAR
    remote.account("patched.near").transfer("near", NEAR)


def test_remote__makes_names_of_its_own(served: str) -> None:
    for _ in range(2):
        with closing(open_backend("rpc", url=served)) as backend:
            assert isinstance(backend, RemoteSandbox)
            names = [backend.create_account("client").account_id]
            backend.fresh_names()
            names.append(backend.create_account("client").account_id)
            assert len(set(names)) == 2
            assert all(backend.account(name).balance == 100 * NEAR for name in names)


def test_remote__reads_time_and_height(remote: RemoteSandbox) -> None:
    height, time_ms = remote.block_height, remote.block_time_ms
    remote.produce_blocks(5)
    assert remote.block_height >= height + 5
    assert remote.block_time_ms > time_ms
    assert remote.rpc("block", {"block_id": remote.block_hash})["header"]["height"] == remote.block_height


def test_public__network_has_secret_keys_and_gets_its_money_back(served: str) -> None:
    secret = test_key("near")
    backend = RemoteSandbox(served, "near", secret, backend="testnet", public=True)
    client = backend.create_account("client")
    assert client.balance == NEAR // 10
    assert client.public_key != test_key("client.near").public_key
    assert backend.account("client.near") == client
    asked: list[Callable[[], None]] = [
        lambda: backend.patch_state([]),
        lambda: backend.fast_forward(1),
        lambda: backend.set_time(1),
    ]
    for ask in asked:
        with pytest.raises(NotSupported, match="backend 'testnet' cannot"):
            ask()
    backend.close()
    assert backend.left_behind == []
    with closing(RemoteSandbox(served, "near", secret)) as after:
        assert not after.account("client.near").exists


def test_rpc__finds_an_account_that_pays(served: str, tmp_path: Path) -> None:
    with closing(open_backend("rpc", url=served)) as found:
        assert found.treasury.account_id == "near"
        payer = found.create_account("payer")
    environment = {"NEAR_ACCOUNT_ID": payer.account_id, "NEAR_SECRET_KEY": payer.secret_key}
    with closing(open_backend("rpc", url=served, environment=environment)) as told:
        assert told.create_account("child", NEAR).account_id.endswith(f".{payer.account_id}")

    credentials = tmp_path / ".near-credentials" / "rpc"
    credentials.mkdir(parents=True)
    home = {"HOME": str(tmp_path)}
    with pytest.raises(SandboxMisused, match="neither in NEAR_SECRET_KEY nor in"):
        open_backend("rpc", url=served, account_id=payer.account_id, environment=home)
    file = credentials / f"{payer.account_id}.json"
    file.write_text(json.dumps({"private_key": payer.secret_key}))
    with closing(open_backend("rpc", url=served, account_id=payer.account_id, environment=home)) as kept:
        assert kept.treasury == kept.account(payer.account_id)


def test_networks__are_what_they_are_called(served: str) -> None:
    with pytest.raises(SandboxMisused, match="serves sandbox, not testnet"):
        open_backend("testnet", url=served)
    with Sandbox(chain_id="mainnet") as sandbox, sandbox.serve() as server:
        with pytest.raises(SandboxMisused, match="to spend NEAR there, name the backend 'mainnet'"):
            open_backend("rpc", url=server.url)
        with pytest.raises(SandboxMisused, match=r"no account of .* pays for the tests"):
            open_backend("mainnet", url=server.url, environment={})


@pytest.mark.parametrize(
    ("name", "url", "environment", "chosen"),
    [
        (None, None, {}, "embedded"),
        (None, None, {"NEAR_SANDBOX_BIN_PATH": "/bin/neard"}, "binary"),
        (None, "http://x", {"NEAR_SANDBOX_BIN_PATH": "/bin/neard"}, "rpc"),
        ("embedded", None, {"NEAR_SANDBOX_BIN_PATH": "/bin/neard"}, "embedded"),
        ("testnet", "http://x", {}, "testnet"),
    ],
)
def test_choose__prefers_what_is_said_loudest(
    name: str | None, url: str | None, environment: dict[str, str], chosen: str
) -> None:
    assert choose(name, url, environment) == chosen


def test_client__tells_addresses_and_answers_apart(served: str) -> None:
    for nonsense in ("localhost:3030", "ftp://node", "http://"):
        with pytest.raises(SandboxMisused, match="no http"):
            RpcClient(nonsense)
    with RpcClient(served) as client:
        with pytest.raises(QueryFailed, match="METHOD_NOT_FOUND"):
            client.request("no_such_method")
        client.close()
        assert client.request("status", [])["chain_id"] == "sandbox"
    with RpcClient(f"{served}/nowhere") as lost, pytest.raises(QueryFailed) as error:
        lost.request("status", [])
    assert error.value.error["name"].startswith("HTTP_4")
    with RpcClient("http://127.0.0.1:9") as dead, pytest.raises(OSError, match="refused"):
        dead.request("status", [])


@pytest.mark.parametrize(
    ("text", "code", "meaning"),
    [
        (r'HostError(GuestPanic { panic_msg: "TOO_EARLY: wait \"long\"" })', "TOO_EARLY", 'wait "long"'),
        ('HostError(GuestPanic { panic_msg: "oh" })', "PANIC", "oh"),
        ("HostError(GasLimitExceeded)", "GAS_LIMIT_EXCEEDED", "Exceeded the maximum amount of gas"),
        ("MethodResolveError(MethodNotFound)", "METHOD_NOT_FOUND", "MethodNotFound"),
        ('CompilationError(CodeDoesNotExist { account_id: "a" })', "CODE_DOES_NOT_EXIST", "CodeDoesNotExist"),
        ("WasmTrap(Unreachable)", "EXECUTION_ERROR", "WasmTrap(Unreachable)"),
    ],
)
def test_legacy_view__errors_have_the_same_codes(text: str, code: str, meaning: str) -> None:
    failure = legacy_view_failure(f"wasm execution failed with error: {text}")
    assert failure.code == code
    assert failure.text.startswith(meaning)


# Binaries ---------------------------------------------------------------------------------------


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """Write a program in Python."""

    def write(source: str) -> Path:
        file = tmp_path / "fake-neard"
        file.write_text(f"#!{sys.executable}\nimport os, sys\n{source}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        return file

    return write


def test_binary__without_fast_blocks_is_started_all_the_same(
    program: Callable[[str], Path], neard: str, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    old = program(f"""
open({str(seen)!r}, "a").write(" ".join(sys.argv[1:]) + "\\n")
if "--fast" in sys.argv:
    sys.exit("error: unexpected argument '--fast' found")
os.execv({neard!r}, [{neard!r}, *sys.argv[1:]])
""")
    with closing(LaunchedSandbox(old)) as backend:
        assert backend.create_account("client").account_id == "client.near"
        home = Path(seen.read_text().split()[1])
        assert home.is_dir()
    fast, plain, run = seen.read_text().splitlines()
    assert fast == f"--home {home} init --fast"
    assert plain == f"--home {home} init"
    assert run.startswith(f"--home {home} run --rpc-addr 127.0.0.1:")
    assert not home.exists(), "the home goes with the node"


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("sys.exit('no disk')", "init failed: no disk"),
        (
            """
if 'run' in sys.argv:
    sys.exit('port is taken')
open(sys.argv[2] + '/genesis.json', 'w').write('{"records": [], "total_supply": "0"}')
""",
            "ended at once:\nport is taken",
        ),
        (
            """
import time
if 'run' in sys.argv:
    print('thinking', flush=True)
    time.sleep(600)
open(sys.argv[2] + '/genesis.json', 'w').write('{"records": [], "total_supply": "0"}')
""",
            "did not answer in 1 s:\nthinking",
        ),
    ],
)
def test_binary__that_does_not_start_says_why(
    program: Callable[[str], Path], source: str, complaint: str
) -> None:
    with pytest.raises(SandboxMisused) as error:
        LaunchedSandbox(program(source), start_within_s=1)
    assert str(error.value).endswith(complaint)


def test_binary__must_be_named() -> None:
    with pytest.raises(SandboxMisused, match="set NEAR_SANDBOX_BIN_PATH"):
        open_backend("binary", environment={})
    with pytest.raises(SandboxMisused, match="no node binary at /nowhere/neard"):
        open_backend("binary", environment={"NEAR_SANDBOX_BIN_PATH": "/nowhere/neard"})


def test_standard_accounts__are_added_to_those_of_init(tmp_path: Path) -> None:
    file = tmp_path / "genesis.json"
    own = genesis.account("near", 7, ["ed25519:11111111111111111111111111111111"])
    file.write_text(json.dumps({"records": own, "total_supply": "7"}))
    for _ in range(2):
        add_standard_accounts(file)
    found = json.loads(file.read_text())
    accounts = {
        r["Account"]["account_id"]: r["Account"]["account"] for r in found["records"] if "Account" in r
    }
    assert accounts["near"]["amount"] == "7"
    assert sum(int(account["amount"]) for account in accounts.values()) == int(found["total_supply"])
    records = [r["AccessKey"] for r in found["records"] if "AccessKey" in r]
    keys = [(record["account_id"], record["public_key"]) for record in records]
    assert ("near", test_key("near").public_key) in keys
    assert ("sandbox", parse_key(genesis.ROOT_SECRET_KEY).public_key) in keys
    assert len(keys) == len(set(keys))


# The plugin on other backends -------------------------------------------------------------------

SUITE = """
    import pytest

    @pytest.fixture(scope="module")
    def book(contract):
        return contract("tiny.wasm", "book")

    @pytest.mark.parametrize("turn", range(2))
    def test_anywhere(turn, account, contract, book):
        own = contract("tiny.wasm", "own")
        assert own.storage == {}
        for each in (own, book):
            account.call(each.account_id, "put", str(turn).encode())
            assert account.view(each.account_id, "get") == turn

    def test_clock(sandbox):
        sandbox.set_time(sandbox.block_time_ms + 10_000)

    def test_rollback(sandbox):
        sandbox.rollback(sandbox.snapshot())

    from hypothesis import given, settings, strategies as st

    @settings(max_examples=3, deadline=None, database=None)
    @given(st.integers())
    def test_examples(sandbox, number):
        sandbox.create_account("each")
        sandbox.set_time(1)
"""


def _run_on(pytester: pytest.Pytester, tiny: bytes, *options: str) -> pytest.RunResult:
    pytester.path.joinpath("tiny.wasm").write_bytes(tiny)
    pytester.makeini("[pytest]\naddopts = -p no:faulthandler\nfilterwarnings = error\n")
    pytester.makepyfile(SUITE)
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-rs", "--gas-report", *options)


def test_plugin__skips_what_a_backend_cannot_do(pytester: pytest.Pytester, tiny: bytes, served: str) -> None:
    result = _run_on(pytester, tiny, "--near-rpc-url", served)
    result.assert_outcomes(passed=2, skipped=3)
    for reason in ("set the clock", "roll back"):
        result.stdout.fnmatch_lines([f"SKIPPED * backend 'rpc' cannot {reason}"])
    result.stdout.fnmatch_lines(["near: rpc, *", "*own-*put*"])


def test_plugin__runs_on_a_binary(
    pytester: pytest.Pytester, tiny: bytes, neard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEAR_SANDBOX_BIN_PATH", neard)
    result = _run_on(pytester, tiny)
    result.assert_outcomes(passed=2, skipped=3)
    result.stdout.fnmatch_lines(["near: binary, *", "SKIPPED * backend 'binary' cannot set the clock"])
    assert _run_on(pytester, tiny, "--near-backend", "embedded").parseoutcomes() == {"passed": 5}
