"""How an outcome is shown: step by step for people, one JSON document for machines."""

from __future__ import annotations

import json

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from tee_attestation_verifier.intel.trust import TrustedRoot
from tee_attestation_verifier.offchain.dates import date
from tee_attestation_verifier.offchain.findings import FAIL, PASS, UNPROVEN

from sealwright.verify.outcome import Outcome

MARKS = {PASS: "[green]PASS[/]    ", FAIL: "[red]FAIL[/]    ", UNPROVEN: "[dim]UNPROVEN[/]"}
TGAS = 10**12
DATES = ("tcb_date", "valid_from", "valid_until")


def as_json(outcome: Outcome, at: int, root: TrustedRoot) -> str:
    """The documented document: verdict, status, code, steps, policy, explanation; gas when the contract ran."""
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
        "policy": outcome.policy,
        "explanation": None if outcome.explanation is None else outcome.explanation.members(),
    }
    if outcome.gas is not None:
        document["gas"] = outcome.gas
    return json.dumps(document, indent=2)


def show(console: Console, outcome: Outcome, at: int, root: TrustedRoot) -> None:
    """Print the steps, the claims and the verdict."""
    if not root.is_intel():
        warn_of_root(console, root)
    console.print(f"Judged at {date(at)}")
    for step in outcome.steps():
        mark = MARKS[step["result"]]
        console.print(f" {mark} {step['step']:>2}  {step['title']}", highlight=False)
    if outcome.policy is not None:
        mark = MARKS[outcome.policy]
        console.print(f" {mark}     The policy accepts it.", highlight=False)
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
        table.add_row(name, date(int(value)) if name in DATES else value)
    return table


def _show_verdict(console: Console, outcome: Outcome) -> None:
    advisories = f" ({', '.join(outcome.advisory_ids)})" if outcome.advisory_ids else ""
    if outcome.verified:
        colour = "green" if outcome.status == "UpToDate" else "yellow"
        console.print(f"[bold {colour}]VERIFIED[/] {outcome.status}{advisories}", highlight=False)
        return
    detail = f": {outcome.detail}" if outcome.detail else ""
    place = f"in step {outcome.failed_step}" if outcome.failed_step else "by the policy"
    console.print(f"[bold red]REJECTED[/] {outcome.code}{escape(detail)} [dim]{place}[/]", highlight=False)
    for line in outcome.explanation.lines() if outcome.explanation else []:
        console.print(f"  {line}", highlight=False, markup=False)
