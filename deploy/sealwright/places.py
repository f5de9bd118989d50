"""Where things stand: the project's folders and the user's cache."""

from __future__ import annotations

import os
from pathlib import Path

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"
RELEASE = CONTRACTS / "release"


def cache_folder() -> Path:
    """The folder in the user's cache that everything of Sealwright shares."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "sealwright"
