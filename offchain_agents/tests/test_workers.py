"""The agent against scripted contracts: what it takes, what it leaves, and what a restart goes on with."""

import asyncio
import json

import pytest
from sealwright_agents import chain as chains
from sealwright_agents import market_worker
from sealwright_agents import worker as workers
from sealwright_agents.agent import Agent, Work
from sealwright_agents.items import COMPUTED, FAILED, LOST, REQUEST, SETTLED, TASK
from sealwright_agents.journal import Journal, JournalReader
from sealwright_agents.signer import sha256

from offchain_agents.tests.fake_suite import HOUR_MS, FakeSuite

REQUEST_1, TASK_7 = (REQUEST, "gateway.near", 1, 1), (TASK, "market.near", 7, 1)

ANSWER = {"request_id": 1, "node_id": "desk.operator.near", "reasons": []}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(chains, "POLL_S", 0.001)
    monkeypatch.setattr(market_worker, "ASK_AGAIN_MS", 0)


@pytest.fixture
def runs() -> list[bytes]:
    """The inputs that the handler was given, one a run."""
    return []


@pytest.fixture
def agent(runs) -> Agent:
    made = Agent("desk")

    @made.handles("shout")
    async def shout(work: Work) -> str:
        runs.append(work.input)
        if work.input == b"broken":
            raise ValueError("no voice")
        if work.input == b"slow":
            await asyncio.sleep(60)
        work.keep("model-request", b"exact: " + work.input)
        return work.text.upper()

    return made


def play(tmp_path, scenario):
    async def run() -> None:
        async with FakeSuite(tmp_path) as suite:
            await scenario(suite)

    asyncio.run(run())


def item_state(suite: FakeSuite, identity) -> str | None:
    try:
        with JournalReader(suite.folder / "state") as reader:
            item = reader.find(*identity)
    except Exception:  # the agent has not made its journal yet
        return None
    return item and item.state


# Registration


def test_registration__registers_once_and_renews_before_expiry(tmp_path, agent):
    async def scenario(suite):
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


def test_registration__registers_anew_for_new_keys_and_updates_the_offer(tmp_path, agent):
    async def scenario(suite):
        config = suite.config()
        await suite.run(agent, config, lambda: suite.calls("register_node") == 1)
        suite.nodes["desk.operator.near"]["services"] = []
        await suite.run(agent, config, lambda: suite.calls("update_node") == 1)
        config.enclave_file.unlink()  # the enclave's disk is gone
        await suite.run(agent, config, lambda: suite.calls("register_node") == 2)

    play(tmp_path, scenario)


def test_registration__takes_no_new_work_while_the_node_is_not_valid(tmp_path, agent, runs):
    async def scenario(suite):
        suite.validity_ms = 0
        suite.open_request(1, b"hello")
        await suite.run(agent, suite.config(), lambda: suite.calls("register_node") == 1)
        assert runs == []

    play(tmp_path, scenario)


# Gateway


def test_gateway__answers_a_request_with_a_signed_receipt(tmp_path, agent, runs):
    async def scenario(suite):
        suite.open_request(1, b"hello")
        await suite.run(agent, suite.config(), lambda: item_state(suite, REQUEST_1) == SETTLED)
        assert suite.outputs[1] == b"HELLO"
        with JournalReader(tmp_path / "state") as reader:
            assert reader.evidence(reader.find(*REQUEST_1)) == {"model-request": b"exact: hello"}

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
def test_gateway__leaves_what_does_not_suit(tmp_path, agent, runs, change):
    async def scenario(suite):
        suite.open_request(1, b"hello")
        suite.requests_open[1] |= change
        suite.open_request(2, b"second")
        await suite.run(agent, suite.config(), lambda: 2 in suite.outputs)
        assert runs == [b"second"]

    play(tmp_path, scenario)


def test_gateway__repeats_when_the_registry_did_not_answer(tmp_path, agent, runs):
    async def scenario(suite):
        suite.answers = [ANSWER | {"outcome": "unreachable"}]
        suite.open_request(1, b"hello")
        await suite.run(agent, suite.config(), lambda: item_state(suite, REQUEST_1) == SETTLED)
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
def test_gateway__ends_an_item_that_was_not_taken(tmp_path, agent, answer, state):
    async def scenario(suite):
        suite.answers = [answer]
        suite.open_request(1, b"hello")
        await suite.run(agent, suite.config(), lambda: item_state(suite, REQUEST_1) == state)
        assert suite.calls("respond") == 1

    play(tmp_path, scenario)


def test_gateway__waits_for_a_deposit_with_what_it_computed(tmp_path, agent, runs, monkeypatch):
    monkeypatch.setattr(workers, "CRASH_PAUSE_MS", 0)

    async def scenario(suite):
        suite.refusals = ["INSUFFICIENT_BALANCE: deposit first"]
        suite.open_request(1, b"hello")
        await suite.run(agent, suite.config(), lambda: item_state(suite, REQUEST_1) == SETTLED)
        assert suite.calls("respond") == 2
        assert runs == [b"hello"]

    play(tmp_path, scenario)


def test_gateway__waits_for_gas_money_with_what_it_computed(tmp_path, agent, runs, monkeypatch):
    monkeypatch.setattr(workers, "CRASH_PAUSE_MS", 0)

    async def scenario(suite):
        suite.open_request(1, b"hello")
        poor = {"NotEnoughAllowance": {"account_id": "operator.near", "allowance": "0", "cost": "1"}}
        suite.refuse_next = {"InvalidAccessKeyError": poor}
        await suite.run(agent, suite.config(), lambda: item_state(suite, REQUEST_1) == SETTLED)
        assert runs == [b"hello"]

    play(tmp_path, scenario)


def test_gateway__gives_up_a_handler_that_fails(tmp_path, agent, runs):
    async def scenario(suite):
        suite.open_request(1, b"broken")
        await suite.run(agent, suite.config(), lambda: item_state(suite, REQUEST_1) == FAILED)
        assert runs == [b"broken"] * 2
        assert suite.calls("respond") == 0

    play(tmp_path, scenario)


def test_gateway__stops_a_handler_when_the_blocks_run_out(tmp_path, agent, runs):
    async def scenario(suite):
        suite.open_request(1, b"slow")

        def time_passes() -> bool:
            suite.height += bool(runs)
            return item_state(suite, REQUEST_1) == LOST

        await suite.run(agent, suite.config(), time_passes)
        assert suite.calls("respond") == 0

    play(tmp_path, scenario)


def test_gateway__goes_on_with_what_a_killed_agent_had_computed(tmp_path, agent, runs):
    async def scenario(suite):
        suite.open_request(1, b"hello")
        config = suite.config()
        with Journal(config.state_dir) as journal:
            item = journal.add(*REQUEST_1, service="shout", input=b"hello", found_height=100)
            journal.record_output(item, b"HELLO", {})
        await suite.run(agent, config, lambda: item_state(suite, REQUEST_1) == SETTLED)
        assert runs == []
        assert suite.outputs[1] == b"HELLO"

    play(tmp_path, scenario)


# Market


def test_market__claims_works_submits_and_settles(tmp_path, agent, runs):
    async def scenario(suite):
        suite.open_task(7, b"hello")

        def review_passes() -> bool:
            suite.time_ms += 1_000 * (suite.tasks[7]["state"] == "SUBMITTED")
            return item_state(suite, TASK_7) == SETTLED

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
def test_market__claims_nothing_that_does_not_suit(tmp_path, agent, runs, change):
    async def scenario(suite):
        suite.prepaid = change.pop("prepaid", suite.prepaid)
        suite.open_task(7, b"hello", **change)
        suite.open_task(8, b"second")
        await suite.run(agent, suite.config(), lambda: 8 in suite.outputs)
        assert runs == [b"second"]
        assert suite.calls("claim_task") == 1

    play(tmp_path, scenario)


def test_market__reads_an_input_by_reference_before_it_claims(tmp_path, agent, runs):
    async def scenario(suite):
        suite.files = {"7": b"hello", "8": b"not what was promised"}
        for number in (7, 8):
            reference = f"{suite.url}/files/{number}"
            suite.open_task(number, b"hello", input_inline=False, input_reference=reference)
        await suite.run(agent, suite.config(), lambda: 7 in suite.outputs)
        assert runs == [b"hello"]
        assert suite.calls("claim_task") == 1

    play(tmp_path, scenario)


def test_market__releases_what_its_handler_cannot_do(tmp_path, agent):
    async def scenario(suite):
        suite.open_task(7, b"broken")
        await suite.run(agent, suite.config(), lambda: item_state(suite, TASK_7) == FAILED)
        assert suite.calls("release_claim") == 1
        assert suite.calls("submit_result") == 0

    play(tmp_path, scenario)


def test_market__asks_the_registry_again_and_submits_again(tmp_path, agent, runs):
    async def scenario(suite):
        suite.answers = ["CLAIMED", "UNVERIFIED"]
        suite.open_task(7, b"hello")
        await suite.run(agent, suite.config(), lambda: suite.calls("retry_verification") == 1)
        assert suite.calls("submit_result") == 2
        assert runs == [b"hello"]

    play(tmp_path, scenario)


def test_market__works_on_the_attempt_that_it_really_got(tmp_path, agent):
    async def scenario(suite):
        suite.open_task(7, b"hello")
        claim = suite._claim_task

        def claim_after_another_node_lapsed(task, args):
            task["attempt"] = 2
            return claim(task, args)

        suite._claim_task = claim_after_another_node_lapsed
        await suite.run(agent, suite.config(), lambda: 7 in suite.outputs)
        assert item_state(suite, TASK_7) == LOST

    play(tmp_path, scenario)


def test_market__takes_up_its_claims_when_the_journal_was_lost(tmp_path, agent, runs):
    async def scenario(suite):
        held = {"state": "CLAIMED", "attempt": 3, "work_ends_at_ms": suite.time_ms + HOUR_MS}
        suite.open_task(7, b"hello", node_id="desk.operator.near", **held)
        suite.open_task(8, b"another's", node_id="desk.elsewhere.near", **held)
        await suite.run(agent, suite.config(), lambda: 7 in suite.outputs)
        assert runs == [b"hello"]
        assert suite.calls("claim_task") == 0

    play(tmp_path, scenario)


def test_market__loses_a_claim_that_lapsed_while_it_was_away(tmp_path, agent, runs):
    async def scenario(suite):
        suite.open_task(7, b"hello", state="OPEN", attempt=2)
        config = suite.config()
        with Journal(config.state_dir) as journal:
            item = journal.add(*TASK_7, service="shout", input=b"hello", found_height=100)
            journal.record_output(item, b"HELLO", {})
        await suite.run(agent, config, lambda: 7 in suite.outputs)
        assert item_state(suite, TASK_7) == LOST

    play(tmp_path, scenario)


# Stopping, warnings, one journal


def test_serve__finishes_what_runs_when_it_is_told_to_stop(tmp_path, agent, runs):
    async def scenario(suite):
        suite.open_request(1, b"slow")
        config = suite.config(grace_s=0.05)
        await suite.run(agent, config, lambda: bool(runs))
        with JournalReader(config.state_dir) as reader:
            assert reader.find(*REQUEST_1).state not in (LOST, COMPUTED)

    play(tmp_path, scenario)


def test_upkeep__warns_once_and_fetches_what_is_owed(tmp_path, agent, caplog):
    async def scenario(suite):
        suite.balance, suite.owed = 10**20, 10**24
        caplog.set_level("INFO", "sealwright_agents")
        await suite.run(agent, suite.config(), lambda: suite.calls("withdraw") == 1)
        suite.time_ms += 600_000
        await suite.run(agent, suite.config(), lambda: True)

    play(tmp_path, scenario)
    low = [record.fields for record in caplog.records if record.message == "running_low"]
    assert {"what": "balance", "amount": str(10**20), "least": str(10**24)} in low


def test_journal__holds_bytes_that_anyone_can_hash_again(tmp_path, agent):
    from sealwright_agents.export import export_item

    async def scenario(suite):
        suite.open_request(1, b"hello")
        await suite.run(agent, suite.config(), lambda: item_state(suite, REQUEST_1) == SETTLED)

    play(tmp_path, scenario)
    export_item(tmp_path / "state", REQUEST, 1, None, tmp_path / "out")
    work = json.loads((tmp_path / "out" / "work.json").read_text())
    for name in ("input", "output", "receipt", "signature", "evidence-model-request"):
        content = (tmp_path / "out" / f"{name}.bin").read_bytes()
        assert work["sha256"][name] == sha256(content).hex()
    assert work["transactions"][0]["step"] == "respond-0"
