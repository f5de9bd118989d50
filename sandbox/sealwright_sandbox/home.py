"""A folder that keeps a sandbox: its settings, and the engine's files beside them."""

import json
from pathlib import Path
from typing import Any

from sealwright_sandbox.errors import SandboxMisused

SETTINGS = "settings.json"
FORMER_JOURNAL = "journal.jsonl"
UNCHECKED = ("cache_dir", "history", "history_outcomes")
"""Settings that may change from one start to the next: they are no part of what the chain is."""


def keep(home: Path | str | None, settings: dict[str, Any]) -> Path | None:
    """`home` as a folder that fits the settings, None without one.

    Raises SandboxMisused where the folder was made with other settings: it holds another chain.
    """
    if home is None:
        return None
    folder = Path(home)
    plain = json.loads(json.dumps(settings, default=str))
    kept = read_settings(folder)
    if (folder / FORMER_JOURNAL).exists():
        raise SandboxMisused(f"{folder} was made by an older version: take another folder")
    if kept is None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / SETTINGS).write_text(json.dumps(plain, indent=1) + "\n")
        return folder
    names = sorted((kept.keys() | plain.keys()) - set(UNCHECKED))
    different = [name for name in names if kept.get(name) != plain.get(name)]
    if different:
        raise SandboxMisused(f"{folder} was made with other settings: {', '.join(different)}")
    return folder


def read_settings(folder: Path) -> dict[str, Any] | None:
    """The settings a folder was made with; None where it keeps no sandbox."""
    file = folder / SETTINGS
    if not file.exists():
        return None
    settings: dict[str, Any] = json.loads(file.read_text())
    return settings
