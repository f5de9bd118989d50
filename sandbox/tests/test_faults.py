"""Faults: each kind, what it leaves behind, rules, snapshots, possibility."""

from pathlib import Path

import pytest
from sealwright_sandbox import NEAR, TGAS, Account, CallFailed, Sandbox, SandboxMisused, faults
from sealwright_sandbox.faults import FaultPlan, Rule

ARGS = {"deep": True}


def plan(fault: faults.Fault, **when: object) -> FaultPlan:
    return FaultPlan([Rule(fault, **when)])  # type: ignore[arg-type]


def code_of(client: Account, method: str, args: object = None, **options: int) -> str:
    with pytest.raises(CallFailed) as failed:
        client.call("tiny.near", method, args, **options)  # type: ignore[arg-type]
    return failed.value.code


def test_fail__gives_the_deposit_back_and_keeps_every_token(
    sandbox: Sandbox, client: Account, contract: Account
) -> None:
    before = client.balance
    with (
        sandbox.faults.use(plan(faults.fail("DOWN: for repairs"), receiver_id="tiny.near")) as run,
        pytest.raises(CallFailed, match="DOWN: for repairs") as failed,
    ):
        client.call("tiny.near", "put", b"1", deposit=NEAR)

    assert failed.value.code == "DOWN"
    assert client.balance == before - failed.value.outcome.tokens_burnt
    assert sandbox.storage("tiny.near") == {}
    assert [(fired.rule, fired.receiver_id, fired.possible) for fired in run.fired] == [
        (0, "tiny.near", True)
    ]
    sandbox.total_supply_check()
    client.call("tiny.near", "put", b"1")


def test_fail__takes_any_of_nearcores_errors(sandbox: Sandbox, client: Account, contract: Account) -> None:
    error = {"AccountDoesNotExist": {"account_id": "callee.near"}}
    with sandbox.faults.use(plan(faults.fail(error=error), receiver_id="callee.near")):
        assert code_of(client, "forward", ARGS) == "ACCOUNT_DOES_NOT_EXIST"


def test_starve__leaves_a_callback_without_gas(sandbox: Sandbox, client: Account, contract: Account) -> None:
    with sandbox.faults.use(plan(faults.starve(), method="booked")) as run:
        assert code_of(client, "ask", ARGS) == "GAS_EXCEEDED"
    assert [fired.possible for fired in run.fired] == [False], "a callback has its own gas"
    assert sandbox.storage("tiny.near") == {}
    sandbox.total_supply_check()


@pytest.mark.parametrize(
    ("fault", "code"),
    [(faults.cut_gas, "GAS_EXCEEDED"), (faults.trap, "EXECUTION_ERROR")],
)
def test_host_calls__end_a_call_where_the_plan_says(
    sandbox: Sandbox, client: Account, contract: Account, fault: object, code: str
) -> None:
    whole = client.call("tiny.near", "put", b"1").gas_burnt
    assert callable(fault)
    burnt = []
    for nth in (1, 2):
        with sandbox.faults.use(plan(fault(nth), method="put")) as run:
            with pytest.raises(CallFailed) as failed:
                client.call("tiny.near", "put", b"2")
            assert failed.value.code == code
        assert len(run.fired) == 1
        burnt.append(failed.value.outcome.gas_burnt)
    # `put` makes two host calls: input, storage_write.
    assert burnt[0] < burnt[1] < whole
    with sandbox.faults.use(plan(fault(3), method="put")) as run:
        client.call("tiny.near", "put", b"2")
    assert run.fired == []
    assert "host calls" in run.unfinished[0].reason
    assert sandbox.storage("tiny.near") == {b"entry": b"2"}
    sandbox.total_supply_check()


def test_refuse_transfer__finds_no_beneficiary(sandbox: Sandbox, client: Account, contract: Account) -> None:
    sandbox.create_account("heir", balance=NEAR)
    before = contract.balance
    with sandbox.faults.use(plan(faults.refuse_transfer(), receiver_id="heir.near")):
        assert code_of(client, "pay", deposit=2 * NEAR) == "ACCOUNT_DOES_NOT_EXIST"
    assert contract.balance > before + NEAR, "a refused payment comes back to who sent it"
    sandbox.total_supply_check()
    client.call("tiny.near", "pay", deposit=2 * NEAR)
    assert sandbox.account("heir.near").balance == 3 * NEAR


def test_refused_refund__is_burnt(sandbox: Sandbox, client: Account, contract: Account) -> None:
    with sandbox.faults.use(plan(faults.refuse_transfer(), receipt="refund")) as run:
        before = client.balance
        with pytest.raises(CallFailed) as failed:
            client.call("tiny.near", "refuse", deposit=NEAR)
    assert before - client.balance > NEAR
    assert [fired.possible for fired in run.fired] == [False, False], "deposit and gas"
    assert len(failed.value.outcome.failures) == 3
    sandbox.total_supply_check()


def test_delay__keeps_a_pair_in_order(sandbox: Sandbox, client: Account, contract: Account) -> None:
    rule = plan(faults.delay(5), receiver_id="tiny.near", nth=1)
    with sandbox.faults.use(rule) as run:
        first = client.submit("tiny.near", "put", b"1")
        second = client.submit("tiny.near", "put", b"2")
        sandbox.produce_blocks(4)
        assert len(run.held) == 2
        sandbox.total_supply_check()
        assert sandbox.storage("tiny.near") == {}
        sandbox.produce_blocks(5)
    for pending in (first, second):
        outcome = pending.outcome()
        assert outcome is not None
    assert sandbox.view("tiny.near", "get") == 2
    assert len(run.fired) == 1


def test_delay__of_a_call_is_waited_for(sandbox: Sandbox, client: Account, contract: Account) -> None:
    height = sandbox.block_height
    with sandbox.faults.use(plan(faults.delay(30), receiver_id="callee.near")):
        assert client.call("tiny.near", "forward", ARGS).value == ARGS
    assert sandbox.block_height > height + 30


def test_delayed__receipts_arrive_when_the_plan_ends(
    sandbox: Sandbox, client: Account, contract: Account
) -> None:
    with sandbox.faults.use(plan(faults.delay(1000), receiver_id="tiny.near")):
        pending = client.submit("tiny.near", "put", b"1")
        sandbox.produce_blocks(3)
    assert pending.outcome() is None
    sandbox.produce_blocks(3)
    assert pending.outcome() is not None


def test_time_out_early__ends_a_yield(sandbox: Sandbox, client: Account, contract: Account) -> None:
    with sandbox.faults.use(plan(faults.time_out_early(3))) as run:
        pending = client.submit("tiny.near", "wait")
        sandbox.produce_blocks(8)
    outcome = pending.outcome()
    assert outcome is not None
    assert not outcome.succeeded
    assert [fired.possible for fired in run.fired] == [False]
    sandbox.produce_blocks(210)
    sandbox.total_supply_check()


def test_resume_late__comes_after_the_timeout(sandbox: Sandbox, client: Account, contract: Account) -> None:
    pending = client.submit("tiny.near", "wait")
    sandbox.produce_blocks(2)
    with sandbox.faults.use(plan(faults.resume_late())) as run:
        answer = client.submit("tiny.near", "answer")
        sandbox.produce_blocks(10)
        assert answer.outcome() is not None, "the contract was told that its answer is on the way"
        assert pending.outcome() is None
        assert len(run.held) == 1
        sandbox.produce_blocks(200)
    outcome = pending.outcome()
    assert outcome is not None
    assert not outcome.succeeded, "the callback saw the timeout"
    assert run.held == []
    sandbox.total_supply_check()


def test_rules__count_select_and_limit(sandbox: Sandbox, client: Account, contract: Account) -> None:
    second = Rule(faults.fail(), receiver_id="tiny.near", method="put", nth=2)
    with sandbox.faults.use(FaultPlan([second])) as run:
        client.call("tiny.near", "echo", ARGS)
        client.call("tiny.near", "put", b"1")
        assert code_of(client, "put", b"2") == "FAULT_INJECTED"
        client.call("tiny.near", "put", b"3")
    assert len(run.fired) == 1

    twice = Rule(faults.fail(), predecessor_id="client.near", times=2)
    never = Rule(faults.fail(), receiver_id="ghost.near")
    with sandbox.faults.use(FaultPlan([twice, never])) as run:
        for _ in range(2):
            assert code_of(client, "echo", ARGS) == "FAULT_INJECTED"
        client.call("tiny.near", "echo", ARGS)
    assert [(left.rule, left.reason) for left in run.unfinished] == [(1, "no receipt matched")]


def test_heights__bound_a_rule(sandbox: Sandbox, client: Account, contract: Account) -> None:
    bound = sandbox.block_height + 20
    with sandbox.faults.use(plan(faults.fail(), receiver_id="tiny.near", from_height=bound)):
        client.call("tiny.near", "echo", ARGS)
        sandbox.produce_blocks(20)
        assert code_of(client, "echo", ARGS) == "FAULT_INJECTED"


def test_chance__is_the_seeds(sandbox: Sandbox, client: Account, contract: Account) -> None:
    start = sandbox.snapshot()

    def struck(seed: int) -> list[bool]:
        sandbox.rollback(start)
        rule = Rule(faults.fail(), receiver_id="tiny.near", chance_permille=500)
        with sandbox.faults.use(FaultPlan([rule], seed=seed)) as run:
            results = []
            for _ in range(16):
                before = len(run.fired)
                client.batch("tiny.near").function_call("echo", ARGS).submit()
                sandbox.produce_blocks(3)
                results.append(len(run.fired) > before)
        return results

    assert struck(1) == struck(1) != struck(2)
    assert len(set(struck(1))) == 2


def test_only_possible__leaves_out_what_near_would_not_do(
    sandbox: Sandbox, client: Account, contract: Account
) -> None:
    rule = Rule(faults.starve(), method="booked")
    with sandbox.faults.use(FaultPlan([rule], only_possible=True)) as run:
        assert client.call("tiny.near", "ask", ARGS).value == ARGS
    assert run.fired == []
    assert "NEAR" in run.unfinished[0].reason


def test_implicit_beneficiary__cannot_vanish(sandbox: Sandbox, client: Account) -> None:
    with sandbox.faults.use(FaultPlan([Rule(faults.refuse_transfer())], only_possible=True)) as run:
        client.transfer("aa" * 32, NEAR)
    assert run.fired == []


def test_rollback__restores_the_plan(sandbox: Sandbox, client: Account, contract: Account) -> None:
    before = sandbox.snapshot()
    run = sandbox.faults.install(plan(faults.fail(), receiver_id="tiny.near", nth=2))
    client.call("tiny.near", "echo", ARGS)
    armed = sandbox.snapshot()
    for _ in range(2):
        assert code_of(client, "echo", ARGS) == "FAULT_INJECTED"
        assert len(run.fired) == 1
        sandbox.rollback(armed)
        assert run.fired == []
    sandbox.rollback(before)
    client.call("tiny.near", "echo", ARGS)
    client.call("tiny.near", "echo", ARGS)


def test_plan__is_data() -> None:
    rules = [
        Rule(faults.fail("A: b"), receiver_id="a.near", nth=2, times=1),
        Rule(faults.delay(3), receipt="callback", chance_permille=10),
        Rule(faults.cut_gas(7), method="m", action="FunctionCall", from_height=1, to_height=9),
    ]
    whole = FaultPlan(tuple(rules), seed=7, only_possible=True)
    assert FaultPlan.from_json(whole.to_json()) == whole


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (Rule(faults.cut_gas(0)), "counted from 1"),
        (Rule(faults.delay(0)), "at least 1"),
        (Rule(faults.fail(), nth=0), "counts from 1"),
        (Rule({"kind": "explode"}), "explode"),
        (Rule(faults.fail(), chance_permille=1001), "1000"),
    ],
)
def test_plan__that_makes_no_sense_is_refused(sandbox: Sandbox, rule: Rule, message: str) -> None:
    with pytest.raises(SandboxMisused, match=message):
        sandbox.faults.install(FaultPlan([rule]))


def test_home__refuses_interventions(tmp_path: Path) -> None:
    with Sandbox(home=tmp_path) as kept:
        with pytest.raises(SandboxMisused, match="home"):
            kept.faults.install(FaultPlan([Rule(faults.fail())]))
        with pytest.raises(SandboxMisused, match="home"):
            kept.mock("near", "anything", returns=1)
        with pytest.raises(SandboxMisused, match="home"):
            kept.impersonate("near").transfer("sandbox", NEAR)


def test_kinds__say_what_is_possible(sandbox: Sandbox) -> None:
    assert "time_out_early" not in sandbox.faults.possible
    assert "delay" in sandbox.faults.possible
    assert {kind.possible for kind in sandbox.faults.kinds} == {"always", "sometimes", "never"}


def test_every_fault__keeps_every_token(sandbox: Sandbox, client: Account, contract: Account) -> None:
    sandbox.create_account("heir", balance=NEAR)
    start = sandbox.snapshot()
    tried: list[faults.Fault] = [
        faults.fail(),
        faults.starve(5 * TGAS),
        faults.cut_gas(2),
        faults.trap(2),
        faults.refuse_transfer(),
        faults.delay(4),
        faults.time_out_early(2),
        faults.resume_late(),
    ]
    for fault in tried:
        sandbox.rollback(start)
        with sandbox.faults.use(FaultPlan([Rule(fault)])) as run:
            for method in ("ask", "pay", "put", "refuse", "wait"):
                client.batch("tiny.near").function_call(method, b"1", deposit=NEAR).submit()
            sandbox.produce_blocks(6)
            client.submit("tiny.near", "answer")
            for _ in range(4):
                sandbox.produce_blocks(5)
                sandbox.total_supply_check()
            assert run.fired, f"{fault['kind']} never struck"
        sandbox.produce_blocks(220)
        sandbox.total_supply_check()
