"""Transcripts: recorded chains, replayed and compared (docs/spec/sandbox-replay.md)."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from sealwright_sandbox._engine import replay
from sealwright_sandbox.errors import TranscriptUnreadable


class Replay(NamedTuple):
    """What a replay found: `report` is the JSON form of `text`."""

    agrees: bool
    text: str
    report: dict[str, Any]


def replay_transcript(path: Path | str) -> Replay:
    """Feed a transcript to a fresh engine and compare all answers. Raises TranscriptUnreadable."""
    try:
        agrees, text, report = replay(Path(path))
    except ValueError as error:
        raise TranscriptUnreadable(str(error)) from None
    return Replay(agrees, text, json.loads(report))
