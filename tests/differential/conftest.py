"""Says at the end what was compared, and what each verifier said."""

from __future__ import annotations

import pytest
from tee_attestation_verifier.offchain.catalogue import CODES

from tests.differential.evidence import EXPLAINED, OURS, THEIRS


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Counts per check reached, and per rule that explains a difference."""
    if not OURS:
        return
    terminalreporter.section("beside dcap-qvl")
    terminalreporter.line(f"{sum(THEIRS.values())} verdicts of dcap-qvl, {len(THEIRS)} kinds; here, by step:")
    by_step: dict[str, list[str]] = {}
    for said, count in sorted(OURS.items()):
        step = f"{CODES[said][0]:2}" if said in CODES else "ok"
        by_step.setdefault(step, []).append(f"{said} {count}")
    for step, counts in sorted(by_step.items()):
        terminalreporter.line(f"  {step}  {', '.join(counts)}")
    terminalreporter.line(f"{sum(EXPLAINED.values())} differences, all in the table:")
    for row, count in EXPLAINED.most_common():
        terminalreporter.line(f"  {count:6}  {row}")
