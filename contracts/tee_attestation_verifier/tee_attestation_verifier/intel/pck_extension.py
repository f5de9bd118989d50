"""Intel's SGX extension of a PCK certificate: which processor, at which security versions."""

from tee_attestation_verifier import der
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.scan import entries
from tee_attestation_verifier.x509 import SGX_EXTENSION

PPID, TCB, PCE_ID, FMSPC = 1, 2, 3, 4
COMPONENTS = 16
PCE_SVN, CPU_SVN = 17, 18


class PckExtension:
    """`cpu_svn` 16 bytes, `pce_svn` int, `pce_id` 2, `fmspc` 6, `ppid` 16 bytes."""

    cpu_svn: bytes
    pce_svn: int
    pce_id: bytes
    fmspc: bytes
    ppid: bytes

    def read(self, value: bytes) -> None:
        """Fill the fields; ValueError when malformed."""
        parts = _entries(value, der.whole(value, der.SEQUENCE), SGX_EXTENSION)
        self.ppid = _octets(value, parts, PPID, 16)
        self.pce_id = _octets(value, parts, PCE_ID, 2)
        self.fmspc = _octets(value, parts, FMSPC, 6)
        tcb = _entries(value, _entry(parts, TCB), SGX_EXTENSION + bytes((TCB,)))
        if len(tcb) != COMPONENTS + 2:
            raise ValueError("TCB has not 18 parts")
        self.pce_svn = der.unsigned(value, _entry(tcb, PCE_SVN), 0xFFFF)
        self.cpu_svn = _octets(value, tcb, CPU_SVN, 16)
        for index in range(COMPONENTS):
            tag, _, start, end = _entry(tcb, index + 1)
            if tag != der.INTEGER or value[start:end] != der.octet_integer(self.cpu_svn[index]):
                raise ValueError("components and CPUSVN differ")


def parse_pck_extension(value: bytes) -> PckExtension:
    """Parse the extension's value; raises Rejection PCK_EXTENSION_MALFORMED."""
    extension = PckExtension()
    try:
        extension.read(value)
    except ValueError as error:
        raise Rejection("PCK_EXTENSION_MALFORMED", str(error)) from None
    return extension


def _entries(data: bytes, node: der.Node, arc: bytes) -> dict[int, der.Node]:
    """SEQUENCE of {object id = arc plus one number, value}, by that number; none may occur twice."""
    if node[0] != der.SEQUENCE:
        raise ValueError("entries")
    return entries(data, node[2], node[3], arc)


def _entry(parts: dict[int, der.Node], number: int) -> der.Node:
    if number not in parts:
        raise ValueError("entry missing")
    return parts[number]


def _octets(data: bytes, parts: dict[int, der.Node], number: int, size: int) -> bytes:
    octets = der.content(data, _entry(parts, number), der.OCTET_STRING)
    if len(octets) != size:
        raise ValueError("octets of a wrong length")
    return octets
