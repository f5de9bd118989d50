"""Lines and branches of contracts, for coverage.py.

coverage.py itself is needed only to write its file: `coverage report`, `html`, `lcov` then work on the
contract's sources, and `coverage combine` adds what tests on CPython covered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sealwright_sandbox.errors import SandboxMisused
from sealwright_sandbox.instrumented import Instrumented
from sealwright_sandbox.observe.branches import Arc, SourceFile
from sealwright_sandbox.observe.following import Follower, Steps

if TYPE_CHECKING:
    from coverage import CoverageData


class LineCoverage:
    """What ran, by source file."""

    def __init__(self) -> None:
        self._steps: dict[str, set[Arc]] = defaultdict(set)
        self._erased: dict[str, dict[int, int]] = {}
        self._imported: set[int] = set()

    def add(self, build: Instrumented, steps: Steps) -> None:
        """Add the steps of one call; with a build's first call also what its imports ran at build time."""
        if id(build) not in self._imported:
            self._imported.add(id(build))
            self._add(build, Follower(build).read(build.imported).steps)
            for name, lines in build.erased.items():
                self._erased.setdefault(build.sources[name], {}).update(lines)
        self._add(build, steps)

    def _add(self, build: Instrumented, steps: Steps) -> None:
        for name, found in steps.items():
            if name in build.sources:
                self._steps[build.sources[name]] |= found

    def arcs(self) -> dict[str, set[Arc]]:
        """Source file -> arcs as coverage.py has them: (line, next line), negative for a function's ends.

        Raises OSError where a source file is gone.
        """
        return {
            file: SourceFile.of(file).arcs(steps, self._erased.get(file, {}))
            for file, steps in self._steps.items()
        }

    def lines(self) -> dict[str, set[int]]:
        """Source file -> lines that ran."""
        arcs = self.arcs()
        return {file: {line for arc in arcs[file] for line in arc if line > 0} for file in arcs}

    def save(self, path: Path | str, *, branch: bool = True) -> None:
        """Write a data file of coverage.py, with branches or (to combine with such) with lines alone.

        What the file held before is replaced. Raises SandboxMisused where coverage.py is not installed.
        """
        Path(path).unlink(missing_ok=True)
        data = _data_file(path)
        if branch:
            data.add_arcs({file: sorted(arcs) for file, arcs in self.arcs().items()})
        else:
            data.add_lines({file: sorted(lines) for file, lines in self.lines().items()})
        data.write()
        data.close()


def combine(path: Path, parts: Iterable[Path]) -> None:
    """Add data files to the one at `path` and remove them. Raises SandboxMisused without coverage.py."""
    data = _data_file(path)
    data.read()
    for part in sorted(parts):
        more = _data_file(part)
        more.read()
        data.update(more)
        more.close()
        part.unlink()
    data.write()
    data.close()


def _data_file(path: Path | str) -> CoverageData:
    try:
        from coverage import CoverageData
    except ImportError:
        raise SandboxMisused("coverage.py is not installed: pip install coverage") from None
    return CoverageData(basename=str(path))
