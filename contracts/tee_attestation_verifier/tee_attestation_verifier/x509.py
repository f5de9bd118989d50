"""X.509 certificates of the one form that Intel's attestation uses: v3, ECDSA P-256 with SHA-256."""

from tee_attestation_verifier import der
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.p256 import is_on_curve
from tee_attestation_verifier.scan import common_name, extensions, signed_object
from tee_attestation_verifier.times import der_time

ECDSA_WITH_SHA256 = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
P256_KEY_HEAD = (  # an EC key on prime256v1, up to the mark of an uncompressed point
    b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
    b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04"
)
BASIC_CONSTRAINTS = b"\x55\x1d\x13"
KEY_USAGE = b"\x55\x1d\x0f"
AUTHORITY_KEY = b"\x55\x1d\x23"
CRL_NUMBER = b"\x55\x1d\x14"
SGX_EXTENSION = b"\x2a\x86\x48\x86\xf8\x4d\x01\x0d\x01"
NO_PATH_LIMIT = -1
MAX_CERTIFICATE = 4096

# Key usage, as bits of the extension's first octet.
DIGITAL_SIGNATURE = 0x80
SIGN_CERTIFICATES = 0x04
SIGN_LISTS = 0x02


class Certificate:
    """A parsed certificate; nothing about it is verified yet except that its key is a point on the curve.

    `subject` and `issuer` are DER names, `public_key` is X‖Y, times are unix seconds, `serial` is the content
    of the DER INTEGER, `path_length` NO_PATH_LIMIT when absent. Made by `parse_certificate`.
    """

    serial: bytes
    issuer: bytes
    subject: bytes
    common_name: str
    not_before: int
    not_after: int
    public_key: bytes
    signed: bytes
    signature: bytes

    def __init__(self, encoding: bytes) -> None:
        """An unread certificate: the contract's interpreter cannot raise out of a constructor."""
        self.encoding = encoding
        self.is_ca, self.path_length, self.key_usage = False, NO_PATH_LIMIT, 0
        self.sgx_extension = b""

    def read(self) -> None:
        """Fill the fields from the encoding; raises as `parse_certificate` says."""
        encoding = self.encoding
        if len(encoding) > MAX_CERTIFICATE:
            raise Rejection("CERT_MALFORMED", "larger than 4096 bytes")
        try:
            self.signed, self.signature, fields = signed_object(encoding)
            self._read(encoding, fields)
        except ValueError as error:
            raise Rejection("CERT_MALFORMED", str(error)) from None
        if not is_on_curve(self.public_key):
            raise Rejection("CERT_KEY_INVALID", self.common_name)

    def _read(self, data: bytes, fields: list[der.Node]) -> None:
        if len(fields) != 8 or data[fields[0][1] : fields[0][3]] != b"\xa0\x03\x02\x01\x02":
            raise ValueError("not an X.509 v3 certificate of eight fields")
        self.serial = der.positive(data, fields[1])
        if der.encoded(data, fields[2]) != ECDSA_WITH_SHA256:
            raise ValueError("signature algorithm")
        self.issuer = der.encoded(data, fields[3])
        window = der.parts(data, fields[4], der.SEQUENCE)
        if len(window) != 2:
            raise ValueError("validity")
        self.not_before, self.not_after = der_time(data, window[0]), der_time(data, window[1])
        self.subject = der.encoded(data, fields[5])
        if fields[5][0] != der.SEQUENCE:
            raise ValueError("subject")
        self.common_name = common_name(data, fields[5][2], fields[5][3])
        key = der.encoded(data, fields[6])
        if len(key) != 91 or key[:27] != P256_KEY_HEAD:
            raise ValueError("not a P-256 key")
        self.public_key = key[27:]
        self._read_extensions(data, fields[7])

    def _read_extensions(self, data: bytes, node: der.Node) -> None:
        for oid, (critical, value) in read_extensions(data, node, 0xA3).items():
            if oid == BASIC_CONSTRAINTS:
                self._read_basic_constraints(value)
            elif oid == KEY_USAGE:
                self._read_key_usage(value)
            elif oid == SGX_EXTENSION:
                self.sgx_extension = value
            elif critical:
                raise Rejection("CERT_EXTENSION_UNKNOWN", "critical extension of " + self.common_name)

    def _read_basic_constraints(self, value: bytes) -> None:
        fields = der.parts(value, der.whole(value, der.SEQUENCE), der.SEQUENCE)
        if len(fields) > 2:
            raise ValueError("basic constraints")
        if fields:
            self.is_ca = der.true(value, fields[0])
        if len(fields) == 2:
            self.path_length = der.unsigned(value, fields[1], 255)

    def _read_key_usage(self, value: bytes) -> None:
        octets = der.content(value, der.whole(value, der.BIT_STRING), der.BIT_STRING)
        # A named bit list ends with the last bit that is set; below it stand the unused bits (X.690, 11.2.2).
        if len(octets) not in (2, 3) or octets[-1] & -octets[-1] != 1 << octets[0]:
            raise ValueError("key usage")
        self.key_usage = octets[1]


def parse_certificate(encoding: bytes) -> Certificate:
    """Parse DER; raises Rejection CERT_MALFORMED, CERT_EXTENSION_UNKNOWN or CERT_KEY_INVALID."""
    certificate = Certificate(encoding)
    certificate.read()
    return certificate


def read_extensions(data: bytes, node: der.Node, tag: int) -> dict[bytes, tuple[bool, bytes]]:
    """Extensions in an explicit context tag, by object id: (critical, value). Duplicates are malformed."""
    inner = der.parts(data, node, tag)
    if len(inner) != 1 or inner[0][0] != der.SEQUENCE:
        raise ValueError("extensions")
    return extensions(data, inner[0][2], inner[0][3])
