"""The C codecs of a contract, on NEAR's VM, against the same vectors and against their specification."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealwright.build import kept
from sealwright_protocol import borsh, json_codec
from sealwright_sandbox import Account, Sandbox

HERE = Path(__file__).parent
PROBE = HERE.parents[1] / "contracts" / "common" / "tests" / "kit_probe"
PROBE_ID = "probe.near"
# An unused instruction costs nothing, so the bars hold for what a call burns beyond its bare twin.
MAX_OVERHEAD_TGAS = 0.3
MAX_EMPTY_OVERHEAD_TGAS = 0.1
TGAS = 10**12


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        running.create_account(PROBE_ID, balance=20 * 10**24).deploy(kept.wasm(PROBE))
        yield running


@pytest.fixture(scope="module")
def caller(sandbox: Sandbox) -> Account:
    return sandbox.create_account("caller", balance=10 * 10**24)


def vectors(name: str) -> list[dict[str, Any]]:
    document = json.loads((HERE / "vectors" / f"{name}.json").read_text(encoding="utf-8"))
    return list(document["vectors"])


def ask(sandbox: Sandbox, method: str, form: str, data: bytes) -> bytes:
    return bytes(sandbox.view_raw(PROBE_ID, method, form.encode() + b"\n" + data))


def specified(form: str, data: bytes) -> bytes:
    """What `read_json` of the probe must answer."""
    try:
        return b"=" + json_codec.pack(form, json_codec.unpack(form, data))
    except ValueError as error:
        return b"!" + str(error).encode()


def test_borsh_vectors(sandbox: Sandbox) -> None:
    for vector in vectors("borsh"):
        data = bytes.fromhex(vector["bytes"])
        expected = b"!" if vector.get("invalid") else b"=" + data
        assert ask(sandbox, "read_borsh", vector["format"], data) == expected, vector["name"]


def test_json_vectors(sandbox: Sandbox) -> None:
    for vector in vectors("json"):
        data = bytes.fromhex(vector["json_hex"]) if "json_hex" in vector else vector["json"].encode()
        answer = ask(sandbox, "read_json", vector["form"], data)
        assert answer == specified(vector["form"], data), vector["name"]


@given(
    st.sampled_from(["(a:Q,b~:y)", "{x:[3s8],y~:<?>}", "(k:k,h:h)", "[*]", "(o:{p:p,n:n})", "b9"]),
    st.text(alphabet='{}[]",:0159abkopxy-._=\\nu \x00é', max_size=40).map(str.encode)
    | st.binary(max_size=12),
)
def test_json__is_read_as_specified(sandbox: Sandbox, form: str, data: bytes) -> None:
    # A `*` with several names comes back in another order: a dict has none in a contract.
    answer, expected = ask(sandbox, "read_json", form, data), specified(form, data)
    assert answer == expected or json.loads(answer[1:]) == json.loads(expected[1:])


@given(st.sampled_from(["B?Q", "[s]", "<b>4x", "(U[H])", "[<s>]"]), st.binary(max_size=30))
def test_borsh__is_read_as_specified(sandbox: Sandbox, fmt: str, data: bytes) -> None:
    try:
        expected = b"=" + borsh.pack(fmt, borsh.unpack(fmt, data))
    except ValueError:
        expected = b"!"
    assert ask(sandbox, "read_borsh", fmt, data) == expected


def test_kit__costs_little(caller: Account) -> None:
    arguments = {
        "account_id": "some-agent.operator.near",
        "amount": str(10**24),
        "until_ms": 1_760_000_000_000,
    }
    arguments["digest"] = "ab" * 32
    decoded = burnt(caller, "booked", json.dumps(arguments).encode()) - burnt(
        caller, "booked_bare", bytes(186)
    )
    empty = burnt(caller, "nothing", b"{}") - burnt(caller, "nothing_bare", b"{}")
    assert decoded / TGAS <= MAX_OVERHEAD_TGAS
    assert empty / TGAS <= MAX_EMPTY_OVERHEAD_TGAS


def burnt(caller: Account, method: str, data: bytes) -> int:
    """Gas of the whole call, once its storage key is there."""
    caller.call(PROBE_ID, method, data)
    return int(caller.call(PROBE_ID, method, data).gas_burnt)
