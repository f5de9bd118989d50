"""Collateral that was checked before and is kept in memory gives the verdicts that it gives beside the quote."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sealwright_agents.simulated import Bends, SimulatedTee
from sealwright_agents.simulated.pki import CertificateSpec, CrlSpec
from tee_attestation_verifier.errors import CollateralMissing, Rejection
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.stored import check_collateral, verify_kept
from tee_attestation_verifier.intel.trust import INTEL_ROOT, TrustedRoot, root_from_der
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.collateral_file import read_collateral
from tee_attestation_verifier.offchain.keeper import MemoryKeeper
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto

NOW = 1_781_481_600
DAY = 86_400
CRYPTO = OpenSslCrypto()
MISSING = "missing"
SEED = b"kept in memory"
# Where the quote's side is needed to see the fault: TCB info for another kind or family is simply not this quote's.
OTHER_ANSWERS = {
    "tcb_fmspc_mismatch": ("TCB_INFO_FMSPC", MISSING),
    "tcb_sgx_for_tdx": ("TCB_INFO_KIND", "QE_IDENTITY_KIND"),
}


def facts(claims: Claims) -> tuple[Any, ...]:
    """All that a verdict says."""
    standing = (claims.platform_status, claims.platform_advisory_ids, claims.qe_status, claims.module_status)
    window = (claims.valid_from, claims.valid_until, claims.tcb_date)
    numbers = (claims.tcb_evaluation_number, claims.qe_evaluation_number)
    return (claims.status, claims.advisory_ids, claims.report.data, claims.ppid, standing, window, numbers)


def beside(quote: bytes, collateral: Collateral, now: int, root: TrustedRoot) -> tuple[Any, ...]:
    try:
        return facts(verify(quote, collateral, now, root, CRYPTO))
    except Rejection as rejection:
        return (rejection.code,)


def kept(quote: bytes, collateral: Collateral, now: int, root: TrustedRoot) -> tuple[Any, ...]:
    keeper = MemoryKeeper()
    try:
        keeper.keep(check_collateral(collateral, now, root, CRYPTO))
        return facts(verify_kept(quote, keeper.at(now), now, root, CRYPTO))
    except Rejection as rejection:
        return (rejection.code,)
    except CollateralMissing:
        return (MISSING,)


@pytest.mark.parametrize("parent", ["real", "synthetic"])
def test_samples__get_the_verdict_that_they_get_beside_their_collateral(samples: Path, parent: str) -> None:
    synthetic = root_from_der((samples / "synthetic" / "root.der").read_bytes(), CRYPTO)
    root = INTEL_ROOT if parent == "real" else synthetic
    for folder in sorted(each for each in (samples / parent).iterdir() if each.is_dir()):
        quote = (folder / "quote.bin").read_bytes()
        collateral = read_collateral((folder / "collateral.json").read_text())
        now = json.loads((folder / "expected.json").read_text())["now"]
        both = (beside(quote, collateral, now, root), kept(quote, collateral, now, root))
        if folder.name in OTHER_ANSWERS:
            assert both == tuple((code,) for code in OTHER_ANSWERS[folder.name])
        elif collateral.pck_certificate_chain is None:
            assert both[0] == both[1], folder.name


def machine(number: int = 18, status: str = "UpToDate", **bends: Any) -> SimulatedTee:
    """The machine of these tests under an evaluation, its lists numbered by their time."""

    def evaluate(info: dict[str, Any]) -> None:
        info["tcbEvaluationDataNumber"] = number
        info["tcbLevels"][0]["tcbStatus"] = status

    def identify(identity: dict[str, Any]) -> None:
        identity["tcbEvaluationDataNumber"] = number

    edits = {"crl": numbered, "tcb_info": evaluate, "qe_identity": identify, **bends}
    return SimulatedTee(SEED, NOW, bends=Bends(**edits))


def numbered(issuer: str, spec: CrlSpec) -> CrlSpec:
    return replace(spec, number=spec.this_update)


ROOT = root_from_der(machine().root_der, CRYPTO)
QUOTE = machine().quote(bytes(64))


def keep(keeper: MemoryKeeper, tee: SimulatedTee, at: int = NOW) -> None:
    keeper.keep(check_collateral(tee.collateral(at), NOW, ROOT, CRYPTO))


def judged(keeper: MemoryKeeper, now: int = NOW) -> Claims:
    return verify_kept(QUOTE, keeper.at(now), now, ROOT, CRYPTO)


@pytest.mark.parametrize(("least", "used"), [(0, 17), (17, 17), (18, 19), (19, 19), (20, 21)])
def test_evaluations__the_lowest_that_will_do_is_used(least: int, used: int) -> None:
    keeper = MemoryKeeper(least)
    for number in (19, 21, 17):
        keep(keeper, machine(number))
    claims = judged(keeper)
    assert (claims.tcb_evaluation_number, claims.qe_evaluation_number) == (used, used)


def test_evaluations__none_is_missing_and_an_expired_one_is_passed_over() -> None:
    keeper = MemoryKeeper(17)
    keep(keeper, machine(17), NOW - 20 * DAY)
    keep(keeper, machine(19))
    assert judged(keeper).tcb_evaluation_number == 17
    assert judged(keeper, NOW + 15 * DAY).tcb_evaluation_number == 19
    with pytest.raises(CollateralMissing, match="TCB info of evaluation 20 or later"):
        judged_with_least(keeper, 20)


def judged_with_least(keeper: MemoryKeeper, least: int) -> Claims:
    keeper.minimum = least
    return judged(keeper)


@pytest.mark.parametrize(("first", "second"), [(-5, 0), (0, -5)])
def test_issues__the_later_one_stays(first: int, second: int) -> None:
    keeper = MemoryKeeper()
    for day in (first, second):
        keep(keeper, machine(status="UpToDate" if day == 0 else "SWHardeningNeeded"), NOW + day * DAY)
    assert judged(keeper).status == "UpToDate"
    assert judged(keeper).valid_until == NOW + 30 * DAY


def test_lists__a_lower_number_never_replaces() -> None:
    keeper = MemoryKeeper()
    keep(keeper, machine(), NOW - 5 * DAY)
    keep(keeper, machine(crl=lambda issuer, spec: replace(spec, number=1)))
    assert judged(keeper).valid_until == NOW + 25 * DAY


def renewed(role: str, spec: CertificateSpec) -> CertificateSpec:
    """The same names and keys under other serials, valid for longer."""
    if role not in ("pck_ca", "tcb_signer"):
        return spec
    return replace(spec, serial=spec.serial + 100, not_after=spec.not_after + DAY)


def test_renewed_certificates__replace_what_is_as_late() -> None:
    def short_lived(role: str, spec: CertificateSpec) -> CertificateSpec:
        return replace(spec, not_after=NOW + DAY) if role in ("pck_ca", "tcb_signer") else spec

    keeper = MemoryKeeper()
    keep(keeper, machine(certificate=short_lived))
    keep(keeper, machine(certificate=renewed))
    # The quote's own CA certificate is not the one that issued the list: it is checked like any other.
    assert judged(keeper).valid_until == NOW + 30 * DAY


def test_revoked_signer__puts_nothing_and_gives_way() -> None:
    keeper = MemoryKeeper()
    keep(keeper, machine())
    patched = {"crl": lambda issuer, spec: numbered(issuer, replace(spec, revoked=(3,)))}
    keep(keeper, machine(20, certificate=renewed, **patched), NOW + DAY // 2)
    with pytest.raises(Rejection, match="TCB_SIGNER_REVOKED"):
        judged(keeper)
    with pytest.raises(Rejection, match="TCB_SIGNER_REVOKED"):
        keep(keeper, machine(19))
    # An issue no later than the revoked signer's takes its place.
    keep(keeper, machine(certificate=renewed), NOW - 5 * DAY)
    assert judged(keeper).tcb_evaluation_number == 18


def test_nothing_kept__is_no_rejection() -> None:
    with pytest.raises(CollateralMissing, match="root CRL"):
        judged(MemoryKeeper())
