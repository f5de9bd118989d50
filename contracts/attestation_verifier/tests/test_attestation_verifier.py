"""The contract on CPython, by the wire: what it answers and what it refuses."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from common.shim.chain import Panic
from common.shim.harness import Contract
from sealwright_agents.simulated import Platform, SimulatedTee, TdMeasurements
from sealwright_agents.simulated.quotes import SGX, TD15, TD15_EX, BodyKind
from sealwright_protocol.verdict import (
    Collateral,
    Rejected,
    SgxReport,
    Td10Report,
    Td15Report,
    VerifiedReport,
    decode_verification_result,
    decode_verification_with_validity,
    encode_verification_result,
    encode_verify_args,
)
from tee_attestation_verifier.intel.trust import INTEL_ROOT

NOW = 1_781_481_600
TEE = SimulatedTee(b"contract", NOW)


def deployed(root_der: bytes | None) -> Contract:
    contract = Contract("attestation_verifier")
    contract.call("new", {} if root_der is None else {"root": base64.b64encode(root_der).decode()})
    contract.chain.block_ms = NOW * 1000 + 999
    return contract


@pytest.fixture
def contract() -> Contract:
    return deployed(TEE.root_der)


def arguments(tee: SimulatedTee, **quote: Any) -> bytes:
    return encode_verify_args(tee.quote(bytes(range(64)), **quote), Collateral(**vars(tee.collateral())))


def test_get_trusted_root__shows_whose_root_it_is(contract: Contract) -> None:
    assert contract.view("get_trusted_root")["is_intel"] is False
    shown = deployed(None).view("get_trusted_root")
    assert shown == {
        "sha256": INTEL_ROOT.fingerprint.hex(),
        "is_intel": True,
        "not_after_ms": 2_524_607_999_000,
    }


def test_new__refuses_what_is_no_root_and_a_second_run(contract: Contract) -> None:
    for encoding in (b"", b"x", TEE.root_der[:-1], TEE.root_der + b"\0"):
        with pytest.raises(Panic, match="ROOT_REFUSED"):
            deployed(encoding)
    with pytest.raises(Panic, match="ALREADY_INITIALISED"):
        deployed(TEE.root_der).call("new", {})


def test_verify_quote__answers_with_the_report(contract: Contract) -> None:
    verdict = decode_verification_result(contract.call("verify_quote", arguments(TEE, mrtd=b"\x07" * 48)).raw)
    assert isinstance(verdict, VerifiedReport)
    assert (verdict.status, verdict.advisory_ids, verdict.ppid) == ("UpToDate", [], TEE.ppid)
    assert (verdict.qe_status, verdict.platform_status) == (("UpToDate", []), ("UpToDate", []))
    assert isinstance(verdict.report, Td10Report)
    assert (verdict.report.mr_td, verdict.report.report_data) == (b"\x07" * 48, bytes(range(64)))


@pytest.mark.parametrize(("kind", "report"), [(SGX, SgxReport), (TD15, Td15Report), (TD15_EX, Td15Report)])
def test_verify_quote__answers_with_every_kind_of_report(kind: BodyKind, report: type) -> None:
    tee = SimulatedTee(b"contract", NOW, kind=kind)
    raw = deployed(tee.root_der).call("verify_quote", arguments(tee)).raw
    verdict = decode_verification_result(raw)
    assert isinstance(verdict, VerifiedReport)
    assert type(verdict.report) is report
    assert encode_verification_result(verdict) == raw


def test_verify_quote__verifies_what_is_out_of_date(contract: Contract) -> None:
    platform = Platform(pce_svn=10, qe_isv_svn=3)
    tee = SimulatedTee(b"contract", NOW, platform=platform, levels=TEE.levels)
    verdict = decode_verification_result(contract.call("verify_quote", arguments(tee)).raw)
    assert isinstance(verdict, VerifiedReport)
    assert (verdict.status, verdict.advisory_ids) == ("OutOfDate", ["INTEL-SA-00960", "INTEL-SA-00615"])
    assert verdict.platform_status == ("OutOfDate", ["INTEL-SA-00960"])
    assert verdict.qe_status == ("OutOfDate", ["INTEL-SA-00615"])


def test_verify_quote__answers_a_bad_quote_with_its_code(contract: Contract) -> None:
    debug = TdMeasurements(td_attributes=bytes.fromhex("0100001000000000"))
    for data, code in (
        (arguments(TEE, measurements=debug), "TD_DEBUG: "),
        (encode_verify_args(b"", Collateral(**vars(TEE.collateral()))), "QUOTE_MALFORMED: "),
        (arguments(SimulatedTee(b"stranger", NOW)), "ROOT_NOT_TRUSTED: "),
    ):
        verdict = decode_verification_result(contract.call("verify_quote", data).raw)
        assert isinstance(verdict, Rejected)
        assert verdict.reason.startswith(code)


def test_verify_quote__judges_at_the_time_of_the_block(contract: Contract) -> None:
    data = arguments(TEE)
    end = NOW + 30 * 86_400
    contract.chain.block_ms = end * 1000 - 1
    assert isinstance(decode_verification_result(contract.call("verify_quote", data).raw), VerifiedReport)
    contract.chain.block_ms = end * 1000
    verdict = decode_verification_result(contract.call("verify_quote", data).raw)
    assert isinstance(verdict, Rejected)
    assert "_EXPIRED" in verdict.reason


def test_verify_quote_with_validity__also_says_until_when(contract: Contract) -> None:
    data = arguments(TEE)
    verdict, until = decode_verification_with_validity(contract.call("verify_quote_with_validity", data).raw)
    assert isinstance(verdict, VerifiedReport)
    assert until == (NOW + 30 * 86_400) * 1000
    contract.chain.block_ms = until
    verdict, until = decode_verification_with_validity(contract.call("verify_quote_with_validity", data).raw)
    assert (type(verdict), until) == (Rejected, 0)


@pytest.mark.parametrize("cut", [0, 1, 3, 100, -1])
def test_verify_quote__refuses_bytes_that_are_no_arguments(contract: Contract, cut: int) -> None:
    data = arguments(TEE)
    for method in ("verify_quote", "verify_quote_with_validity"):
        for bad in (data[:cut], data + b"\0"):
            with pytest.raises(Panic, match="BAD_ARGUMENT"):
                contract.call(method, bad)
