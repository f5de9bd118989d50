"""Certificate revocation lists: v2, ECDSA P-256 with SHA-256, issued directly (no indirect or partial lists)."""

from tee_attestation_verifier import der
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.scan import lists_serial, signed_object
from tee_attestation_verifier.times import der_time
from tee_attestation_verifier.x509 import (
    AUTHORITY_KEY,
    CRL_NUMBER,
    ECDSA_WITH_SHA256,
    read_extensions,
)

MAX_CRL = 65_000


class RevocationList:
    """A parsed list; times are unix seconds, `entries` the DER of the revoked certificates one after the other.

    The entries are walked when `lists` is asked.
    """

    issuer: bytes
    this_update: int
    next_update: int
    number: int
    signed: bytes
    signature: bytes

    def __init__(self, entries: bytes = b"") -> None:
        """A list with nothing but its entries; `parse_crl` makes a whole one."""
        self.entries = entries

    def read(self, encoding: bytes) -> None:
        """Fill the fields from the encoding; raises as `parse_crl` says."""
        if len(encoding) > MAX_CRL:
            raise Rejection("CRL_MALFORMED", "larger than 65000 bytes")
        try:
            self.signed, self.signature, fields = signed_object(encoding)
            self._read(encoding, fields)
        except ValueError as error:
            raise Rejection("CRL_MALFORMED", str(error)) from None

    def _read(self, data: bytes, fields: list[der.Node]) -> None:
        # version, algorithm, issuer, this update, next update, [revoked], extensions
        if len(fields) not in (6, 7) or der.encoded(data, fields[0]) != b"\x02\x01\x01":
            raise ValueError("not a v2 list with next update and extensions")
        if der.encoded(data, fields[1]) != ECDSA_WITH_SHA256:
            raise ValueError("signature algorithm")
        self.issuer = der.encoded(data, fields[2])
        self.this_update, self.next_update = der_time(data, fields[3]), der_time(data, fields[4])
        if len(fields) == 7:
            if fields[5][0] != der.SEQUENCE:
                raise ValueError("revoked certificates")
            self.entries = data[fields[5][2] : fields[5][3]]
        found = read_extensions(data, fields[-1], 0xA0)
        if AUTHORITY_KEY not in found or CRL_NUMBER not in found:
            raise ValueError("authority key identifier or CRL number missing")
        for critical, _ in found.values():
            if critical:
                raise ValueError("critical extension")
        number = found[CRL_NUMBER][1]
        self.number = int.from_bytes(der.positive(number, der.whole(number, der.INTEGER)), "big")

    def lists(self, serial: bytes) -> bool:
        """Whether the serial (content octets of a DER INTEGER) is revoked; raises Rejection CRL_MALFORMED."""
        try:
            return bool(lists_serial(self.entries, 0, len(self.entries), serial))
        except ValueError as error:
            raise Rejection("CRL_MALFORMED", str(error)) from None


def parse_crl(encoding: bytes) -> RevocationList:
    """Parse DER; raises Rejection CRL_MALFORMED."""
    crl = RevocationList()
    crl.read(encoding)
    return crl
