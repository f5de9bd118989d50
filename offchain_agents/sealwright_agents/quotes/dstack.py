"""dstack's guest agent: a Unix socket that speaks HTTP and JSON.

Written to dstack's published interface and tested against a socket that imitates it; it has not yet
been proven on a dstack machine.
"""

import http.client
import json
import socket
from pathlib import Path

from sealwright_agents.errors import QuoteFailed
from sealwright_agents.quotes.collateral import CollateralSource
from sealwright_agents.quotes.provider import Evidence

DEFAULT_SOCKET = Path("/var/run/dstack.sock")
TIMEOUT_S = 30.0


class DstackQuotes:
    """TDX quotes from dstack's socket; collateral from wherever it is had."""

    name = "dstack"

    def __init__(self, source: CollateralSource, socket_path: Path = DEFAULT_SOCKET) -> None:
        self._source = source
        self._socket_path = socket_path

    def evidence(self, report_data: bytes, now_ms: int) -> Evidence:
        """As QuoteProvider says. The verifier, not this class, judges whether the collateral is in date."""
        quote = self._quote(report_data)
        return Evidence(quote, self._source.collateral(quote, now_ms))

    def _quote(self, report_data: bytes) -> bytes:
        body = json.dumps({"report_data": report_data.hex()})
        connection = _UnixConnection(self._socket_path)
        try:
            connection.request("POST", "/GetQuote", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            text = response.read()
            if response.status != 200:
                raise QuoteFailed(f"dstack answered {response.status}: {text[:200]!r}")
            return bytes.fromhex(json.loads(text)["quote"])
        except (OSError, http.client.HTTPException) as failure:
            raise QuoteFailed(f"dstack at {self._socket_path}: {failure}") from failure
        except (ValueError, KeyError, TypeError) as wrong:
            raise QuoteFailed(f"dstack's answer holds no quote: {wrong!r}") from wrong
        finally:
            connection.close()


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(TIMEOUT_S)
        self.sock.connect(str(self._path))
