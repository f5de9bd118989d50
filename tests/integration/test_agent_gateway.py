"""A client contract written with near-sdk-py asks, an attested enclave answers, everybody is paid."""

from __future__ import annotations

import pytest
from sealwright_sandbox import NEAR, TransactionRefused

from tests.integration.agent_path import DAPP, GATEWAY, NODE, OPERATOR, READER, AgentPath

REWARD = NEAR // 10


@pytest.fixture(scope="module")
def deployed() -> AgentPath:
    path = AgentPath()
    assert path.register().value["outcome"] == "registered"
    path._start = path.sandbox.snapshot()
    return path


@pytest.fixture
def path(deployed: AgentPath) -> AgentPath:
    deployed.restart()
    return deployed


def owed(path: AgentPath, account_id: str) -> int:
    account = path.sandbox.view(GATEWAY, "get_account", {"account_id": account_id})
    return int(account["owed"]) if account else 0


@pytest.mark.parametrize("answer", ["short", "ä long ünswer " * 60])
def test_ask__returns_the_agents_answer(path: AgentPath, answer: str) -> None:
    asked = path.ask("What happened?")
    (request,) = path.pending()
    assert path.respond(request["request_id"], answer.encode()).value["outcome"] == "accepted"
    path.sandbox.produce_blocks(4)
    outcome = asked.outcome()
    assert outcome is not None
    assert outcome.value == {
        "status": "answered",
        "question": "What happened?",
        "answer": answer,
        "node_id": NODE,
    }
    assert path.sandbox.view(DAPP, "get_last_answer", {}) == outcome.value
    assert owed(path, OPERATOR) == REWARD


def test_ask__times_out_and_the_reward_comes_back(path: AgentPath) -> None:
    before = path.sandbox.account(DAPP).balance
    asked = path.ask("Is anybody there?")
    path.sandbox.produce_blocks(206)
    outcome = asked.outcome()
    assert outcome is not None
    assert outcome.value["status"] == "timed_out"
    assert owed(path, DAPP) > REWARD
    path.people[READER].call(DAPP, "collect", {}, gas=100 * 10**12)
    assert owed(path, DAPP) == 0
    # Everything but the price of the account's record is back.
    assert path.sandbox.account(DAPP).balance > before + REWARD


def test_ask__times_out_across_a_fast_forward(path: AgentPath) -> None:
    asked = path.ask("Is anybody there?")
    path.sandbox.fast_forward(250)
    path.sandbox.produce_blocks(5)
    outcome = asked.outcome()
    assert outcome is not None
    assert outcome.value["status"] == "timed_out"


def test_ask__refused_by_the_gateway(path: AgentPath) -> None:
    asked = path.ask("x" * 9_000)
    path.sandbox.produce_blocks(4)
    outcome = asked.outcome()
    assert outcome is not None
    assert outcome.value["status"] == "refused"


def test_respond__a_lapsed_node_is_not_paid(path: AgentPath) -> None:
    expires_ms = path.verdict()["expires_at_ms"]
    path.sandbox.set_time(expires_ms + 1)
    asked = path.ask("What happened?")
    (request,) = path.pending()
    told = path.respond(request["request_id"], b"late").value
    assert (told["outcome"], told["reasons"]) == ("refused", ["ATTESTATION_EXPIRED"])
    path.sandbox.produce_blocks(206)
    outcome = asked.outcome()
    assert outcome is not None
    assert outcome.value["status"] == "timed_out"
    assert owed(path, OPERATOR) == 0


def test_enclave_key__responds_without_money(path: AgentPath) -> None:
    worker = path.enclave_key(GATEWAY, ["respond", "delete_output", "withdraw"])
    path.ask("What happened?")
    (request,) = path.pending()
    assert path.respond(request["request_id"], b"answer", by=worker).value["outcome"] == "accepted"
    path.sandbox.produce_blocks(3)
    before = path.people[OPERATOR].balance
    worker.call(GATEWAY, "withdraw", {"account_id": OPERATOR}, gas=50 * 10**12)
    assert path.people[OPERATOR].balance > before
    with pytest.raises(TransactionRefused):
        worker.call(GATEWAY, "withdraw_prepaid", {}, deposit=1)


def test_conservation__nothing_is_made_or_lost(path: AgentPath) -> None:
    path.ask("What happened?")
    (request,) = path.pending()
    path.respond(request["request_id"], b"answer")
    path.sandbox.produce_blocks(4)
    assert path.sandbox.total_supply_check().holds
