"""How an outcome is shown: step by step for people, one JSON document for machines."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table
from tee_attestation_verifier.intel.trust import TrustedRoot

from sealwright.verify.outcome import FAIL, PASS, Outcome

MARKS = {PASS: "[green]PASS[/]", FAIL: "[red]FAIL[/]"}
TGAS = 10**12
DATES = ("tcb_date", "valid_from", "valid_until")


def as_json(outcome: Outcome, at: int, root: TrustedRoot) -> str:
    """The documented document: verdict, status, code, advisory_ids, steps; gas when the contract was asked."""
    document = {
        "verdict": "verified" if outcome.verified else "rejected",
        "status": outcome.status,
        "code": outcome.code,
        "detail": outcome.detail or None,
        "advisory_ids": outcome.advisory_ids,
        "at": at,
        "root": {"sha256": root.fingerprint.hex(), "is_intel": root.is_intel()},
        "claims": outcome.claims,
        "steps": outcome.steps(),
    }
    if outcome.gas is not None:
        document["gas"] = outcome.gas
    return json.dumps(document, indent=2)


def show(console: Console, outcome: Outcome, at: int, root: TrustedRoot) -> None:
    """Print the steps, the claims and the verdict."""
    if not root.is_intel():
        warn_of_root(console, root)
    console.print(f"Judged at {_date(at)}")
    for step in outcome.steps():
        mark = MARKS.get(step["result"], "[dim]  - [/]")
        console.print(f" {mark} {step['step']:>2}  {step['title']}", highlight=False)
    if outcome.claims:
        console.print(_claims(outcome.claims))
    if outcome.gas is not None:
        console.print(f"The contract burnt {outcome.gas / TGAS:.2f} Tgas.", highlight=False)
    _show_verdict(console, outcome)


def warn_of_root(console: Console, root: TrustedRoot) -> None:
    """Say loudly that a verdict under this root means nothing outside a test."""
    console.print("[bold white on red] NOT INTEL'S ROOT [/] whoever holds its key can mint any quote.")
    console.print(f" trusted instead: sha256 {root.fingerprint.hex()}", highlight=False)


def _claims(facts: dict[str, str]) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 1))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts.items():
        table.add_row(name, _date(int(value)) if name in DATES else value)
    return table


def _show_verdict(console: Console, outcome: Outcome) -> None:
    advisories = f" ({', '.join(outcome.advisory_ids)})" if outcome.advisory_ids else ""
    if outcome.verified:
        colour = "green" if outcome.status == "UpToDate" else "yellow"
        console.print(f"[bold {colour}]VERIFIED[/] {outcome.status}{advisories}", highlight=False)
        return
    detail = f": {outcome.detail}" if outcome.detail else ""
    console.print(
        f"[bold red]REJECTED[/] {outcome.code}{detail} [dim]in step {outcome.failed_step}[/]", highlight=False
    )


def _date(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return f"{seconds} s"
