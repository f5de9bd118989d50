"""NEP-297 events: one log line each, `EVENT_JSON:{standard, version, event, data: [object]}`."""

from sealwright_protocol import json_codec

from common.shim import _host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def emit(standard: str, version: str, event: str, data: "dict[str, Any]") -> None:
    """Log one event.

    Amounts are given as decimal strings; bytes become lowercase hex, `common.text` writes keys.
    ValueError for what JSON cannot carry exactly: floats, integers beyond 2^53 - 1.
    """
    head = f'EVENT_JSON:{{"standard":"{standard}","version":"{version}","event":"{event}","data":['
    _host.log(head + json_codec.pack("*", data).decode() + "]}")
