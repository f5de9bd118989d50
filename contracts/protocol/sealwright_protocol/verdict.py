"""`verify_quote` on the wire: the Borsh types of the verifier deployed on mainnet (near/mpc).

A rejection is an answer, not a failure: `Verified(report) | Rejected(reason)`.
A failed promise means that the verifier could not be asked.
"""

from typing import Any, TypeAlias

from sealwright_protocol import borsh
from sealwright_protocol.records import Record

# Variants of TcbStatus, in wire order.
TCB_STATUSES = (
    "UpToDate",
    "OutOfDateConfigurationNeeded",
    "OutOfDate",
    "ConfigurationAndSWHardeningNeeded",
    "ConfigurationNeeded",
    "SWHardeningNeeded",
    "Revoked",
)

VERIFIED = 0
REJECTED = 1
DCAP_VERIFICATION = 0  # the only variant of VerifierError


class Collateral(Record):
    """Everything besides the quote that a verifier needs; chains and documents as text."""

    FIELDS = (
        "pck_crl_issuer_chain",
        "root_ca_crl",
        "pck_crl",
        "tcb_info_issuer_chain",
        "tcb_info",
        "tcb_info_signature",
        "qe_identity_issuer_chain",
        "qe_identity",
        "qe_identity_signature",
        "pck_certificate_chain",
    )
    FORMAT = "sbbssbssb<s>"

    pck_crl_issuer_chain: str
    root_ca_crl: bytes
    pck_crl: bytes
    tcb_info_issuer_chain: str
    tcb_info: str
    tcb_info_signature: bytes
    qe_identity_issuer_chain: str
    qe_identity: str
    qe_identity_signature: bytes
    pck_certificate_chain: str | None


class SgxReport(Record):
    """Body of an SGX enclave report, `Report` variant 0."""

    VARIANT = 0
    FIELDS = (
        "cpu_svn",
        "misc_select",
        "reserved1",
        "attributes",
        "mr_enclave",
        "reserved2",
        "mr_signer",
        "reserved3",
        "isv_prod_id",
        "isv_svn",
        "reserved4",
        "report_data",
    )
    FORMAT = "16xI28x16x32x32x32x96xHH60x64x"

    report_data: bytes


class Td10Report(Record):
    """Body of a TDX 1.0 report, `Report` variant 1."""

    VARIANT = 1
    FIELDS: tuple[str, ...] = (
        "tee_tcb_svn",
        "mr_seam",
        "mr_signer_seam",
        "seam_attributes",
        "td_attributes",
        "xfam",
        "mr_td",
        "mr_config_id",
        "mr_owner",
        "mr_owner_config",
        "rt_mr0",
        "rt_mr1",
        "rt_mr2",
        "rt_mr3",
        "report_data",
    )
    FORMAT = "16x48x48x8x8x8x48x48x48x48x48x48x48x48x64x"

    tee_tcb_svn: bytes
    mr_seam: bytes
    mr_signer_seam: bytes
    seam_attributes: bytes
    td_attributes: bytes
    xfam: bytes
    mr_td: bytes
    mr_config_id: bytes
    mr_owner: bytes
    mr_owner_config: bytes
    rt_mr0: bytes
    rt_mr1: bytes
    rt_mr2: bytes
    rt_mr3: bytes
    report_data: bytes


class Td15Report(Td10Report):
    """Body of a TDX 1.5 report, `Report` variant 2: the base report is nested, so the bytes just follow."""

    VARIANT = 2
    FIELDS = Td10Report.FIELDS + ("tee_tcb_svn2", "mr_service_td")  # noqa: RUF005  MicroPython
    FORMAT = Td10Report.FORMAT + "16x48x"

    tee_tcb_svn2: bytes
    mr_service_td: bytes


Report: TypeAlias = SgxReport | Td10Report | Td15Report
REPORTS: tuple[type[Report], ...] = (SgxReport, Td10Report, Td15Report)


class VerifiedReport:
    """A genuine quote's content and standing. Statuses are names of TCB_STATUSES.

    `status` is the converged status and may be a relaunch name, which TCB_STATUSES lacks.
    `report` is one of REPORTS; a (status, advisory ids) pair speaks for QE and platform.
    """

    def __init__(
        self,
        status: str,
        advisory_ids: list[str],
        report: Report,
        ppid: bytes,
        qe_status: tuple[str, list[str]],
        platform_status: tuple[str, list[str]],
    ) -> None:
        self.status = status
        self.advisory_ids = advisory_ids
        self.report = report
        self.ppid = ppid
        self.qe_status = qe_status
        self.platform_status = platform_status

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VerifiedReport) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]


class Rejected:
    """The verifier's answer to a quote that is not genuine or not acceptable."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rejected) and self.reason == other.reason

    __hash__ = None  # type: ignore[assignment]


def encode_verify_args(quote: bytes, collateral: Collateral) -> bytes:
    """Arguments of `verify_quote`."""
    return borsh.pack("b", (quote,)) + collateral.to_borsh()


def decode_verify_args(data: bytes) -> tuple[bytes, Collateral]:
    """Quote and collateral in the arguments of `verify_quote`. ValueError when malformed."""
    values = borsh.unpack("b" + Collateral.FORMAT, data)
    return values[0], Collateral(*values[1:])


def encode_verification_result(verdict: VerifiedReport | Rejected) -> bytes:
    """`VerificationResult` as Borsh."""
    if isinstance(verdict, Rejected):
        return borsh.pack("BBs", (REJECTED, DCAP_VERIFICATION, verdict.reason))
    report = verdict.report
    values = [VERIFIED, verdict.status, verdict.advisory_ids, report.VARIANT, report.values(), verdict.ppid]
    for name, advisory_ids in (verdict.qe_status, verdict.platform_status):
        values.append([TCB_STATUSES.index(name), advisory_ids])
    return borsh.pack(_verified_format(type(report)), values)


def decode_verification_result(data: bytes) -> VerifiedReport | Rejected:
    """The verdict in exactly these bytes. ValueError when they are not one."""
    if data[:1] == b"\x01":
        values = borsh.unpack("BBs", data)
        if values[1] != DCAP_VERIFICATION:
            raise ValueError("unknown verifier error")
        return Rejected(values[2])
    if data[:1] != b"\x00":
        raise ValueError("unknown verification result")
    report_class = _report_class(data)
    values = borsh.unpack(_verified_format(report_class), data)
    report = report_class(*values[4])
    return VerifiedReport(values[1], values[2], report, values[5], _standing(values[6]), _standing(values[7]))


def encode_verification_with_validity(verdict: VerifiedReport | Rejected, valid_until_ms: int) -> bytes:
    """Result of `verify_quote_with_validity`: the verdict and the end of all that it rests on."""
    return encode_verification_result(verdict) + borsh.pack("Q", (valid_until_ms,))


def decode_verification_with_validity(data: bytes) -> tuple[VerifiedReport | Rejected, int]:
    """Verdict and `valid_until_ms`. ValueError when malformed."""
    return decode_verification_result(data[:-8]), borsh.unpack("Q", data[-8:])[0]


def _verified_format(report_class: type[Report]) -> str:
    return "Bs[s]B(" + report_class.FORMAT + ")b(B[s])(B[s])"


def _report_class(data: bytes) -> type[Report]:
    """Which report follows: its variant stands after the status and the advisory ids."""
    offset = _skip_string(data, 1)
    count = int.from_bytes(data[offset : offset + 4], "little")
    offset += 4
    # An advisory id takes four bytes at least, which bounds the walk by the data.
    if count * 4 > len(data):
        raise ValueError("data too short")
    for _ in range(count):
        offset = _skip_string(data, offset)
    if offset >= len(data) or data[offset] >= len(REPORTS):
        raise ValueError("unknown report")
    return REPORTS[data[offset]]


def _skip_string(data: bytes, offset: int) -> int:
    end = offset + 4 + int.from_bytes(data[offset : offset + 4], "little")
    # A length beyond the data is refused here: MicroPython cannot slice at so large an offset.
    if end > len(data):
        raise ValueError("data too short")
    return end


def _standing(values: list[Any]) -> tuple[str, list[str]]:
    if values[0] >= len(TCB_STATUSES):
        raise ValueError("unknown TCB status")
    return TCB_STATUSES[values[0]], values[1]
