"""Traces: JSON by its schema, arguments by ABI, inputs, changes, text."""

import base64
import io
import json
from typing import Any

import jsonschema
import pytest
from sealwright_sandbox import NEAR, TGAS, Account, CallFailed, Sandbox, faults
from sealwright_sandbox.faults import FaultPlan, Rule
from sealwright_sandbox.trace import Abi, Trace, read_schema

U32 = {"declaration": "u32", "definitions": {}}
PAIR = {
    "declaration": "Pair",
    "definitions": {
        "Pair": {"Struct": [["left", "u64"], ["right", "Option<string>"]]},
        "Option<string>": {"Enum": [["None", "nil"], ["Some", "string"]]},
    },
}
ABI = {
    "schema_version": "0.4.0",
    "body": {
        "functions": [
            {
                "name": "echo",
                "kind": "view",
                "params": {
                    "serialization_type": "borsh",
                    "args": [{"name": "count", "type_schema": U32}, {"name": "pair", "type_schema": PAIR}],
                },
                "result": {"serialization_type": "borsh", "type_schema": U32},
            },
            {"name": "put", "kind": "call", "params": {"serialization_type": "json", "args": []}},
        ]
    },
}
BORSH = (7).to_bytes(4, "little") + (2**60).to_bytes(8, "little") + b"\x01\x02\x00\x00\x00hi"


def checked(trace: Trace) -> dict[str, Any]:
    jsonschema.validate(trace.data, read_schema())
    assert json.loads(trace.to_json()) == trace.data
    return trace.data


def failing(client: Account, method: str, **options: Any) -> Trace:
    with pytest.raises(CallFailed) as failed:
        client.call("tiny.near", method, **options)
    return failed.value.outcome.trace()


def by_method(trace: Trace, method: str) -> dict[str, Any]:
    return next(
        receipt
        for receipt in trace.receipts
        if any(action.get("method") == method for action in receipt["actions"])
    )


def test_trace__has_everything_of_a_call(sandbox: Sandbox, client: Account, contract: Account) -> None:
    client.call("tiny.near", "put", b"1")
    client_before, contract_before = client.balance, contract.balance
    outcome = client.call("tiny.near", "put", {"b": 2}, deposit=NEAR, gas=30 * TGAS)
    trace = outcome.trace()
    data = checked(trace)

    transaction = data["transaction"]
    assert (transaction["hash"], transaction["signer_id"]) == (outcome.hash, "client.near")
    assert transaction["block"]["height"] == sandbox.block_height - 2
    assert transaction["balances"][0]["before"] == str(client_before)
    assert data["totals"]["gas_burnt"] == outcome.gas_burnt
    assert data["totals"]["tokens_burnt"] == str(outcome.tokens_burnt)
    assert (data["finished"], data["complete"], data["result"]["status"]) == (True, True, "succeeded")

    put, refund = trace.receipts
    [action] = put["actions"]
    assert (action["method"], action["deposit"], action["gas"]) == ("put", str(NEAR), 30 * TGAS)
    assert action["args"]["decoded"] == {"b": 2}
    assert put["gas"]["attached"] == 30 * TGAS
    host = {cost["name"]: cost["gas"] for cost in put["gas"]["profile"]}
    assert host["storage_write_base"] > 0
    assert sum(host.values()) < put["gas"]["burnt"]
    [written] = [change for change in put["changes"] if change["record"] == "data"]
    assert written["key"]["decoded"] == "entry"
    assert (written["before"]["decoded"], written["after"]["decoded"]) == (1, {"b": 2})
    [balance] = put["balances"]
    assert balance == {
        "account_id": "tiny.near",
        "before": str(contract_before),
        "after": str(contract.balance),
    }
    assert (refund["kind"], refund["receiver_id"]) == ("refund", "client.near")
    assert refund["balances"][0]["after"] == str(client.balance)


def test_abi__reads_borsh_and_json(sandbox: Sandbox, client: Account, contract: Account) -> None:
    client.call("tiny.near", "put", b"1")
    sandbox.abis["tiny.near"] = ABI
    trace = client.call("tiny.near", "echo", BORSH).trace()
    args = by_method(trace, "echo")["actions"][0]["args"]
    assert (args["encoding"], args["abi"]) == ("borsh", True)
    assert args["decoded"] == {"count": 7, "pair": {"left": str(2**60), "right": {"Some": "hi"}}}
    # What came back is longer than the ABI's u32: it is guessed.
    assert trace.data["result"]["value"]["abi"] is False
    returned = client.call("tiny.near", "echo", (9).to_bytes(4, "little"))
    assert returned.trace().data["result"]["value"]["decoded"] == 9
    assert client.call("tiny.near", "put", b"[1]").trace().receipts[0]["actions"][0]["args"]["abi"]
    other = Abi({"body": {"functions": []}})
    assert not returned.trace(abis={"tiny.near": other}).data["result"]["value"]["abi"]
    checked(trace)


def test_deploy__takes_the_abi(sandbox: Sandbox, client: Account, tiny: bytes) -> None:
    sandbox.create_account("tiny").deploy(tiny, abi=ABI)
    trace = client.call("tiny.near", "echo", BORSH).trace()
    assert by_method(trace, "echo")["actions"][0]["args"]["abi"]
    with pytest.raises(ValueError, match="not a NEAR ABI"):
        sandbox.abis["tiny.near"] = {"body": {}}


@pytest.mark.parametrize(
    ("raw", "encoding", "decoded"),
    [
        (b"", "empty", None),
        (b'{"a":1}', "json", {"a": 1}),
        (b"plain words", "text", "plain words"),
        (b"\x00\xff", "hex", "00ff"),
    ],
)
def test_arguments__without_abi_are_guessed(
    client: Account, contract: Account, raw: bytes, encoding: str, decoded: object
) -> None:
    trace = client.call("tiny.near", "echo", raw).trace()
    args = by_method(trace, "echo")["actions"][0]["args"]
    assert (args["encoding"], args["decoded"]) == (encoding, decoded)
    assert base64.b64decode(args["base64"]) == raw


def test_callback__shows_what_it_got(client: Account, contract: Account) -> None:
    trace = client.call("tiny.near", "ask", {"n": 5}).trace()
    checked(trace)
    booked, echo = by_method(trace, "booked"), by_method(trace, "echo")
    [got] = booked["inputs"]
    assert (got["kind"], got["succeeded"], got["source"]) == ("promise", True, echo["id"])
    assert got["value"]["decoded"] == {"n": 5}
    assert booked["kind"] == "callback"
    assert trace.data["result"]["value"]["decoded"] == {"n": 5}
    assert trace.receipts[0]["result"]["kind"] == "receipt"


def test_callback__shows_a_failure(sandbox: Sandbox, client: Account, contract: Account) -> None:
    with sandbox.faults.use(FaultPlan([Rule(faults.fail("NO: thanks"), method="echo")])):
        trace = failing(client, "ask")
    checked(trace)
    assert by_method(trace, "booked")["inputs"][0]["succeeded"] is False
    echo = by_method(trace, "echo")
    assert (echo["result"]["failure"]["code"], echo["result"]["failure"]["action_index"]) == ("NO", 0)
    assert trace.data["result"]["status"] == "failed"


def test_faults_and_mocks__are_shown(sandbox: Sandbox, client: Account, contract: Account) -> None:
    with sandbox.faults.use(FaultPlan([Rule(faults.delay(3), receiver_id="callee.near")])):
        with sandbox.mock("callee.near", "echo", returns="mocked"):
            trace = client.call("tiny.near", "forward", {}).trace()
        data = checked(trace)
    echo = by_method(trace, "echo")
    assert echo["mocked"]
    assert [fault["fault"] for fault in echo["faults"]] == [faults.delay(3)]
    assert data["result"]["value"]["decoded"] == "mocked"
    assert "answered by a mock" in trace.text()
    assert "fault: delay (possible on NEAR)" in trace.text()


def test_yield__waits_and_is_answered(sandbox: Sandbox, client: Account, contract: Account) -> None:
    pending = client.submit("tiny.near", "wait")
    sandbox.produce_blocks(3)
    so_far = pending.so_far()
    assert so_far is not None
    waiting = so_far.trace()
    assert checked(waiting)["finished"] is False
    callback = by_method(waiting, "answered")
    created = waiting.receipts[0]["block"]["height"]
    assert (callback["state"], callback["kind"]) == ("yield", "yield")
    assert callback["timeout_height"] == created + 200
    assert "waiting for its answer" in waiting.text()

    answer = client.call("tiny.near", "answer")
    sandbox.produce_blocks(2)
    done = pending.outcome()
    assert done is not None
    [got] = by_method(done.trace(), "answered")["inputs"]
    assert (got["kind"], got["value"]["decoded"], got["tx_hash"]) == ("resume", "yes", answer.hash)


def test_yield__that_timed_out_says_so(sandbox: Sandbox, client: Account, contract: Account) -> None:
    pending = client.submit("tiny.near", "wait")
    sandbox.produce_blocks(210)
    outcome = pending.outcome()
    assert outcome is not None
    checked(outcome.trace())
    [got] = by_method(outcome.trace(), "answered")["inputs"]
    assert (got["kind"], got["succeeded"]) == ("timeout", False)
    assert "got: the timeout" in outcome.trace().text()


def test_effects__of_accounts_keys_and_code(sandbox: Sandbox, client: Account, tiny: bytes) -> None:
    batch = client.batch("child.client.near").create_account().transfer(5 * NEAR)
    trace = batch.add_key(client.public_key).deploy(tiny).send().trace()
    checked(trace)
    kinds = [effect["kind"] for effect in trace.receipts[0]["effects"]]
    assert kinds == ["account_created", "key_added", "code_deployed"]
    [code] = [change for change in trace.receipts[0]["changes"] if change["record"] == "code"]
    assert code["after"]["size"] == len(tiny)
    gone = sandbox.account("child.client.near").with_key(client.secret_key).delete("client.near").trace()
    checked(gone)
    assert gone.receipts[0]["effects"][0]["kind"] == "account_deleted"
    [balance] = gone.receipts[0]["balances"]
    assert balance["after"] is None


def test_delegate__shows_what_it_carries(sandbox: Sandbox, client: Account, contract: Account) -> None:
    relayer = sandbox.create_account("relayer")
    signed = client.batch("tiny.near").function_call("echo", {"d": 1}).sign_delegate()
    trace = relayer.batch("client.near").delegate(signed).send().trace()
    checked(trace)
    inner = trace.data["transaction"]["actions"][0]["actions"][0]
    assert (inner["method"], inner["args"]["decoded"]) == ("echo", {"d": 1})


def test_events__are_decoded(client: Account, contract: Account) -> None:
    trace = client.call("tiny.near", "shout").trace()
    receipt = by_method(trace, "shout")
    assert receipt["logs"][0] == "hello"
    assert receipt["events"][0]["event"] == "shouted"
    assert 'event: shouted [{"loud": true}]' in trace.text()


def test_impersonated__is_marked(sandbox: Sandbox) -> None:
    trace = sandbox.impersonate("near").transfer("sandbox", NEAR).trace()
    assert checked(trace)["transaction"]["impersonated"]


def test_rolled_back__keeps_what_the_outcome_knows(
    sandbox: Sandbox, client: Account, contract: Account
) -> None:
    snapshot = sandbox.snapshot()
    outcome = client.call("tiny.near", "ask", {"n": 5})
    sandbox.rollback(snapshot)
    trace = outcome.trace()
    data = checked(trace)
    assert (data["complete"], data["finished"]) == (False, True)
    assert by_method(trace, "booked")["inputs"][0]["value"]["decoded"] == {"n": 5}
    assert trace.receipts[0]["changes"] == []
    assert outcome.tree().startswith("✓ client.near → tiny.near  ask")


def test_local_receipt__is_the_transaction(sandbox: Sandbox, contract: Account) -> None:
    trace = contract.call("tiny.near", "echo", {"own": True}).trace()
    checked(trace)
    assert trace.receipts[0]["actions"][0]["args"]["decoded"] == {"own": True}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_text__tells_all_and_the_tree_is_its_short_form(client: Account, contract: Account) -> None:
    outcome = client.call("tiny.near", "put", {"deep": True}, deposit=NEAR)
    text = outcome.trace().text()
    for part in (
        'args: {"deep": true}',
        "state of tiny.near: entry: nothing →",
        "balance of",
        "gas: ",
        " of 100 Tgas",
    ):
        assert part in text
    short = outcome.tree().splitlines()
    assert len(short) == 2
    assert set(short) < set(text.splitlines())


def test_print__colors_terminals_only(
    client: Account, contract: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = client.call("tiny.near", "put", b"1").trace()
    plain, terminal = io.StringIO(), Terminal()
    trace.print(plain)
    trace.print(terminal)
    assert "\033[" not in plain.getvalue()
    assert "\033[" in terminal.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    silent = Terminal()
    trace.print(silent)
    assert silent.getvalue() == plain.getvalue()
