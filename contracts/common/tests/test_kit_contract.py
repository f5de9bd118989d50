"""The kit end to end on CPython: a contract is called by the wire."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from common.shim.chain import Panic
from common.shim.harness import Contract

HERE = Path(__file__).parent


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> Contract:
    monkeypatch.syspath_prepend(str(HERE))
    contract = Contract("sample", root=HERE)
    contract.call("new", {"owner_id": "owner.near"})
    return contract


def arguments(**changes: Any) -> dict[str, Any]:
    good = {
        "amount": "340282366920938463463374607431768211455",
        "until_ms": 2**53 - 1,
        "digest": hashlib.sha256(b"x").hexdigest(),
        "key": "ed25519:11111111111111111111111111111111",
        "lines": [{"label": "a", "amount": "1"}, {"label": "b", "amount": "2"}],
    }
    return {name: value for name, value in {**good, **changes}.items() if value != "absent"}


def test_call__keeps_state_emits_and_answers(sample: Contract) -> None:
    done = sample.call("write_note", {"text": "hé"}, predecessor="author.near", deposit=5)
    assert done.value == 0
    assert done.events == [
        {
            "standard": "sample",
            "version": "1.0.0",
            "event": "note_written",
            "data": [{"note_id": 0, "paid": "5"}],
        }
    ]
    shown = {"note_id": 0, "author_id": "author.near", "paid": "5", "text": "hé"}
    assert sample.view("get_note", {"note_id": 0}) == shown
    assert sample.view("get_note", {"note_id": 1}) is None


def test_view__decodes_every_type(sample: Contract) -> None:
    shown = sample.view("check", arguments(extra="AQI=", loud=True))
    assert shown["amount"] == str(2**128 - 1)
    assert shown["total"] == "3"
    assert shown["extra"] == "0102"
    assert shown["key"] == "00" * 32
    assert (shown["proof"], shown["loud"]) == (False, True)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"amount": "absent"}, "amount: missing"),
        ({"other": 1}, "other: unknown"),
        ({"amount": 5}, "amount: not a string"),
        ({"amount": str(2**128)}, "amount: not a u128 in decimal digits"),
        ({"amount": "-1"}, "amount: not a u128 in decimal digits"),
        ({"until_ms": 2**53}, "until_ms: out of range"),
        ({"until_ms": -1}, "until_ms: out of range"),
        ({"until_ms": 1.5}, "until_ms: not an integer"),
        ({"digest": "AB" * 32}, "digest: not 32 bytes in lowercase hex"),
        ({"key": "ed25519:1111"}, "key: not an Ed25519 key"),
        ({"lines": [{"label": "a", "amount": "1"}] * 5}, "lines: too many items"),
        ({"lines": [{"label": "a"}]}, "lines.amount: missing"),
        ({"proof": "AQI="}, "proof: not 64 bytes"),
        ({"extra": "AQI"}, "extra: not Base64"),
        ({"loud": 1}, "loud: not true or false"),
    ],
)
def test_call__refuses_wrong_arguments(sample: Contract, changes: dict[str, Any], text: str) -> None:
    with pytest.raises(Panic) as refused:
        sample.call("check", arguments(**changes))
    assert str(refused.value) == "BAD_ARGUMENT: " + text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b'{"note_id": 1', "arguments: invalid JSON"),
        (b'{"note_id": 1} x', "arguments: invalid JSON"),
        (b'{"note_id": 1, "note_id": 1}', "note_id: duplicate"),
        (b'{"note_id": "\xff"}', "arguments: not UTF-8"),
        (b"[1]", "arguments: not an object"),
        (b"", "note_id: missing"),
        (b'{"\\u0000": 1}', "arguments: unknown name"),
    ],
)
def test_call__refuses_what_is_not_its_json(sample: Contract, data: bytes, text: str) -> None:
    with pytest.raises(Panic) as refused:
        sample.call("get_note", data)
    assert str(refused.value) == "BAD_ARGUMENT: " + text


def test_call__undoes_a_refused_call(sample: Contract) -> None:
    before, balance = dict(sample.chain.storage), sample.chain.balance
    with pytest.raises(Panic, match="NOTE_UNKNOWN: no note has this id: 7"):
        sample.call("remove_note", {"note_id": 7})
    with pytest.raises(Panic) as refused:
        sample.call("remove_note", {"note_id": 7}, deposit=1)
    assert refused.value.code == "NOT_PAYABLE"
    assert (sample.chain.storage, sample.chain.balance) == (before, balance)


def test_init__runs_once_and_comes_first(sample: Contract) -> None:
    with pytest.raises(Panic, match="ALREADY_INITIALISED"):
        sample.call("new", {"owner_id": "attacker.near"})
    sample.chain.storage.clear()
    with pytest.raises(Panic, match="NOT_INITIALISED"):
        sample.call("write_note", {"text": "a"})
    with pytest.raises(Panic, match="NOT_INITIALISED"):
        sample.call("hand_over", {"owner_id": "attacker.near"}, deposit=1)


def test_guards__hold(sample: Contract) -> None:
    with pytest.raises(Panic, match="NOT_OWNER"):
        sample.call("hand_over", {"owner_id": "attacker.near"}, predecessor="attacker.near", deposit=1)
    with pytest.raises(Panic, match="ONE_YOCTO"):
        sample.call("hand_over", {"owner_id": "next.near"}, predecessor="owner.near")
    with pytest.raises(Panic, match="NOT_ENOUGH_GAS: the call needs more gas: at least 5 Tgas"):
        sample.call("hand_over", {"owner_id": "next.near"}, predecessor="owner.near", deposit=1, gas=1)
    with pytest.raises(Panic, match="SELF_ONLY"):
        sample.call("on_answer", results=[b""])
    with pytest.raises(Panic, match="SELF_ONLY"):
        sample.callback("on_answer")
    sample.call("hand_over", {"owner_id": "next.near"}, predecessor="owner.near", deposit=1)
    sample.call("hand_over", {"owner_id": "last.near"}, predecessor="next.near", deposit=1)


def test_promises__are_recorded_and_answered(sample: Contract) -> None:
    done = sample.call("ask", {"account_id": "other.near"}, deposit=1)
    asked, answered = done.promises
    assert (asked.account_id, asked.actions[0].method, asked.actions[0].gas) == (
        "other.near",
        "speak",
        5 * 10**12,
    )
    assert (answered.account_id, answered.after, done.returned_promise) == ("contract.near", (0,), 1)
    assert sample.callback("on_answer", b"{}", b'"yes"').value is True
    assert sample.callback("on_answer", b"{}", None).value is False


def test_call__passes_raw_bytes(sample: Contract) -> None:
    assert sample.call("echo", b"\x00\xff").raw == b"\x00\xff"
