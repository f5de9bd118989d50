"""Intel's SGX extension of a PCK certificate: which processor, at which security versions."""

from tee_attestation_verifier import der
from tee_attestation_verifier.errors import Rejection
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
        entries = _entries(value, der.whole(value, der.SEQUENCE), SGX_EXTENSION)
        self.ppid = _octets(value, entries, PPID, 16)
        self.pce_id = _octets(value, entries, PCE_ID, 2)
        self.fmspc = _octets(value, entries, FMSPC, 6)
        tcb = _entries(value, _entry(entries, TCB), SGX_EXTENSION + bytes((TCB,)))
        if len(tcb) != COMPONENTS + 2:
            raise ValueError("TCB has not 18 parts")
        self.pce_svn = der.unsigned(value, _entry(tcb, PCE_SVN), 0xFFFF)
        self.cpu_svn = _octets(value, tcb, CPU_SVN, 16)
        for index in range(COMPONENTS):
            if der.unsigned(value, _entry(tcb, index + 1), 255) != self.cpu_svn[index]:
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
    found: dict[int, der.Node] = {}
    for entry in der.parts(data, node, der.SEQUENCE):
        pair = der.parts(data, entry, der.SEQUENCE)
        if len(pair) != 2:
            raise ValueError("entry")
        oid = der.content(data, pair[0], der.OBJECT_ID)
        if len(oid) != len(arc) + 1 or oid[:-1] != arc or oid[-1] in found:
            raise ValueError("entry's object id")
        found[oid[-1]] = pair[1]
    return found


def _entry(entries: dict[int, der.Node], number: int) -> der.Node:
    if number not in entries:
        raise ValueError("entry missing")
    return entries[number]


def _octets(data: bytes, entries: dict[int, der.Node], number: int, size: int) -> bytes:
    octets = der.content(data, _entry(entries, number), der.OCTET_STRING)
    if len(octets) != size:
        raise ValueError("octets of a wrong length")
    return octets
