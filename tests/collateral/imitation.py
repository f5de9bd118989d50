"""An HTTPS server on the loopback that answers as a shape tells it, or fails as a test wants it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from tests.collateral.tls import Tls

Query = dict[str, str]


@dataclass(frozen=True)
class Reply:
    """What the server sends. `promised` is a Content-Length other than the body's; times in seconds."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None
    silence_s: float = 0.0  # before the first byte
    drip_s: float = 0.0  # after each byte of the body


Shape = Callable[[str, Query], Reply]


class Imitation:
    """The server; `shape` may be exchanged at any time, `asked` lists the addresses in order."""

    def __init__(self, tls: Tls, shape: Shape) -> None:
        self.shape, self.asked = shape, list[str]()
        self._faults: deque[tuple[str, Reply]] = deque()
        imitation = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                imitation._answer(self)

            def log_message(self, format: str, *args: object) -> None:
                """Keep the test's output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.socket = tls.context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """`https://127.0.0.1:<port>`."""
        return f"https://127.0.0.1:{self._server.server_address[1]}"

    def fail(self, part: str, *replies: Reply) -> None:
        """Answer the next requests whose address contains `part` with these instead, one each."""
        self._faults.extend((part, each) for each in replies)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append(handler.path)
        with contextlib.suppress(OSError):  # a client may have enough, and some tests want that
            _send(handler, self._reply(handler.path))

    def _reply(self, address: str) -> Reply:
        for fault in self._faults:
            if fault[0] in address:
                self._faults.remove(fault)
                return fault[1]
        parts = urlsplit(address)
        return self.shape(parts.path, dict(parse_qsl(parts.query)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    time.sleep(reply.silence_s)
    handler.send_response(reply.status)
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(reply.body) if reply.promised is None else reply.promised))
    handler.end_headers()
    step = 1 if reply.drip_s else len(reply.body) or 1
    for start in range(0, len(reply.body), step):
        handler.wfile.write(reply.body[start : start + step])
        time.sleep(reply.drip_s)
