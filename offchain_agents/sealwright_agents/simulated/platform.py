"""The simulated hardware: what a PCK certificate, a quoting enclave and a trust domain would report."""

from dataclasses import dataclass

ZERO_48 = bytes(48)


@dataclass(frozen=True)
class Platform:
    """One machine. SVN arrays are 16 bytes; `pce_id` 2, `fmspc` 6 and `ppid` 16 bytes."""

    cpu_svn: bytes = bytes((4, 4, 2, 2, 4, 1, 0, 5)) + bytes(8)
    pce_svn: int = 11
    pce_id: bytes = bytes(2)
    fmspc: bytes = bytes.fromhex("b0c06f000000")
    ppid: bytes | None = None  # None: derived from the seed, so that each machine has its own
    tee_tcb_svn: bytes = bytes((6, 1, 3)) + bytes(13)
    tee_tcb_svn2: bytes = bytes((6, 1, 3)) + bytes(13)
    qe_isv_svn: int = 4
    sgx_type: int = 1


@dataclass(frozen=True)
class TdMeasurements:
    """The parts of a TD report that software decides; 48 bytes each, attributes and XFAM 8 bytes."""

    mrtd: bytes = ZERO_48
    rtmr: tuple[bytes, bytes, bytes, bytes] = (ZERO_48, ZERO_48, ZERO_48, ZERO_48)
    mr_config_id: bytes = ZERO_48
    mr_owner: bytes = ZERO_48
    mr_owner_config: bytes = ZERO_48
    mr_service_td: bytes = ZERO_48
    td_attributes: bytes = bytes.fromhex("0000001000000000")  # SEPT_VE_DISABLE alone
    xfam: bytes = bytes.fromhex("e702060000000000")


def td_report(platform: Platform, td: TdMeasurements, report_data: bytes, size: int) -> bytes:
    """A TD report of `size` 584 (1.0), 648 (1.5) or 885 (1.5-Ex) bytes; SEAM fields are all zero."""
    if len(report_data) != 64:
        raise ValueError("report_data must have 64 bytes")
    report = platform.tee_tcb_svn + ZERO_48 * 2 + bytes(8) + td.td_attributes + td.xfam
    report += td.mrtd + td.mr_config_id + td.mr_owner + td.mr_owner_config + b"".join(td.rtmr) + report_data
    if size >= 648:
        report += platform.tee_tcb_svn2 + td.mr_service_td
    return report + bytes(size - len(report))


def enclave_report(
    cpu_svn: bytes,
    attributes: bytes,
    mr_enclave: bytes,
    mr_signer: bytes,
    ids: tuple[int, int],
    report_data: bytes,
) -> bytes:
    """An SGX report of 384 bytes; `ids` are ISVPRODID and ISVSVN."""
    product, svn = ids
    head = cpu_svn + bytes(32) + attributes + mr_enclave + bytes(32) + mr_signer + bytes(96)
    return head + product.to_bytes(2, "little") + svn.to_bytes(2, "little") + bytes(60) + report_data
