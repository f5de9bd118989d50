"""Steps 1, 2 and 5: certification data of types 1 to 5, and PCK chains that come as collateral."""

from __future__ import annotations

from functools import cache

from sealwright_agents.simulated import Platform, SimulatedTee
from tee_attestation_verifier.intel.collateral import Collateral

from tests.attestation_cases.case import NOW, SEED, Case, CollateralEdit, refused, verified
from tests.attestation_cases.edits import given

PPID_SIZES = {1: 16, 2: 256, 3: 384}
SUPPLIED = "pck_certificate_chain"


@cache
def machine() -> SimulatedTee:
    """The machine of all cases."""
    return SimulatedTee(SEED, NOW)


def other_chain() -> str:
    """The PCK chain of another machine under the same root."""
    return SimulatedTee(b"other machine", NOW, root_seed=SEED).pck_chain


def first_certificate() -> bytes:
    """The PCK certificate alone, in PEM."""
    end = "-----END CERTIFICATE-----\n"
    return (machine().pck_chain.split(end)[0] + end).encode()


def identifiers(kind: int, **bent: bytes) -> bytes:
    """What types 1 to 3 hold, with some fields replaced."""
    platform = Platform()
    fields = {
        "ppid": machine().ppid if kind == 1 else bytes(PPID_SIZES[kind]),
        "cpu_svn": platform.cpu_svn,
        "pce_svn": platform.pce_svn.to_bytes(2, "little"),
        "pce_id": platform.pce_id,
    }
    return b"".join({**fields, **bent}.values())


def own_chain(collateral: Collateral) -> None:
    """The machine's PCK chain as collateral, with other line breaks."""
    collateral.pck_certificate_chain = machine().pck_chain.replace("\n", "\r\n")


def certified(
    name: str,
    code: str,
    kind: int,
    data: bytes,
    supplied: CollateralEdit | None = own_chain,
    step: int | None = None,
) -> Case:
    """A quote with certification data of that type, and a PCK chain beside it."""
    quoting = {"certification": (kind, data)}
    if not code:
        return verified(name, quoting=quoting, collateral=supplied)
    return refused(name, code, step=step, quoting=quoting, collateral=supplied)


CERTIFICATION: tuple[Case, ...] = (
    certified("ppid_in_clear", "", 1, identifiers(1)),
    certified("ppid_in_2048_bits", "", 2, identifiers(2)),
    certified("ppid_in_3072_bits", "", 3, identifiers(3)),
    certified("ppid_encrypted_of_any_value", "", 3, identifiers(3, ppid=b"\xff" * 384)),
    certified("pck_certificate_alone", "", 4, first_certificate()),
    certified("supplied_chain_of_its_own", "", 5, machine().pck_chain.encode()),
    certified("ppid_without_chain", "PCK_CHAIN_MISSING", 1, identifiers(1), None),
    certified("pck_certificate_without_chain", "PCK_CHAIN_MISSING", 4, first_certificate(), None),
    certified("ppid_too_long", "QUOTE_MALFORMED", 1, identifiers(1) + b"\0"),
    certified("ppid_too_short", "QUOTE_MALFORMED", 2, identifiers(2)[:-1]),
    certified("ppid_of_another_machine", "CERTIFICATION_PPID", 1, identifiers(1, ppid=bytes(16))),
    certified("certified_cpusvn", "CERTIFICATION_CPUSVN", 2, identifiers(2, cpu_svn=bytes(16))),
    certified("certified_pcesvn", "CERTIFICATION_PCESVN", 3, identifiers(3, pce_svn=b"\x0b\x01")),
    certified("certified_pceid", "CERTIFICATION_PCEID", 1, identifiers(1, pce_id=b"\x00\x01")),
    certified(
        "supplied_chain_of_another_machine",
        "PCK_CHAIN_DIFFERS",
        5,
        machine().pck_chain.encode(),
        lambda each: given(SUPPLIED, other_chain())(each),
    ),
    certified(
        "supplied_chain_of_another_certificate",
        "PCK_CHAIN_DIFFERS",
        4,
        first_certificate(),
        lambda each: given(SUPPLIED, other_chain())(each),
    ),
    certified(
        "supplied_chain_malformed",
        "CERT_CHAIN_MALFORMED",
        5,
        machine().pck_chain.encode(),
        given(SUPPLIED, "x"),
        step=1,
    ),
    certified(
        "supplied_chain_empty",
        "CERT_CHAIN_LENGTH",
        5,
        machine().pck_chain.encode(),
        given(SUPPLIED, ""),
        step=1,
    ),
    certified(
        "supplied_chain_too_short",
        "CERT_CHAIN_LENGTH",
        1,
        identifiers(1),
        given(SUPPLIED, first_certificate().decode()),
    ),
    certified("certified_by_a_chain_of_type_4", "CERT_CHAIN_LENGTH", 4, machine().pck_chain.encode(), step=1),
    *(
        certified(
            f"certification_type_{kind}",
            "QUOTE_CERTIFICATION_UNSUPPORTED",
            kind,
            machine().pck_chain.encode(),
        )
        for kind in (0, 6, 7, 0x105)
    ),
)
