"""A bundle's claims: proven where the evidence is there, refuted where it lies, open where it is missing."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import base58
import pytest
from sealwright_agents.simulated import Platform, SimulatedGuest, SimulatedTee, TdMeasurements
from sealwright_agents.simulated.quotes import SGX
from tee_attestation_verifier.dstack.compose import near_mpc_policy
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.policy import Policy, Software
from tee_attestation_verifier.intel.trust import root_from_der
from tee_attestation_verifier.offchain.bundle_case import HASHES, Trust
from tee_attestation_verifier.offchain.bundle_claims import CLAIMS, judge_bundle
from tee_attestation_verifier.offchain.bundle_file import (
    Bundle,
    ConfigDocument,
    Expected,
    HashedConfig,
    KeyProvider,
    ReportDataParts,
    read_bundle,
    write_bundle,
)
from tee_attestation_verifier.offchain.catalogue import BUNDLE_CODES
from tee_attestation_verifier.offchain.collateral_file import read_collateral
from tee_attestation_verifier.offchain.dstack_files import read_evidence
from tee_attestation_verifier.offchain.findings import FAIL, PASS, UNPROVEN, Finding
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto
from tee_attestation_verifier.times import iso_time

NOW = 1_781_481_600
COMPOSE = (
    '{"manifest_version": 2, "name": "é", "runner": "docker-compose", "docker_compose_file": "services: {}"}'
)
GUEST = SimulatedGuest(COMPOSE)
TEE = SimulatedTee(b"bundle", NOW)
SAID = ReportDataParts("sealwright", {"binding_hash": b"\1" * 32, "challenge": b"\2" * 32})
PROVIDER = KeyProvider("local-sgx", "00")
TRUST = Trust(root=root_from_der(TEE.root_der, OpenSslCrypto()))


MPC_PROVIDERS = {
    "near-mpc": "6b5ed02e549a1c30aaa8e3171a045f1f449b0017353ef595e78e39c348c98d01",
    "near-mpc-2026-02": "1b7a49378403249b6986a907844cab0921eca32dd47e657f3c10311ccaeccf8b",
}


def registers(measured: TdMeasurements) -> dict[str, bytes]:
    return {"mr_td": measured.mrtd, **{f"rt_mr{index}": measured.rtmr[index] for index in range(3)}}


def bundle(guest: SimulatedGuest = GUEST, tee: SimulatedTee = TEE, **changes: Any) -> Bundle:
    measured = guest.measurements()
    made = Bundle(
        NOW,
        tee.quote(b"\1" * 32 + b"\2" * 32, measurements=measured),
        tee.collateral(),
        tee.root_der,
        list(guest.event_log()),
        guest.app_compose,
        None,
        Expected("simulated", registers(measured), None, PROVIDER, SAID),
    )
    return replace(made, **changes)


def judged(evidence: Bundle, trust: Trust = TRUST) -> dict[str, Finding]:
    found = {each.claim: each for each in judge_bundle(read_bundle(write_bundle(evidence)), trust)}
    assert list(found) == [claim for claim, _ in CLAIMS]
    return found


def refuted(evidence: Bundle, trust: Trust = TRUST) -> dict[str, str | None]:
    return {claim: each.code for claim, each in judged(evidence, trust).items() if each.result == FAIL}


def left_open(evidence: Bundle, trust: Trust = TRUST) -> list[str]:
    return [claim for claim, each in judged(evidence, trust).items() if each.result == UNPROVEN]


def test_bundle__proves_every_claim_of_a_complete_guest() -> None:
    assert {each.result for each in judged(bundle()).values()} == {PASS}


def test_bundle__of_genuine_near_mpc_nodes_proves_every_claim(samples: Path) -> None:
    for name in ("near-mpc", "near-mpc-2026-02"):
        folder = samples / "dstack" / name
        log = read_evidence((folder / "tcb_info.json").read_bytes())
        info = json.loads((folder / "tcb_info.json").read_bytes())
        quote = read_evidence((folder / "quote.json").read_bytes()).quote
        collateral = read_collateral((folder / "collateral.json").read_text())
        keys = {
            part: base58.b58decode((folder / f"near_{key}_public_key.pub").read_text().strip()[8:])
            for part, key in (("tls_key", "p2p"), ("account_key", "account"))
        }
        expected = Expected(
            "near/mpc",
            {"mr_td": bytes.fromhex(info["mrtd"]), "rt_mr2": bytes.fromhex(info["rtmr2"])},
            None,
            KeyProvider("local-sgx", MPC_PROVIDERS[name]),
            ReportDataParts("near-mpc", keys),
        )
        at = iso_time(json.loads(str(collateral.tcb_info))["issueDate"])
        assert quote is not None
        evidence = Bundle(at, quote, collateral, None, log.event_log, log.app_compose, None, expected)
        found = judged(evidence, Trust(compose_policy=near_mpc_policy()))
        assert {each.result for each in found.values()} == {PASS}, found
        later = judged(evidence, Trust(at=at + 366 * 86_400))
        assert later["quote"].code in ("CRL_EXPIRED", "CERT_EXPIRED", "TCB_INFO_EXPIRED")


def test_bundle__chooses_no_root_for_its_judge() -> None:
    assert refuted(bundle(), Trust()) == {"anchor": "ROOT_NOT_TRUSTED"}
    assert refuted(bundle(root=None), Trust()) == {"quote": "ROOT_NOT_TRUSTED"}
    with pytest.raises(Rejection, match="CERT_MALFORMED"):
        judge_bundle(bundle(root=b"\0"), TRUST)


def test_bundle__with_a_refused_quote_proves_nothing_that_rests_on_it() -> None:
    broken = bytearray(bundle().quote)
    broken[700] ^= 1
    evidence = bundle(quote=bytes(broken))
    assert refuted(evidence) == {"quote": "QE_REPORT_DATA"}
    assert judged(evidence)["quote"].step == 8
    assert left_open(evidence) == [claim for claim, _ in CLAIMS[2:]]


def test_bundle__with_a_debuggable_domain_fails_the_gate_alone() -> None:
    measured = replace(GUEST.measurements(), td_attributes=bytes.fromhex("0100001000000000"))
    quote = TEE.quote(b"\1" * 32 + b"\2" * 32, measurements=measured)
    assert refuted(bundle(quote=quote)) == {"attributes": "TD_DEBUG"}


def test_bundle__judges_by_the_judges_policy() -> None:
    outdated = SimulatedTee(b"bundle", NOW, platform=Platform(pce_svn=10), levels=TEE.levels)
    assert refuted(bundle(tee=outdated)) == {"policy": "POLICY_STATUS"}
    approved = Policy(software=(Software({"mr_td": bytes(48)}, GUEST.compose_hash),))
    assert refuted(bundle(), replace(TRUST, policy=approved)) == {}
    assert refuted(bundle(event_log=None, app_compose=None), replace(TRUST, policy=approved)) == {}
    other = Policy(software=(Software({"mr_td": bytes(48)}, bytes(32)),))
    assert refuted(bundle(), replace(TRUST, policy=other)) == {"policy": "POLICY_MEASUREMENT"}


def test_bundle__refutes_another_event_log() -> None:
    other = SimulatedGuest(COMPOSE, (("extra", b""),))
    evidence = bundle(event_log=list(other.event_log()))
    assert refuted(evidence) == {"event_log": "DSTACK_RTMR"}
    assert left_open(evidence) == ["firmware_log", "boot", "app_id", "key_provider"]
    log = GUEST.event_log()
    log[0]["digest"] = "00" * 48
    assert refuted(bundle(event_log=list(log))) == {"firmware_log": "DSTACK_RTMR"}
    runtime = [event for event in GUEST.event_log() if event["imr"] == 3]
    assert left_open(bundle(event_log=list(runtime))) == ["firmware_log"]


def test_bundle__refutes_a_log_in_which_the_application_speaks_for_dstack() -> None:
    guest = SimulatedGuest(COMPOSE, (("compose-hash", bytes(32)),))
    evidence = bundle(guest)
    assert refuted(evidence) == {"boot": "DSTACK_EVENT_DUPLICATE"}
    assert judged(evidence)["compose_hash"].result == PASS  # mr_config_id proves it


def test_bundle__refutes_another_compose_file() -> None:
    evidence = bundle(app_compose=COMPOSE + "\n")
    assert refuted(evidence) == {"compose_hash": "DSTACK_COMPOSE_HASH"}
    assert left_open(evidence) == ["compose_policy"]


def test_bundle__refutes_a_compose_file_that_the_policy_refuses() -> None:
    for text in (COMPOSE[:-1] + ', "init_script": "x"}', "{", "[]"):
        assert refuted(bundle(SimulatedGuest(text))) == {"compose_policy": "DSTACK_COMPOSE_REFUSED"}


def test_bundle__without_dstacks_evidence_still_proves_the_quote() -> None:
    unbound = replace(GUEST, mr_config_id=bytes(48))
    evidence = bundle(unbound, event_log=None, app_compose=None, expected=Expected())
    assert refuted(evidence) == {}
    assert "is zero" in judged(evidence)["config_id"].detail
    assert [claim for claim, each in judged(evidence).items() if each.result == PASS] == [
        "anchor",
        "quote",
        "attributes",
        "policy",
    ]


def test_bundle__of_an_sgx_enclave_leaves_dstacks_claims_open() -> None:
    tee = SimulatedTee(b"bundle", NOW, kind=SGX)
    evidence = bundle(quote=tee.quote(bytes(64)), collateral=tee.collateral(), expected=Expected())
    assert refuted(evidence) == {}
    found = judged(evidence)
    assert found["quote"].detail.startswith("SGX v3")
    assert "an SGX enclave has no rt_mr3" in found["event_log"].detail


DOCUMENT = json.dumps({"compose_hash": GUEST.compose_hash.hex(), "key_provider": "local"})
V3 = b"\3" + hashlib.sha256(b"dstack-mr-config-v3:\0" + DOCUMENT.encode()).digest() + bytes(15)
PARTS = HashedConfig(GUEST.compose_hash, GUEST.compose_hash[:20], "local", b"")
V2 = b"\2" + HASHES.keccak256(GUEST.compose_hash + GUEST.compose_hash[:20] + b"\1") + bytes(15)


def test_bundle__reveals_what_the_configuration_id_hashes() -> None:
    for config_id, preimage in ((V2, PARTS), (V3, ConfigDocument(DOCUMENT))):
        guest = replace(GUEST, mr_config_id=config_id)
        assert {each.result for each in judged(bundle(guest, config_preimage=preimage)).values()} == {PASS}
        assert left_open(bundle(guest)) == ["config_id"]
        without_log = bundle(guest, config_preimage=preimage, event_log=None)
        assert judged(without_log)["compose_hash"].result == PASS
    wrong = replace(PARTS, key_provider_id=b"x")
    assert refuted(bundle(replace(GUEST, mr_config_id=V2), config_preimage=wrong)) == {
        "config_id": "DSTACK_CONFIG_ID"
    }


def test_bundle__refutes_a_configuration_id_that_the_log_contradicts() -> None:
    other = replace(GUEST, mr_config_id=b"\1" + bytes(47))
    assert refuted(bundle(other)) == {"config_id": "DSTACK_CONFIG_ID"}
    document = json.dumps({"compose_hash": GUEST.compose_hash.hex(), "key_provider": "kms"})
    config_id = b"\3" + hashlib.sha256(b"dstack-mr-config-v3:\0" + document.encode()).digest() + bytes(15)
    evidence = bundle(replace(GUEST, mr_config_id=config_id), config_preimage=ConfigDocument(document))
    assert refuted(evidence) == {"config_id": "DSTACK_CONFIG_ID"}
    assert refuted(bundle(replace(GUEST, mr_config_id=b"\4" * 48))) == {
        "config_id": "DSTACK_CONFIG_ID_UNKNOWN"
    }


def test_bundle__refutes_another_image_app_id_and_report_data() -> None:
    expected = bundle().expected
    for change, claim, code in (
        ({"registers": {"mr_td": b"\1" * 48}}, "image", "IMAGE_MISMATCH"),
        ({"registers": {"mr_enclave": b"\1" * 32}}, "image", "IMAGE_MISMATCH"),
        ({"app_id": bytes(20)}, "app_id", "DSTACK_APP_ID"),
        ({"key_provider": KeyProvider("kms", "00")}, "key_provider", "DSTACK_KEY_PROVIDER"),
        ({"report_data": ReportDataParts("raw", {"value": bytes(64)})}, "report_data", "DSTACK_REPORT_DATA"),
    ):
        assert refuted(bundle(expected=replace(expected, **change))) == {claim: code}  # type: ignore[arg-type]
        assert refuted(bundle(), replace(TRUST, expected=replace(expected, **change))) == {claim: code}  # type: ignore[arg-type]
    assert "bundle's word" in judged(bundle())["image"].detail
    assert "as expected" in judged(bundle(), replace(TRUST, expected=expected))["image"].detail
    assert set(BUNDLE_CODES) == {"IMAGE_MISMATCH"}


def test_specification__lists_the_claims_in_their_order() -> None:
    text = (Path(__file__).parents[3] / "docs" / "spec" / "attestation-bundle.md").read_text()
    claims = text[text.index("## Claims") : text.index("## Policies")]
    assert re.findall(r"^\| `(\w+)` \|", claims, re.MULTILINE) == [claim for claim, _ in CLAIMS]


@pytest.mark.parametrize(
    ("form", "parts", "said"),
    [
        ("shade", {"account_id": b"\1" * 32}, b"\1" * 32 + bytes(32)),
        (
            "near-ai",
            {"signing_address": b"\1" * 20, "nonce": b"\2" * 32},
            b"\1" * 20 + bytes(12) + b"\2" * 32,
        ),
        ("raw", {"value": b"\3" * 64}, b"\3" * 64),
    ],
)
def test_bundle__knows_the_forms_of_report_data(form: str, parts: dict[str, bytes], said: bytes) -> None:
    quote = TEE.quote(said, measurements=GUEST.measurements())
    expected = Expected(report_data=ReportDataParts(form, parts))
    assert judged(bundle(quote=quote, expected=expected))["report_data"].result == PASS
