"""Fixtures: a client, and a contract that does one of everything, on the chain of the pytest plugin."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from sealwright_sandbox import NEAR, TGAS, Account, Sandbox


def _load(name: str) -> ModuleType:
    # The tests are no package: pytest imports each file by its path.
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tiny_wasm = _load("tiny_wasm")

KEY = b"entry"
SELF = b"tiny.near"
CALLEE = b"callee.near"
HEIR = b"heir.near"
EVENT = b'EVENT_JSON:{"standard":"tiny","version":"1.0.0","event":"shouted","data":[{"loud":true}]}'
R = tiny_wasm.REGISTER

# promise_create(account, method, args, amount address, gas); the amount is 16 zero bytes in memory.
NOTHING = bytes(16)


def _promise(method: bytes, args_length: int, args_at: int) -> tuple[object, ...]:
    return ("promise_create", CALLEE, method, args_length, args_at, 4096, 20 * TGAS)


METHODS = {
    "echo": [("input", 0), ("value_return", R, 0)],
    "put": [("input", 0), ("storage_write", KEY, R, 0, 1)],
    "get": [("storage_read", KEY, 1), ("value_return", R, 1)],
    "refuse": [("panic_utf8", b"TOO_EARLY: wait for block 7")],
    "grumble": [("panic_utf8", b"something is wrong")],
    "shout": [("log_utf8", b"hello"), ("log_utf8", EVENT)],
    "forward": [("input", 0), _promise(b"echo", R, 0), ("promise_return", "last")],
    "forward_failing": [_promise(b"refuse", 0, 0), ("promise_return", "last")],
    "ignore_failing": [_promise(b"refuse", 0, 0), ("value_return", b"7")],
    "ask": [
        ("input", 0),
        _promise(b"echo", R, 0),
        ("promise_then", "last", SELF, b"booked", 0, 0, 4096, 20 * TGAS),
        ("promise_return", "last"),
    ],
    "booked": [("promise_result", 0, 0), ("storage_write", b"booked", R, 0, 1), ("value_return", R, 0)],
    "pay": [
        ("attached_deposit", 4096),
        ("promise_batch_create", HEIR),
        ("promise_batch_action_transfer", "last", 4096),
        ("promise_return", "last"),
    ],
    "wait": [
        ("promise_yield_create", b"answered", 0, 0, 10 * TGAS, 0, 0),
        ("promise_return", "last"),
        ("storage_write", KEY, R, 0, 1),
    ],
    "answered": [("promise_result", 0, 0), ("value_return", R, 0)],
    "answer": [("storage_read", KEY, 0), ("promise_yield_resume", R, 0, b'"yes"')],
}


@pytest.fixture(scope="session")
def tiny_build() -> ModuleType:
    """The module that puts contracts together."""
    return tiny_wasm


@pytest.fixture(scope="session")
def tiny() -> bytes:
    """The contract's wasm."""
    code = tiny_wasm.contract(METHODS)
    assert isinstance(code, bytes)
    return code


# `sandbox` is the plugin's: one chain, as it was at genesis for every test.


@pytest.fixture
def client(sandbox: Sandbox) -> Account:
    return sandbox.create_account("client", balance=100 * NEAR)


@pytest.fixture
def contract(sandbox: Sandbox, tiny: bytes) -> Account:
    """tiny.near, and callee.near with the same code."""
    for name in ("tiny", "callee"):
        sandbox.create_account(name, balance=10 * NEAR).deploy(tiny)
    return sandbox.account("tiny.near")
