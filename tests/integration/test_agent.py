"""The agent as a process that talks only RPC: it answers, works, survives being killed, renews."""

from __future__ import annotations

import base64
import itertools
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sandboxes = pytest.importorskip("sealwright_sandbox", reason="the sandbox's native module is not built")

from tests.integration.agent_world import (  # noqa: E402  after importorskip
    MINUTE_MS,
    NEAR,
    RELEASE,
    AgentProcess,
    AgentWorld,
    wait_until,
)

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(not (RELEASE / "task_market.wasm").exists(), reason="no released contracts"),
]
NUMBERS = itertools.count()
RESULT_POINTS = [
    "after_handler",
    "before_signing",
    "before_submission",
    "after_submission",
    "before_answer_is_kept",
    "after_answer",
]


@pytest.fixture(scope="module")
def world() -> Iterator[AgentWorld]:
    with sandboxes.Sandbox(seed=b"agent") as sandbox:
        made = AgentWorld(sandbox)
        with sandbox.serve() as rpc:
            made.rpc_url = rpc.url
            yield made


@pytest.fixture
def agent(world: AgentWorld, tmp_path: Path) -> Iterator[AgentProcess]:
    """A fresh operator, node and service in the shared world; the tests do not see each other's work."""
    number = next(NUMBERS)
    made = AgentProcess(world, tmp_path, world.new_operator(f"operator-{number}"), f"shout-{number}")
    made.add_keys()
    yield made
    made.kill()


def test_agent__answers_a_gateway_request(world: AgentWorld, agent: AgentProcess) -> None:
    agent.start()
    pending = world.ask(agent.service, b"hello")
    outcome = wait_until(pending.outcome, "the answer")
    assert outcome.value["status"] == "answered"
    assert outcome.value["node_id"] == agent.node_id
    assert agent.runs() == [f"request {outcome.value['request_id']}"]
    agent.wait_event("item_settled")
    agent.stop()


def test_agent__answers_with_more_than_a_resume_can_carry(world: AgentWorld, agent: AgentProcess) -> None:
    agent.start()
    pending = world.ask(agent.service, b"long " * 500, max_output_bytes=4_000)
    outcome = wait_until(pending.outcome, "the answer")
    assert base64.b64decode(outcome.value["output"]) == b"LONG " * 500
    agent.stop()


def test_agent__begins_no_answer_shortly_before_a_request_closes(
    world: AgentWorld, agent: AgentProcess
) -> None:
    late = world.ask(agent.service, b"too late")
    world.sandbox.produce_blocks(185)
    agent.start()
    agent.wait_event("registered")
    assert (
        wait_until(world.ask(agent.service, b"in time").outcome, "the answer").value["status"] == "answered"
    )
    assert len(agent.runs()) == 1
    world.sandbox.produce_blocks(20)
    assert wait_until(late.outcome, "the timeout").value["status"] == "timed_out"
    agent.stop()


def test_agent__does_a_market_task_and_is_paid_after_the_review(
    world: AgentWorld, agent: AgentProcess
) -> None:
    agent.start()
    task_id = world.post_task(agent.service, b"hello")
    task = wait_until(
        lambda: (t := world.task(task_id))["state"] == "SUBMITTED" and t, "the task is submitted"
    )
    assert task["node_id"] == agent.node_id
    assert world.view(world.market.get_output(task_id=task_id)) == b"HELLO"
    world.pass_time(6 * MINUTE_MS)
    wait_until(lambda: world.task(task_id)["state"] == "PAID", "the task is paid")
    agent.wait_event("item_settled")
    world.pass_time(2 * MINUTE_MS)
    agent.wait_event("withdrawn")
    agent.stop()


@pytest.mark.parametrize("point", RESULT_POINTS)
def test_agent__killed_while_it_answers_works_once_and_submits_once(
    world: AgentWorld, agent: AgentProcess, point: str
) -> None:
    agent.set_limits(withdraw_above="1000")  # the keys sign nothing but work
    agent.start(crash=point)
    agent.wait_event("registered")
    pending = world.ask(agent.service, b"hello")
    agent.wait_killed()
    agent.start()
    agent.wait_event("agent_started", 2)
    outcome = wait_until(pending.outcome, "the answer")
    assert outcome.value["status"] == "answered"
    agent.wait_event("item_settled")
    assert len(agent.runs()) == 1
    assert agent.calls("gateway.near") == [("respond", outcome.value["request_id"])]
    assert world.owed(world.gateway, agent.operator) == NEAR
    agent.stop()


@pytest.mark.parametrize("point", ["after_claim", *RESULT_POINTS])
def test_agent__killed_while_it_does_a_task_works_once_and_submits_once(
    world: AgentWorld, agent: AgentProcess, point: str
) -> None:
    agent.set_limits(withdraw_above="1000")
    agent.start(crash=point)
    agent.wait_event("registered")
    task_id = world.post_task(agent.service, b"hello")
    agent.wait_killed()
    agent.start()
    agent.wait_event("agent_started", 2)
    wait_until(lambda: world.task(task_id)["state"] == "SUBMITTED", "the task is submitted")
    assert world.task(task_id)["attempt"] == 1
    assert len(agent.runs()) == 1
    assert agent.calls("market.near") == [("claim_task", task_id), ("submit_result", task_id)]
    agent.stop()


def test_agent__takes_up_its_claim_when_its_journal_is_lost(world: AgentWorld, agent: AgentProcess) -> None:
    agent.start(crash="after_claim")
    agent.wait_event("registered")
    task_id = world.post_task(agent.service, b"hello")
    agent.wait_killed()
    wait_until(lambda: world.task(task_id)["state"] == "CLAIMED", "the claim")
    for path in (agent.folder / "state").glob("agent.sqlite3*"):
        path.unlink()
    agent.start()
    wait_until(lambda: world.task(task_id)["state"] == "SUBMITTED", "the task is submitted")
    assert world.task(task_id)["attempt"] == 1
    agent.stop()


@pytest.mark.slow
def test_agent__killed_again_and_again_does_every_task_once(world: AgentWorld, agent: AgentProcess) -> None:
    agent.set_limits(withdraw_above="1000")
    moments = random.Random(7)
    agent.start()
    agent.wait_event("registered")
    tasks = [world.post_task(agent.service, b"task %d" % number) for number in range(5)]
    for _ in range(5):
        time.sleep(moments.uniform(0.0, 0.3))
        agent.kill()
        starts = len(agent.events("agent_started"))
        agent.start()
        agent.wait_event("agent_started", starts + 1)
    wait_until(lambda: all(world.task(task_id)["state"] == "SUBMITTED" for task_id in tasks), "all are done")
    assert all(world.task(task_id)["attempt"] == 1 for task_id in tasks)
    once = [("claim_task", task_id) for task_id in tasks] + [("submit_result", task_id) for task_id in tasks]
    assert agent.calls("market.near") == once
    agent.stop()


def test_agent__renews_before_its_attestation_ends_and_works_past_it(
    world: AgentWorld, agent: AgentProcess
) -> None:
    agent.start()
    agent.wait_event("registered")
    first_end = world.view(world.registry.get_node(node_id=agent.node_id))["expires_at_ms"]
    world.pass_time(first_end - 30 * MINUTE_MS - world.sandbox.block_time_ms)
    wait_until(
        lambda: world.view(world.registry.get_node(node_id=agent.node_id))["expires_at_ms"] > first_end,
        "the renewal",
    )
    world.pass_time(60 * MINUTE_MS)
    pending = world.ask(agent.service, b"still there?")
    assert wait_until(pending.outcome, "the answer").value["status"] == "answered"
    agent.stop()


@pytest.mark.slow
def test_agent__two_machines_of_one_account_share_its_keys(
    world: AgentWorld, agent: AgentProcess, tmp_path: Path
) -> None:
    """Both sign with the same three keys; every task is done once, no nonce is fought over for long."""
    twin = AgentProcess(world, tmp_path / "twin", agent.operator, agent.service, label="desk-2")
    keys = tmp_path / "twin" / "state" / "keys"
    keys.mkdir(parents=True)
    for role in ("registry", "market", "gateway"):
        content = (tmp_path / "state" / "keys" / f"{role}.json").read_bytes()
        (keys / f"{role}.json").touch(mode=0o600)
        (keys / f"{role}.json").write_bytes(content)
    try:
        agent.start()
        twin.start()
        agent.wait_event("registered")
        twin.wait_event("registered")
        tasks = [world.post_task(agent.service, b"task %d" % number) for number in range(6)]
        wait_until(
            lambda: all(world.task(task_id)["state"] == "SUBMITTED" for task_id in tasks),
            "all tasks are done",
        )
        done = sorted(agent.runs() + twin.runs())
        assert done == sorted(f"task {task_id}" for task_id in tasks)
        agent.stop()
        twin.stop()
    finally:
        twin.kill()


def test_agent__refuses_a_full_access_key(world: AgentWorld, agent: AgentProcess) -> None:
    facts = json.loads(
        subprocess.run(
            [sys.executable, "-m", "sealwright_agents.cli", "keys", "--json", "--config", agent.config_file],
            check=True,
            capture_output=True,
        ).stdout
    )
    market_key = next(key["public_key"] for key in facts["keys"] if key["role"] == "market")
    agent.operator.batch().delete_key(market_key).add_key(market_key).send()
    run = [sys.executable, "-m", "sealwright_agents.cli", "run", "--config", str(agent.config_file)]
    refused = subprocess.run(run, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "full-access key" in refused.stderr


def test_status__shows_a_healthy_node(world: AgentWorld, agent: AgentProcess) -> None:
    agent.start()
    agent.wait_event("registered")
    status = subprocess.run(
        [sys.executable, "-m", "sealwright_agents.cli", "status", "--json", "--config", agent.config_file],
        capture_output=True,
        text=True,
        check=False,
    )
    content = json.loads(status.stdout)
    assert content["problems"] == []
    assert status.returncode == 0
    assert content["node"]["state"] == "active"
    agent.stop()
