"""Plain functions in threads that never hold up the end of the process.

`asyncio.to_thread` joins its threads when the loop ends, so one handler that hangs would keep a
stopped agent alive. These threads are daemons: what they do when the process ends is dropped.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any


async def in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    """The function's result or exception; when the caller stops waiting, both are dropped."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[tuple[Any, BaseException | None]] = loop.create_future()

    def deliver(result: Any, error: BaseException | None) -> None:
        if not ended.done():
            ended.set_result((result, error))

    def run() -> None:
        result, error = None, None
        try:
            result = function(*arguments)
        except BaseException as raised:  # it belongs to whoever waits, not to this thread
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(deliver, result, error)

    threading.Thread(target=run, name=getattr(function, "__name__", "handler"), daemon=True).start()
    result, error = await ended
    if error is not None:
        raise error
    return result
