"""The agent: a Python object with one handler a service.

    agent = Agent("news-desk")

    @agent.handles("summarise", time_limit_s=60)
    async def summarise(work: Work) -> str:
        return shorten(work.text)

A handler gets the exact input bytes and returns the output: bytes as they are, text as UTF-8, any
other JSON value as compact JSON with sorted keys. Plain functions run in a thread, so that they never
hold up the agent; a thread cannot be stopped, so past its time limit only its result is dropped.
A handler may run again after a crash that hit it half-way: let it have no side effects beyond its result.
"""

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sealwright_agents.errors import ConfigError, HandlerFailed
from sealwright_agents.threads import in_thread

Output = bytes | str | dict[str, Any] | list[Any] | int | float | bool | None
HandlerFunction = Callable[["Work"], Output | Awaitable[Output]]

DEFAULT_TIME_LIMIT_S = 120.0


@dataclass(frozen=True)
class Work:
    """What a handler is asked to do.

    `kind` is "task" (market) or "request" (gateway), `number` its id there; `max_output_bytes` is
    what the client accepts at most; `deadline_ms` is the chain's time after which nothing is paid
    (None where the limit is counted in blocks).
    """

    service: str
    input: bytes
    kind: str
    contract_id: str
    number: int
    attempt: int
    max_output_bytes: int
    deadline_ms: int | None = None
    evidence: dict[str, bytes] = field(default_factory=dict, compare=False)

    @property
    def text(self) -> str:
        """The input as UTF-8. Raises HandlerFailed when it is none."""
        try:
            return self.input.decode()
        except UnicodeDecodeError as wrong:
            raise HandlerFailed("the input is not UTF-8") from wrong

    def json(self) -> Any:
        """The input as JSON. Raises HandlerFailed when it is none."""
        try:
            return json.loads(self.input)
        except ValueError as wrong:
            raise HandlerFailed("the input is not JSON") from wrong

    def keep(self, name: str, content: bytes) -> None:
        """Keep bytes beside the output in the journal: a model's exact request and answer, say."""
        self.evidence[name] = content


@dataclass(frozen=True)
class Handler:
    """A function with the service it serves and how long one run may take."""

    service: str
    function: HandlerFunction
    time_limit_s: float


class Agent:
    """Holds the handlers; `serve` (module `runtime`) brings them to work."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._handlers: dict[str, Handler] = {}

    @property
    def services(self) -> tuple[str, ...]:
        """The services that this agent offers, sorted."""
        return tuple(sorted(self._handlers))

    def handles(
        self, service: str, *, time_limit_s: float = DEFAULT_TIME_LIMIT_S
    ) -> Callable[[HandlerFunction], HandlerFunction]:
        """Decorate the handler of `service`. Raises ConfigError for a second one of the same service."""
        if time_limit_s <= 0:
            raise ConfigError(f"handler of {service!r}: time_limit_s must be positive")

        def register(function: HandlerFunction) -> HandlerFunction:
            if service in self._handlers:
                raise ConfigError(f"the service {service!r} has two handlers")
            self._handlers[service] = Handler(service, function, time_limit_s)
            return function

        return register

    async def run_handler(self, work: Work) -> bytes:
        """Run the handler of `work.service` and return the exact output bytes.

        Raises HandlerFailed when it raises, takes too long, or returns too much or nothing usable.
        """
        handler = self._handlers[work.service]
        try:
            result = await asyncio.wait_for(_call(handler.function, work), handler.time_limit_s)
        except TimeoutError as late:
            raise HandlerFailed(f"no result within {handler.time_limit_s:g} s") from late
        except HandlerFailed:
            raise
        except Exception as error:  # whatever a user's function raises must not stop the agent
            raise HandlerFailed(f"{type(error).__name__}: {error}") from error
        output = encode_output(result)
        if len(output) > work.max_output_bytes:
            raise HandlerFailed(f"{len(output)} bytes of output, accepted are {work.max_output_bytes}")
        return output


def encode_output(result: object) -> bytes:
    """The exact bytes that are hashed and sent for a handler's result. Raises HandlerFailed."""
    if isinstance(result, bytes | bytearray):
        return bytes(result)
    if isinstance(result, str):
        return result.encode()
    try:
        return json.dumps(
            result, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        ).encode()
    except (TypeError, ValueError) as wrong:
        raise HandlerFailed(f"a handler returns bytes, text or JSON, not {type(result).__name__}") from wrong


async def _call(function: HandlerFunction, work: Work) -> object:
    """Await an async handler; run a plain one in a thread."""
    if inspect.iscoroutinefunction(function):
        return await function(work)
    result = await in_thread(function, work)
    return await result if inspect.isawaitable(result) else result
