"""Start-up checks, the command line, and stopping as a process."""

import asyncio
import json
import logging
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sealwright_agents import cli, log
from sealwright_agents.agent import Agent
from sealwright_agents.config import Config
from sealwright_agents.errors import ConfigError, JournalError, KeyRefused, QuoteFailed
from sealwright_agents.journal import Journal
from sealwright_agents.keys import METHODS
from sealwright_agents.runtime import load_agent, serve

from offchain_agents.tests.fake_suite import FakeSuite

HANDLERS = """
from sealwright_agents import Agent, Work
agent = Agent("desk")

@agent.handles("shout")
def shout(work: Work) -> str:
    return work.text.upper()
"""

CONFIG = """
[network]
rpc = ["{url}"]
chain_id = "sandbox"
[contracts]
registry = "registry.near"
market = "market.near"
gateway = "gateway.near"
[node]
account_id = "operator.near"
label = "desk"
[agent]
handlers = "{module}:agent"
state_dir = "state"
[services.shout]
price = "0.1"
[quote]
provider = "simulated"
seed = "desk"
root_seed = "root"
[limits]
poll_s = 0.02
"""


@pytest.fixture(autouse=True)
def _own_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """`run` sends the log to the standard error of its moment: that must not outlive a test."""
    logger = logging.getLogger(log.LOGGER_NAME)
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logger, "propagate", True)


@pytest.fixture
def agent() -> Agent:
    made = Agent("desk")
    made.handles("shout")(lambda work: work.text)
    return made


@pytest.fixture
def config_file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A configuration whose node does not answer; each test has its own handler module."""
    module = "handlers_" + "".join(c if c.isalnum() else "_" for c in request.node.name)
    (tmp_path / f"{module}.py").write_text(HANDLERS)
    path = tmp_path / "agent.toml"
    path.write_text(CONFIG.format(url="http://127.0.0.1:9", module=module))
    return path


def start(tmp_path: Path, agent: Agent, prepare: Callable[[FakeSuite, Config], Config | None]) -> None:
    """Serve for a moment on a node that `prepare(suite, config)` has spoilt; it may return a new config."""

    async def run() -> None:
        async with FakeSuite(tmp_path) as suite:
            config = suite.config()
            stop = asyncio.Event()
            stop.set()
            await serve(agent, prepare(suite, config) or config, stop)

    asyncio.run(run())


def market_key(suite: FakeSuite) -> dict[str, Any]:
    permissions = [key["permission"]["FunctionCall"] for key in suite.keys.values()]
    return next(each for each in permissions if each["receiver_id"] == "market.near")


def test_serve__starts_with_exactly_the_right_keys(tmp_path: Path, agent: Agent) -> None:
    start(tmp_path, agent, lambda suite, config: None)


def test_serve__refuses_a_full_access_key(tmp_path: Path, agent: Agent) -> None:
    def spoil(suite: FakeSuite, config: Config) -> None:
        next(iter(suite.keys.values()))["permission"] = "FullAccess"

    with pytest.raises(KeyRefused, match="full-access"):
        start(tmp_path, agent, spoil)


@pytest.mark.parametrize(
    ("methods", "why"),
    [
        ([], "may call every method"),
        ([*METHODS["market"], "withdraw_prepaid"], "may also call withdraw_prepaid"),
        (["settle"], "may not call claim_task"),
    ],
)
def test_serve__refuses_a_key_of_another_strength(
    tmp_path: Path, agent: Agent, methods: list[str], why: str
) -> None:
    with pytest.raises(KeyRefused, match=why):
        start(tmp_path, agent, lambda suite, config: market_key(suite).update(method_names=methods))


def test_serve__refuses_an_absent_key_and_another_network(tmp_path: Path, agent: Agent) -> None:
    with pytest.raises(KeyRefused, match="add it first"):
        start(tmp_path, agent, lambda suite, config: suite.keys.clear())
    from dataclasses import replace

    with pytest.raises(ConfigError, match="the node is on 'sandbox'"):
        start(tmp_path, agent, lambda suite, config: replace(config, chain_id="mainnet"))


def test_serve__refuses_the_simulated_tee_on_mainnet(tmp_path: Path, agent: Agent) -> None:
    from dataclasses import replace

    def move_to_mainnet(suite: FakeSuite, config: Config) -> Config:
        suite.chain_id = "mainnet"
        return replace(config, chain_id="mainnet")

    with pytest.raises(QuoteFailed, match="refused on 'mainnet'"):
        start(tmp_path, agent, move_to_mainnet)


def test_serve__refuses_a_journal_in_use(tmp_path: Path, agent: Agent) -> None:
    with Journal(tmp_path / "state"), pytest.raises(JournalError, match="in use"):
        start(tmp_path, agent, lambda suite, config: None)


def test_load_agent__says_what_is_wrong_with_the_handlers(config_file: Path) -> None:
    from sealwright_agents.config import load_config

    assert load_agent(load_config(config_file)).services == ("shout",)
    for text, why in (
        (("_test_load", "_missing"), "No module named"),
        ((":agent", ":missing"), "has no attribute"),
        ((":agent", ":Work"), "is no Agent"),
        (("services.shout", "services.sing"), "no handler for it"),
    ):
        changed = config_file.with_name("changed.toml")
        changed.write_text(config_file.read_text().replace(*text))
        with pytest.raises(ConfigError, match=why):
            load_agent(load_config(changed))


def test_init__makes_keys_once_and_prints_what_to_add(
    config_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["init", "--config", str(config_file), "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert {key["role"]: tuple(key["methods"]) for key in first["keys"]} == dict(METHODS)
    assert first["node_id"] == "desk.operator.near"
    assert len(first["measurement_id"]) == 64
    assert cli.main(["keys", "--config", str(config_file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == first
    assert cli.main(["init", "--config", str(config_file)]) == 0
    assert first["keys"][0]["public_key"] in capsys.readouterr().out


def test_commands__fail_with_one_line_and_an_exit_code(
    config_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", "--config", str(config_file.with_name("none.toml"))]) == 2
    assert "No such file" in capsys.readouterr().err
    assert cli.main(["run", "--config", str(config_file)]) == 1  # no keys yet
    assert "cannot be read" in capsys.readouterr().err
    assert cli.main(["export", "task", "1", "out", "--config", str(config_file)]) == 1
    assert "has not run here" in capsys.readouterr().err


def test_status__works_offline_and_reports_a_silent_node(
    config_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sealwright_agents import rpc

    monkeypatch.setattr(rpc, "FIRST_PAUSE_S", 0.001)
    assert cli.main(["status", "--offline", "--config", str(config_file)]) == 0
    assert "none yet" in capsys.readouterr().out
    cli.main(["init", "--config", str(config_file)])
    capsys.readouterr()
    assert cli.main(["status", "--json", "--config", str(config_file)]) == 1
    status = json.loads(capsys.readouterr().out)
    assert not status["healthy"]
    assert "no node answered" in status["problems"][0]


def test_status__shows_node_money_keys_and_work(tmp_path: Path, agent: Agent) -> None:
    from sealwright_agents.status import read_status, write_status

    async def run() -> tuple[dict[str, Any], ...]:
        async with FakeSuite(tmp_path) as suite:
            config = suite.config()
            suite.open_request(1, b"hello")
            await suite.run(agent, config, lambda: 1 in suite.outputs)
            healthy = await read_status(config, items=5, offline=False)
            suite.time_ms = suite.nodes[config.node_id]["expires_at_ms"] - 600_000
            ending = await read_status(config, items=5, offline=False)
            suite.time_ms += 100 * 3_600_000
            return healthy, ending, await read_status(config, items=5, offline=False)

    healthy, ending, expired = asyncio.run(run())
    assert ending["problems"] == ["the attestation ends in 600 s and was not renewed"]
    assert healthy["healthy"], healthy["problems"]
    assert healthy["items"][0]["work"] == "request 1/1"
    assert expired["problems"] == ["the attestation has expired"]
    write_status(healthy, sys.stdout)
    write_status(expired, sys.stdout)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run__stops_gracefully_on_a_signal(config_file: Path, number: signal.Signals) -> None:
    async def run() -> tuple[int, list[str]]:
        async with FakeSuite(config_file.parent) as suite:
            suite.config()  # makes and adds the keys, under the same state folder
            config_file.write_text(config_file.read_text().replace("http://127.0.0.1:9", suite.url))
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "sealwright_agents.cli",
                "run",
                "--config",
                str(config_file),
                stderr=subprocess.PIPE,
            )
            assert process.stderr is not None
            try:
                while json.loads(await process.stderr.readline())["event"] != "registered":
                    pass
                process.send_signal(number)
                rest = (await process.stderr.read()).decode().splitlines()
                return await process.wait(), [json.loads(line)["event"] for line in rest]
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.communicate()

    code, events = asyncio.run(run())
    assert code == 0
    assert events[-2:] == ["agent_stopping", "agent_stopped"]
