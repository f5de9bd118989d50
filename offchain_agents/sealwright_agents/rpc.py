"""JSON-RPC over py-near's provider: several nodes, retries, errors with one meaning each.

py-near sends the requests and moves on to the next node; this module decides what an answer means.
A failure that may pass (no answer, overload, a node that is behind) is repeated with growing pauses;
everything else is an answer and is raised at once.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import aiohttp
from py_near.providers import JsonProvider  # type: ignore[import-untyped]

from sealwright_agents.errors import AgentError, TransportError

# Causes of nearcore that say "not now" rather than "no".
PASSING_CAUSES = frozenset(
    {"TIMEOUT_ERROR", "NOT_SYNCED_YET", "NO_SYNCED_BLOCKS", "UNAVAILABLE_SHARD", "INTERNAL_ERROR"}
)
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0


class NodeRefused(AgentError):
    """The node answered with an error: `cause` is nearcore's name, `detail` its data."""

    def __init__(self, cause: str, detail: Any) -> None:
        super().__init__(f"{cause}: {detail}")
        self.cause = cause
        self.detail = detail


class Rpc:
    """One or several nodes of one network; the first that answers is asked."""

    def __init__(self, urls: Sequence[str], *, timeout_s: float = 30.0, attempts: int = 6) -> None:
        self._provider = JsonProvider(list(urls), allow_broadcast=False, timeout=timeout_s)
        self._attempts = attempts

    async def close(self) -> None:
        """Close the connections, if any were opened."""
        if self._provider._client is not None:  # py-near's shutdown fails before its first request
            await self._provider.shutdown()

    async def request(self, method: str, params: Any) -> Any:
        """The result of one request.

        Raises NodeRefused for an error answer, TransportError when no node answered in all attempts.
        """
        pause = FIRST_PAUSE_S
        for attempt in range(1, self._attempts + 1):
            try:
                return await self.request_once(method, params)
            except TransportError:
                if attempt == self._attempts:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)
        raise TransportError(f"{method}: never asked")  # attempts < 1

    async def request_once(self, method: str, params: Any) -> Any:
        """As `request`, without repetition."""
        try:
            content = await self._provider.call_rpc_request(method, params)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as failure:
            raise TransportError(f"{method}: {type(failure).__name__}: {failure}") from failure
        if not isinstance(content, dict):
            raise TransportError(f"{method}: no node answered")
        if "error" not in content:
            return content["result"]
        cause, detail = _read_error(content["error"])
        if cause in PASSING_CAUSES:
            raise TransportError(f"{method}: {cause}: {detail}")
        raise NodeRefused(cause, detail)


def _read_error(error: dict[str, Any]) -> tuple[str, Any]:
    """Name and data of an error object, also where py-near wrapped the body of an HTTP error."""
    cause, detail = error.get("cause", {}), error.get("data", error.get("message", ""))
    if cause.get("name") != "RPC_ERROR":
        return cause.get("name", error.get("name", "UNKNOWN_ERROR")), detail
    try:
        return _read_error(json.loads(detail)["error"])
    except (ValueError, KeyError, TypeError):
        # Not nearcore's own words: a proxy or a rate limiter stands between.
        return "INTERNAL_ERROR", f"{cause.get('message', '')} {str(detail)[:200]}"
