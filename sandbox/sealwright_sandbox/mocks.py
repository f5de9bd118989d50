"""Mocks: methods of contracts answered by a test instead of the contract.

```python
with sandbox.mock("oracle.near", "get_price", returns={"price": "5"}) as oracle:
    client.call("market.near", "buy")
assert oracle.calls[0].args == {"asset": "near"}
```

All other methods go to the contract, if the account has one. docs/spec/sandbox-faults.md has the
rules.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sealwright_sandbox._engine import NativeInterventions
from sealwright_sandbox.errors import SandboxMisused
from sealwright_sandbox.native import translated

if TYPE_CHECKING:
    from sealwright_sandbox._engine import MockQuestion, MockReply

NOTHING: Any = object()
"""Says that a mock returns nothing, unlike None, which is JSON's null."""


class MockFailed(Exception):
    """Raised by a mock's function: the call fails with a contract's panic of this text."""


@dataclass(frozen=True)
class MockContext:
    """A call or view that a mock is asked to answer.

    `deposit` in yoctoNEAR, `gas` what the call may burn, `promise_results` what a callback got
    (None for a promise that failed), `receipt_id` None in a view.
    """

    account_id: str
    method: str
    raw_args: bytes
    predecessor_id: str
    signer_id: str
    deposit: int
    gas: int
    block_height: int
    block_timestamp_ns: int
    promise_results: tuple[bytes | None, ...]
    receipt_id: str | None

    @property
    def args(self) -> Any:
        """The arguments as JSON. Raises ValueError where they are not: read `raw_args` then."""
        return json.loads(self.raw_args) if self.raw_args else None

    @property
    def is_view(self) -> bool:
        """Whether nothing can be changed."""
        return self.receipt_id is None


@dataclass(frozen=True)
class MockCall(MockContext):
    """A call that a mock answered: `value` the bytes it returned, `failure` its panic."""

    value: bytes | None
    failure: str | None
    logs: tuple[str, ...]
    gas_burnt: int


MockFunction = Callable[[MockContext], Any]


class Mock:
    """One mocked method. Take it away with `remove` or the end of a `with`."""

    def __init__(self, native: NativeInterventions, mock_id: int, account_id: str, method: str) -> None:
        self._native = native
        self._id = mock_id
        self.account_id = account_id
        self.method = method

    @property
    def calls(self) -> list[MockCall]:
        """What it answered, in order, views too; a rollback forgets what came after the snapshot."""
        return [_call(*call) for call in self._native.mock_calls(self._id)]

    def remove(self) -> None:
        """Let the contract answer again; its calls stay known."""
        self._native.remove_mock(self._id)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.remove()

    def __repr__(self) -> str:
        return f"<Mock {self.account_id}.{self.method}>"


def install(
    native: NativeInterventions,
    account_id: str,
    method: str,
    *,
    returns: Any = NOTHING,
    fails: str | None = None,
    function: MockFunction | None = None,
    logs: Sequence[str] = (),
    gas: int = 0,
) -> Mock:
    """What `Sandbox.mock` does."""
    given = [returns is not NOTHING, fails is not None, function is not None]
    if sum(given) > 1:
        raise SandboxMisused("a mock returns, fails or asks a function: give one of them")
    with translated():
        if function is None:
            value = encode(returns)
            mock_id = native.mock(account_id, method, value, fails, list(logs), gas)
        else:
            mock_id = native.mock_with(account_id, method, _asking(function, list(logs), gas))
    return Mock(native, mock_id, account_id, method)


def encode(value: Any) -> bytes:
    """What a mock returns: bytes as they are, everything else as JSON, NOTHING as no bytes."""
    if value is NOTHING:
        return b""
    if isinstance(value, bytes):
        return value
    return json.dumps(value, separators=(",", ":")).encode()


def _asking(
    function: MockFunction, logs: list[str], gas: int
) -> Callable[["MockQuestion"], tuple[bytes, str | None, list[str], int]]:
    def ask(question: "MockQuestion") -> tuple[bytes, str | None, list[str], int]:
        try:
            return encode(function(_context(question))), None, logs, gas
        except MockFailed as failure:
            return b"", str(failure), logs, gas
        except BaseException as error:
            # Nothing may leave a block half done, the engine's own panic included.
            return b"", f"the mock failed: {type(error).__name__}: {error}", logs, gas

    return ask


def _fields(question: "MockQuestion") -> dict[str, Any]:
    (account_id, method, args), (predecessor_id, signer_id, deposit, gas), rest = question
    height, timestamp_ns, results, receipt_id = rest
    return {
        "account_id": account_id,
        "method": method,
        "raw_args": args,
        "predecessor_id": predecessor_id,
        "signer_id": signer_id,
        "deposit": deposit,
        "gas": gas,
        "block_height": height,
        "block_timestamp_ns": timestamp_ns,
        "promise_results": tuple(results),
        "receipt_id": receipt_id,
    }


def _context(question: "MockQuestion") -> MockContext:
    return MockContext(**_fields(question))


def _call(question: "MockQuestion", reply: "MockReply") -> MockCall:
    value, failure, logs, gas_burnt = reply
    return MockCall(**_fields(question), value=value, failure=failure, logs=tuple(logs), gas_burnt=gas_burnt)
