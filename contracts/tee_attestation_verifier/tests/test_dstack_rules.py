"""Each rule of dstack's evidence refuses what it should, with its code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tee_attestation_verifier.dstack import boot, compose, config_id, event_log, report_data
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.offchain.catalogue import DSTACK_CODES
from tee_attestation_verifier.offchain.digests import SHA3_PADDING, StandardHashes, sponge256

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


def test_instance_id__comes_from_seed_and_app_id() -> None:
    instance = hashlib.sha256(b"seed" + APP_ID).digest()[:20]
    found = boot.read_boot(log(("instance-id", instance)), HASHES)
    boot.check_instance_id(found, b"seed", HASHES)
    assert refused(boot.check_instance_id, found, b"other", HASHES) == "DSTACK_INSTANCE_ID"


V1 = b"\1" + COMPOSE + bytes(15)
KECCAK = HASHES.keccak256(COMPOSE + APP_ID + b"\2" + b"ca key")
V2 = b"\2" + KECCAK + bytes(15)
DOCUMENT = (
    b'{"app_id":"'
    + APP_ID.hex().encode()
    + b'","compose_hash":"'
    + COMPOSE.hex().encode()
    + b'","key_provider":"kms","key_provider_id":"ff","version":3}'
)


def v3(document: bytes) -> bytes:
    return b"\3" + hashlib.sha256(b"dstack-mr-config-v3:\0" + document).digest() + bytes(15)


def test_config_id__knows_three_versions_and_none() -> None:
    assert [config_id.config_version(each) for each in (bytes(48), V1, V2, v3(b""))] == [0, 1, 2, 3]
    for wrong in (b"\4" + V1[1:], V1[:-1] + b"\1", V1[:-1], b"\0" + V1[1:]):
        assert refused(config_id.config_version, wrong) == "DSTACK_CONFIG_ID_UNKNOWN"
    assert config_id.bound_plainly(V1).compose_hash == COMPOSE
    assert refused(config_id.bound_plainly, V2) == "DSTACK_CONFIG_ID_UNKNOWN"


def test_config_id__version_2_is_proven_by_its_parts() -> None:
    bound = config_id.bound_by_hash(V2, COMPOSE, APP_ID, "kms", b"ca key", HASHES)
    assert (bound.compose_hash, bound.app_id, bound.key_provider) == (COMPOSE, APP_ID, "kms")
    for parts in (
        (COMPOSE[::-1], APP_ID, "kms", b"ca key"),
        (COMPOSE, APP_ID[::-1], "kms", b"ca key"),
        (COMPOSE, APP_ID, "tpm", b"ca key"),
        (COMPOSE, APP_ID, "kms", b"ca"),
    ):
        assert refused(config_id.bound_by_hash, V2, *parts, HASHES) == "DSTACK_CONFIG_ID"
    for parts in (
        (APP_ID, APP_ID, "kms", b""),
        (COMPOSE, COMPOSE, "kms", b""),
        (COMPOSE, APP_ID, "hsm", b""),
    ):
        assert refused(config_id.bound_by_hash, V2, *parts, HASHES) == "DSTACK_CONFIG_MALFORMED"


def test_config_id__version_3_is_proven_by_its_document() -> None:
    bound = config_id.bound_by_document(v3(DOCUMENT), DOCUMENT, HASHES)
    assert (bound.compose_hash, bound.app_id, bound.key_provider) == (COMPOSE, APP_ID, "kms")
    assert (bound.key_provider_id, bound.instance_id, bound.init_script_hashes) == (b"\xff", None, None)
    assert refused(config_id.bound_by_document, v3(DOCUMENT), DOCUMENT + b" ", HASHES) == "DSTACK_CONFIG_ID"
    assert refused(config_id.bound_by_document, V1, DOCUMENT, HASHES) == "DSTACK_CONFIG_ID"


def test_config_id__version_3_reads_every_member() -> None:
    members = {
        "compose_hash": COMPOSE.hex(),
        "key_provider": "none",
        "instance_id": APP_ID.hex(),
        "gpu_policy_hash": COMPOSE.hex(),
        "init_script_hashes": [COMPOSE.hex()],
        "app_id": None,
    }
    document = json.dumps(members).encode()
    bound = config_id.bound_by_document(v3(document), document, HASHES)
    assert (bound.app_id, bound.instance_id, bound.gpu_policy_hash) == (None, APP_ID, COMPOSE)
    assert bound.init_script_hashes == [COMPOSE]


@pytest.mark.parametrize(
    "document",
    [
        b"[]",
        DOCUMENT.replace(b":3}", b":2}"),
        DOCUMENT.replace(b'"kms"', b'"hsm"'),
        DOCUMENT.replace(b'"version"', b'"extra":1,"version"'),
        DOCUMENT.replace(b'"version"', b'"init_script_hashes":["00"],"version"'),
        DOCUMENT.replace(b"compose_hash", b"compose"),
        DOCUMENT.replace(b'"ff"', b'"f"'),
        DOCUMENT + b" " * 8192,
    ],
)
def test_config_id__version_3_refuses_other_documents(document: bytes) -> None:
    assert refused(config_id.bound_by_document, v3(document), document, HASHES) == "DSTACK_CONFIG_MALFORMED"


def test_compose_policy__distinguishes_types_and_absence() -> None:
    policy = compose.ComposePolicy(("a", "b"), {"a": [1], "b": [None, False]}, ("script",))
    compose.check_compose({"a": 1, "script": None}, policy)
    for file, name in (
        ({"a": True}, "a"),
        ({"a": "1"}, "a"),
        ({}, "a"),
        ({"a": 1, "b": 0}, "b"),
        ({"a": 1, "script": ""}, "script"),
        ({"a": 1, "c": None}, "c"),
    ):
        assert [found for found, _ in compose.compose_findings(file, policy)] == [name]
        assert refused(compose.check_compose, file, policy) == "DSTACK_COMPOSE_REFUSED"


def test_compose_hash__is_of_the_bytes_as_stored() -> None:
    compose.check_compose_hash(b"{ }", hashlib.sha256(b"{ }").digest(), HASHES)
    assert (
        refused(compose.check_compose_hash, b"{}", hashlib.sha256(b"{ }").digest(), HASHES)
        == "DSTACK_COMPOSE_HASH"
    )


def test_report_data__has_the_forms_of_its_makers() -> None:
    key, nonce = bytes(range(32)), bytes(range(32, 64))
    assert report_data.near_mpc(key, nonce, HASHES)[:50] == b"\0\1" + hashlib.sha3_384(key + nonce).digest()
    assert report_data.shade(key) == key + bytes(32)
    assert report_data.near_ai(APP_ID, nonce) == APP_ID + bytes(12) + nonce
    assert report_data.near_ai(key, nonce) == report_data.sealwright(key, nonce) == key + nonce
    for make in (report_data.near_ai, report_data.sealwright):
        with pytest.raises(ValueError, match="bytes"):
            make(key[:-1], nonce)
    assert refused(report_data.check_report_data, key, key) == "DSTACK_REPORT_DATA"


@given(st.binary(max_size=500))
def test_keccak__differs_from_sha3_in_its_padding_alone(data: bytes) -> None:
    assert sponge256(data, SHA3_PADDING) == hashlib.sha3_256(data).digest()


def test_keccak__gives_the_published_digests() -> None:
    # Keccak team's ShortMsgKAT_256 for submission 3: the empty message and 0xcc.
    assert HASHES.keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert (
        HASHES.keccak256(b"\xcc").hex() == "eead6dbfc7340a56caedc044696a168870549a6a7f6f56961e84a54bd9970b8a"
    )


def test_specification__shows_every_code() -> None:
    specification = (HERE.parents[2] / "docs" / "spec" / "dstack.md").read_text()
    for code, meaning in DSTACK_CODES.items():
        assert f"| `{code}` | {meaning} |" in specification, code


def test_dstack_codes__are_those_of_the_sources_and_all_tested() -> None:
    sources = "".join(
        path.read_text() for path in (HERE.parent / "tee_attestation_verifier" / "dstack").glob("*.py")
    )
    tests = Path(__file__).read_text()
    assert {code for code in DSTACK_CODES if f'Rejection("{code}"' in sources} == set(DSTACK_CODES)
    assert sources.count('Rejection("DSTACK_') == sources.count("raise Rejection(")
    assert [code for code in DSTACK_CODES if f'== "{code}"' not in tests] == []
