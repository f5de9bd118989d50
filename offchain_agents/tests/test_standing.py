"""The node's standing: registered once, renewed in time, kept like the configuration."""

from pathlib import Path

import pytest
from sealwright_agents.agent import Agent

from offchain_agents.tests.fake_contracts import HOUR_MS
from offchain_agents.tests.fake_suite import FakeSuite, play

pytestmark = pytest.mark.usefixtures("_no_pauses")


def test_registration__registers_once_and_renews_before_expiry(tmp_path: Path, agent: Agent) -> None:
    async def scenario(suite: FakeSuite) -> None:
        config = suite.config()
        await suite.run(agent, config, lambda: suite.calls("register_node") == 1)
        node = suite.nodes["desk.operator.near"]
        first_end = node["expires_at_ms"]
        await suite.run(agent, config, lambda: True)
        assert suite.calls("register_node") == 1
        assert suite.calls("renew_attestation") == 0
        suite.time_ms = first_end - HOUR_MS
        await suite.run(agent, config, lambda: node["expires_at_ms"] > first_end)
        assert suite.calls("renew_attestation") == 1

    play(tmp_path, scenario)


def test_registration__registers_anew_for_new_keys_and_updates_the_offer(
    tmp_path: Path, agent: Agent
) -> None:
    async def scenario(suite: FakeSuite) -> None:
        config = suite.config()
        await suite.run(agent, config, lambda: suite.calls("register_node") == 1)
        suite.nodes["desk.operator.near"]["services"] = []
        await suite.run(agent, config, lambda: suite.calls("update_node") == 1)
        config.enclave_file.unlink()  # the enclave's disk is gone
        await suite.run(agent, config, lambda: suite.calls("register_node") == 2)

    play(tmp_path, scenario)


def test_registration__takes_no_new_work_while_the_node_is_not_valid(
    tmp_path: Path, agent: Agent, runs: list[bytes]
) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.validity_ms = 0
        suite.open_request(1, b"hello")
        await suite.run(agent, suite.config(), lambda: suite.calls("register_node") == 1)
        assert runs == []

    play(tmp_path, scenario)
