"""The fixtures. A project's own of the same name take their place, as with every plugin.

All of them live as long as the session, so that they go with Hypothesis; what a test does with them is
taken back after it.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from sealwright_sandbox import builders
from sealwright_sandbox.account import Account
from sealwright_sandbox.arguments import Arguments
from sealwright_sandbox.backends import RemoteSandbox
from sealwright_sandbox.pytest_plugin.session import SESSION
from sealwright_sandbox.sandbox import Sandbox
from sealwright_sandbox.seam import Backend

DEFAULT_ACCOUNT = "tester"
DEFAULT_CONTRACT = "contract"


class AccountFactory(Account):
    """An account that is there, and makes others: `account.call(...)`, `account("client")`."""

    def __call__(self, name: str, balance: int | None = None) -> Account:
        """Create an account; as `Sandbox.create_account`."""
        return self.sandbox.create_account(name, balance)


class ContractFactory:
    """Makes accounts with contracts."""

    def __init__(self, sandbox: Backend, folders: list[Path]) -> None:
        self._sandbox = sandbox
        self._folders = folders

    def __call__(
        self,
        source: bytes | str | Path,
        name: str | None = None,
        *,
        init: str | None = None,
        args: Arguments = None,
        balance: int | None = None,
    ) -> Account:
        """Create an account, deploy, and call `init` with `args`, in one transaction.

        `source`: wasm bytes, a path of a .wasm file, or of sources that an installed builder knows
        (`sealwright_sandbox.builders`); relative to the root of the tests or the present folder.
        The name is that of the file unless given. Raises SandboxMisused, CallFailed.
        """
        code = builders.wasm(source, self._folders)
        account = self._sandbox.create_account(name or self._free_name(source), balance)
        batch = account.batch().deploy(code)
        if init is not None:
            batch.function_call(init, args)
        batch.send()
        return account

    def _free_name(self, source: bytes | str | Path) -> str:
        name = DEFAULT_CONTRACT if isinstance(source, bytes) else _account_name(Path(source))
        parent = self._sandbox.treasury.account_id
        taken = [f"{name}.{parent}"]
        while self._sandbox.account(taken[-1]).exists:
            taken.append(f"{name}{len(taken) + 1}.{parent}")
        return taken[-1].removesuffix(f".{parent}")


def _account_name(path: Path) -> str:
    stem = path.parent.name if path.stem == "contract" and path.parent.name else path.stem
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or DEFAULT_CONTRACT


@pytest.fixture(scope="session")
def sandbox_settings() -> dict[str, Any]:
    """Settings of the embedded `Sandbox`; override it to have others."""
    return {}


@pytest.fixture(scope="session")
def sandbox(pytestconfig: pytest.Config, sandbox_settings: dict[str, Any]) -> Iterator[Backend]:
    """The chain of this session (of this worker, with pytest-xdist)."""
    session = pytestconfig.stash[SESSION]
    chain = session.open(sandbox_settings)
    yield chain
    session.close()


@pytest.fixture(scope="session")
def account(sandbox: Backend) -> AccountFactory:
    """An account with NEAR to test with, and a factory of more."""
    made = sandbox.create_account(DEFAULT_ACCOUNT)
    return AccountFactory(sandbox, made.account_id, made.key)


@pytest.fixture(scope="session")
def contract(sandbox: Backend, pytestconfig: pytest.Config) -> ContractFactory:
    """A factory of contracts."""
    return ContractFactory(sandbox, [pytestconfig.rootpath, pytestconfig.invocation_params.dir])


@pytest.fixture(scope="session")
def rpc_url(sandbox: Backend) -> Iterator[str]:
    """Where the chain answers JSON-RPC, for clients of any kind."""
    with ExitStack() as stack:
        if isinstance(sandbox, Sandbox):
            yield stack.enter_context(sandbox.serve()).url
        else:
            assert isinstance(sandbox, RemoteSandbox)
            yield sandbox.url
