"""Registration on the VM with the real verifier, under a throw-away root."""

from __future__ import annotations

import pytest
from sealwright_protocol import json_codec
from sealwright_sandbox import TransactionRefused

from tests.integration.agent_path import NODE, OWNER, REGISTRY, AgentPath, Enclave

DAY_MS = 24 * 60 * 60 * 1000
ENCLAVE_METHODS = ["request_challenge", "register_node", "renew_attestation", "update_node"]


@pytest.fixture(scope="module")
def deployed() -> AgentPath:
    return AgentPath()


@pytest.fixture
def path(deployed: AgentPath) -> AgentPath:
    deployed.restart()
    return deployed


def test_register_node__with_a_real_quote(path: AgentPath) -> None:
    done = path.register()
    assert done.value["outcome"] == "registered", done.value
    assert [event["event"] for event in done.events] == ["node_registered"]
    verdict = path.verdict()
    assert verdict["valid"] is True
    assert verdict["signing_key"] == json_codec.text("k", path.enclave.key)
    assert verdict["measurement_id"] == path.enclave.measurement_id.hex()
    # A week by policy; the collateral lives for thirty days.
    assert verdict["expires_at_ms"] <= path.sandbox.block_time_ms + 7 * DAY_MS
    assert verdict["expires_at_ms"] > path.sandbox.block_time_ms + 6 * DAY_MS


def test_register_node__expiry_follows_the_collateral(path: AgentPath) -> None:
    policy = path.sandbox.view(REGISTRY, "get_policy")
    names = ("accepted_statuses", "advisory_grace", "platform_list", "removal_grace_ms")
    changed = {**{name: policy[name] for name in names}, "max_age_ms": 60 * DAY_MS}
    path.people[OWNER].call(REGISTRY, "set_policy", changed, deposit=1)
    path.register()
    left_ms = path.verdict()["expires_at_ms"] - path.sandbox.block_time_ms
    assert 29 * DAY_MS < left_ms <= 30 * DAY_MS


def test_register_node__other_keys_than_quoted(path: AgentPath) -> None:
    other = Enclave("second machine")
    assert path.register(signing_key=other.key).value["code"] == "REPORT_DATA_MISMATCH"
    assert path.register(encryption_key=bytes(32)).value["code"] == "REPORT_DATA_MISMATCH"


def test_register_node__a_tampered_quote(path: AgentPath) -> None:
    challenge = path.challenge()
    verify_args = bytearray(path.enclave.verify_args(challenge, NODE, path.sandbox.block_time_ms))
    # Within the quote, behind its four length bytes: a byte of RTMR0.
    verify_args[4 + 48 + 328] ^= 1
    told = path.register(verify_args=bytes(verify_args), challenge=bytes.fromhex(challenge)).value
    assert told["code"] == "QUOTE_REJECTED"


def test_register_node__unreadable_arguments_are_nobodys_verdict(path: AgentPath) -> None:
    told = path.register(verify_args=b"not borsh").value
    assert told["outcome"] == "unreachable"


def test_renew_attestation__keeps_the_node_valid(path: AgentPath) -> None:
    path.register()
    path.sandbox.set_time(path.sandbox.block_time_ms + 6 * DAY_MS)
    path.sandbox.produce_blocks(1)
    before = path.verdict()
    done = path.renew()
    assert done.value["outcome"] == "renewed", done.value
    after = path.verdict()
    assert after["attested_at_ms"] == before["attested_at_ms"]
    assert after["expires_at_ms"] > before["expires_at_ms"] + 5 * DAY_MS


def test_enclave_key__registers_and_renews_without_money(path: AgentPath) -> None:
    worker = path.enclave_key(REGISTRY, ENCLAVE_METHODS)
    assert path.register(by=worker).value["outcome"] == "registered"
    assert path.renew(by=worker).value["outcome"] == "renewed"
    for method in ("withdraw_prepaid", "deactivate_node"):
        with pytest.raises(TransactionRefused):
            worker.call(REGISTRY, method, {"node_id": NODE, "revoke_key": True})


def test_gas__stays_within_what_is_stated(path: AgentPath) -> None:
    """Call and callback use less than half of the 50 Tgas that are asked for beside the verifier's."""
    done = path.register()
    own = [receipt for receipt in done.receipts if receipt.executor_id == REGISTRY]
    assert sum(receipt.gas_burnt for receipt in own) < 25 * 10**12


def test_plain_verifier__age_alone_limits() -> None:
    path = AgentPath("verify_quote")
    assert path.register().value["outcome"] == "registered"
    left_ms = path.verdict()["expires_at_ms"] - path.sandbox.block_time_ms
    assert 6 * DAY_MS < left_ms <= 7 * DAY_MS
