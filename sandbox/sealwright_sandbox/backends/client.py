"""NEAR's JSON-RPC over HTTP, with nothing but the standard library."""

import http.client
import json
import threading
from typing import Any
from urllib.parse import urlsplit

from sealwright_sandbox.closing import Closing
from sealwright_sandbox.errors import QueryFailed, SandboxMisused

REQUEST_TIMEOUT_S = 30.0
"""A node answers a request that waits for a block after ten seconds at the latest."""


class RpcClient(Closing):
    """Requests to one node over one connection that is kept open. Safe to use from several threads."""

    def __init__(self, url: str, *, timeout_s: float = REQUEST_TIMEOUT_S) -> None:
        """Connects when the first request is made. Raises SandboxMisused where `url` is none."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SandboxMisused(f"{url!r} is no http(s) address")
        self.url = url
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=timeout_s)
        self._path = parts.path or "/"
        if parts.query:
            self._path += f"?{parts.query}"
        self._lock = threading.Lock()

    def request(self, method: str, params: Any = None) -> Any:
        """The result of a method. Raises QueryFailed with the node's error, OSError without an answer."""
        body = json.dumps({"jsonrpc": "2.0", "id": "sealwright", "method": method, "params": params})
        with self._lock:
            status, content = self._exchange(body.encode())
        try:
            answer = json.loads(content)
        except ValueError:
            text = content[:200].decode(errors="replace")
            raise QueryFailed({"name": f"HTTP_{status}", "data": text}) from None
        if "error" in answer:
            raise QueryFailed(answer["error"])
        return answer["result"]

    def close(self) -> None:
        """Close the connection; the next request opens another one."""
        with self._lock:
            self._connection.close()

    def _exchange(self, body: bytes) -> tuple[int, bytes]:
        try:
            return self._once(body)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # A server may close an idle connection at any time. Sending the same signed transaction
            # twice is harmless: its hash and nonce are the same.
            self._connection.close()
            return self._once(body)
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise

    def _once(self, body: bytes) -> tuple[int, bytes]:
        self._connection.request("POST", self._path, body, {"Content-Type": "application/json"})
        with self._connection.getresponse() as response:
            return response.status, response.read()
