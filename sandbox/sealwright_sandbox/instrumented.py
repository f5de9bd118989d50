"""An instrumented build of a contract: the same program, which also reports where it is.

A builder makes it (for Sealwright's contracts `sealwright.build.instrument`), an `Observer` runs it beside the
contract that is deployed. The two kinds and their messages, one a line, sent by `sandbox_debug_log`:

    LINES   call FILE LINE NAME | line N | return | yield | raise N
    GAS     start GAS | empty GAS | call GAS FILE LINE NAME | return GAS | end GAS

docs/spec/contract-coverage.md specifies them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

LINES = "lines"
GAS = "gas"


class Place(NamedTuple):
    """A line of a source file; `function` is the name of the innermost function around it."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        place = f"{shown(self.file)}:{self.line}"
        return f"{place} in {self.function}" if self.function else place


@dataclass(frozen=True)
class Instrumented:
    """An instrumented build.

    kind      LINES or GAS
    sources   file as messages name it -> path of the source
    methods   exported method -> where it is defined. What the entry module does (guards, decoding of
              arguments) is generated code without a file: it is reported there
    entry     the entry module as messages name it
    imported  what was reported while the modules were imported, which happened at build time
    library   folders of sources that a contract stands on: where something goes wrong in them, the place that
              called them is what people look for
    erased    file as messages name it -> line that has no code -> line that it belongs to, 0 for the module:
              types and declarations, which the builder takes out
    """

    kind: str
    wasm: bytes
    sources: Mapping[str, str]
    methods: Mapping[str, Place]
    entry: str
    imported: tuple[str, ...]
    library: tuple[str, ...] = ()
    erased: Mapping[str, Mapping[int, int]] = field(default_factory=dict)

    def is_library(self, file: str) -> bool:
        """Whether a source belongs to what the contract stands on."""
        return any(Path(file).is_relative_to(folder) for folder in self.library)

    def place(self, file: str, line: int, function: str) -> Place:
        """A place that a message names, in the sources that people edit."""
        if file == self.entry and function in self.methods:
            return self.methods[function]
        return Place(self.sources.get(file, file), line, function)


def shown(file: str) -> str:
    """A path as people want to see it: from the working folder, where it lies in it."""
    path = Path(file)
    here = Path(os.getcwd())
    return path.relative_to(here).as_posix() if path.is_absolute() and path.is_relative_to(here) else file
