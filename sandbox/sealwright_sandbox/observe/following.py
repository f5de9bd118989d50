"""Follows what a line build reports: which lines ran after which, and where the call stands.

A function's first line comes after ENTRY and its last before EXIT, so that (ENTRY, 12), (12, 13), (13, EXIT) is
one run of a function. Exceptions are followed, too: an exception that leaves functions takes their places along,
until somebody handles it or the call ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sealwright_sandbox.instrumented import Instrumented, Place

ENTRY = EXIT = -1

Steps = dict[str, set[tuple[int, int]]]
"""File as messages name it -> (line, next line)."""

Traceback = tuple[Place, ...]
"""Where a call stood: the exported method first, the innermost function last."""


class _Frame:
    def __init__(self, file: str, line: int, function: str) -> None:
        self.file = file
        self.line = line
        self.function = function


class Follower:
    """Reads the messages of one call of a line build."""

    def __init__(self, build: Instrumented) -> None:
        self.build = build
        self.steps: Steps = defaultdict(set)
        self._stack: list[_Frame] = []
        # Places of an exception that is on its way out, innermost first.
        self._raised: list[_Frame] = []

    def read(self, messages: Iterable[str]) -> Follower:
        """Read messages in order; itself."""
        for message in messages:
            kind, *details = message.split(" ")
            if kind == "call":
                self._call(details[0], int(details[1]), " ".join(details[2:]))
            elif kind == "line":
                self._line(int(details[0]))
            else:
                self._leave(kind, *map(int, details))
        return self

    @property
    def traceback(self) -> Traceback:
        """Where the call stands, or stood when the exception was raised that ended it."""
        frames = [*self._stack, *reversed(self._raised)]
        return tuple(self.build.place(each.file, each.line, each.function) for each in frames)

    def _call(self, file: str, line: int, function: str) -> None:
        self._raised.clear()
        self._stack.append(_Frame(file, line, function))
        self.steps[file].add((ENTRY, line))

    def _line(self, line: int) -> None:
        self._raised.clear()
        frame = self._stack[-1]
        self.steps[frame.file].add((frame.line, line))
        frame.line = line

    def _leave(self, kind: str, raised_at: int = 0) -> None:
        frame = self._stack.pop()
        if kind != "yield":
            self.steps[frame.file].add((frame.line, EXIT))
        if kind == "raise":
            # Where nothing handles it, it has left the line of the `except` by now.
            frame.line = raised_at
            self._raised.append(frame)
        else:
            self._raised.clear()


def location(traceback: Traceback, build: Instrumented) -> Place | None:
    """The innermost place in the contract's own code: what a library refuses, somebody asked it to."""
    own = [place for place in traceback if not build.is_library(place.file)]
    return own[-1] if own else None
