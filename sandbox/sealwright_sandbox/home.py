"""A folder that keeps a sandbox: its settings, and the journal of everything put into it."""

import json
from pathlib import Path
from typing import Any

from sealwright_sandbox.errors import SandboxMisused

SETTINGS = "settings.json"
JOURNAL = "journal.jsonl"


def keep(home: Path | str | None, settings: dict[str, Any]) -> Path | None:
    """The journal in `home`, None without one.

    Raises SandboxMisused where the folder was made with other settings: the journal would replay
    into another chain.
    """
    if home is None:
        return None
    folder = Path(home)
    plain = json.loads(json.dumps(settings, default=str))
    kept = read_settings(folder)
    if kept is None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / SETTINGS).write_text(json.dumps(plain, indent=1) + "\n")
    elif kept != plain:
        names = sorted(name for name in kept | plain if kept.get(name) != plain.get(name))
        raise SandboxMisused(f"{folder} was made with other settings: {', '.join(names)}")
    return folder / JOURNAL


def read_settings(folder: Path) -> dict[str, Any] | None:
    """The settings a folder was made with; None where it keeps no sandbox."""
    file = folder / SETTINGS
    if not file.exists():
        return None
    settings: dict[str, Any] = json.loads(file.read_text())
    return settings
