"""A trace in its forms."""

import json
import os
import sys
from collections.abc import Mapping
from functools import cached_property
from importlib import resources
from typing import Any, TextIO

from sealwright_sandbox.trace import text
from sealwright_sandbox.trace.abi import Abis
from sealwright_sandbox.trace.build import build, walk
from sealwright_sandbox.trace.source import Facts, Located, Source


class Trace:
    """Everything a transaction did, from its receipts' arguments to the changes of the state."""

    def __init__(
        self,
        view: dict[str, Any],
        facts: Facts | None,
        abis: Mapping[str, Any] | None = None,
        places: Mapping[str, Located] | None = None,
    ) -> None:
        """Make a trace of an outcome (EXPERIMENTAL_tx_status) and what the engine adds to it.

        `abis` by account: an Abi, its document, or its file. Without `facts` heights, balances,
        changes of the state and where receipts wait are unknown. `places`: where in its sources a
        receipt failed.
        """
        self._source = Source(view, facts, places or {})
        self._abis = abis if isinstance(abis, Abis) else Abis(abis)

    @cached_property
    def data(self) -> dict[str, Any]:
        """The trace as `schema.json` describes it."""
        return build(self._source, self._abis)

    @property
    def receipts(self) -> list[dict[str, Any]]:
        """All its receipts, each before those below it."""
        return list(walk(self.data["receipts"]))

    def to_json(self, indent: int | None = 1) -> str:
        """The whole trace as JSON."""
        return json.dumps(self.data, indent=indent, ensure_ascii=False) + "\n"

    def text(self, *, detail: bool = True, color: bool = False) -> str:
        """The tree for people; without `detail` a line a receipt and its logs."""
        return text.draw(self.data, detail=detail, color=color)

    def print(self, file: TextIO | None = None, *, detail: bool = True) -> None:
        """Write the tree, in color on a terminal (NO_COLOR is heard)."""
        out = sys.stdout if file is None else file
        color = out.isatty() and not os.environ.get("NO_COLOR")
        out.write(self.text(detail=detail, color=color) + "\n")

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Trace {self.data['transaction']['hash']}>"


def read_schema() -> dict[str, Any]:
    """The JSON schema of a trace."""
    file = resources.files("sealwright_sandbox.trace").joinpath("schema.json")
    schema: dict[str, Any] = json.loads(file.read_text())
    return schema
