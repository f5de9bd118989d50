"""Kept collateral: a quote that is judged by what was put before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sealwright_agents.simulated import Bends, SimulatedTee
from sealwright_agents.simulated.pki import CertificateSpec
from sealwright_agents.simulated.quotes import SGX, TD15
from tee_attestation_verifier.intel.collateral import Collateral

from tests.attestation_cases.case import NOW, SEED, Case
from tests.attestation_cases.edits import certificate, members, revocation
from tests.attestation_cases.judged import MISSING
from tests.attestation_cases.lists import CA_SERIAL, SIGNER_SERIAL, other_key, pck_serial, renewed_authority

LATER, LATER_TEXT = NOW + 10, "2026-06-15T00:00:10Z"
RENEWED = {"pck_ca": 79, "tcb_signer": 78}
Puts = tuple[tuple[Collateral, int], ...]
Put = Callable[[Collateral], Puts]


def once(collateral: Collateral) -> Puts:
    """Put at the quote's own time."""
    return ((collateral, NOW),)


def by_the_renewed_authority(collateral: Collateral) -> Puts:
    """Put with the CRL chain of the authority's other certificate, serial 77."""
    renewed_authority(collateral)
    return once(collateral)


def renewed(role: str, spec: CertificateSpec) -> CertificateSpec:
    """Certificates of other serials for the PCK CA and the TCB signer."""
    return certificate(role, serial=RENEWED[role])(role, spec) if role in RENEWED else spec


def then_listed(serial: int, first: Put = once) -> Put:
    """Put, and later put a root list that names a serial; the later collateral has renewed certificates."""
    bends = Bends(crl=revocation("root", revoked=(serial,)), certificate=renewed)
    return lambda collateral: (*first(collateral), (SimulatedTee(SEED, NOW, bends=bends).collateral(), NOW))


def of_another_authority(collateral: Collateral) -> Puts:
    """Put with the list and chain of an authority of the same name and another key."""
    bends = Bends(signer={"pck_crl": "another authority"})
    other = SimulatedTee(SEED, NOW, bends=bends).collateral()
    other_key(other)
    return once(other)


def kept(
    name: str,
    code: str = "",
    step: int = 0,
    *,
    puts: Put = once,
    now: int = NOW,
    machine: dict[str, Any] | None = None,
    **bends: Any,
) -> Case:
    """A case that is judged by kept collateral."""
    return Case(
        f"kept_{name}", code, step, now=now, machine={"bends": Bends(**bends), **(machine or {})}, puts=puts
    )


KEPT: tuple[Case, ...] = (
    kept("tdx"),
    kept("sgx", machine={"kind": SGX}),
    kept("td15", machine={"kind": TD15}),
    kept("until_its_last_second", now=LATER - 1, crl=revocation("pck_ca", next_update=LATER)),
    kept("by_a_renewed_authority", puts=by_the_renewed_authority),
    kept("and_a_later_root_list", puts=then_listed(SIGNER_SERIAL + 100)),
    kept("of_another_authority", MISSING, puts=of_another_authority),
    kept("root_crl_expired", "CRL_EXPIRED", 3, now=LATER, crl=revocation("root", next_update=LATER)),
    kept("pck_crl_expired", "CRL_EXPIRED", 3, now=LATER, crl=revocation("pck_ca", next_update=LATER)),
    kept("tcb_info_expired", "TCB_INFO_EXPIRED", 4, now=LATER, tcb_info=members(nextUpdate=LATER_TEXT)),
    kept(
        "qe_identity_expired", "QE_IDENTITY_EXPIRED", 4, now=LATER, qe_identity=members(nextUpdate=LATER_TEXT)
    ),
    kept(
        "tcb_signer_expired",
        "TCB_INFO_EXPIRED",
        4,
        now=LATER,
        certificate=certificate("tcb_signer", not_after=LATER),
    ),
    kept("root_expired", "CERT_EXPIRED", 2, now=LATER, certificate=certificate("root", not_after=LATER)),
    kept(
        "put_after_the_root",
        "CERT_EXPIRED",
        2,
        puts=lambda collateral: ((collateral, LATER),),
        now=LATER,
        certificate=certificate("root", not_after=LATER),
    ),
    kept("pck_revoked", "PCK_REVOKED", 3, crl=revocation("pck_ca", revoked=(pck_serial(),))),
    kept("pck_ca_revoked_later", "CA_REVOKED", 3, puts=then_listed(CA_SERIAL)),
    kept("crl_issuer_revoked_later", "CA_REVOKED", 3, puts=then_listed(77, by_the_renewed_authority)),
    kept("tcb_signer_revoked_later", "TCB_SIGNER_REVOKED", 4, puts=then_listed(SIGNER_SERIAL)),
)
