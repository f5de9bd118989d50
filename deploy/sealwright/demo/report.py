"""What the demo tells: for people as it happens, for machines as one JSON document at the end."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

YOCTO = 10**24


class Report:
    """Collects scenes, steps and tables; prints them unless `as_json`."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._console = Console(highlight=False)
        self._scenes: list[dict[str, Any]] = []
        self._tables: dict[str, list[dict[str, Any]]] = {}
        self._started = time.monotonic()

    def scene(self, title: str) -> None:
        """Begin the next part."""
        self._scenes.append({"title": title, "steps": []})
        self._print(f"\n[bold cyan]{len(self._scenes)}. {title}[/]")

    def step(self, text: str, **facts: Any) -> None:
        """One thing that happened; `facts` are for machines."""
        self._scenes[-1]["steps"].append({"text": text, **facts})
        self._print(f"   [green]✓[/] {text}")

    def note(self, text: str) -> None:
        """Something the reader should know."""
        self._scenes[-1]["steps"].append({"text": text})
        self._print(f"   [dim]{text}[/]")

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """Show progress while something takes its time."""
        if self._as_json:
            yield
        else:
            with self._console.status(f"   {text}"):
                yield

    def tree(self, text: str) -> None:
        """A receipt tree, indented."""
        self._scenes[-1]["tree"] = text
        if not self._as_json:
            for line in text.splitlines():
                self._console.print(Text("     " + line, style="dim"), no_wrap=True, overflow="ellipsis")

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Figures, the first column a name."""
        self._tables[title] = [dict(zip(columns, row, strict=True)) for row in rows]
        table = Table(title=title, title_justify="left", title_style="bold")
        for index, column in enumerate(columns):
            table.add_column(column, justify="left" if index == 0 else "right")
        for row in rows:
            table.add_row(*(str(cell) for cell in row))
        if not self._as_json:
            self._console.print()
            self._console.print(table)

    def finish(self, problem: str | None = None) -> int:
        """Say how it ended; the exit code."""
        seconds = round(time.monotonic() - self._started, 1)
        if self._as_json:
            document = {"ok": problem is None, "problem": problem, "seconds": seconds}
            print(json.dumps({**document, "scenes": self._scenes, "tables": self._tables}, indent=1))
        elif problem is None:
            self._console.print(f"\n[bold green]Everything held.[/] {seconds} s")
        else:
            self._console.print(f"\n[bold red]The demo stopped:[/] {problem}", soft_wrap=True)
        return 0 if problem is None else 1

    def _print(self, markup: str) -> None:
        if not self._as_json:
            self._console.print(markup, soft_wrap=True)


def near(yocto: int) -> str:
    """An amount for people: NEAR with up to five decimals."""
    text = f"{yocto / YOCTO:,.5f}".rstrip("0")
    return f"{text.rstrip('.')} NEAR"


def tgas(gas: int) -> str:
    """Gas for people."""
    return f"{gas / 1e12:.2f}"
