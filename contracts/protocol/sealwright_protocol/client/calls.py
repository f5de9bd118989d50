"""What a transport carries out: a call (a transaction) or a view (a query)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

from sealwright_protocol import json_codec

T = TypeVar("T")
TGAS = 10**12


@dataclass(frozen=True)
class Call(Generic[T]):
    """A function call to sign and send.

    args     raw bytes; deposit in yoctoNEAR; gas in gas units
    decode   turns the raw bytes that the call returned into its typed result; ValueError if malformed
    """

    contract_id: str
    method: str
    args: bytes
    deposit: int
    gas: int
    decode: Callable[[bytes], T] = field(repr=False)


@dataclass(frozen=True)
class View(Generic[T]):
    """A query of a contract's state. Fields as in `Call`."""

    contract_id: str
    method: str
    args: bytes
    decode: Callable[[bytes], T] = field(repr=False)


def json_result(form: str) -> Callable[[bytes], Any]:
    """Decoder of a JSON result of this form."""
    return partial(json_codec.unpack, form)


def raw_result(data: bytes) -> bytes:
    """Decoder of a result that is raw bytes."""
    return data


def no_result(_data: bytes) -> None:
    """Decoder of a call that returns nothing."""
