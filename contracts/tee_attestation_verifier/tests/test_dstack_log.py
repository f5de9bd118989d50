"""The event log and what a boot wrote into it: each rule refuses what it should, with its code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tee_attestation_verifier.dstack import boot, event_log
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.offchain.catalogue import DSTACK_CODES
from tee_attestation_verifier.offchain.digests import StandardHashes

HERE = Path(__file__).parent
HASHES = StandardHashes()
APP_ID, COMPOSE = bytes(range(20)), bytes(range(32))
PROVIDER = b'{"name":"local-sgx","id":"ab"}'
BOOT = (
    ("system-preparing", b""),
    ("app-id", APP_ID),
    ("compose-hash", COMPOSE),
    ("instance-id", b""),
    ("boot-mr-done", b""),
    ("key-provider", PROVIDER),
    ("system-ready", b""),
)


def entry(name: str, payload: bytes = b"", **members: Any) -> dict[str, Any]:
    return {"imr": 3, "event_type": 0x08000001, "event": name, "event_payload": payload.hex(), **members}


def log(*changes: tuple[str, bytes], after: tuple[tuple[str, bytes], ...] = ()) -> list[event_log.Event]:
    """A boot's events with some payloads changed, then what the application wrote."""
    changed = dict(changes)
    pairs = [(name, changed.get(name, payload)) for name, payload in BOOT]
    return event_log.parse_event_log([entry(*pair) for pair in (*pairs, *after)])


def refused(judge: Callable[..., object], *arguments: Any) -> str:
    with pytest.raises(Rejection) as rejection:
        judge(*arguments)
    return rejection.value.code


@pytest.mark.parametrize(
    "entries",
    [
        {},
        ["x"],
        [entry("x")] * 1025,
        [entry("x", imr=4)],
        [entry("x", event_type=-1)],
        [entry("x" * 257)],
        [entry("x", digest="00")],
        [entry("x", version=3)],
        [entry("x", version=0)],
        [entry("x", event_payload="0")],
        [entry("x", event_payload="00" * 65_537)],
        [{"imr": 3, "event_type": 1, "event": "x"}],
    ],
)
def test_event_log__must_be_well_formed(entries: object) -> None:
    assert refused(event_log.parse_event_log, entries) == "DSTACK_EVENT_LOG_MALFORMED"


def digest(**members: Any) -> bytes:
    (event,) = event_log.parse_event_log([entry(**members)])
    return event_log.event_digest(event, HASHES)


def test_event_digest__of_version_1_joins_type_name_and_payload() -> None:
    hashed = bytes.fromhex("01000008") + b":app-id:" + APP_ID
    assert digest(name="app-id", payload=APP_ID) == hashlib.sha384(hashed).digest()


def test_event_digest__of_version_2_is_of_canonical_json() -> None:
    hashed = b'{"name":"app-id","payload":"abcd","type":134217729}'
    found = digest(name="app-id", payload=b"\xab\xcd", version=2, preimage=hashed.hex())
    assert found == hashlib.sha384(hashed).digest()


@given(st.text(max_size=40))
def test_event_digest__of_version_2_writes_any_name_as_json_does(name: str) -> None:
    try:
        expected = json.dumps(
            {"name": name, "payload": "", "type": 0x08000001}, separators=(",", ":"), ensure_ascii=False
        )
        hashed = expected.encode()
    except UnicodeEncodeError:  # a lone surrogate is no text in any file
        return
    assert digest(name=name, version=2) == hashlib.sha384(hashed).digest()


def test_event_digest__refuses_another_digest_or_preimage() -> None:
    for members in (
        {"digest": "00" * 48},
        {"version": 2, "preimage": b"{}".hex()},
        {"event_type": 4, "imr": 0},
    ):
        (event,) = event_log.parse_event_log([entry("app-id", APP_ID, **members)])
        assert refused(event_log.event_digest, event, HASHES) == "DSTACK_EVENT_DIGEST"


def test_event_digest__refuses_foreign_events_in_rtmr3() -> None:
    (event,) = event_log.parse_event_log([entry("x", event_type=13, digest="00" * 48)])
    assert refused(event_log.event_digest, event, HASHES) == "DSTACK_EVENT_TYPE"


def test_register__is_extended_event_by_event() -> None:
    value = bytes(48)
    for name, payload in BOOT:
        value = hashlib.sha384(value + digest(name=name, payload=payload)).digest()
    event_log.check_register(log(), 3, value, HASHES)
    for other in (log(("app-id", COMPOSE[:20][::-1])), log(after=(("x", b""),)), log()[::-1], log()[1:]):
        assert refused(event_log.check_register, other, 3, value, HASHES) == "DSTACK_RTMR"


def test_boot__reads_the_measured_facts() -> None:
    found = boot.read_boot(log(("instance-id", APP_ID)), HASHES)
    assert (found.app_id, found.compose_hash, found.instance_id) == (APP_ID, COMPOSE, APP_ID)
    assert (found.key_provider, found.key_provider_id) == ("local-sgx", "ab")
    assert found.key_provider_digest == digest(name="key-provider", payload=PROVIDER)
    assert (found.os_image_hash, found.gpu_policy_hash) == (None, None)


@pytest.mark.parametrize("name", ["app-id", "compose-hash", "instance-id", "key-provider"])
def test_boot__relies_on_nothing_that_the_application_wrote(name: str) -> None:
    payload = dict(BOOT)[name]
    without = [event for event in log() if event.name != name]
    assert refused(boot.read_boot, without, HASHES) == "DSTACK_EVENT_MISSING"
    late = [*without, *event_log.parse_event_log([entry(name, payload)])]
    assert refused(boot.read_boot, late, HASHES) == "DSTACK_EVENT_MISSING"
    twice = log(after=((name, payload),))
    assert refused(boot.read_boot, twice, HASHES) == "DSTACK_EVENT_DUPLICATE"
    ambiguous = log(after=((name + ":", b""),))
    assert refused(boot.read_boot, ambiguous, HASHES) == "DSTACK_EVENT_DUPLICATE"


def test_boot__needs_one_system_ready() -> None:
    assert refused(boot.read_boot, log()[:-1], HASHES) == "DSTACK_EVENT_MISSING"
    assert refused(boot.read_boot, log(after=(("system-ready", b""),)), HASHES) == "DSTACK_EVENT_DUPLICATE"


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("app-id", COMPOSE),
        ("compose-hash", APP_ID),
        ("instance-id", COMPOSE),
        ("key-provider", b"local-sgx"),
        ("key-provider", b'{"name":"kms"}'),
    ],
)
def test_boot__refuses_payloads_of_another_form(name: str, payload: bytes) -> None:
    assert refused(boot.read_boot, log((name, payload)), HASHES) == "DSTACK_EVENT_PAYLOAD"


def test_init_scripts__count_only_before_instance_id() -> None:
    script = event_log.parse_event_log([entry("init-script-hash", COMPOSE)])
    events = log()
    assert (
        boot.read_boot([*events[:3], *script, *script, *events[3:]], HASHES).init_script_hashes
        == [COMPOSE] * 2
    )
    assert refused(boot.read_boot, [*events[:5], *script, *events[5:]], HASHES) == "DSTACK_EVENT_DUPLICATE"


def test_app_id__is_pinned_or_comes_from_the_compose_hash() -> None:
    boot.check_app_id(COMPOSE[:20], COMPOSE)
    boot.check_app_id(bytes(20), COMPOSE, pinned=bytes(20))
    assert refused(boot.check_app_id, bytes(20), COMPOSE) == "DSTACK_APP_ID"
    assert refused(boot.check_app_id, COMPOSE[:20], COMPOSE, bytes(20)) == "DSTACK_APP_ID"


def test_key_provider__is_compared_by_name_and_id() -> None:
    found = boot.read_boot(log(), HASHES)
    boot.check_key_provider(found, "local-sgx", "ab")
    assert refused(boot.check_key_provider, found, "kms", "ab") == "DSTACK_KEY_PROVIDER"
    assert refused(boot.check_key_provider, found, "local-sgx", "cd") == "DSTACK_KEY_PROVIDER"


def test_instance_id__comes_from_seed_and_app_id() -> None:
    instance = hashlib.sha256(b"seed" + APP_ID).digest()[:20]
    found = boot.read_boot(log(("instance-id", instance)), HASHES)
    boot.check_instance_id(found, b"seed", HASHES)
    assert refused(boot.check_instance_id, found, b"other", HASHES) == "DSTACK_INSTANCE_ID"


def test_specification__shows_every_code() -> None:
    specification = (HERE.parents[2] / "docs" / "spec" / "dstack.md").read_text()
    for code, meaning in DSTACK_CODES.items():
        assert f"| `{code}` | {meaning} |" in specification, code


def test_dstack_codes__are_those_of_the_sources_and_all_tested() -> None:
    sources = "".join(
        path.read_text() for path in (HERE.parent / "tee_attestation_verifier" / "dstack").glob("*.py")
    )
    tests = "".join(path.read_text() for path in HERE.glob("test_dstack_*.py"))
    assert {code for code in DSTACK_CODES if f'Rejection("{code}"' in sources} == set(DSTACK_CODES)
    assert sources.count('Rejection("DSTACK_') == sources.count("raise Rejection(")
    assert [code for code in DSTACK_CODES if f'== "{code}"' not in tests] == []
