"""Running as a service: stopping, warnings, and bytes that anyone can hash again."""

import json
from pathlib import Path

import pytest
from sealwright_agents.agent import Agent
from sealwright_agents.export import export_item
from sealwright_agents.items import COMPUTED, LOST, REQUEST, SETTLED
from sealwright_agents.journal import JournalReader
from sealwright_agents.signer import sha256

from offchain_agents.tests.fake_suite import FakeSuite, play

pytestmark = pytest.mark.usefixtures("_no_pauses")
REQUEST_1 = (REQUEST, "gateway.near", 1, 1)


def test_serve__finishes_what_runs_when_it_is_told_to_stop(
    tmp_path: Path, agent: Agent, runs: list[bytes]
) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.open_request(1, b"slow")
        config = suite.config(grace_s=0.05)
        await suite.run(agent, config, lambda: bool(runs))
        with JournalReader(config.state_dir) as reader:
            item = reader.find(*REQUEST_1)
        assert item is not None
        assert item.state not in (LOST, COMPUTED)

    play(tmp_path, scenario)


def test_upkeep__warns_once_and_fetches_what_is_owed(
    tmp_path: Path, agent: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.balance, suite.owed = 10**20, 10**24
        caplog.set_level("INFO", "sealwright_agents")
        await suite.run(agent, suite.config(), lambda: suite.calls("withdraw") == 1)
        suite.time_ms += 600_000
        await suite.run(agent, suite.config(), lambda: True)

    play(tmp_path, scenario)
    low = [vars(record)["fields"] for record in caplog.records if record.message == "running_low"]
    assert {"what": "balance", "amount": str(10**20), "least": str(10**24)} in low


def test_journal__holds_bytes_that_anyone_can_hash_again(tmp_path: Path, agent: Agent) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.open_request(1, b"hello")
        await suite.run(agent, suite.config(), lambda: suite.item_state(REQUEST_1) == SETTLED)

    play(tmp_path, scenario)
    export_item(tmp_path / "state", REQUEST, 1, None, tmp_path / "out")
    work = json.loads((tmp_path / "out" / "work.json").read_text())
    for name in ("input", "output", "receipt", "signature", "evidence-model-request"):
        content = (tmp_path / "out" / f"{name}.bin").read_bytes()
        assert work["sha256"][name] == sha256(content).hex()
    assert work["transactions"][0]["step"] == "respond-0"
