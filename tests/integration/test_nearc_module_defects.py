"""What nearc 0.8.8's `near` module cannot do, and why contracts here bind the host functions themselves.

Each test shows one defect on NEAR's VM. One that fails means that a newer nearc has cured it: then
docs/spec/build-chain.md and these bindings deserve a fresh look.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sealwright.build import release, toolchain
from sealwright_sandbox import NEAR, TGAS, CallFailed, Sandbox

SOURCE = """
import near


def attempt(function, *args):
    try:
        return repr(function(*args))
    except Exception as error:
        return type(error).__name__


@near.export
def borsh_arguments():
    batch = near.promise_batch_create("a.near")
    near.value_return(" ".join([
        attempt(near.promise_create, "a.near", "m", b"\\x01", 0, 1),
        attempt(near.promise_then, batch, "a.near", "m", b"\\x01", 0, 1),
        attempt(near.promise_batch_action_function_call, batch, "m", b"\\x01", 0, 1),
        attempt(near.promise_yield_create, "m", b"\\x01", 1, 1),
    ]))


@near.export
def yield_gas():
    near.value_return(attempt(near.promise_yield_create, "m", "", 5000000000000, 0))


@near.export
def yield_data_id():
    near.value_return(attempt(near.promise_yield_create, "m", "", 1000000000, 0))


@near.export
def ed25519_arguments():
    near.value_return(attempt(near.ed25519_verify, bytes(64), b"", bytes(32)))


@near.export
def ed25519_lengths():
    near.value_return(attempt(near.ed25519_verify, bytes(63), b"", bytes(32), None))


@near.export
def send_too_much():
    near.promise_batch_action_transfer(near.promise_batch_create("receiver.near"), (1 << 128) + 7)


@near.export
def new_functions():
    near.value_return(" ".join(str(hasattr(near, name)) for name in ("chain_id", "p256_verify")))
"""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    if toolchain.emscripten_version() is None:
        pytest.skip(toolchain.INSTALL_HINT)
    folder: Path = tmp_path_factory.mktemp("defects")
    (folder / "contract.py").write_text(SOURCE)
    wasm = release.build_contract(folder).wasm
    sandbox = Sandbox()
    sandbox.create_account("contract").deploy(wasm)
    sandbox.create_account("receiver", 5 * NEAR)
    return sandbox


def _call(sandbox: Sandbox, method: str) -> str:
    return sandbox.account("contract.near").call("contract.near", method, b"", gas=50 * TGAS).raw.decode()


def test_borsh_arguments_are_refused(sandbox: Sandbox) -> None:
    assert _call(sandbox, "borsh_arguments") == "TypeError TypeError TypeError TypeError"


def test_yield_cannot_be_given_gas(sandbox: Sandbox) -> None:
    assert _call(sandbox, "yield_gas") == "OverflowError"


def test_data_id_is_read_as_text(sandbox: Sandbox) -> None:
    assert _call(sandbox, "yield_data_id") == "UnicodeError"


def test_ed25519_verify_refuses_its_own_arguments(sandbox: Sandbox) -> None:
    assert _call(sandbox, "ed25519_arguments") == "TypeError"


def test_wrong_signature_length_ends_the_call(sandbox: Sandbox) -> None:
    with pytest.raises(CallFailed, match="signature length"):
        _call(sandbox, "ed25519_lengths")


def test_amounts_lose_what_exceeds_128_bits(sandbox: Sandbox) -> None:
    before = sandbox.account("receiver.near").balance
    _call(sandbox, "send_too_much")
    assert sandbox.account("receiver.near").balance == before + 7


def test_newer_host_functions_are_missing(sandbox: Sandbox) -> None:
    assert _call(sandbox, "new_functions") == "False False"
