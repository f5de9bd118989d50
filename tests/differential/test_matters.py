"""The matters where two verifiers are most apt to differ, swept one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sealwright_agents.simulated import Bends, Platform, SimulatedTee, TdMeasurements
from sealwright_agents.simulated.pki import CertificateSpec, CrlSpec

from tests.differential.evidence import EXPLAINED, Evidence, ours, theirs
from tests.differential.minting import NOW
from tests.differential.rules import require_explained

SEPT_VE_DISABLE = 1 << 28
DAY = 86_400


def minted(tee: SimulatedTee, **quote: Any) -> Evidence:
    return Evidence(tee.quote(bytes(64), **quote), tee.collateral(), NOW, tee.root_der)


@pytest.mark.parametrize("bit", range(64))
def test_td_attributes__are_judged_alike(bit: int) -> None:
    attributes = (SEPT_VE_DISABLE ^ 1 << bit).to_bytes(8, "little")
    evidence = minted(SimulatedTee(b"bits", NOW), measurements=TdMeasurements(td_attributes=attributes))
    require_explained(evidence, f"bit {bit}")
    assert (ours(evidence).essence == theirs(evidence).essence) == (bit not in (16, 18, 19, 20, 21, 22))


@pytest.mark.parametrize("module", [0, 1])
@pytest.mark.parametrize("svn", range(8))
def test_module_versions__are_judged_alike(module: int, svn: int) -> None:
    platform = Platform(tee_tcb_svn=bytes((svn, module, 3)) + bytes(13))
    tee = SimulatedTee(b"svn", NOW, platform=platform, levels=SimulatedTee(b"svn", NOW).levels)
    evidence = minted(tee)
    assert ours(evidence).essence == theirs(evidence).essence


@pytest.mark.parametrize("qe_svn", range(6))
@pytest.mark.parametrize(
    "status",
    ["UpToDate", "SWHardeningNeeded", "ConfigurationNeeded", "ConfigurationAndSWHardeningNeeded", "Revoked"],
)
def test_convergence__is_judged_alike(status: str, qe_svn: int) -> None:
    bends = Bends(tcb_info=lambda info: info["tcbLevels"][0].update(tcbStatus=status))
    evidence = minted(SimulatedTee(b"converge", NOW, platform=Platform(qe_isv_svn=qe_svn), bends=bends))
    assert ours(evidence).essence == theirs(evidence).essence


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33, 64, 1000])
def test_qe_data__of_any_length_is_verified_here_alone(size: int) -> None:
    evidence = minted(SimulatedTee(b"qe data", NOW), qe_auth=bytes(size))
    require_explained(evidence, f"{size} bytes")
    assert ours(evidence).status == "UpToDate"
    assert (theirs(evidence).status == "UpToDate") == (size == 32)


def bends_of_time() -> Iterator[tuple[str, int, Bends]]:
    """Something that begins or ends a day from now, and when."""
    for at in (NOW + DAY, NOW - DAY):
        side = {"not_after": at} if at > NOW else {"not_before": at}
        for role in ("root", "pck_ca", "pck", "tcb_signer"):

            def certificate(
                each: str, spec: CertificateSpec, role: str = role, side: dict[str, int] = side
            ) -> CertificateSpec:
                return replace(spec, **side) if each == role else spec  # type: ignore[arg-type]

            yield f"{role} {side}", at, Bends(certificate=certificate)
        edge = {"next_update": at} if at > NOW else {"this_update": at}
        for issuer in ("root", "pck_ca"):

            def crl(each: str, spec: CrlSpec, issuer: str = issuer, edge: dict[str, int] = edge) -> CrlSpec:
                return replace(spec, **edge) if each == issuer else spec  # type: ignore[arg-type]

            yield f"CRL of {issuer} {edge}", at, Bends(crl=crl)


def test_every_validity__is_judged_alike_but_in_its_last_second() -> None:
    for case, at, bends in bends_of_time():
        evidence = minted(SimulatedTee(b"time", NOW, bends=bends))
        for now in (at - 1, at, at + 1):
            require_explained(replace(evidence, now=now), f"{case} at {now - at:+}")
    plain = minted(SimulatedTee(b"time", NOW))
    for edge in (NOW - DAY, NOW + 30 * DAY):
        for now in (edge - 1, edge, edge + 1):
            require_explained(replace(plain, now=now), f"documents at {now - edge:+}")
    assert EXPLAINED["ends of validity"] > 0
