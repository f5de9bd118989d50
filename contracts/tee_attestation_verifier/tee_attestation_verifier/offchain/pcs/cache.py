"""Answers kept on disk by address, each with the window in which it holds. It never gives what has expired.

One file an address; a file that is damaged, or of an older form, counts as absent. Written to a file beside it
and then renamed, so that readers of the same folder see the old answer or the new one.
"""

import base64
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tee_attestation_verifier.offchain.pcs.answers import Received


@dataclass(frozen=True)
class Kept:
    """An answer, when it was fetched, and its window; unix seconds, the end exclusive."""

    received: Received
    fetched_at: int
    valid_from: int
    valid_until: int


class Cache:
    """A folder of kept answers; made when the first one is put in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, url: str, now: int) -> Kept | None:
        """What is kept for the address and holds at `now` (unix seconds)."""
        kept = _read(self._file(url))
        if kept is None or kept.received.url != url or not kept.valid_from <= now < kept.valid_until:
            return None
        return kept

    def put(self, kept: Kept) -> None:
        """Keep an answer in place of the address's last one. What has expired by then is deleted."""
        self._folder.mkdir(parents=True, exist_ok=True)
        content = {
            "url": kept.received.url,
            "chain": kept.received.chain,
            "body": base64.b64encode(kept.received.body).decode(),
            "fetched_at": kept.fetched_at,
            "valid_from": kept.valid_from,
            "valid_until": kept.valid_until,
        }
        write_atomically(self._file(kept.received.url), json.dumps(content).encode())
        self._drop_expired(kept.fetched_at)

    def _drop_expired(self, now: int) -> None:
        for path in self._folder.glob("*.json"):
            kept = _read(path)
            if kept is None or kept.valid_until <= now:
                path.unlink(missing_ok=True)

    def _file(self, url: str) -> Path:
        return self._folder / f"{hashlib.sha256(url.encode()).hexdigest()}.json"


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    scratch = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        scratch.chmod(0o644)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def _read(path: Path) -> Kept | None:
    try:
        content = json.loads(path.read_bytes())
        received = Received(content["url"], base64.b64decode(content["body"]), content["chain"])
        times = [int(content[name]) for name in ("fetched_at", "valid_from", "valid_until")]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Kept(received, *times)
