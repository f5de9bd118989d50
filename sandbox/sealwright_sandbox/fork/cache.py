"""What a network answered about a block, on disk: it never changes, so tests run again without the network."""

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

FORMAT = 1


def default_folder() -> Path:
    """`sealwright/fork` in the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "sealwright" / "fork"


class Cache:
    """A folder of answers, one file a question. Several processes may share it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, space: str, question: Any) -> Any:
        """The answer kept for a question, None where there is none (or half a one)."""
        try:
            kept = json.loads(self._path(space, question).read_text())
        except (OSError, ValueError):
            return None
        return kept["answer"] if kept.get("format") == FORMAT else None

    def put(self, space: str, question: Any, answer: Any) -> None:
        """Keep an answer: whole or not at all."""
        path = self._path(space, question)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"format": FORMAT, "question": question, "answer": answer})
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
            file.write(text)
        os.replace(file.name, path)

    def _path(self, space: str, question: Any) -> Path:
        name = hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()
        return self.folder / space / f"{name[:40]}.json"
