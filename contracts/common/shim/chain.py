"""The in-memory chain behind the shim: one contract account, its storage and the current call."""

from __future__ import annotations

from dataclasses import dataclass, field


class Panic(Exception):
    """The contract refused or broke: `str(panic)` is "CODE: text"."""

    @property
    def code(self) -> str:
        """What stands before the first colon."""
        return str(self).partition(":")[0]


@dataclass(frozen=True)
class RecordedAction:
    """One action of a promise, as the contract asked for it. Gas in gas units."""

    kind: str
    method: str = ""
    args: bytes = b""
    deposit: int = 0
    gas: int = 0
    weight: int = 0


@dataclass
class RecordedPromise:
    """One promise: the account it acts on (empty for a join) and the promises it waits for."""

    account_id: str
    after: tuple[int, ...] = ()
    actions: list[RecordedAction] = field(default_factory=list)
    yielded: bool = False


@dataclass
class Chain:
    """Everything that the host functions read and write; set fields freely in a test."""

    current_account: str = "contract.near"
    predecessor: str = "caller.near"
    signer: str = "caller.near"
    signer_key: bytes = bytes(32)
    deposit: int = 0
    balance: int = 10**26
    block_height: int = 1000
    block_ms: int = 1_760_000_000_000
    prepaid_gas: int = 300 * 10**12
    used_gas: int = 0
    chain_id: str = "sandbox"
    base_storage: int = 300_000
    input: bytes = b""
    returned: bytes | None = None
    returned_promise: int | None = None
    storage: dict[bytes, bytes] = field(default_factory=dict)
    logs: list[str] = field(default_factory=list)
    promises: list[RecordedPromise] = field(default_factory=list)
    promise_results: list[bytes | None] = field(default_factory=list)
    yields: dict[bytes, bytes | None] = field(default_factory=dict)

    def add_promise(self, account_id: str, after: tuple[int, ...], yielded: bool = False) -> int:
        """Record a promise and return its index."""
        self.promises.append(RecordedPromise(account_id, after, yielded=yielded))
        return len(self.promises) - 1

    def add_action(self, index: int, action: RecordedAction) -> None:
        """Record an action of the promise at `index`."""
        self.promises[index].actions.append(action)

    def spend(self, amount: int) -> None:
        """Take what a promise carries from the balance, as the host does at once."""
        if amount > self.balance:
            raise Panic("Exceeded the account balance.")
        self.balance -= amount

    def reset(self) -> None:
        """Back to an empty account at the default block."""
        self.__dict__.update(Chain().__dict__)


chain = Chain()
