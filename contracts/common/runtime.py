"""What a generated entry module calls around a method's body. Contracts do not import this."""

from typing import Any

from sealwright_protocol import json_codec

from common import guards
from common.errors import ALREADY_INITIALISED, NOT_INITIALISED, SELF_ONLY, require
from common.shim import _host


def arguments(form: str) -> list[Any]:
    """The decoded input. Refuses anything but exactly these arguments: "BAD_ARGUMENT: name: why"."""
    try:
        found = json_codec.unpack(form, _host.input())
    except ValueError as error:
        _host.panic(f"BAD_ARGUMENT: {error}")
    return found  # type: ignore[no-any-return]  # a `(...)` form gives a list


def answer(form: str, result: Any) -> None:
    """Return the result as JSON."""
    _host.value_return(json_codec.pack(form, result))


def initialise() -> None:
    """Mark the contract as initialised, once: ALREADY_INITIALISED."""
    require(not _host.storage_write(guards.KEY_INITIALISED, b""), ALREADY_INITIALISED)


def initialised() -> None:
    """Refuse a call that comes before `@init`: NOT_INITIALISED."""
    require(_host.storage_has(guards.KEY_INITIALISED), NOT_INITIALISED)


def answers(count: int) -> None:
    """A callback serves only a promise of this contract with so many results: SELF_ONLY."""
    guards.self_only()
    require(_host.promise_results_count() == count, SELF_ONLY, "not as a callback")
