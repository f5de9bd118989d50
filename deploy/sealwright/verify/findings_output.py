"""How findings are shown: a line a claim for people, one JSON document for machines."""

from __future__ import annotations

import json

from rich.console import Console
from rich.table import Table
from rich.text import Text
from tee_attestation_verifier.offchain.dates import date
from tee_attestation_verifier.offchain.findings import FAIL, PASS, UNPROVEN, Finding, has_failed, is_proven

from sealwright.verify.exits import OPEN, REJECTED, VERIFIED
from sealwright.verify.judged import Judged
from sealwright.verify.output import warn_of_root

MARKS = {PASS: ("PASS", "green"), FAIL: ("FAIL", "red"), UNPROVEN: ("UNPROVEN", "yellow")}
VERDICTS = {VERIFIED: "proven", REJECTED: "refuted", OPEN: "open"}


def exit_code(findings: list[Finding]) -> int:
    """1 with a refuted claim, 3 with an open one, 0 when all are proven."""
    if has_failed(findings):
        return REJECTED
    return VERIFIED if is_proven(findings) else OPEN


def as_json(judged: Judged) -> str:
    """The documented document: subject, verdict, at, root, facts, claims with result, code and explanation."""
    document = {
        "subject": judged.subject,
        "verdict": VERDICTS[exit_code(judged.findings)],
        "at": judged.at,
        "root": {"sha256": judged.root.fingerprint.hex(), "is_intel": judged.root.is_intel()},
        "facts": judged.facts,
        "claims": [_members(judged, finding) for finding in judged.findings],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _members(judged: Judged, finding: Finding) -> dict[str, object]:
    explanation = judged.explanations.get(finding.claim)
    return {
        "claim": finding.claim,
        "title": finding.title,
        "result": finding.result,
        "code": finding.code,
        "step": finding.step or None,
        "detail": finding.detail or None,
        "explanation": None if explanation is None else explanation.members(),
    }


def show(console: Console, judged: Judged) -> None:
    """Print every claim with its result, then the verdict."""
    if not judged.root.is_intel():
        warn_of_root(console, judged.root)
    console.print(f"{judged.subject}, judged at {date(judged.at)}", highlight=False, markup=False)
    for name, fact in judged.facts.items():
        console.print(f"  {name}: {fact}", highlight=False, markup=False, style="dim")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in judged.findings:
        mark, colour = MARKS[finding.result]
        table.add_row(Text(f" {mark}", style=colour), finding.claim, _explained(judged, finding, colour))
    console.print(table)
    word = VERDICTS[exit_code(judged.findings)].upper()
    colour = {"PROVEN": "green", "REFUTED": "red", "OPEN": "yellow"}[word]
    console.print(Text(word, style=f"bold {colour}"), Text(_counts(judged.findings)))


def _explained(judged: Judged, finding: Finding, colour: str) -> Text:
    """The claim's title, what was found, and of a refuted one why."""
    text = Text(finding.title)
    detail = f"{finding.code}: {finding.detail}" if finding.code else finding.detail
    if detail:
        text.append(f"\n{detail}", style="dim")
    explanation = judged.explanations.get(finding.claim)
    for line in explanation.lines() if explanation else []:
        text.append(f"\n{line}", style=colour)
    return text


def _counts(findings: list[Finding]) -> str:
    counts = {result: sum(each.result == result for each in findings) for result in MARKS}
    return f"{counts[PASS]} proven, {counts[FAIL]} refuted, {counts[UNPROVEN]} open"
