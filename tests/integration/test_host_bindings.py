"""Every function of `_host` on NEAR's VM: what it returns, and that bad arguments never reach the host."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from sealwright_protocol import borsh
from sealwright_sandbox import NEAR, TGAS, CallFailed

from tests.integration.probe import Probe, compile_probe

MORE = """
class More:
    promise = None

    def refused(function, *args):
        try:
            function(*args)
        except (TypeError, ValueError) as error:
            return type(error).__name__
        return "accepted"

    def bad_arguments():
        calls = [
            (_host.sha256, "text"),
            (_host.storage_read, "text"),
            (_host.storage_write, b"k", 5),
            (_host.promise_batch_create, 5),
            (_host.promise_create, "a.near", "m", "text", 0, 1),
            (_host.promise_create, "a.near", "m", b"", -1, 1),
            (_host.promise_create, "a.near", "m", b"", 1 << 128, 1),
            (_host.promise_create, "a.near", "m", b"", 0, 1 << 64),
            (_host.promise_create, "a.near", "m", b"", True, 1),
            (_host.batch_transfer, 0, None),
            (_host.promise_and, 7),
            (_host.promise_result, 9),
            (_host.ed25519_verify, b"", b"", "key"),
        ]
        return [More.refused(*call) for call in calls]

    def pay_and_call(account, amount, method, args):
        first = _host.promise_batch_create(account)
        _host.batch_transfer(first, amount)
        second = _host.promise_create(_host.current_account(), method, args, 0, 5000000000000)
        both = _host.promise_and([first, second])
        then = _host.promise_then(both, _host.current_account(), "resumed", b"", 0, 5000000000000)
        _host.promise_return(then)
        return "a promise is the result"

    def new_account(account, key):
        batch = _host.promise_batch_create(account)
        _host.batch_create_account(batch)
        _host.batch_transfer(batch, 2 * 10**24)
        _host.batch_add_full_access_key(batch, key, 0)
        _host.batch_add_function_call_key(batch, key[:1] + bytes(32), 0, 10**24, "probe.near", "invoke,cross")
        _host.batch_delete_key(batch, key)
        after = _host.promise_batch_then(batch, _host.current_account())
        _host.batch_function_call(after, "resumed", b"", 0, 5000000000000, 1)
        _host.promise_return(after)
        return "a promise is the result"

    def deploy_and_delete(account, code):
        batch = _host.promise_batch_create(account)
        _host.batch_create_account(batch)
        _host.batch_deploy_contract(batch, code)
        _host.batch_delete_account(batch, _host.current_account())
        _host.promise_return(batch)
        return "a promise is the result"

    def wait():
        promise, data_id = _host.yield_create("resumed", b"", 10000000000000, 1)
        _host.storage_write(b"waiting", data_id)
        _host.promise_return(promise)
        return "a promise is the result"

    def wake(payload):
        return _host.yield_resume(_host.storage_read(b"waiting"), payload)

    def wake_by(data_id, payload):
        return _host.yield_resume(data_id, payload)
"""


@pytest.fixture(scope="module")
def probe() -> Probe:
    return Probe(compile_probe(MORE))


def test_context(probe: Probe) -> None:
    assert probe.call("host.predecessor") == probe.call("host.signer") == "caller.near"
    assert probe.call("host.current_account") == "probe.near"
    assert probe.call("host.chain_id") == probe.sandbox.chain_id
    assert probe.call("host.deposit", deposit=3 * NEAR + 1) == 3 * NEAR + 1
    assert probe.call("host.balance") > NEAR
    assert probe.call("host.locked_balance") == 0
    assert probe.call("host.prepaid_gas", gas=40 * TGAS) == 40 * TGAS
    assert 0 < probe.call("host.used_gas") < TGAS
    assert probe.call("host.storage_usage") > 100_000
    assert len(probe.call("host.random_seed")) == 32
    assert probe.call("host.signer_key")[0] == 0
    height = probe.call("host.block_height")
    assert 0 < height <= probe.sandbox.block_height
    assert probe.call("host.block_ns") > 10**18
    assert probe.call("host.epoch_height") >= 0


def test_hashes(probe: Probe) -> None:
    assert probe.view("host.sha256", "b", b"abc") == hashlib.sha256(b"abc").digest()
    assert probe.view("host.keccak256", "b", b"").hex().startswith("c5d2460186f7233c")


def test_storage(probe: Probe) -> None:
    key, value = b"\0key", b"\xff" * 300
    assert probe.call("host.storage_read", "b", key) is None
    assert probe.call("host.storage_write", "bb", key, value) is False
    assert probe.call("host.storage_write", "bb", key, value) is True
    assert probe.call("host.storage_has", "b", key) is True
    assert probe.call("host.storage_read", "b", key) == value
    assert probe.call("host.storage_remove", "b", key) is True
    assert probe.call("host.storage_remove", "b", key) is False


def test_signatures__wrong_lengths_are_false(probe: Probe) -> None:
    for sizes in [(63, 32), (64, 31), (0, 0), (65, 33)]:
        assert probe.view("host.ed25519_verify", "bbb", bytes(sizes[0]), b"m", bytes(sizes[1])) is False
    for lengths in [(63, 32, 33), (64, 31, 33), (64, 32, 32), (0, 0, 0)]:
        assert probe.view("host.p256_verify", "bbb", *(bytes(size) for size in lengths)) is False
    assert probe.view("host.ecrecover", "bbB", bytes(31), bytes(64), 0) is None
    assert probe.view("host.ecrecover", "bbB", bytes(32), bytes(64), 9) is None


def test_ed25519_verify(probe: Probe) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    secret = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    key = secret.public_key().public_bytes_raw()
    signature = secret.sign(b"message")
    assert probe.view("host.ed25519_verify", "bbb", signature, b"message", key) is True
    assert probe.view("host.ed25519_verify", "bbb", signature, b"massage", key) is False


def test_p256_verify(probe: Probe) -> None:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    secret = ec.derive_private_key(7, ec.SECP256R1())
    r, s = decode_dss_signature(secret.sign(b"message", ec.ECDSA(hashes.SHA256())))
    key = secret.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    digest = hashlib.sha256(b"message").digest()
    assert probe.view("host.p256_verify", "bbb", signature, digest, key) is True
    assert probe.view("host.p256_verify", "bbb", signature, bytes(32), key) is False


def test_bad_arguments__raise_before_the_host_is_asked(probe: Probe) -> None:
    expected = "TypeError TypeError TypeError TypeError TypeError ValueError ValueError ValueError TypeError "
    expected += "TypeError TypeError ValueError TypeError"
    assert probe.call("more.bad_arguments") == expected.split()


def test_promises__join_and_then(probe: Probe) -> None:
    args = borsh.pack("ssb", ("host.sha256", "b", borsh.pack("b", (b"x",))))
    before = probe.caller.balance
    out = _transaction(probe, "more.pay_and_call", "sUsb", "caller.near", NEAR, "invoke", args)
    digest = repr(("value", hashlib.sha256(b"x").digest())).encode()
    assert out == [b"", digest]
    assert before < probe.caller.balance + NEAR // 100 < before + 2 * NEAR


def test_batch_actions__account_with_keys(probe: Probe) -> None:
    out = _transaction(probe, "more.new_account", "sb", "made.probe.near", b"\0" + bytes(range(32)))
    assert out == [b""]
    keys = probe.sandbox.account("made.probe.near").keys
    permissions = [key["access_key"]["permission"]["FunctionCall"] for key in keys]
    assert [(each["receiver_id"], each["method_names"]) for each in permissions] == [
        ("probe.near", ["invoke", "cross"])
    ]
    _transaction(probe, "more.deploy_and_delete", "sb", "gone.probe.near", b"\0asm\1\0\0\0")
    assert not probe.sandbox.account("gone.probe.near").exists


def test_yield_and_resume(probe: Probe) -> None:
    pending = probe.caller.submit(
        "probe.near", "invoke", borsh.pack("ssb", ("more.wait", "", b"")), gas=60 * TGAS
    )
    probe.sandbox.produce_blocks(3)
    assert pending.outcome() is None
    assert probe.call("more.wake_by", "bb", b"short", b"p") is False
    assert probe.call("more.wake_by", "bb", bytes(32), b"p") is False
    assert probe.call("more.wake", "b", b"payload") is True
    probe.sandbox.produce_blocks(3)
    outcome = pending.outcome()
    assert outcome is not None
    assert outcome.raw == repr([b"payload"]).encode()


def test_panic_log_and_uncaught_exceptions(probe: Probe) -> None:
    out = probe.caller.call("probe.near", "invoke", borsh.pack("ssb", ("host.log", "s", _text("näher"))))
    assert out.logs == ["näher"]
    with pytest.raises(CallFailed) as refused:
        probe.call("host.panic", "s", "SOME_CODE: a reason")
    assert (refused.value.code, refused.value.text) == ("SOME_CODE", "a reason")
    with pytest.raises(CallFailed, match=r"UNEXPECTED.*KeyError.*contract_entry\.py"):
        probe.caller.call("probe.near", "invoke", borsh.pack("ssb", ("nowhere.x", "", b"")))


def _text(value: str) -> bytes:
    return borsh.pack("s", (value,))


def _transaction(probe: Probe, name: str, form: str, *values: Any) -> Any:
    """The final value of a call whose result is a promise: what `resumed` saw, or nothing."""
    import ast

    args = borsh.pack("ssb", (name, form, borsh.pack(form, values)))
    out = probe.caller.call("probe.near", "invoke", args, gas=200 * TGAS)
    text = out.raw.decode()
    return ast.literal_eval(text) if text else None
