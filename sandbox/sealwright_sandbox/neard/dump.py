"""`view-state dump-state`: the state of a running node, asked for over a socket in its home."""

import json
import socket
import threading
from pathlib import Path
from typing import Any

from sealwright_sandbox.sandbox import Sandbox

SOCKET = "dump.sock"
OUTPUT = "output.json"
CHUNK_BYTES = 1 << 16


class DumpServer:
    """Answers every connection with the chain's records, until closed."""

    def __init__(self, home: Path, sandbox: Sandbox) -> None:
        self._path = home / SOCKET
        self._path.unlink(missing_ok=True)
        self._sandbox = sandbox
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(self._path))
        self._socket.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.sendall(json.dumps(self._sandbox.records()).encode())

    def close(self) -> None:
        """Stop answering."""
        # Wakes the thread that waits in accept.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._path.unlink(missing_ok=True)


def ask(home: Path) -> list[dict[str, Any]]:
    """The records of the node that runs in this home. Raises OSError where none does."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(home / SOCKET))
        text = b"".join(iter(lambda: connection.recv(CHUNK_BYTES), b""))
    records: list[dict[str, Any]] = json.loads(text)
    return records
