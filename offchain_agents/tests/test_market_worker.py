"""Market tasks against a scripted market: claims, results, and what a restart goes on with."""

from pathlib import Path
from typing import Any

import pytest
from sealwright_agents.agent import Agent
from sealwright_agents.items import FAILED, LOST, SETTLED, TASK
from sealwright_agents.journal import Journal

from offchain_agents.tests.fake_contracts import HOUR_MS
from offchain_agents.tests.fake_suite import FakeSuite, play

pytestmark = pytest.mark.usefixtures("_no_pauses")
TASK_7 = (TASK, "market.near", 7, 1)


def test_market__claims_works_submits_and_settles(tmp_path: Path, agent: Agent, runs: list[bytes]) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.open_task(7, b"hello")

        def review_passes() -> bool:
            suite.time_ms += 1_000 * (suite.tasks[7]["state"] == "SUBMITTED")
            return suite.item_state(TASK_7) == SETTLED

        await suite.run(agent, suite.config(), review_passes)
        assert suite.outputs[7] == b"HELLO"
        assert runs == [b"hello"]
        assert [method for _, method, _ in suite.executed if "task" in method or "result" in method] == [
            "claim_task",
            "submit_result",
        ]

    play(tmp_path, scenario)


@pytest.mark.parametrize(
    "change",
    [
        {"service": "other"},
        {"service": None},
        {"reward": "1"},
        {"bond": str(10**26)},
        {"bond": str(9 * 10**23), "prepaid": 10**23},
        {"measurement_ids": ["aa" * 32]},
        {"barred": ["operator.near"]},
        {"claim_ends_at_ms": 1},
        {"work_window_ms": 1_000},
        {"input_hash": "00" * 32},
        {"input_inline": False, "input_reference": "ftp://elsewhere/x"},
    ],
)
def test_market__claims_nothing_that_does_not_suit(
    tmp_path: Path, agent: Agent, runs: list[bytes], change: dict[str, Any]
) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.prepaid = change.pop("prepaid", suite.prepaid)
        suite.open_task(7, b"hello", **change)
        suite.open_task(8, b"second")
        await suite.run(agent, suite.config(), lambda: 8 in suite.outputs)
        assert runs == [b"second"]
        assert suite.calls("claim_task") == 1

    play(tmp_path, scenario)


def test_market__reads_an_input_by_reference_before_it_claims(
    tmp_path: Path, agent: Agent, runs: list[bytes]
) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.files = {"7": b"hello", "8": b"not what was promised"}
        for number in (7, 8):
            reference = f"{suite.url}/files/{number}"
            suite.open_task(number, b"hello", input_inline=False, input_reference=reference)
        await suite.run(agent, suite.config(), lambda: 7 in suite.outputs)
        assert runs == [b"hello"]
        assert suite.calls("claim_task") == 1

    play(tmp_path, scenario)


def test_market__releases_what_its_handler_cannot_do(tmp_path: Path, agent: Agent) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.open_task(7, b"broken")
        await suite.run(agent, suite.config(), lambda: suite.item_state(TASK_7) == FAILED)
        assert suite.calls("release_claim") == 1
        assert suite.calls("submit_result") == 0

    play(tmp_path, scenario)


def test_market__asks_the_registry_again_and_submits_again(
    tmp_path: Path, agent: Agent, runs: list[bytes]
) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.answers = ["CLAIMED", "UNVERIFIED"]
        suite.open_task(7, b"hello")
        await suite.run(agent, suite.config(), lambda: suite.calls("retry_verification") == 1)
        assert suite.calls("submit_result") == 2
        assert runs == [b"hello"]

    play(tmp_path, scenario)


def test_market__works_on_the_attempt_that_it_really_got(
    tmp_path: Path, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.open_task(7, b"hello")
        claim = suite._claim_task

        def claim_after_another_node_lapsed(task: dict[str, Any], args: dict[str, Any]) -> bool:
            task["attempt"] = 2
            return claim(task, args)

        monkeypatch.setattr(suite, "_claim_task", claim_after_another_node_lapsed)
        await suite.run(agent, suite.config(), lambda: 7 in suite.outputs)
        assert suite.item_state(TASK_7) == LOST

    play(tmp_path, scenario)


def test_market__takes_up_its_claims_when_the_journal_was_lost(
    tmp_path: Path, agent: Agent, runs: list[bytes]
) -> None:
    async def scenario(suite: FakeSuite) -> None:
        held = {"state": "CLAIMED", "attempt": 3, "work_ends_at_ms": suite.time_ms + HOUR_MS}
        suite.open_task(7, b"hello", node_id="desk.operator.near", **held)
        suite.open_task(8, b"another's", node_id="desk.elsewhere.near", **held)
        await suite.run(agent, suite.config(), lambda: 7 in suite.outputs)
        assert runs == [b"hello"]
        assert suite.calls("claim_task") == 0

    play(tmp_path, scenario)


def test_market__loses_a_claim_that_lapsed_while_it_was_away(
    tmp_path: Path, agent: Agent, runs: list[bytes]
) -> None:
    async def scenario(suite: FakeSuite) -> None:
        suite.open_task(7, b"hello", state="OPEN", attempt=2)
        config = suite.config()
        with Journal(config.state_dir) as journal:
            item = journal.add(*TASK_7, service="shout", input=b"hello", found_height=100)
            journal.record_output(item, b"HELLO", {})
        await suite.run(agent, config, lambda: 7 in suite.outputs)
        assert suite.item_state(TASK_7) == LOST

    play(tmp_path, scenario)
