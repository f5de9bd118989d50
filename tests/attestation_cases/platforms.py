"""Steps 5 to 13 and 16: the PCK's extension, the quoting enclave, the attestation key, SVNs and attributes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from sealwright_agents.simulated import Platform, SimulatedTee, TcbLevel, TdMeasurements
from sealwright_agents.simulated.der import tlv
from sealwright_agents.simulated.pki import CertificateSpec
from sealwright_agents.simulated.quotes import SGX, TD15

from tests.attestation_cases.case import NOW, REPORT_DATA, SEED, Case, refused
from tests.attestation_cases.certificates import ENUMERATED, NULL, SET, UTF8_STRING
from tests.attestation_cases.chains import wrong_y
from tests.attestation_cases.edits import (
    Change,
    certificate,
    doubled,
    extended,
    filled,
    followed_by,
    inside,
    members,
    put,
    removed,
    retagged,
)

ARC = bytes.fromhex("2a864886f84d010d01")
PPID, TCB, PCE_ID, TYPE = 0, 1, 2, 4
PCE_SVN = 16
SIXTY_FOUR = bytes(range(64))


def extension(name: str, change: Change, *path: int) -> Case:
    """A PCK certificate whose SGX extension is bent at a path."""

    def bend(role: str, spec: CertificateSpec) -> CertificateSpec:
        if spec.sgx_extension is None:
            return spec
        return replace(spec, sgx_extension=inside(change, *path)(spec.sgx_extension))

    return refused(f"pck_extension_{name}", "PCK_EXTENSION_MALFORMED", certificate=bend)


PCK_EXTENSION: tuple[Case, ...] = (
    refused(
        "pck_extension_missing", "PCK_EXTENSION_MALFORMED", certificate=certificate("pck", sgx_extension=None)
    ),
    extension("empty", filled(b"")),
    extension("with_trailing_element", followed_by(NULL)),
    extension("in_a_set", retagged(SET)),
    extension("entry_in_a_set", retagged(SET), TYPE),
    extension("entry_of_three", extended(NULL), TYPE),
    extension("entry_id_type", retagged(UTF8_STRING), TYPE, 0),
    extension("entry_of_another_arc", filled(b"\x2b" + ARC[1:] + b"\x05"), TYPE, 0),
    extension("entry_id_longer", filled(ARC + b"\x05\x09"), TYPE, 0),
    extension("entry_twice", doubled, TYPE),
    extension("ppid_missing", removed, PPID),
    extension("ppid_of_15_bytes", filled(bytes(15)), PPID, 1),
    extension("ppid_type", retagged(UTF8_STRING), PPID, 1),
    extension("tcb_in_a_set", retagged(SET), TCB, 1),
    extension("tcb_of_19_parts", extended(tlv(0x30, tlv(6, ARC + b"\x02\x13") + NULL)), TCB, 1),
    extension("tcb_of_17_parts", removed, TCB, 1, 3),
    extension("component_differs_from_cpusvn", filled(b"\x06"), TCB, 1, 3, 1),
    extension("component_type", retagged(ENUMERATED), TCB, 1, 3, 1),
    extension("component_above_255", filled(b"\x01\x04"), TCB, 1, 0, 1),
    extension("pcesvn_of_17_bits", filled(b"\x01\x00\x00"), TCB, 1, PCE_SVN, 1),
    extension("pcesvn_negative", filled(b"\x8b"), TCB, 1, PCE_SVN, 1),
)


def attestation_key() -> bytes:
    """X and Y of the machine's attestation key."""
    return SimulatedTee(SEED, NOW).quote(REPORT_DATA)[700:764]


def bound_to(key: bytes) -> Callable[[bytearray], None]:
    """A quoting enclave's report that vouches for that key."""
    return put(320, hashlib.sha256(key + bytes(range(32))).digest())


QE_REPORT: tuple[Case, ...] = (
    refused("qe_report_signed_by_another", "QE_REPORT_SIGNATURE", signer={"qe_report": "rogue"}),
    refused(
        "qe_report_signed_by_the_attestation_key", "QE_REPORT_SIGNATURE", signer={"qe_report": "attestation"}
    ),
    refused("qe_report_data_of_another_key", "QE_REPORT_DATA", qe_report=bound_to(SIXTY_FOUR)),
    refused("qe_report_data_zero", "QE_REPORT_DATA", qe_report=put(320, bytes(32))),
    refused("qe_report_data_second_half", "QE_REPORT_DATA", qe_report=put(383, b"\x01")),
    refused("qe_data_changed", "QE_REPORT_DATA", quote=put(1220, b"\xff")),
    refused("qe_miscselect", "QE_MISCSELECT", qe_report=put(16, b"\x01")),
    refused("qe_attributes", "QE_ATTRIBUTES", qe_report=put(48, b"\x31")),
    refused("qe_debug_under_the_mask", "QE_ATTRIBUTES", qe_report=put(48, b"\x13")),
    refused(
        "qe_debug_outside_the_mask",
        "QE_DEBUG",
        qe_report=put(48, b"\x13"),
        qe_identity=members(attributesMask="F9FFFFFFFFFFFFFF0000000000000000"),
    ),
    refused("qe_signer", "QE_MRSIGNER", qe_report=put(128, b"\x00")),
    refused("qe_signer_last_byte", "QE_MRSIGNER", qe_report=put(159, b"\x00")),
    refused("qe_product", "QE_ISVPRODID", qe_report=put(256, b"\x03")),
    refused("qe_product_high_byte", "QE_ISVPRODID", qe_report=put(257, b"\x01")),
    refused("qe_svn_below_every_level", "QE_NOT_SUPPORTED", qe_report=put(258, b"\x00")),
    refused("qe_revoked", "TCB_REVOKED", machine={"platform": Platform(qe_isv_svn=1)}),
    refused("quote_signed_by_another", "QUOTE_SIGNATURE", signer={"quote": "rogue"}),
    refused("quote_signed_by_the_pck", "QUOTE_SIGNATURE", signer={"quote": "pck"}),
    refused("quote_report_changed", "QUOTE_SIGNATURE", quote=put(184, b"\x01")),
    refused("quote_report_data_changed", "QUOTE_SIGNATURE", quote=put(631, b"\x00")),
    refused("quote_header_changed", "QUOTE_SIGNATURE", quote=put(8, b"\x01")),
    refused("quote_signature_zero", "QUOTE_SIGNATURE", quote=put(636, bytes(64))),
    refused(
        "attestation_key_off_the_curve",
        "ATTESTATION_KEY_INVALID",
        quote=lambda quote: put(700, wrong_y(bytes(quote[700:764])))(quote),
        qe_report=lambda report: bound_to(wrong_y(attestation_key()))(report),
    ),
    refused(
        "attestation_key_zero",
        "ATTESTATION_KEY_INVALID",
        quote=put(700, bytes(64)),
        qe_report=bound_to(bytes(64)),
    ),
    refused(
        "attestation_key_x_not_reduced",
        "ATTESTATION_KEY_INVALID",
        quote=put(700, b"\xff" * 32 + bytes(32)),
        qe_report=bound_to(b"\xff" * 32 + bytes(32)),
    ),
    refused(
        "attestation_key_not_reduced",
        "ATTESTATION_KEY_INVALID",
        quote=put(700, b"\xff" * 64),
        qe_report=bound_to(b"\xff" * 64),
    ),
)

OLD_MODULE = Platform(tee_tcb_svn=bytes((5, 0, 3)) + bytes(13))
NEW, OLD = bytes((6, 1, 3)) + bytes(13), bytes((6, 1, 2)) + bytes(13)
LEVELS = (
    TcbLevel(Platform().cpu_svn, 11, NEW, "UpToDate"),
    TcbLevel(Platform().cpu_svn, 11, OLD, "OutOfDate"),
)


def svn(**changes: object) -> dict[str, object]:
    """A machine of other SVNs, under the levels of the usual one."""
    return {"platform": replace(Platform(), **changes), "levels": SimulatedTee(SEED, NOW).levels}  # type: ignore[arg-type]


def first(octets: bytes, position: int, value: int) -> bytes:
    """The octets with one of them replaced."""
    return octets[:position] + bytes([value]) + octets[position + 1 :]


CPU_SVN = Platform().cpu_svn
SVNS: tuple[Case, ...] = (
    refused("module_of_an_unknown_version", "TDX_MODULE_UNKNOWN", body=put(1, b"\xab")),
    refused("module_signer_in_the_report", "TDX_MODULE_SIGNER", body=put(64, b"\x01")),
    refused("module_signer_last_byte", "TDX_MODULE_SIGNER", body=put(111, b"\x01")),
    refused("module_attributes_in_the_report", "TDX_MODULE_ATTRIBUTES", body=put(112, b"\x01")),
    refused(
        "module_attributes_in_both",
        "TDX_MODULE_ATTRIBUTES",
        body=put(112, b"\x01"),
        tcb_info=lambda info: info["tdxModuleIdentities"][0].update(attributes="01" + "00" * 7),
    ),
    refused("module_svn_below_every_level", "MODULE_NOT_SUPPORTED", body=put(0, b"\x01")),
    refused(
        "module_without_levels",
        "MODULE_NOT_SUPPORTED",
        tcb_info=lambda info: info["tdxModuleIdentities"][0].update(tcbLevels=[]),
    ),
    refused("module_revoked", "TCB_REVOKED", body=put(0, b"\x02")),
    refused("levels_empty", "TCB_NOT_SUPPORTED", tcb_info=members(tcbLevels=[])),
    refused("pce_svn_below_every_level", "TCB_NOT_SUPPORTED", machine=svn(pce_svn=9)),
    refused("cpu_svn_first_below", "TCB_NOT_SUPPORTED", machine=svn(cpu_svn=first(CPU_SVN, 0, 3))),
    refused("cpu_svn_last_below", "TCB_NOT_SUPPORTED", machine=svn(cpu_svn=first(CPU_SVN, 7, 4))),
    refused(
        "cpu_svn_sixteenth_below",
        "TCB_NOT_SUPPORTED",
        machine={"levels": (replace(LEVELS[0], sgx=first(CPU_SVN, 15, 1)),)},
    ),
    refused(
        "tdx_svn_sixteenth_below",
        "TCB_NOT_SUPPORTED",
        machine={"levels": (replace(LEVELS[0], tdx=first(NEW, 15, 1)),)},
    ),
    refused("tdx_svn_third_below", "TCB_NOT_SUPPORTED", body=put(2, b"\x02")),
    refused(
        "tdx_svn_of_an_old_module",
        "TCB_NOT_SUPPORTED",
        machine={"platform": OLD_MODULE, "levels": (TcbLevel(CPU_SVN, 11, first(NEW, 1, 0), "UpToDate"),)},
    ),
    refused(
        "platform_revoked",
        "TCB_REVOKED",
        tcb_info=lambda info: info["tcbLevels"][0].update(tcbStatus="Revoked"),
    ),
    refused(
        "sgx_platform_revoked",
        "TCB_REVOKED",
        kind=SGX,
        tcb_info=lambda info: info["tcbLevels"][0].update(tcbStatus="Revoked"),
    ),
    refused(
        "current_svn_below_every_level",
        "TCB_NOT_SUPPORTED",
        step=14,
        kind=TD15,
        machine={"platform": Platform(tee_tcb_svn2=bytes((6, 1, 1)) + bytes(13)), "levels": LEVELS},
    ),
    refused(
        "current_module_below_every_level", "MODULE_NOT_SUPPORTED", step=14, kind=TD15, body=put(584, b"\x01")
    ),
    refused("current_module_revoked", "TCB_REVOKED", step=14, kind=TD15, body=put(584, b"\x02")),
    refused(
        "current_platform_revoked",
        "TCB_REVOKED",
        step=14,
        kind=TD15,
        machine={
            "platform": Platform(tee_tcb_svn2=OLD),
            "levels": (LEVELS[0], replace(LEVELS[1], status="Revoked")),
        },
    ),
)


def attributes(name: str, code: str, octets: str) -> Case:
    """A trust domain with other attributes."""
    return refused(name, code, measurements=TdMeasurements(td_attributes=bytes.fromhex(octets)))


ATTRIBUTES: tuple[Case, ...] = (
    refused("sgx_debug", "SGX_DEBUG", kind=SGX, body=put(48, b"\x07")),
    attributes("td_debug", "TD_DEBUG", "0100001000000000"),
    attributes("td_attribute_bit_1", "TD_ATTRIBUTES_RESERVED", "0200001000000000"),
    attributes("td_attribute_migratable", "TD_ATTRIBUTES_RESERVED", "0000003000000000"),
    attributes("td_attribute_bit_16", "TD_ATTRIBUTES_RESERVED", "0000011000000000"),
    attributes("td_attribute_bit_32", "TD_ATTRIBUTES_RESERVED", "0000001001000000"),
    attributes("td_attribute_bit_61", "TD_ATTRIBUTES_RESERVED", "0000001000000020"),
    attributes("td_without_sept_ve_disable", "TD_SEPT_VE_ENABLED", "0000004000000000"),
    refused(
        "td_with_service_td",
        "TD_SERVICE_TD",
        kind=TD15,
        measurements=TdMeasurements(mr_service_td=b"\x01" * 48),
    ),
    refused(
        "td_with_service_td_last_byte",
        "TD_SERVICE_TD",
        kind=TD15,
        measurements=TdMeasurements(mr_service_td=bytes(47) + b"\x01"),
    ),
)
