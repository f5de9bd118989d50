"""Certification data of types 1 to 5: where the PCK chain comes from, and what must agree with it."""

from __future__ import annotations

import pytest
from sealwright_agents.simulated import SimulatedTee
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.attributes import check_attributes
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.trust import root_from_der
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto

NOW = 1_781_481_600
CRYPTO = OpenSslCrypto()
TEE = SimulatedTee(b"certified", NOW)
PPID_SIZES = {1: 16, 2: 256, 3: 384}


def identifiers(kind: int, **bent: bytes) -> bytes:
    """What certification types 1 to 3 hold, with some fields replaced."""
    platform = TEE.platform
    fields = {
        "ppid": TEE.ppid if kind == 1 else bytes(PPID_SIZES[kind]),
        "cpu_svn": platform.cpu_svn,
        "pce_svn": platform.pce_svn.to_bytes(2, "little"),
        "pce_id": platform.pce_id,
    }
    return b"".join({**fields, **bent}.values())


def judged(kind: int, data: bytes, supplied: str | None = TEE.pck_chain) -> Claims:
    collateral = TEE.collateral()
    collateral.pck_certificate_chain = supplied
    quote = TEE.quote(bytes(64), certification=(kind, data))
    claims = verify(quote, collateral, NOW, root_from_der(TEE.root_der, CRYPTO), CRYPTO)
    check_attributes(claims.report)
    return claims


def refused(code: str, kind: int, data: bytes, supplied: str | None = TEE.pck_chain) -> None:
    with pytest.raises(Rejection) as rejection:
        judged(kind, data, supplied)
    assert rejection.value.code == code, rejection.value


def first_certificate() -> bytes:
    end = "-----END CERTIFICATE-----\n"
    return (TEE.pck_chain.split(end)[0] + end).encode()


@pytest.mark.parametrize("kind", [1, 2, 3])
def test_identifiers__take_the_chain_from_the_collateral(kind: int) -> None:
    assert judged(kind, identifiers(kind)).ppid == TEE.ppid
    refused("PCK_CHAIN_MISSING", kind, identifiers(kind), None)
    refused("QUOTE_MALFORMED", kind, identifiers(kind) + b"\0")
    refused("QUOTE_MALFORMED", kind, identifiers(kind)[:-1])
    refused("CERT_CHAIN_LENGTH", kind, identifiers(kind), first_certificate().decode())


@pytest.mark.parametrize("kind", [1, 2, 3])
@pytest.mark.parametrize(
    ("code", "field", "value"),
    [
        ("CERTIFICATION_CPUSVN", "cpu_svn", bytes(16)),
        ("CERTIFICATION_PCESVN", "pce_svn", b"\x01\x00"),
        ("CERTIFICATION_PCEID", "pce_id", b"\x01\x00"),
    ],
)
def test_identifiers__are_those_of_the_pck(kind: int, code: str, field: str, value: bytes) -> None:
    refused(code, kind, identifiers(kind, **{field: value}))


def test_ppid__is_compared_where_it_is_in_clear() -> None:
    refused("CERTIFICATION_PPID", 1, identifiers(1, ppid=bytes(16)))
    assert judged(2, identifiers(2, ppid=b"\xff" * 256)).status == "UpToDate"


def test_single_certificate__must_lead_the_supplied_chain() -> None:
    assert judged(4, first_certificate()).status == "UpToDate"
    refused("PCK_CHAIN_MISSING", 4, first_certificate(), None)
    other = SimulatedTee(b"another", NOW, root_seed=b"certified").pck_chain
    refused("PCK_CHAIN_DIFFERS", 4, first_certificate(), other)
    refused("CERT_CHAIN_LENGTH", 4, TEE.pck_chain.encode())


def test_chain__may_be_supplied_again_but_not_otherwise() -> None:
    own = TEE.pck_chain.encode()
    assert judged(5, own).status == judged(5, own, None).status == "UpToDate"
    refused("PCK_CHAIN_DIFFERS", 5, own, SimulatedTee(b"another", NOW, root_seed=b"certified").pck_chain)


@pytest.mark.parametrize("kind", [0, 6, 7, 0xFFFF])
def test_other_types__are_unsupported(kind: int) -> None:
    refused("QUOTE_CERTIFICATION_UNSUPPORTED", kind, TEE.pck_chain.encode())
