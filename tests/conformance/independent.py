"""The wire formats written a second time, by plain concatenation, to check the vectors with.

Nothing here uses the package's codec: what both agree on is the format.
"""

import hashlib
import struct
from typing import Any

Fields = dict[str, Any]


def text(value: str) -> bytes:
    """String: length as u32, then UTF-8."""
    raw = value.encode()
    return struct.pack("<I", len(raw)) + raw


def blob(value: str) -> bytes:
    """Vec<u8> from hex: length as u32, then the bytes."""
    raw = bytes.fromhex(value)
    return struct.pack("<I", len(raw)) + raw


def texts(values: list[str]) -> bytes:
    """Vec<String>."""
    return struct.pack("<I", len(values)) + b"".join(map(text, values))


def fixed(fields: Fields, *names: str) -> bytes:
    """[u8; N] fields from hex, one after the other."""
    return b"".join(bytes.fromhex(fields[name]) for name in names)


def node_binding(fields: Fields) -> bytes:
    """NodeBinding."""
    named = [text(fields[name]) for name in ("network", "registry", "node_id")]
    return (
        text("sealwright:node:v1")
        + b"".join(named)
        + fixed(fields, "signing_key", "encryption_key", "tls_spki_hash")
    )


def result_receipt(fields: Fields) -> bytes:
    """ResultReceipt."""
    return b"".join(
        [
            text("sealwright:result:v1"),
            text(fields["network"]),
            text(fields["contract"]),
            fixed(fields, "instance"),
            struct.pack("<QI", int(fields["task_id"]), fields["attempt"]),
            fixed(fields, "input_hash", "output_hash", "measurement_id"),
            text(fields["node_id"]),
        ]
    )


def measurement(fields: Fields) -> bytes:
    """Measurement."""
    return fixed(fields, "mrtd", "rtmr0", "rtmr1", "rtmr2", "compose_hash")


def report_data(fields: Fields) -> bytes:
    """The 64 bytes in a quote."""
    return hashlib.sha256(node_binding(fields["binding"])).digest() + bytes.fromhex(fields["challenge"])


def verify_args(fields: Fields) -> bytes:
    """Arguments of verify_quote."""
    given = fields["collateral"]
    chain = given["pck_certificate_chain"]
    return b"".join(
        [
            blob(fields["quote"]),
            text(given["pck_crl_issuer_chain"]),
            blob(given["root_ca_crl"]),
            blob(given["pck_crl"]),
            text(given["tcb_info_issuer_chain"]),
            text(given["tcb_info"]),
            blob(given["tcb_info_signature"]),
            text(given["qe_identity_issuer_chain"]),
            text(given["qe_identity"]),
            blob(given["qe_identity_signature"]),
            b"\0" if chain is None else b"\1" + text(chain),
        ]
    )


STATUSES = (
    "UpToDate",
    "OutOfDateConfigurationNeeded",
    "OutOfDate",
    "ConfigurationAndSWHardeningNeeded",
    "ConfigurationNeeded",
    "SWHardeningNeeded",
    "Revoked",
)
REPORTS = {"SgxReport": 0, "Td10Report": 1, "Td15Report": 2}
REPORT_INTS = {"misc_select": "<I", "isv_prod_id": "<H", "isv_svn": "<H"}


def verification_result(fields: Fields) -> bytes:
    """VerificationResult."""
    if "rejected" in fields:
        return b"\1\0" + text(fields["rejected"])
    report = b"".join(
        struct.pack(REPORT_INTS[name], value) if name in REPORT_INTS else bytes.fromhex(value)
        for name, value in fields["report"].items()
    )
    standings = [fields["qe_status"], fields["platform_status"]]
    return b"".join(
        [
            b"\0" + text(fields["status"]) + texts(fields["advisory_ids"]),
            bytes([REPORTS[fields["report_type"]]]) + report + blob(fields["ppid"]),
            *(bytes([STATUSES.index(each["status"])]) + texts(each["advisory_ids"]) for each in standings),
        ]
    )


ENCODERS = {
    "NodeBinding": node_binding,
    "ResultReceipt": result_receipt,
    "Measurement": measurement,
    "report_data": report_data,
    "verify_quote arguments": verify_args,
    "VerificationResult": verification_result,
}
