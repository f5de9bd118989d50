"""The released verifier in the sandbox: every sample gets the verdict and the reason that it gets off chain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sealwright.samples import SamplesUnavailable, genuine_pairs
from sealwright.verify.cli import app
from sealwright.verify.inputs import read_collateral_file
from sealwright.verify.on_chain import VerifierOnChain, judge_on_chain
from sealwright.verify.outcome import Outcome, judge_off_chain
from sealwright_agents.simulated import Bends, Platform, SimulatedTee, TdMeasurements
from sealwright_agents.simulated.quotes import SGX, TD15, TD15_EX
from sealwright_protocol.verdict import (
    Rejected,
    VerifiedReport,
    decode_verification_with_validity,
    decode_verify_args,
)
from sealwright_sandbox import CallFailed
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.attributes import check_attributes
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.trust import INTEL_ROOT, TrustedRoot, root_from_der
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.collateral_file import write_collateral
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto
from typer.testing import CliRunner

CRYPTO = OpenSslCrypto()
NOW = 1_781_481_600
TGAS = 10**12
MOST_GAS = 22 * TGAS


@pytest.fixture(scope="module")
def wasm(release: Path) -> bytes:
    return (release / "attestation_verifier.wasm").read_bytes()


@pytest.fixture(scope="module")
def intel(wasm: bytes) -> VerifierOnChain:
    return VerifierOnChain(wasm)


@pytest.fixture(scope="module")
def synthetic(wasm: bytes, attestation_samples: Path) -> tuple[VerifierOnChain, TrustedRoot]:
    encoding = (attestation_samples / "synthetic" / "root.der").read_bytes()
    return VerifierOnChain(wasm, encoding), root_from_der(encoding, CRYPTO)


def off_chain(quote: bytes, collateral: Collateral, now: int, root: TrustedRoot) -> tuple[object, ...]:
    """What a verdict comes down to: status, advisories, report and machine; or the code."""
    try:
        claims = verify(quote, collateral, now, root, CRYPTO)
        check_attributes(claims.report)
    except Rejection as rejection:
        return (rejection.code,)
    data = claims.report.field("report_data")
    standing = (
        claims.qe_status,
        claims.qe_advisory_ids,
        claims.platform_status,
        claims.platform_advisory_ids,
    )
    return (claims.status, claims.advisory_ids, data, claims.ppid, *standing)


def on_chain(verdict: VerifiedReport | Rejected) -> tuple[object, ...]:
    if isinstance(verdict, Rejected):
        return (verdict.reason.partition(":")[0],)
    standing = (*verdict.qe_status, *verdict.platform_status)
    return (verdict.status, verdict.advisory_ids, verdict.report.report_data, verdict.ppid, *standing)


def samples(folder: Path) -> Iterator[tuple[str, bytes, Collateral, int]]:
    for each in sorted(path for path in folder.iterdir() if path.is_dir()):
        now = json.loads((each / "expected.json").read_text())["now"]
        yield (
            each.name,
            (each / "quote.bin").read_bytes(),
            read_collateral_file(each / "collateral.json"),
            now,
        )


def test_verify_quote__judges_real_pairs_as_off_chain(
    intel: VerifierOnChain, attestation_samples: Path
) -> None:
    for name, quote, collateral, now in samples(attestation_samples / "real"):
        verdict, gas = intel.judge(quote, collateral, now)
        assert on_chain(verdict) == off_chain(quote, collateral, now, INTEL_ROOT), name
        assert gas <= MOST_GAS or "tdx_v4" not in name, (name, gas)


def test_verify_quote__judges_synthetic_cases_as_off_chain(
    synthetic: tuple[VerifierOnChain, TrustedRoot], attestation_samples: Path
) -> None:
    verifier, root = synthetic
    for name, quote, collateral, now in samples(attestation_samples / "synthetic"):
        verdict, _ = verifier.judge(quote, collateral, now)
        assert on_chain(verdict) == off_chain(quote, collateral, now, root), name


def test_verify_quote__judges_the_edges_of_validity(
    intel: VerifierOnChain, attestation_samples: Path
) -> None:
    for name, quote, collateral, now in samples(attestation_samples / "real"):
        expected = json.loads((attestation_samples / "real" / name / "expected.json").read_text())
        if not isinstance(intel.judge(quote, collateral, now)[0], VerifiedReport):
            continue
        for at, good in ((-1, False), (0, True)):
            for edge in ("valid_from", "valid_to"):
                moment = expected[edge] + at
                verdict, _ = intel.judge(quote, collateral, moment)
                assert isinstance(verdict, VerifiedReport) == (good == (edge == "valid_from")), (
                    name,
                    edge,
                    at,
                )
        raw, _ = intel.ask(quote, collateral, now, "verify_quote_with_validity")
        assert decode_verification_with_validity(raw)[1] == expected["valid_to"] * 1000


def test_verify_quote__verifies_the_genuine_pairs_of_the_demo(intel: VerifierOnChain) -> None:
    try:
        pairs = genuine_pairs()
    except SamplesUnavailable as reason:
        pytest.skip(str(reason))
    for pair in pairs.values():
        collateral = read_collateral_file(pair.collateral_file)
        verdict, gas = intel.judge(pair.quote, collateral, pair.at)
        assert on_chain(verdict) == off_chain(pair.quote, collateral, pair.at, INTEL_ROOT)
        assert isinstance(verdict, VerifiedReport)
        assert gas <= MOST_GAS
        tampered = bytearray(pair.quote)
        tampered[600] ^= 1
        assert on_chain(intel.judge(bytes(tampered), collateral, pair.at)[0]) == ("QUOTE_SIGNATURE",)


def test_verify_quote__takes_the_arguments_of_the_verifier_on_mainnet(
    wasm: bytes, attestation_samples: Path
) -> None:
    """A real argument blob, byte for byte as near/mpc's contract takes it."""
    folder = attestation_samples / "dstack" / "near-mpc"
    quote, collateral = decode_verify_args((folder / "verify_quote_args.borsh").read_bytes())
    given = Collateral(**{name: getattr(collateral, name) for name in Collateral.FIELDS})
    verdict, _ = VerifierOnChain(wasm).judge(quote, given, 1_787_894_484)
    assert on_chain(verdict) == off_chain(quote, given, 1_787_894_484, INTEL_ROOT)
    assert isinstance(verdict, VerifiedReport)
    assert verdict.status == "UpToDate"


@pytest.mark.parametrize(("tampered", "exit_code"), [(False, 0), (True, 1)])
def test_command__asks_the_contract_and_shows_its_gas(tmp_path: Path, tampered: bool, exit_code: int) -> None:
    tee = SimulatedTee(b"command", NOW)
    quote, collateral, root = (tmp_path / name for name in ("quote", "collateral", "root"))
    quote.write_bytes(tee.quote(bytes(64))[: -100 if tampered else None])
    collateral.write_text(write_collateral(tee.collateral()))
    root.write_bytes(tee.root_der)
    arguments = [
        "quote",
        quote,
        "--collateral",
        collateral,
        "--root",
        root,
        "--at",
        NOW,
        "--on-chain",
        "--json",
    ]
    done = CliRunner().invoke(app, list(map(str, arguments)))
    assert done.exit_code == exit_code
    document = json.loads(done.stdout)
    assert document["verdict"] == ("rejected" if tampered else "verified")
    assert 0 < document["gas"] < MOST_GAS


MINTED: dict[str, dict[str, Any]] = {
    "sgx": {"kind": SGX},
    "td15": {"kind": TD15},
    "td15_ex": {"kind": TD15_EX},
    "relaunch": {"kind": TD15, "platform": Platform(tee_tcb_svn=bytes((5, 1, 3)) + bytes(13))},
    "out_of_date": {"platform": Platform(pce_svn=10, qe_isv_svn=3)},
    "unsupported": {"platform": Platform(pce_svn=9)},
    "rogue": {"bends": Bends(signer={"quote": "rogue"})},
    "no_json": {"bends": Bends(tcb_info=lambda info: info.update(category="é"))},
    "status": {"bends": Bends(tcb_info=lambda info: info["tcbLevels"][1].update(tcbStatus="Fine"))},
}


@pytest.mark.parametrize("name", MINTED)
def test_verify_quote__judges_minted_cases_as_off_chain(wasm: bytes, name: str) -> None:
    tee = SimulatedTee(b"minted", NOW, levels=SimulatedTee(b"minted", NOW).levels, **MINTED[name])
    quote, collateral = tee.quote(bytes(range(64))), tee.collateral()
    verdict, _ = VerifierOnChain(wasm, tee.root_der).judge(quote, collateral, NOW)
    assert on_chain(verdict) == off_chain(quote, collateral, NOW, root_from_der(tee.root_der, CRYPTO))


def test_verify_quote__answers_broken_evidence_with_a_value(wasm: bytes) -> None:
    tee = SimulatedTee(b"broken", NOW)
    verifier, root = VerifierOnChain(wasm, tee.root_der), root_from_der(tee.root_der, CRYPTO)
    quote = tee.quote(bytes(64))
    for at in range(0, len(quote), 211):
        edited = quote[:at] + bytes([quote[at] ^ 0x40]) + quote[at + 1 :]
        verdict, _ = verifier.judge(edited, tee.collateral(), NOW)
        assert on_chain(verdict) == off_chain(edited, tee.collateral(), NOW, root), at
    for field in Collateral.FIELDS[:9]:
        value = getattr(tee.collateral(), field)
        for broken in (value[:0], value[:-1], value[: len(value) // 2], value + value):
            collateral = tee.collateral()
            setattr(collateral, field, broken)
            verdict, _ = verifier.judge(quote, collateral, NOW)
            assert on_chain(verdict) == off_chain(quote, collateral, NOW, root), (field, len(broken))


def test_new__refuses_a_root_that_is_none(wasm: bytes) -> None:
    with pytest.raises(CallFailed, match="ROOT_REFUSED"):
        VerifierOnChain(wasm, b"no certificate")


def test_judge_on_chain__says_what_judge_off_chain_says() -> None:
    tee = SimulatedTee(b"command", NOW)
    root = root_from_der(tee.root_der, CRYPTO)
    debug = TdMeasurements(td_attributes=bytes.fromhex("0100001000000000"))
    for quote in (tee.quote(bytes(64)), tee.quote(bytes(64), measurements=debug), b""):
        here = judge_off_chain(quote, tee.collateral(), NOW, root)
        there = judge_on_chain(quote, tee.collateral(), NOW, tee.root_der)
        assert essence(there) == essence(here)
        assert there.gas is not None
        assert here.gas is None


def essence(outcome: Outcome) -> tuple[object, ...]:
    # A rejection is all that the contract says, so a status that came before the gate is unknown there.
    status = outcome.status if outcome.verified else None
    return (
        outcome.verified,
        status,
        outcome.code,
        outcome.advisory_ids if outcome.verified else [],
        outcome.steps(),
    )
