"""Shows the kit's inside to tests and to the bench: both codecs as they are, and calls to be weighed.

`booked` and `nothing` cost what the kit asks for; `booked_bare` and `nothing_bare` do the
same work on the raw bindings. The difference is the kit's price.
"""

from common.entry import call, view
from common.shim import _host
from sealwright_protocol import borsh, json_codec
from sealwright_protocol.types import AccountId, Sha256, TimestampMs, Yocto

KEY = b"b"


@view(codec="borsh")
def read_json(data: bytes) -> bytes:
    """Input: a form, a line break, JSON. Output: "=" and the value as JSON, or "!" and the error."""
    form, text = _split(data)
    try:
        return b"=" + json_codec.pack(form, json_codec.unpack(form, text))
    except ValueError as error:
        return b"!" + str(error).encode()


@view(codec="borsh")
def read_any_json(data: bytes) -> bytes:
    """Input: a form, a line break, JSON. Output: "=" and what Python made of it, or "!" and the error."""
    form, text = _split(data)
    try:
        return b"=" + json_codec.pack("*", json_codec.unpack(form, text))
    except ValueError as error:
        return b"!" + str(error).encode()


@view(codec="borsh")
def read_borsh(data: bytes) -> bytes:
    """Input: a format, a line break, Borsh. Output: "=" and the Borsh again, or "!"."""
    fmt, packed = _split(data)
    try:
        return b"=" + borsh.pack(fmt, borsh.unpack(fmt, packed))
    except ValueError:
        return b"!"


@call
def booked(account_id: AccountId, amount: Yocto, until_ms: TimestampMs, digest: Sha256) -> Yocto:
    """Four typed arguments, one write, one result."""
    _host.storage_write(KEY, digest)
    return amount


@call(payable=True, codec="borsh")
def booked_bare(data: bytes) -> bytes:
    """The same write and result, nothing decoded."""
    _host.storage_write(KEY, data[:32])
    return b'"1000000000000000000000000"'


@call
def nothing() -> None:
    """No arguments, no result."""


@call(payable=True, codec="borsh")
def nothing_bare(data: bytes) -> None:
    """No arguments, no result, nothing checked."""


def _split(data: bytes) -> tuple[str, bytes]:
    at = data.index(b"\n")
    return data[:at].decode(), data[at + 1 :]
