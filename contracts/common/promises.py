"""Promises, chained as they run:

    promise(registry).call("is_node_valid", args, gas_tgas=10) \\
        .then("on_validity", own_args, gas_tgas=15) \\
        .as_return()

Gas is in Tgas. State is settled before a promise leaves; the callback repairs.
"""

from common.shim import _host

TERA = 10**12

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sealwright_protocol.types import AccountId


class Promise:
    """A receipt to be: one or more actions on one account, or a join of several."""

    def __init__(self, index: int) -> None:
        self.index = index

    def call(self, method: str, args: bytes, gas_tgas: int, deposit: int = 0, weight: int = 0) -> "Promise":
        """Add a function call. `weight` is its share of the gas that is left over."""
        _host.batch_function_call(self.index, method, args, deposit, gas_tgas * TERA, weight)
        return self

    def transfer(self, amount: int) -> "Promise":
        """Add a transfer of `amount` yoctoNEAR."""
        _host.batch_transfer(self.index, amount)
        return self

    def create_account(self) -> "Promise":
        """Add the creation of the account."""
        _host.batch_create_account(self.index)
        return self

    def then(self, callback: str, args: bytes, gas_tgas: int, weight: int = 0) -> "Promise":
        """This contract's method `callback` when the promise is done, well or not."""
        return self.then_account(_host.current_account()).call(callback, args, gas_tgas, 0, weight)

    def then_account(self, account_id: str) -> "Promise":
        """A receipt on `account_id` when this promise is done; its actions follow."""
        return Promise(_host.promise_batch_then(self.index, account_id))

    def as_return(self) -> None:
        """Make this promise's result the result of the call."""
        _host.promise_return(self.index)


def promise(account_id: "str | AccountId") -> Promise:
    """A new receipt on `account_id`; its actions follow."""
    return Promise(_host.promise_batch_create(account_id))


def join(promises: list[Promise]) -> Promise:
    """All of them; a `then` gets their results in this order. A join has no actions itself."""
    return Promise(_host.promise_and([each.index for each in promises]))


def promise_yield(method: str, args: bytes, gas_tgas: int, weight: int = 0) -> tuple[Promise, bytes]:
    """A callback that waits for `resume`, at most 200 blocks: (promise, its 32-byte data id)."""
    index, data_id = _host.yield_create(method, args, gas_tgas * TERA, weight)
    return Promise(index), data_id


def resume(data_id: bytes, payload: bytes) -> bool:
    """Give a yielded callback its payload (at most 1,024 bytes).

    True is a wish, not a fact: a timeout in the same block may still win.
    """
    return _host.yield_resume(data_id, payload)


def result(index: int) -> bytes | None:
    """The result of a promise that this callback answers, or None when it failed."""
    return _host.promise_result(index)


def results_count() -> int:
    """How many promises this callback answers."""
    return _host.promise_results_count()
