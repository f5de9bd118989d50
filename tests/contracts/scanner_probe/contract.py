"""Shows what the verifier's C scanners make of bytes, so that a test can hold them against plain Python.

Test support, never deployed elsewhere. Output: "=" and the answer as JSON, or "!" for ValueError. Bytes are
shown as "x" and hexadecimal, objects as {"pairs": [...]}, for a dict here keeps no order.
"""

from typing import Any

from common.entry import view
from sealwright_protocol import borsh, json_codec
from tee_attestation_verifier import scan
from tee_attestation_verifier.binary import to_hex


@view(codec="borsh")
def ask(data: bytes) -> bytes:
    """Borsh `(scanner, data, start, end, last argument)`."""
    scanner, octets, start, end, last = borsh.unpack("sbIIb", data)
    try:
        return b"=" + json_codec.pack("*", shown(_answer(scanner, octets, start, end, last)))
    except ValueError:
        return b"!"


def _answer(scanner: str, octets: bytes, start: int, end: int, last: bytes) -> object:
    if scanner in ("tlvs", "extensions", "common_name"):
        return getattr(scan, scanner)(octets, start, end)
    if scanner in ("lists_serial", "entries"):
        return getattr(scan, scanner)(octets, start, end, last)
    if scanner == "svns":
        components: Any = scan.json(octets)
        return scan.svns(components)
    return getattr(scan, scanner)(octets)


def shown(value: object) -> object:
    """A value in JSON's types."""
    if isinstance(value, bytes):
        return "x" + to_hex(value)
    if isinstance(value, (list, tuple)):
        return [shown(each) for each in value]
    if isinstance(value, dict):
        return {"pairs": [[shown(name), shown(each)] for name, each in value.items()]}
    return value
