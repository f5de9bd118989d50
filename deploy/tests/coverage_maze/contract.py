"""A contract with every shape of control flow, and ways to fail. Its pure functions also run on CPython."""

from common.entry import call, init, view
from common.errors import Refusal, require
from sealwright_protocol.types import U64

from coverage_maze import paths  # type: ignore[import-not-found]  # beside this file

TOO_LARGE = Refusal("TOO_LARGE", "the number is too large")


@init
def new() -> None:
    """Initialise."""


@view
def walk(number: U64) -> U64:
    """The sum of all paths for a number."""
    return U64(paths.walk(number))


@call
def fail_deep(number: U64) -> U64:
    """An exception that nobody catches, two calls deep."""
    return U64(paths.outer(number))


@call
def refuse(number: U64) -> None:
    """Fails TOO_LARGE above 10."""
    check(number)


def check(number: U64) -> None:
    """Refuse what is too large."""
    require(
        number <= 10,
        TOO_LARGE,
    )
