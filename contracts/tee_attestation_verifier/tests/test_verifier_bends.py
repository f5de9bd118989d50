"""One thing bent, everything signed again: each check refuses what only it can see."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ObjectIdentifier
from sealwright_agents.simulated import Bends, Platform, SimulatedTee, TcbLevel, TdMeasurements
from sealwright_agents.simulated.pki import CertificateSpec, CrlSpec
from sealwright_agents.simulated.quotes import SGX, TD10_V5, TD15, TD15_EX, BodyKind
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.attributes import check_attributes
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.trust import root_from_der
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.catalogue import CODES
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto

NOW = 1_781_481_600
CRYPTO = OpenSslCrypto()
DER = Encoding.DER


def judged(tee: SimulatedTee, quote: bytes | None = None, collateral: Collateral | None = None) -> Claims:
    """Verify and gate under the TEE's own root."""
    root = root_from_der(tee.root_der, CRYPTO)
    claims = verify(
        tee.quote(bytes(range(64))) if quote is None else quote,
        collateral or tee.collateral(),
        NOW,
        root,
        CRYPTO,
    )
    check_attributes(claims.report)
    return claims


def refused(
    code: str, tee: SimulatedTee, quote: bytes | None = None, collateral: Collateral | None = None
) -> None:
    with pytest.raises(Rejection) as rejection:
        judged(tee, quote, collateral)
    assert rejection.value.code == code, rejection.value
    if code in CODES and CODES[code][0] < 16:
        assert rejection.value.step in (CODES[code][0], 14)


def bent(**bends: Any) -> SimulatedTee:
    return SimulatedTee(b"bent", NOW, bends=Bends(**bends))


def certificate(role: str, **changes: Any) -> Callable[[str, CertificateSpec], CertificateSpec]:
    return lambda each, spec: replace(spec, **changes) if each == role else spec


def revocation(issuer: str, **changes: Any) -> Callable[[str, CrlSpec], CrlSpec]:
    return lambda each, spec: replace(spec, **changes) if each == issuer else spec


def put(start: int, octets: bytes) -> Callable[[bytearray], None]:
    def edit(target: bytearray) -> None:
        target[start : start + len(octets)] = octets

    return edit


@pytest.mark.parametrize("kind", [None, SGX, TD10_V5, TD15, TD15_EX])
def test_verify__accepts_what_is_not_bent(kind: BodyKind | None) -> None:
    tee = SimulatedTee(b"plain", NOW, **({} if kind is None else {"kind": kind}))
    claims = judged(tee)
    assert (claims.status, claims.advisory_ids) == ("UpToDate", [])
    assert claims.report.field("report_data") == bytes(range(64))
    assert claims.ppid == tee.ppid
    assert claims.valid_until == NOW + 30 * 86_400


UNKNOWN_CRITICAL = (x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)


@pytest.mark.parametrize(
    ("code", "role", "changes"),
    [
        ("CERT_NAME", "pck", {"common_name": "SGX Certificate"}),
        ("CERT_NAME", "pck_ca", {"common_name": "SGX PCK Platform"}),
        ("CERT_NAME", "tcb_signer", {"common_name": "SGX PCK Certificate"}),
        ("CERT_CONSTRAINTS", "pck", {"is_ca": True}),
        ("CERT_CONSTRAINTS", "pck", {"signs_data": False, "signs_lists": True}),
        ("CERT_CONSTRAINTS", "pck_ca", {"is_ca": False, "path_length": None}),
        ("CERT_CONSTRAINTS", "pck_ca", {"path_length": 1}),
        ("CERT_CONSTRAINTS", "pck_ca", {"path_length": None}),
        ("CERT_CONSTRAINTS", "pck_ca", {"signs_certificates": False}),
        ("CERT_CONSTRAINTS", "pck_ca", {"signs_lists": False}),
        ("CERT_CONSTRAINTS", "tcb_signer", {"is_ca": True}),
        ("CERT_EXTENSION_UNKNOWN", "pck", {"extra": (UNKNOWN_CRITICAL,)}),
        ("CERT_EXPIRED", "pck", {"not_after": NOW}),
        ("CERT_EXPIRED", "pck_ca", {"not_after": NOW}),
        ("CERT_EXPIRED", "tcb_signer", {"not_after": NOW}),
        ("CERT_EXPIRED", "root", {"not_after": NOW}),
        ("CERT_NOT_YET_VALID", "pck", {"not_before": NOW + 1}),
        ("CERT_NOT_YET_VALID", "tcb_signer", {"not_before": NOW + 1}),
        ("PCK_EXTENSION_MALFORMED", "pck", {"sgx_extension": None}),
        ("PCK_EXTENSION_MALFORMED", "pck", {"sgx_extension": b"\x30\x00"}),
    ],
)
def test_step_2__checks_certificates(code: str, role: str, changes: dict[str, Any]) -> None:
    refused(code, bent(certificate=certificate(role, **changes)))


@pytest.mark.parametrize(
    ("code", "artefact"),
    [
        ("CERT_SIGNATURE", "pck"),
        ("CERT_SIGNATURE", "pck_ca"),
        ("CERT_SIGNATURE", "tcb_signer"),
        ("CRL_SIGNATURE", "root_crl"),
        ("CRL_SIGNATURE", "pck_crl"),
        ("TCB_INFO_SIGNATURE", "tcb_info"),
        ("QE_IDENTITY_SIGNATURE", "qe_identity"),
        ("QE_REPORT_SIGNATURE", "qe_report"),
        ("QUOTE_SIGNATURE", "quote"),
    ],
)
def test_signatures__must_come_from_the_right_key(code: str, artefact: str) -> None:
    refused(code, bent(signer={artefact: "rogue"}))


def test_step_4__refuses_collateral_that_the_pck_key_signed() -> None:
    refused("TCB_INFO_SIGNATURE", bent(signer={"tcb_info": "pck"}))


@pytest.mark.parametrize(
    ("code", "issuer", "changes"),
    [
        ("CRL_EXPIRED", "root", {"next_update": NOW}),
        ("CRL_EXPIRED", "pck_ca", {"next_update": NOW}),
        ("CRL_NOT_YET_VALID", "root", {"this_update": NOW + 1}),
        ("CRL_NOT_YET_VALID", "pck_ca", {"this_update": NOW + 1}),
        ("CRL_ISSUER_MISMATCH", "root", {"issuer_name": "Simulated SGX Root"}),
        ("CRL_ISSUER_MISMATCH", "pck_ca", {"issuer_name": "Simulated SGX PCK Processor CA"}),
        ("CRL_MALFORMED", "root", {"number": None}),
        ("CRL_MALFORMED", "root", {"authority_key_identifier": False}),
        ("ROOT_REVOKED", "root", {"revoked": (7, 1)}),
        ("CA_REVOKED", "root", {"revoked": (2, 7)}),
        ("TCB_SIGNER_REVOKED", "root", {"revoked": (7, 3, 8)}),
    ],
)
def test_step_3__checks_lists(code: str, issuer: str, changes: dict[str, Any]) -> None:
    refused(code, bent(crl=revocation(issuer, **changes)))


def test_step_3__finds_the_pck_among_many_and_only_itself() -> None:
    plain = SimulatedTee(b"bent", NOW)
    serial = x509.load_pem_x509_certificate(plain.pck_chain.encode()).serial_number
    refused("PCK_REVOKED", bent(crl=revocation("pck_ca", revoked=(5, serial, 9))))
    assert judged(bent(crl=revocation("pck_ca", revoked=(serial >> 8, serial << 1, 9)))).status == "UpToDate"


def test_step_3__refuses_swapped_lists() -> None:
    tee = SimulatedTee(b"bent", NOW)
    collateral = tee.collateral()
    collateral.pck_crl = collateral.root_ca_crl
    refused("CRL_ISSUER_MISMATCH", tee, collateral=collateral)


def test_step_1__refuses_another_supplied_chain() -> None:
    tee, other = SimulatedTee(b"bent", NOW), SimulatedTee(b"other", NOW, root_seed=b"bent")
    collateral = tee.collateral()
    collateral.pck_certificate_chain = tee.pck_chain
    assert judged(tee, collateral=collateral).status == "UpToDate"
    collateral.pck_certificate_chain = other.pck_chain
    refused("PCK_CHAIN_DIFFERS", tee, collateral=collateral)


def edit(**members: Any) -> Callable[[dict[str, Any]], None]:
    return lambda target: target.update(members)


def short_components(info: dict[str, Any]) -> None:
    info["tcbLevels"][0]["tcb"]["sgxtcbcomponents"].pop()


def long_components(info: dict[str, Any]) -> None:
    info["tcbLevels"][0]["tcb"]["tdxtcbcomponents"].append({"svn": 0})


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("TCB_INFO_KIND", edit(id="QE")),
        ("TCB_INFO_VERSION", edit(version=2)),
        ("TCB_INFO_FMSPC", edit(fmspc="b0c06f000001")),
        ("TCB_INFO_PCEID", edit(pceId="0001")),
        ("TCB_INFO_EXPIRED", edit(nextUpdate="2026-06-15T00:00:00Z")),
        ("TCB_INFO_NOT_YET_VALID", edit(issueDate="2026-06-15T00:00:01Z")),
        ("TCB_INFO_MALFORMED", edit(issueDate="2026-06-31T00:00:01Z")),
        ("TCB_INFO_MALFORMED", edit(tcbType=1)),
        ("TCB_INFO_MALFORMED", edit(tcbLevels={})),
        ("TCB_INFO_MALFORMED", edit(tcbEvaluationDataNumber=True)),
        ("TCB_INFO_MALFORMED", edit(category="é")),
        ("TCB_INFO_MALFORMED", short_components),
        ("TCB_INFO_MALFORMED", long_components),
        ("TCB_INFO_MALFORMED", lambda info: info.pop("tdxModule")),
        ("TCB_NOT_SUPPORTED", edit(tcbLevels=[])),
        ("TDX_MODULE_UNKNOWN", edit(tdxModuleIdentities=[])),
        ("TDX_MODULE_UNKNOWN", lambda info: info.pop("tdxModuleIdentities")),
        ("TDX_MODULE_SIGNER", lambda info: info["tdxModuleIdentities"][0].update(mrsigner="01" * 48)),
        ("TDX_MODULE_ATTRIBUTES", lambda info: info["tdxModuleIdentities"][0].update(attributes="01" * 8)),
        ("MODULE_NOT_SUPPORTED", lambda info: info["tdxModuleIdentities"][0].update(tcbLevels=[])),
    ],
)
def test_steps_4_to_12__check_tcb_info(code: str, change: Callable[[dict[str, Any]], object]) -> None:
    refused(code, bent(tcb_info=change))


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("QE_IDENTITY_KIND", edit(id="QE")),
        ("QE_IDENTITY_VERSION", edit(version=3)),
        ("QE_IDENTITY_EXPIRED", edit(nextUpdate="2026-06-15T00:00:00Z")),
        ("QE_IDENTITY_NOT_YET_VALID", edit(issueDate="2026-06-15T00:00:01Z")),
        ("QE_IDENTITY_MALFORMED", edit(mrsigner="00")),
        (
            "QE_IDENTITY_MALFORMED",
            lambda identity: identity["tcbLevels"][2].update(tcbStatus="SWHardeningNeeded"),
        ),
        ("QE_MISCSELECT", edit(miscselect="00000001")),
        ("QE_ATTRIBUTES", edit(attributes="13000000000000000000000000000000")),
        ("QE_MRSIGNER", edit(mrsigner="66" * 32)),
        ("QE_ISVPRODID", edit(isvprodid=9)),
        ("QE_NOT_SUPPORTED", edit(tcbLevels=[])),
    ],
)
def test_steps_4_and_9__check_qe_identity(code: str, change: Callable[[dict[str, Any]], object]) -> None:
    refused(code, bent(qe_identity=change))


@pytest.mark.parametrize(
    ("code", "bends"),
    [
        ("QUOTE_VERSION_UNSUPPORTED", {"header": put(0, b"\x06")}),
        ("QUOTE_KEY_TYPE_UNSUPPORTED", {"header": put(2, b"\x03")}),
        ("QUOTE_KEY_TYPE_UNSUPPORTED", {"header": put(2, b"\x02\x01")}),
        ("QUOTE_TEE_TYPE_UNSUPPORTED", {"header": put(4, b"\x82")}),
        ("QUOTE_VENDOR_UNKNOWN", {"header": put(12, b"\x00")}),
        ("QE_REPORT_DATA", {"qe_report": put(320, bytes(32))}),
        ("QE_REPORT_DATA", {"qe_report": put(383, b"\x01")}),
        ("QE_MISCSELECT", {"qe_report": put(16, b"\x01")}),
        ("QE_ATTRIBUTES", {"qe_report": put(48, b"\x13")}),
        ("QE_MRSIGNER", {"qe_report": put(128, b"\x00")}),
        ("QE_ISVPRODID", {"qe_report": put(256, b"\x03")}),
        ("QE_NOT_SUPPORTED", {"qe_report": put(258, b"\x00")}),
        ("TDX_MODULE_SIGNER", {"body": put(64, b"\x01")}),
        ("TDX_MODULE_ATTRIBUTES", {"body": put(112, b"\x01")}),
        ("TDX_MODULE_UNKNOWN", {"body": put(1, b"\xab")}),
        ("MODULE_NOT_SUPPORTED", {"body": put(0, b"\x01")}),
        ("TCB_REVOKED", {"body": put(0, b"\x02")}),
        ("TCB_NOT_SUPPORTED", {"body": put(2, b"\x02")}),
        ("TD_DEBUG", {"body": put(120, b"\x01")}),
        ("TD_ATTRIBUTES_RESERVED", {"body": put(120, b"\x10")}),
        ("TD_ATTRIBUTES_RESERVED", {"body": put(123, b"\x30")}),
        ("TD_ATTRIBUTES_RESERVED", {"body": put(124, b"\x01")}),
        ("TD_SEPT_VE_ENABLED", {"body": put(123, b"\x40")}),
    ],
)
def test_quote__is_checked_field_by_field(code: str, bends: dict[str, Any]) -> None:
    refused(code, bent(**bends))


def test_step_9__refuses_a_debug_quoting_enclave_that_the_mask_lets_through() -> None:
    """QE_DEBUG: the identity's mask normally covers the debug bit, so this check needs a mask that does not."""
    bends = Bends(
        qe_report=put(48, b"\x13"),
        qe_identity=edit(attributesMask="F9FFFFFFFFFFFFFF0000000000000000"),
    )
    refused("QE_DEBUG", SimulatedTee(b"bent", NOW, bends=bends))


def test_step_10__refuses_an_attestation_key_off_the_curve() -> None:
    tee = SimulatedTee(b"bent", NOW)
    quote = bytearray(tee.quote(bytes(64)))
    key = bytes(63) + b"\x01"
    quote[700:764] = key
    binding = CRYPTO.sha256(key + bytes(range(32))) + bytes(32)
    other = SimulatedTee(b"bent", NOW, bends=Bends(qe_report=put(320, binding))).quote(bytes(64))
    quote[770:1218] = other[770:1218]
    refused("ATTESTATION_KEY_INVALID", tee, bytes(quote))


def test_step_14__advises_a_relaunch_only_where_it_cures() -> None:
    old, new = bytes((6, 1, 2)) + bytes(13), bytes((6, 1, 3)) + bytes(13)
    svn = Platform().cpu_svn
    levels = (
        TcbLevel(svn, 11, new, "UpToDate"),
        TcbLevel(svn, 11, old, "OutOfDate", "2023-08-09T00:00:00Z", ("INTEL-SA-00960",)),
    )

    def status(launch: bytes, current: bytes, first: str = "UpToDate") -> str:
        platform = Platform(tee_tcb_svn=launch, tee_tcb_svn2=current)
        table = (replace(levels[0], status=first), levels[1])
        claims = judged(SimulatedTee(b"td15", NOW, platform=platform, levels=table, kind=TD15))
        assert claims.platform_status == (first if launch == new else "OutOfDate")
        return claims.status

    assert status(new, new) == "UpToDate"
    assert status(old, new) == "TDRelaunchAdvised"
    assert status(old, new, "ConfigurationNeeded") == "TDRelaunchAdvisedConfigurationNeeded"
    assert status(old, old) == "OutOfDate"
    unsupported = Platform(tee_tcb_svn=old, tee_tcb_svn2=bytes((6, 1, 1)) + bytes(13))
    refused("TCB_NOT_SUPPORTED", SimulatedTee(b"td15", NOW, platform=unsupported, levels=levels, kind=TD15))
    revoked = (levels[0], replace(levels[1], status="Revoked"))
    fallen = Platform(tee_tcb_svn=new, tee_tcb_svn2=old)
    refused("TCB_REVOKED", SimulatedTee(b"td15", NOW, platform=fallen, levels=revoked, kind=TD15))


def test_step_11__does_not_trust_the_order_of_levels() -> None:
    platform = Platform()
    low = replace(TcbLevel(bytes(16), 0, bytes(16), "OutOfDate"), advisory_ids=("INTEL-SA-00001",))
    high = TcbLevel(platform.cpu_svn, 11, platform.tee_tcb_svn, "UpToDate")
    assert judged(SimulatedTee(b"order", NOW, levels=(low, high))).status == "UpToDate"


def test_step_11__compares_all_tdx_components_of_an_old_module() -> None:
    """A module of version 0 has no levels of its own, so its first components count for the platform."""
    old = Platform(tee_tcb_svn=bytes((5, 0, 3)) + bytes(13))
    demand = TcbLevel(old.cpu_svn, 11, bytes((6, 0, 3)) + bytes(13), "UpToDate")
    refused("TCB_NOT_SUPPORTED", SimulatedTee(b"old", NOW, platform=old, levels=(demand,)))
    enough = replace(demand, tdx=old.tee_tcb_svn)
    assert judged(SimulatedTee(b"old", NOW, platform=old, levels=(enough,))).module_status is None


def test_step_15__collects_the_oldest_date_and_all_advisories() -> None:
    platform = Platform(tee_tcb_svn=bytes((5, 1, 3)) + bytes(13), qe_isv_svn=3)
    level = TcbLevel(
        platform.cpu_svn, 11, bytes((0, 0, 3)) + bytes(13), "SWHardeningNeeded", advisory_ids=("A", "B")
    )
    claims = judged(SimulatedTee(b"dates", NOW, platform=platform, levels=(level,)))
    assert claims.status == "OutOfDate"
    assert claims.tcb_date == 1_636_502_400  # 2021-11-10
    assert claims.advisory_ids == ["A", "B", "INTEL-SA-00615", "INTEL-SA-01036"]
    assert (claims.platform_status, claims.platform_advisory_ids) == (
        "OutOfDate",
        ["A", "B", "INTEL-SA-01036"],
    )
    assert (claims.qe_status, claims.module_status) == ("OutOfDate", "OutOfDate")


def test_step_16__refuses_debug_enclaves_and_service_tds() -> None:
    refused("SGX_DEBUG", SimulatedTee(b"sgx", NOW, kind=SGX, bends=Bends(body=put(48, b"\x07"))))
    tee = SimulatedTee(b"service", NOW, kind=TD15)
    bound = TdMeasurements(mr_service_td=b"\x01" * 48)
    refused("TD_SERVICE_TD", tee, tee.quote(bytes(64), measurements=bound))


def test_machines__share_a_root_and_nothing_else() -> None:
    first, second = SimulatedTee(b"a", NOW), SimulatedTee(b"b", NOW, root_seed=b"a")
    assert first.root_der == second.root_der
    assert first.ppid != second.ppid
    assert judged(second, collateral=first.collateral()).ppid == second.ppid


def pem_of(encoding: bytes) -> str:
    return (
        "-----BEGIN CERTIFICATE-----\n"
        + base64.b64encode(encoding).decode()
        + "\n-----END CERTIFICATE-----\n"
    )


def test_step_2__refuses_malformed_chains() -> None:
    tee = SimulatedTee(b"bent", NOW)
    chain = tee.collateral().tcb_info_issuer_chain
    signer, root = (
        x509.load_pem_x509_certificates(chain.encode())[each].public_bytes(DER) for each in (0, 1)
    )
    cases = {
        "x" + chain: "CERT_CHAIN_MALFORMED",
        chain.replace("-----END", "----END", 1): "CERT_CHAIN_MALFORMED",
        chain.replace("\n", "\n!", 2): "CERT_CHAIN_MALFORMED",
        chain + chain: "CERT_CHAIN_LENGTH",
        "": "CERT_CHAIN_LENGTH",
        "\n" * 20_000: "CERT_CHAIN_MALFORMED",
        pem_of(signer + b"\0") + pem_of(root): "CERT_MALFORMED",
        pem_of(b"\x30\x80" + signer[4:] + b"\0\0") + pem_of(root): "CERT_MALFORMED",
        pem_of(signer[:-1]) + pem_of(root): "CERT_MALFORMED",
        pem_of(bytes(5000)) + pem_of(root): "CERT_MALFORMED",
        pem_of(signer) + pem_of(root + b"\0"): "ROOT_NOT_TRUSTED",
        pem_of(signer.replace(key_of(signer), bytes(64))) + pem_of(root): "CERT_KEY_INVALID",
    }
    for text, code in cases.items():
        collateral = tee.collateral()
        collateral.tcb_info_issuer_chain = text
        refused(code, tee, collateral=collateral)
    loose = tee.collateral()
    loose.tcb_info_issuer_chain = "\n \r\n" + chain.replace("\n", "\r\n") + "\0\0"
    assert judged(tee, collateral=loose).status == "UpToDate"


def key_of(encoding: bytes) -> bytes:
    start = encoding.index(bytes.fromhex("03420004")) + 4
    return encoding[start : start + 64]


def test_step_2__refuses_a_signer_that_somebody_else_issued() -> None:
    def rename(role: str, spec: CertificateSpec) -> CertificateSpec:
        return replace(spec, common_name="Renamed CA") if role == "pck_ca" else spec

    refused("CERT_ISSUER", bent(certificate=rename))


def test_step_3__refuses_the_list_chain_of_another_authority() -> None:
    """The PCK CRL's chain must be that of the PCK's own CA: same name, same key, under the same root."""
    tee, other = SimulatedTee(b"bent", NOW), bent(certificate=certificate("pck_ca", common_name="Another CA"))
    collateral = tee.collateral()
    collateral.pck_crl_issuer_chain = other.collateral().pck_crl_issuer_chain
    refused("CRL_ISSUER_MISMATCH", tee, collateral=collateral)
    renewed = bent(certificate=certificate("pck_ca", serial=77))
    collateral.pck_crl_issuer_chain = renewed.collateral().pck_crl_issuer_chain
    assert judged(tee, collateral=collateral).status == "UpToDate"
    collateral.root_ca_crl = bent(crl=revocation("root", revoked=(77,))).collateral().root_ca_crl
    refused("CA_REVOKED", tee, collateral=collateral)


def test_root_from_der__takes_only_a_self_signed_ca() -> None:
    tee = SimulatedTee(b"bent", NOW)
    pck = x509.load_pem_x509_certificate(tee.pck_chain.encode()).public_bytes(DER)
    unsigned = bent(signer={"root": "rogue"}).root_der
    unnamed = bent(certificate=certificate("root", common_name="SGX Root")).root_der
    for encoding in (pck, unsigned, unnamed):
        with pytest.raises(Rejection, match="ROOT_UNSUITABLE"):
            root_from_der(encoding, CRYPTO)


@pytest.mark.parametrize(
    ("code", "start", "octets"),
    [
        ("QUOTE_MALFORMED", 632, b"\xff\xff\xff\xff"),
        ("QUOTE_CERTIFICATION_UNSUPPORTED", 764, b"\x05"),
        ("QUOTE_MALFORMED", 766, b"\xff\xff\xff\x7f"),
        ("QUOTE_MALFORMED", 1218, b"\xff\xff"),
        ("QUOTE_CERTIFICATION_UNSUPPORTED", 1252, b"\x06"),
        ("QUOTE_MALFORMED", 1252, b"\x03"),
        ("QUOTE_MALFORMED", 1254, b"\xff\xff\xff\xff"),
    ],
)
def test_step_1__survives_hostile_lengths(code: str, start: int, octets: bytes) -> None:
    tee = SimulatedTee(b"bent", NOW)
    quote = bytearray(tee.quote(bytes(64)))
    quote[start : start + len(octets)] = octets
    refused(code, tee, bytes(quote))


def test_step_1__refuses_every_truncation_and_ignores_padding() -> None:
    tee = SimulatedTee(b"bent", NOW)
    quote = tee.quote(bytes(64))
    for size in (0, 1, 47, 48, 631, 632, 635, 636, 1218, 1257, len(quote) - 1):
        refused("QUOTE_MALFORMED", tee, quote[:size])
    assert judged(tee, quote + bytes(3000)).status == "UpToDate"
    refused("QUOTE_MALFORMED", tee, quote + bytes(40_000))


def test_step_1__refuses_a_v5_body_of_the_other_tee() -> None:
    tee = SimulatedTee(b"v5", NOW, kind=TD10_V5)
    quote = bytearray(tee.quote(bytes(64)))
    quote[48] = 1
    refused("QUOTE_BODY_UNSUPPORTED", tee, bytes(quote))
    quote[48] = 3
    refused("QUOTE_MALFORMED", tee, bytes(quote))
