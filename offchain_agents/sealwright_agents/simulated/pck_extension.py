"""DER of Intel's SGX extension 1.2.840.113741.1.13.1, which a PCK certificate carries."""

from sealwright_agents.simulated.der import integer, tlv
from sealwright_agents.simulated.platform import Platform

_ARC = bytes.fromhex("2a864886f84d010d01")


def _entry(arc: tuple[int, ...], value: bytes) -> bytes:
    return tlv(0x30, tlv(6, _ARC + bytes(arc)) + value)


def pck_extension(platform: Platform, ppid: bytes) -> bytes:
    """PPID, TCB, PCEID, FMSPC, type, instance id and configuration of a multi-package platform."""
    tcb = [_entry((2, index + 1), integer(svn)) for index, svn in enumerate(platform.cpu_svn)]
    tcb.append(_entry((2, 17), integer(platform.pce_svn)))
    tcb.append(_entry((2, 18), tlv(4, platform.cpu_svn)))
    flags = [_entry((7, index), tlv(1, b"\xff" if index < 3 else b"\x00")) for index in (1, 2, 3)]
    entries = [
        _entry((1,), tlv(4, ppid)),
        _entry((2,), tlv(0x30, b"".join(tcb))),
        _entry((3,), tlv(4, platform.pce_id)),
        _entry((4,), tlv(4, platform.fmspc)),
        _entry((5,), tlv(10, bytes((platform.sgx_type,)))),
        _entry((6,), tlv(4, ppid[::-1])),
        _entry((7,), tlv(0x30, b"".join(flags))),
    ]
    return tlv(0x30, b"".join(entries))
