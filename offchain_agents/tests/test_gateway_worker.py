"""Gateway requests against a scripted gateway: what is taken, what is left, what a restart goes on with."""

from pathlib import Path
from typing import Any

import pytest
from sealwright_agents import worker as workers
from sealwright_agents.agent import Agent
from sealwright_agents.items import FAILED, LOST, REQUEST, SETTLED
from sealwright_agents.journal import Journal, JournalReader

from offchain_agents.tests.fake_suite import FakeSuite, play

pytestmark = pytest.mark.usefixtures("_no_pauses")
REQUEST_1 = (REQUEST, "gateway.near", 1, 1)
ANSWER = {"request_id": 1, "node_id": "desk.operator.near", "reasons": []}


def test_gateway__answers_a_request_with_a_signed_receipt(
    tmp_path: Path, agent: Agent, runs: list[bytes]
) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.open_request(1, b"hello")
        await suite.run(agent, suite.config(), lambda: suite.item_state(REQUEST_1) == SETTLED)
        assert suite.outputs[1] == b"HELLO"
        with JournalReader(tmp_path / "state") as reader:
            item = reader.find(*REQUEST_1)
            assert item is not None
            assert reader.evidence(item) == {"model-request": b"exact: hello"}

    play(tmp_path, scenario)


@pytest.mark.parametrize(
    "change",
    [
        {"service": "other"},
        {"reward": "1"},
        {"measurement_ids": ["aa" * 32]},
        {"state": "resumed"},
        {"respond_before_height": 105},
        {"input_hash": "00" * 32},
    ],
)
def test_gateway__leaves_what_does_not_suit(
    tmp_path: Path, agent: Agent, runs: list[bytes], change: dict[str, Any]
) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.open_request(1, b"hello")
        suite.requests_open[1] |= change
        suite.open_request(2, b"second")
        await suite.run(agent, suite.config(), lambda: 2 in suite.outputs)
        assert runs == [b"second"]

    play(tmp_path, scenario)


def test_gateway__repeats_when_the_registry_did_not_answer(
    tmp_path: Path, agent: Agent, runs: list[bytes]
) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.answers = [ANSWER | {"outcome": "unreachable"}]
        suite.open_request(1, b"hello")
        await suite.run(agent, suite.config(), lambda: suite.item_state(REQUEST_1) == SETTLED)
        assert suite.calls("respond") == 2
        assert runs == [b"hello"]

    play(tmp_path, scenario)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (ANSWER | {"outcome": "closed"}, LOST),
        (ANSWER | {"outcome": "refused", "reasons": ["KEY_UNKNOWN"]}, FAILED),
    ],
)
def test_gateway__ends_an_item_that_was_not_taken(
    tmp_path: Path, agent: Agent, answer: dict[str, Any], state: str
) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.answers = [answer]
        suite.open_request(1, b"hello")
        await suite.run(agent, suite.config(), lambda: suite.item_state(REQUEST_1) == state)
        assert suite.calls("respond") == 1

    play(tmp_path, scenario)


def test_gateway__waits_for_a_deposit_with_what_it_computed(
    tmp_path: Path, agent: Agent, runs: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "CRASH_PAUSE_MS", 0)

    async def scenario(suite: FakeSuite) -> None:
        suite.refusals = ["INSUFFICIENT_BALANCE: deposit first"]
        suite.open_request(1, b"hello")
        await suite.run(agent, suite.config(), lambda: suite.item_state(REQUEST_1) == SETTLED)
        assert suite.calls("respond") == 2
        assert runs == [b"hello"]

    play(tmp_path, scenario)


def test_gateway__waits_for_gas_money_with_what_it_computed(
    tmp_path: Path, agent: Agent, runs: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "CRASH_PAUSE_MS", 0)

    async def scenario(suite: FakeSuite) -> None:
        suite.open_request(1, b"hello")
        poor = {"NotEnoughAllowance": {"account_id": "operator.near", "allowance": "0", "cost": "1"}}
        suite.refuse_next = {"InvalidAccessKeyError": poor}
        await suite.run(agent, suite.config(), lambda: suite.item_state(REQUEST_1) == SETTLED)
        assert runs == [b"hello"]

    play(tmp_path, scenario)


def test_gateway__gives_up_a_handler_that_fails(tmp_path: Path, agent: Agent, runs: list[bytes]) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.open_request(1, b"broken")
        await suite.run(agent, suite.config(), lambda: suite.item_state(REQUEST_1) == FAILED)
        assert runs == [b"broken"] * 2
        assert suite.calls("respond") == 0

    play(tmp_path, scenario)


def test_gateway__stops_a_handler_when_the_blocks_run_out(
    tmp_path: Path, agent: Agent, runs: list[bytes]
) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.open_request(1, b"slow")

        def time_passes() -> bool:
            suite.height += bool(runs)
            return suite.item_state(REQUEST_1) == LOST

        await suite.run(agent, suite.config(), time_passes)
        assert suite.calls("respond") == 0

    play(tmp_path, scenario)


def test_gateway__goes_on_with_what_a_killed_agent_had_computed(
    tmp_path: Path, agent: Agent, runs: list[bytes]
) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.open_request(1, b"hello")
        config = suite.config()
        with Journal(config.state_dir) as journal:
            item = journal.add(*REQUEST_1, service="shout", input=b"hello", found_height=100)
            journal.record_output(item, b"HELLO", {})
        await suite.run(agent, config, lambda: suite.item_state(REQUEST_1) == SETTLED)
        assert runs == []
        assert suite.outputs[1] == b"HELLO"

    play(tmp_path, scenario)
