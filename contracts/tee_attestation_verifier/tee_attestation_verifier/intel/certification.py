"""What certifies the quoting enclave: certification data of types 1 to 5 (attestation.md, section 1).

1, 2, 3  the platform's identifiers (PPID in clear, or encrypted under a 2048- or 3072-bit RSA key), CPUSVN,
         PCESVN and PCEID: the PCK certificate's chain comes from outside
4        the PCK certificate alone: its issuers come from outside
5        the whole chain
"""

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.pck_extension import PckExtension
from tee_attestation_verifier.pem import read_chain

PPID_CLEAR, PPID_RSA2048, PPID_RSA3072, PCK_CERTIFICATE, PCK_CHAIN = 1, 2, 3, 4, 5
PPID_SIZES = {PPID_CLEAR: 16, PPID_RSA2048: 256, PPID_RSA3072: 384}
PLATFORM_TAIL = 20  # CPUSVN 16, PCESVN 2, PCEID 2
CHAIN_LENGTH = 3


def check_size(kind: int, data: bytes) -> None:
    """Refuse a type that is not 1 to 5, and identifiers of a wrong size.

    Raises Rejection QUOTE_CERTIFICATION_UNSUPPORTED or QUOTE_MALFORMED.
    """
    if kind not in (PPID_CLEAR, PPID_RSA2048, PPID_RSA3072, PCK_CERTIFICATE, PCK_CHAIN):
        raise Rejection("QUOTE_CERTIFICATION_UNSUPPORTED", "type " + str(kind))
    if kind in PPID_SIZES and len(data) != PPID_SIZES[kind] + PLATFORM_TAIL:
        raise Rejection("QUOTE_MALFORMED", "certification data of type " + str(kind))


def pck_chain(kind: int, data: bytes, supplied: bytes | None) -> bytes:
    """The PEM text of the PCK certificate's chain: the quote's own, or else the supplied one.

    What is supplied although the quote has it must be the same, certificate for certificate.
    Raises Rejection PCK_CHAIN_MISSING, PCK_CHAIN_DIFFERS or a CERT_CHAIN_... of a chain that cannot be read.
    """
    if kind == PCK_CHAIN:
        if supplied is not None and _certificates(supplied) != read_chain(data, CHAIN_LENGTH, "PCK chain"):
            raise Rejection("PCK_CHAIN_DIFFERS", "the supplied chain is not the one in the quote")
        return data
    if supplied is None:
        raise Rejection("PCK_CHAIN_MISSING", "certification data of type " + str(kind) + " holds no chain")
    if kind == PCK_CERTIFICATE and read_chain(data, 1, "PCK certificate") != _certificates(supplied)[:1]:
        raise Rejection("PCK_CHAIN_DIFFERS", "the supplied chain is not that of the quote's PCK certificate")
    return supplied


def check_platform(kind: int, data: bytes, pck: PckExtension) -> None:
    """Identifiers in the quote are those of the PCK certificate (types 1 to 3; an encrypted PPID tells nothing).

    Raises Rejection CERTIFICATION_PPID, CERTIFICATION_CPUSVN, CERTIFICATION_PCESVN or CERTIFICATION_PCEID.
    """
    if kind not in PPID_SIZES:
        return
    size = PPID_SIZES[kind]
    if kind == PPID_CLEAR and data[:size] != pck.ppid:
        raise Rejection("CERTIFICATION_PPID", "the PCK certificate is another machine's")
    if data[size : size + 16] != pck.cpu_svn:
        raise Rejection("CERTIFICATION_CPUSVN", "the PCK certificate is for another CPUSVN")
    if int.from_bytes(data[size + 16 : size + 18], "little") != pck.pce_svn:
        raise Rejection("CERTIFICATION_PCESVN", "the PCK certificate is for another PCESVN")
    if data[size + 18 :] != pck.pce_id:
        raise Rejection("CERTIFICATION_PCEID", "the PCK certificate is for another PCEID")


def _certificates(supplied: bytes) -> list[bytes]:
    return read_chain(supplied, CHAIN_LENGTH, "supplied PCK chain")
