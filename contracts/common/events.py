"""NEP-297 events: one log line each, `EVENT_JSON:{standard, version, event, data: [object]}`."""

import json

from common.shim import _host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def emit(standard: str, version: str, event: str, data: "dict[str, Any]") -> None:
    """Log one event. `data` holds only what JSON has: amounts as decimal strings, hashes as hex."""
    _host.log(
        'EVENT_JSON:{"standard":"'
        + standard
        + '","version":"'
        + version
        + '","event":"'
        + event
        + '","data":['
        + json.dumps(data)
        + "]}"
    )
