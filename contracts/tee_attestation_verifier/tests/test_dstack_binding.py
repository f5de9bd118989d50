"""What dstack binds before and outside the log: configuration id, compose file, report data; and their digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tee_attestation_verifier.dstack import compose, config_id, report_data
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.offchain.digests import SHA3_PADDING, StandardHashes, sponge256

HASHES = StandardHashes()
APP_ID, COMPOSE = bytes(range(20)), bytes(range(32))


def refused(judge: Callable[..., object], *arguments: Any) -> str:
    with pytest.raises(Rejection) as rejection:
        judge(*arguments)
    return rejection.value.code


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
