"""How findings are shown to people."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table
from tee_attestation_verifier.offchain.inventory import Item
from tee_attestation_verifier.offchain.pcs.outlook import Prospect

from sealwright.collateral.findings import ENDING, GOOD, Findings
from sealwright.collateral.watch import Round

DAY = 86_400
VERDICTS = {GOOD: "[bold green]GOOD[/]", ENDING: "[bold yellow]ENDING[/]"}


def show_items(console: Console, items: list[Item], at: int) -> None:
    """Print every part: what it is, until when and how many days are left, who signed it, its numbers."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("part", overflow="fold")
    table.add_column("until", no_wrap=True)
    table.add_column("days left", justify="right", no_wrap=True)
    table.add_column("signed by", overflow="fold")
    for item in items:
        facts = ", ".join(f"{name} {value}" for name, value in item.facts.items() if name != "serial")
        name = f"{item.name}\n[dim]{facts}[/]" if facts else item.name
        left = f"{(item.valid_until - at) / DAY:.1f}"
        table.add_row(name, date(item.valid_until)[:16], left, item.signed_by)
    console.print(table, highlight=False)


def show_findings(console: Console, found: Findings) -> None:
    """Print the parts and the verdict."""
    if found.items:
        show_items(console, found.items, found.at)
    if found.status is not None:
        advisories = f" ({', '.join(found.advisory_ids)})" if found.advisory_ids else ""
        console.print(f"The quote is {found.status}{advisories} by it.", highlight=False)
    if found.verdict in VERDICTS:
        until = date(found.valid_until or 0)
        console.print(f"{VERDICTS[found.verdict]} at {date(found.at)}, until {until}", highlight=False)
        return
    detail = f": {found.detail}" if found.detail else ""
    step = f" in step {found.step}" if found.step else ""
    console.print(f"[bold red]REFUSED[/] {found.code}{detail}[dim]{step}[/]", highlight=False)


def show_outlook(console: Console, prospects: list[Prospect]) -> None:
    """Print the quote's status under each evaluation."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("evaluation", "served as", "since", "status", "advisories"):
        table.add_column(name, overflow="fold")
    for each in prospects:
        since = "" if each.recovery_event is None else date(each.recovery_event)[:10]
        status = each.status or f"[red]{each.code}[/]"
        table.add_row(
            str(each.evaluation), ", ".join(each.updates), since, status, ", ".join(each.advisory_ids)
        )
    console.print(table)


def show_round(done: Round, as_json: bool) -> None:
    """Print one line about a round of `watch`."""
    if as_json:
        print(json.dumps(done.document()), flush=True)
        return
    words = [date(done.at), done.event]
    if done.code is not None:
        words.append(f"{done.code}: {done.detail}")
    until = "no collateral is held" if done.valid_until is None else f"good until {date(done.valid_until)}"
    words += [until, "ENDING"] if done.is_ending else [until]
    words += [each for each in (done.status, done.quote_code, done.published, done.publish_failure) if each]
    words += [f"{each.status or each.code} under evaluation {each.evaluation}" for each in done.to_come]
    print(", ".join(words), flush=True)


def date(seconds: int) -> str:
    """`2026-06-15 00:00:00 UTC`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
