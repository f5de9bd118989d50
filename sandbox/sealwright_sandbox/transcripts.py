"""Transcripts: recorded chains, replayed and compared (docs/spec/sandbox-replay.md)."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sealwright_sandbox._engine import EngineError, replay, replay_kinds
from sealwright_sandbox.errors import TranscriptUnreadable
from sealwright_sandbox.native import translate

KINDS: Sequence[str] = tuple(replay_kinds())
"""Everything that a replay compares."""


class Replay(NamedTuple):
    """What a replay found: `report` is the JSON form of `text`."""

    agrees: bool
    text: str
    report: dict[str, Any]


def replay_transcript(path: Path | str, ignored: Sequence[str] = ()) -> Replay:
    """Feed a transcript to a fresh engine and compare all answers.

    Differences of the ignored kinds (of KINDS) are shown and do not count. Raises
    TranscriptUnreadable, and SandboxMisused where an ignored kind is none.
    """
    try:
        agrees, text, report = replay(Path(path), list(ignored))
    except EngineError as error:
        raise translate(error) from None
    except ValueError as error:
        raise TranscriptUnreadable(str(error)) from None
    return Replay(agrees, text, json.loads(report))
