"""The main job, as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from sealwright.samples import SamplesUnavailable, genuine_pairs


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What `sealwright demo --json` says."""
    try:
        genuine_pairs()
    except SamplesUnavailable as unavailable:
        pytest.skip(str(unavailable))
    command = [sys.executable, "-c", "from sealwright.cli import main; main()", "demo", "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_demo__holds_from_quote_to_withdrawal(told: dict[str, Any]) -> None:
    assert told["ok"] is True
    titles = " ".join(scene["title"] for scene in told["scenes"])
    for part in (
        "genuine",
        "proves itself",
        "signed answer",
        "claim, submit, pay",
        "loses its bond",
        "withdraws",
    ):
        assert part in titles


def test_demo__verifies_a_genuine_quote(told: dict[str, Any]) -> None:
    steps = [step for scene in told["scenes"] for step in scene["steps"]]
    assert [step["status"] for step in steps if "status" in step] == ["UpToDate"]


def test_demo__pays_the_worker_and_not_the_idler(told: dict[str, Any]) -> None:
    balances = {row["account"]: row["difference"] for row in told["tables"]["Balances"]}
    assert not balances["operator"].startswith("-")
    assert balances["idler"].startswith("-")
    assert not balances["treasury-box"].startswith("-")
