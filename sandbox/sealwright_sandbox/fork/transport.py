"""JSON-RPC over HTTP to a live network: what is temporary is tried again, what is final has a name."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from sealwright_sandbox.errors import ImportFailed

TEMPORARY = {408, 425, 429, 500, 502, 503, 504}
"""HTTP statuses after which the same question may get an answer."""
LONGEST_PAUSE_S = 10.0


class Transport:
    """A JSON-RPC endpoint.

    `timeout_s` is for one attempt; between attempts the pause doubles from half a second, or is what the
    endpoint asks for (Retry-After, at most ten seconds).
    """

    def __init__(
        self,
        url: str,
        *,
        timeout_s: float = 30.0,
        attempts: int = 5,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = url
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._pause = pause

    def call(self, method: str, params: Any) -> dict[str, Any]:
        """The whole answer, `result` or `error`. Raises ImportFailed NETWORK where there is none to be had."""
        body = json.dumps({"jsonrpc": "2.0", "id": "fork", "method": method, "params": params}).encode()
        wait_s = 0.5
        for attempt in range(1, self._attempts + 1):
            try:
                return self._post(body)
            except _TryAgain as failed:
                if attempt == self._attempts:
                    reason = f"{self.url}: {failed} ({attempt} attempts)"
                    raise ImportFailed("NETWORK", reason) from None
                self._pause(min(failed.after_s or wait_s, LONGEST_PAUSE_S))
                wait_s *= 2
        raise ValueError("at least one attempt must be allowed")

    def _post(self, body: bytes) -> dict[str, Any]:
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=self._timeout_s) as answer:  # noqa: S310
                return self._read(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return self._refused(error)
        except (OSError, http.client.HTTPException) as error:
            raise _TryAgain(str(error) or type(error).__name__) from None

    def _refused(self, error: urllib.error.HTTPError) -> dict[str, Any]:
        if error.code in TEMPORARY:
            after = error.headers.get("Retry-After", "")
            raise _TryAgain(f"HTTP {error.code}", float(after) if after.isdecimal() else None)
        # A node answers some errors of its own with a status of their own.
        try:
            return self._read(error.read())
        except _TryAgain:
            raise ImportFailed("NETWORK", f"{self.url}: HTTP {error.code}") from None

    def _read(self, text: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(text)
        except ValueError:
            raise _TryAgain("the answer is no JSON") from None
        if not isinstance(answer, dict) or not ("result" in answer or "error" in answer):
            raise _TryAgain("the answer is not JSON-RPC")
        return answer


class _TryAgain(Exception):
    def __init__(self, reason: str, after_s: float | None = None) -> None:
        super().__init__(reason)
        self.after_s = after_s
