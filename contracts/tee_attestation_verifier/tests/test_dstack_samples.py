"""Every dstack sample gives the registers, hashes and report data that its quote proves."""

from __future__ import annotations

import json
from pathlib import Path

import base58
import pytest
from tee_attestation_verifier.dstack import report_data
from tee_attestation_verifier.dstack.boot import Boot, check_app_id, read_boot, single_event
from tee_attestation_verifier.dstack.compose import (
    check_compose,
    check_compose_hash,
    compose_findings,
    near_mpc_policy,
    strict_policy,
)
from tee_attestation_verifier.dstack.config_id import UNBOUND, bound_plainly, config_version
from tee_attestation_verifier.dstack.event_log import Event, check_register, parse_event_log
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.quote import parse_quote
from tee_attestation_verifier.intel.report import Report
from tee_attestation_verifier.offchain.digests import StandardHashes
from tee_attestation_verifier.offchain.dstack_files import DstackEvidence, read_app_compose, read_evidence

HASHES = StandardHashes()
# A deployment's folder, and whether the quote of that deployment is there.
DEPLOYMENTS = {"near-mpc": True, "near-mpc-2026-02": True, "shade-agent": False}
TCB_INFOS = ("tcb_info", "mpc_tcb_info_dev", "mpc_tcb_info_prod")
GUEST_ANSWERS = ("quote-report", "tdx-lite-getquote", "tdx-lite-attestation")


@pytest.fixture(scope="module")
def dstack(samples: Path) -> Path:
    return samples / "dstack"


def evidence(path: Path) -> DstackEvidence:
    return read_evidence(path.read_bytes())


def events_of(found: DstackEvidence) -> list[Event]:
    assert found.event_log is not None
    return parse_event_log(found.event_log)


def report_of(found: DstackEvidence) -> Report:
    assert found.quote is not None
    return parse_quote(found.quote).report


def tcb_infos(dstack: Path) -> list[Path]:
    paths = [dstack / folder / f"{name}.json" for folder in DEPLOYMENTS for name in TCB_INFOS]
    found = [path for path in paths if path.is_file()]
    assert len(found) == 5
    return found


def test_event_log__replays_to_the_registers_that_each_tcb_info_names(dstack: Path) -> None:
    for path in tcb_infos(dstack):
        info = json.loads(path.read_text())
        for register in range(4):
            measured = bytes.fromhex(info[f"rtmr{register}"])
            check_register(events_of(evidence(path)), register, measured, HASHES)


def test_event_log__replays_to_the_registers_in_the_quotes(dstack: Path) -> None:
    for name in ("quote-report", "tdx-lite-getquote"):
        found = evidence(dstack / "guest" / f"{name}.json")
        for register in range(4):
            measured = report_of(found).field(f"rt_mr{register}")
            check_register(events_of(found), register, measured, HASHES)
    for folder, has_quote in DEPLOYMENTS.items():
        if has_quote:
            report = report_of(evidence(dstack / folder / "quote.json"))
            log = events_of(evidence(dstack / folder / "tcb_info.json"))
            check_register(log, 3, report.field("rt_mr3"), HASHES)


def test_event_log__of_the_scale_form_is_that_of_the_json_form(dstack: Path) -> None:
    scale = evidence(dstack / "guest" / "tdx-lite-attestation.json")
    answer = evidence(dstack / "guest" / "tdx-lite-getquote.json")
    assert (scale.quote, scale.vm_config) == (answer.quote, answer.vm_config)
    assert answer.event_log is not None
    assert scale.event_log == [each for each in answer.event_log if each["imr"] == 3]  # type: ignore[index]
    check_register(events_of(scale), 3, report_of(scale).field("rt_mr3"), HASHES)


def boots(dstack: Path) -> list[Boot]:
    paths = [*tcb_infos(dstack), *(dstack / "guest" / f"{name}.json" for name in GUEST_ANSWERS)]
    return [read_boot(events_of(evidence(path)), HASHES) for path in paths]


def test_boot__facts_are_there_in_every_log(dstack: Path) -> None:
    for boot in boots(dstack):
        check_app_id(boot.app_id, boot.compose_hash)
        assert boot.init_script_hashes == []
    assert {boot.key_provider for boot in boots(dstack)} == {"local-sgx", "kms"}
    assert [len(boot.instance_id) for boot in boots(dstack)] == [0] * 5 + [20] * 3


def test_compose_hash__is_that_of_the_stored_file_and_of_mr_config_id(dstack: Path) -> None:
    for path in tcb_infos(dstack):
        found = evidence(path)
        assert found.app_compose is not None
        compose_hash = read_boot(events_of(found), HASHES).compose_hash
        check_compose_hash(found.app_compose.encode(), compose_hash, HASHES)
        assert json.loads(path.read_text())["compose_hash"] == compose_hash.hex()
    for folder in ("near-mpc", "near-mpc-2026-02"):
        compose = (dstack / folder / "app_compose.json").read_bytes()
        config_id = report_of(evidence(dstack / folder / "quote.json")).field("mr_config_id")
        check_compose_hash(compose, bound_plainly(config_id).compose_hash, HASHES)


def test_compose_file__contains_the_launcher_that_near_mpc_publishes(dstack: Path) -> None:
    for folder in ("near-mpc", "near-mpc-2026-02"):
        compose = read_app_compose((dstack / folder / "app_compose.json").read_bytes())
        assert compose["docker_compose_file"] == (dstack / folder / "launcher_image_compose.yaml").read_text()


def test_config_id__of_the_guests_is_unbound_or_plain(dstack: Path) -> None:
    unbound = report_of(evidence(dstack / "guest" / "quote-report.json")).field("mr_config_id")
    assert config_version(unbound) == UNBOUND
    lite = evidence(dstack / "guest" / "tdx-lite-getquote.json")
    bound = bound_plainly(report_of(lite).field("mr_config_id"))
    assert bound.compose_hash == read_boot(events_of(lite), HASHES).compose_hash


def test_compose_policy__accepts_near_mpc_and_refuses_the_simulator(dstack: Path) -> None:
    for path in tcb_infos(dstack):
        compose = evidence(path).app_compose
        assert compose is not None
        check_compose(read_app_compose(compose), near_mpc_policy())
        check_compose(read_app_compose(compose), strict_policy())
    simulator = read_app_compose((dstack / "guest" / "simulator_app-compose.json").read_bytes())
    refused = {name for name, _ in compose_findings(simulator, strict_policy())}
    assert refused == {"pre_launch_script", "gateway_enabled", "kms_enabled", "key_provider"}
    with pytest.raises(Rejection, match="DSTACK_COMPOSE_REFUSED"):
        check_compose(simulator, near_mpc_policy())


def key(path: Path) -> bytes:
    decoded: bytes = base58.b58decode(path.read_text().strip().removeprefix("ed25519:"))
    return decoded


def test_report_data__of_near_mpc_binds_its_two_keys(dstack: Path) -> None:
    for folder in ("near-mpc", "near-mpc-2026-02"):
        tls, account = (key(dstack / folder / f"near_{name}_public_key.pub") for name in ("p2p", "account"))
        quoted = report_of(evidence(dstack / folder / "quote.json")).field("report_data")
        report_data.check_report_data(quoted, report_data.near_mpc(tls, account, HASHES))
        with pytest.raises(Rejection, match="DSTACK_REPORT_DATA"):
            report_data.check_report_data(quoted, report_data.near_mpc(account, tls, HASHES))


def test_application_event__of_near_mpc_names_its_image(dstack: Path) -> None:
    for folder in ("near-mpc", "near-mpc-2026-02"):
        event = single_event(events_of(evidence(dstack / folder / "tcb_info.json")), "mpc-image-digest")
        assert event.payload.hex() == (dstack / folder / "mpc_image_digest.txt").read_text().strip()


def test_evidence__of_a_gpu_is_not_taken_for_dstacks(dstack: Path) -> None:
    with pytest.raises(ValueError, match="neither"):
        evidence(dstack / "guest" / "gpu_attestation_h100.json")
