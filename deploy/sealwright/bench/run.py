"""`sealwright bench [GROUP] [--json]`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import import_module

from rich.console import Console
from rich.table import Table

from sealwright.bench.figures import Figures

GROUPS = ("sandbox", "node", "kit", "contract", "verifier")


def main(group: str | None = None, *, as_json: bool = False) -> int:
    """Measure one group, or all; 0 when measured, 2 for an unknown group."""
    if group is not None and group not in GROUPS:
        print(f"no group {group!r}: {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    figures = Figures()
    for name in GROUPS if group is None else (group,):
        if not as_json:
            print(f"measuring {name} ...", file=sys.stderr)
        measure: Callable[[Figures], None] = import_module(f"sealwright.bench.{name}_group").measure
        measure(figures)
    if as_json:
        print(json.dumps(figures.document(), indent=1))
    else:
        _show(figures)
    return 0


def _show(figures: Figures) -> None:
    table = Table("figure", "value", "unit", "better")
    table.columns[1].justify = "right"
    for name, figure in figures.items():
        table.add_row(name, f"{figure.value:,.3f}".rstrip("0").rstrip("."), figure.unit, figure.better)
    Console().print(table)
