"""DCAP quotes, versions 3, 4 and 5: bytes to fields (attestation.md, section 1). Nothing is verified here."""

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.certification import check_size
from tee_attestation_verifier.intel.report import SGX_ENCLAVE, TD10, TD15, TD15_EX, Report

MAX_QUOTE = 32_768
HEADER = 48
ECDSA_P256 = 2
TEE_SGX, TEE_TDX = 0, 0x81
INTEL_QE_VENDOR = b"\x93\x9a\x72\x33\xf7\x9c\x4c\xa9\x94\x0a\x0d\xb3\x95\x7f\x06\x07"
QE_REPORT_CERTIFICATION = 6
V5_BODIES = {1: SGX_ENCLAVE, 2: TD10, 3: TD15, 4: TD15_EX}


class Quote:
    """A parsed quote.

    `signed` is what the attestation key (X‖Y) signed with `signature` (r‖s); `qe_report` (384 bytes) is signed by
    the PCK key with `qe_report_signature`; `certification_data` holds what `certification_type` says.
    Made by `parse_quote`.
    """

    version: int
    tee_type: int
    is_tdx: bool
    body_start: int
    report: Report
    signed: bytes
    signature: bytes
    attestation_key: bytes
    qe_report: Report
    qe_report_signature: bytes
    qe_auth: bytes
    certification_type: int
    certification_data: bytes

    def read(self, data: bytes) -> None:
        """Fill the fields; raises as `parse_quote` says."""
        if not HEADER <= len(data) <= MAX_QUOTE:
            raise Rejection("QUOTE_MALFORMED", "length")
        self._read_header(data)
        self.body_start, self.report = self._read_body(data)
        end = self.body_start + len(self.report.data)
        self.signed = data[:end]
        reader = _Reader(data, end, len(data))
        self._read_authentication(reader.within(reader.number(4)))

    def _read_header(self, data: bytes) -> None:
        self.version = _number(data, 0, 2)
        if self.version not in (3, 4, 5):
            raise Rejection("QUOTE_VERSION_UNSUPPORTED", str(self.version))
        if _number(data, 2, 2) != ECDSA_P256:
            raise Rejection("QUOTE_KEY_TYPE_UNSUPPORTED", str(_number(data, 2, 2)))
        self.tee_type = _number(data, 4, 4)
        if self.tee_type not in (TEE_SGX, TEE_TDX) or (self.version == 3 and self.tee_type != TEE_SGX):
            raise Rejection("QUOTE_TEE_TYPE_UNSUPPORTED", str(self.tee_type))
        if data[12:28] != INTEL_QE_VENDOR:
            raise Rejection("QUOTE_VENDOR_UNKNOWN", "quoting enclave not Intel's")
        self.is_tdx = self.tee_type == TEE_TDX

    def _read_body(self, data: bytes) -> tuple[int, Report]:
        reader = _Reader(data, HEADER, len(data))
        layout = TD10 if self.is_tdx else SGX_ENCLAVE
        if self.version == 5:
            kind, size = reader.number(2), reader.number(4)
            if kind not in V5_BODIES or (V5_BODIES[kind] is SGX_ENCLAVE) == self.is_tdx:
                raise Rejection("QUOTE_BODY_UNSUPPORTED", "body type " + str(kind))
            layout = V5_BODIES[kind]
            if size != layout.size:
                raise Rejection("QUOTE_MALFORMED", "body size " + str(size))
        return reader.position, Report(layout, reader.take(layout.size))

    def _read_authentication(self, reader: "_Reader") -> None:
        self.signature, self.attestation_key = reader.take(64), reader.take(64)
        if self.version > 3:
            kind = reader.number(2)
            if kind != QE_REPORT_CERTIFICATION:
                raise Rejection("QUOTE_CERTIFICATION_UNSUPPORTED", "outer type " + str(kind))
            reader = reader.within(reader.number(4))
        self.qe_report = Report(SGX_ENCLAVE, reader.take(SGX_ENCLAVE.size))
        self.qe_report_signature = reader.take(64)
        self.qe_auth = reader.take(reader.number(2))
        self.certification_type = reader.number(2)
        self.certification_data = reader.take(reader.number(4))
        check_size(self.certification_type, self.certification_data)


def parse_quote(data: bytes) -> Quote:
    """Parse; raises Rejection QUOTE_MALFORMED, QUOTE_VENDOR_UNKNOWN or a QUOTE_..._UNSUPPORTED."""
    quote = Quote()
    quote.read(data)
    return quote


class _Reader:
    """Takes consecutive fields out of data[position:end]; running over the end is QUOTE_MALFORMED."""

    def __init__(self, data: bytes, position: int, end: int) -> None:
        self._data, self.position, self._end = data, position, end

    def take(self, size: int) -> bytes:
        stop = self.position + size
        if stop > self._end:
            raise Rejection("QUOTE_MALFORMED", "truncated at byte " + str(self.position))
        taken = self._data[self.position : stop]
        self.position = stop
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def within(self, size: int) -> "_Reader":
        """A reader of the next `size` bytes."""
        if self.position + size > self._end:
            raise Rejection("QUOTE_MALFORMED", "truncated at byte " + str(self.position))
        return _Reader(self._data, self.position, self.position + size)


def _number(data: bytes, start: int, size: int) -> int:
    return int.from_bytes(data[start : start + size], "little")
