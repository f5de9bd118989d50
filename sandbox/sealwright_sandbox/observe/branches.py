"""From the steps of a contract's bytecode to the arcs that coverage.py expects of a source file.

coverage.py names a function's entry and exit by the negative line where the function begins, and expects a loop
to come back to its head. In MicroPython's code the test of a `while` loop stands behind its body and counts to
the body's last line, and `while True` has no code: here the heads are put in between.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from sealwright_sandbox.observe.following import ENTRY, EXIT

Arc = tuple[int, int]


class SourceFile:
    """What must be known of a source file to read steps in it."""

    def __init__(self, source: str) -> None:
        tree = ast.parse(source)
        self._functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)]
        loops = [node for node in ast.walk(tree) if isinstance(node, ast.While)]
        self._loops = [node for node in loops if not isinstance(node.test, ast.Constant)]
        self._endless = {node.body[0].lineno: node for node in loops if isinstance(node.test, ast.Constant)}
        leaving = ast.Break | ast.Return | ast.Raise
        self._leaving = {node.lineno for node in ast.walk(tree) if isinstance(node, leaving)}

    @classmethod
    def of(cls, path: str) -> SourceFile:
        """Reads a file. Raises OSError."""
        return cls(Path(path).read_text())

    def arcs(self, steps: set[Arc], erased: Mapping[int, int]) -> set[Arc]:
        """coverage.py's arcs for the steps in this file.

        `erased` are lines without code (types, declarations) and the line that they belong to, 0 for the
        module: they count as executed with it.
        """
        found = {arc for step in steps for arc in self._arcs(*step)}
        lines = {line for arc in found for line in arc if line > 0} | {0}
        found |= {(anchor or -1, line) for line, anchor in erased.items() if anchor in lines}
        return found

    def _arcs(self, here: int, there: int) -> Iterator[Arc]:
        if there == EXIT:
            yield here, -self._begin(here)
            return
        heads = [*self._heads_left(here, there), *self._head_entered(here, there), there]
        before = -self._begin(there) if here == ENTRY else here
        for line in heads:
            yield before, line
            before = line

    def _begin(self, line: int) -> int:
        """The line with which coverage.py names the innermost function around a line; 1 for the module."""
        around = [node for node in self._functions if node.lineno <= line <= (node.end_lineno or 0)]
        if not around:
            return 1
        innermost = max(around, key=lambda node: node.lineno)
        if isinstance(innermost, ast.FunctionDef) and innermost.decorator_list:
            return innermost.decorator_list[0].lineno
        return innermost.lineno

    def _head_entered(self, here: int, there: int) -> list[int]:
        """The head of the endless loop that a step enters."""
        loop = self._endless.get(there)
        if loop is None or loop.lineno <= here <= (loop.end_lineno or 0):
            return []
        return [loop.lineno]

    def _heads_left(self, here: int, there: int) -> Iterator[int]:
        """The heads of the loops that a step comes back to, innermost first."""
        if here in self._leaving:
            return
        for loop in sorted(self._loops, key=lambda node: -node.lineno):
            first, last = loop.body[0].lineno, loop.body[-1].end_lineno or 0
            if not first <= here <= last:
                continue
            if first <= there <= last:
                if there == first and there <= here:
                    yield loop.lineno
                return
            yield loop.lineno
            if there == loop.lineno:
                return
