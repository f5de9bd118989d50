"""Gas as tables for people."""

import io
from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table

from sealwright_sandbox.pytest_plugin.gas import Change, Figures, GasBook, Key
from sealwright_sandbox.units import TGAS

_NOTHING = "-"


def report(book: GasBook, *, width: int, colour: bool) -> str:
    """Gas by contract, by method, by host function."""
    contracts = _table("Gas of contracts, by call (Tgas)", ["contract"])
    _fill(contracts, book.contracts(), labels=1)
    methods = _table("Gas of methods (Tgas)", ["contract", "method"])
    _fill(methods, book.methods(), labels=2)
    host = _table("Gas of host functions, by receipt (Tgas)", ["cost"])
    _fill(host, book.host_functions(), labels=1)
    return _draw([contracts, methods, host], width=width, colour=colour)


def difference(changes: Iterable[Change], *, width: int, colour: bool) -> str:
    """What changed from the kept figures."""
    table = Table(title="Gas compared with the snapshot (Tgas)", title_justify="left")
    for label in ("contract", "method"):
        table.add_column(label, overflow="fold")
    for label in ("median before", "median now", "change"):
        table.add_column(label, justify="right", no_wrap=True)
    for change in changes:
        before, now = (
            _tgas(figures.median) if figures else _NOTHING for figures in (change.before, change.now)
        )
        table.add_row(*change.key, before, now, describe(change))
    return _draw([table], width=width, colour=colour)


def describe(change: Change) -> str:
    """A change in a word: `new`, `gone`, `+3.14 %`; `least/most ±x %` where the median is the same."""
    if change.before is None:
        return "new"
    if change.now is None:
        return "gone"
    if change.before.median == change.now.median:
        return f"range {change.percent:.2f} %"
    return f"{(change.now.median - change.before.median) / max(change.before.median, 1) * 100:+.2f} %"


def _table(title: str, labels: list[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for label in labels:
        table.add_column(label, overflow="fold")
    for label in ("calls", "min", "median", "max"):
        table.add_column(label, justify="right", no_wrap=True)
    return table


def _fill(table: Table, figures: Mapping[Key, Figures], *, labels: int) -> None:
    for key, found in figures.items():
        amounts = (_tgas(gas) for gas in found[1:])
        table.add_row(*key[2 - labels :], f"{found.calls:,}", *amounts)


def _tgas(gas: int) -> str:
    return f"{gas / TGAS:.3f}"


def _draw(tables: list[Table], *, width: int, colour: bool) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=colour, no_color=not colour)
    for table in tables:
        if table.row_count:
            console.print(table)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()
