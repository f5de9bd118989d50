"""How a contract module declares its methods. The build reads these decorators and takes them out.

A decorated function stays the plain function that it is: what the decorator asks for
(decoding, guards, encoding) is written by `sealwright build` into the contract's entry
module, and by `common.shim.harness` for unit tests, from the same source text.

    @init                                 runs once; refuses a second run
    @view                                 changes nothing; JSON in, JSON out
    @call                                 refuses deposits; JSON in, JSON out
    @call(payable=True)                   takes any deposit
    @call(one_yocto=True)                 exactly one yoctoNEAR: the caller's full-access key signed
    @call(owner=True)                     the owner only, with one yoctoNEAR
    @call(min_gas=30)                     refuses less than 30 Tgas of prepaid gas
    @call(codec="borsh")                  raw input as the single argument `data: bytes`
    @call(resolves=Answer)                returns a promise that resolves to the JSON of Answer
    @callback(results=1)                  this account only, with exactly so many promise results

Arguments and results are annotated with the types of `sealwright_protocol.types`.
A function annotated `-> bytes` returns those bytes raw, `-> None` returns nothing.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, overload

P = ParamSpec("P")
R = TypeVar("R")


@overload
def init(method: Callable[P, R]) -> Callable[P, R]: ...
@overload
def init(*, codec: str = "json", min_gas: int = 0) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def init(method: Any = None, **_options: Any) -> Any:
    """Sets the contract up. `ALREADY_INITIALISED` the second time; refuses deposits."""
    return method or _identity


@overload
def view(method: Callable[P, R]) -> Callable[P, R]: ...
@overload
def view(*, codec: str = "json") -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def view(method: Any = None, **_options: Any) -> Any:
    """Reads state. Also callable in a transaction."""
    return method or _identity


@overload
def call(method: Callable[P, R]) -> Callable[P, R]: ...
@overload
def call(
    *,
    payable: bool = False,
    one_yocto: bool = False,
    owner: bool = False,
    min_gas: int = 0,
    codec: str = "json",
    resolves: Any = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def call(method: Any = None, **_options: Any) -> Any:
    """Changes state. The options are in the module's docstring; `min_gas` is in Tgas."""
    return method or _identity


@overload
def callback(method: Callable[P, R]) -> Callable[P, R]: ...
@overload
def callback(
    *, results: int | None = None, codec: str = "json"
) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def callback(method: Any = None, **_options: Any) -> Any:
    """Answers a promise that this contract made: `SELF_ONLY` for anybody else."""
    return method or _identity


def _identity(method: Callable[P, R]) -> Callable[P, R]:
    return method
