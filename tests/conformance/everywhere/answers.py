"""One text for what the verifier says, the same on every interpreter that it runs on.

Imported by the tests on CPython, and lowered for MicroPython (`micropython.py`). Nothing but bytes and numbers goes in,
and texts of exceptions stay out: those are the interpreter's own words.
"""

from tee_attestation_verifier import plain, plain_json
from tee_attestation_verifier.crypto import Crypto
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.attributes import check_attributes
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.trust import TrustedRoot
from tee_attestation_verifier.intel.verify import verify

ATTRIBUTE_GATE = 16
ROOT_FIELDS = ("fingerprint", "subject", "public_key", "serial", "not_before", "not_after")
# All of `Claims` but the report, whose bytes are shown instead.
CLAIMS = (
    "quote_version",
    "tee",
    "status",
    "tcb_date",
    "advisory_ids",
    "platform_status",
    "platform_advisory_ids",
    "qe_status",
    "qe_advisory_ids",
    "module_status",
    "fmspc",
    "pce_id",
    "ppid",
    "cpu_svn",
    "pce_svn",
    "tcb_evaluation_number",
    "qe_evaluation_number",
    "valid_from",
    "valid_until",
    "verified_at",
    "collateral_issued",
    "pck_extension",
)


def judged(quote: bytes, collateral: Collateral, now: int, root: TrustedRoot, crypto: Crypto) -> str:
    """Code and step of the refusal, or every claim, and then what the attribute gate says."""
    try:
        claims = verify(quote, collateral, now, root, crypto)
    except Rejection as rejection:
        return rejection.code + " at step " + str(rejection.step)
    said = [name + "=" + shown(getattr(claims, name)) for name in CLAIMS]
    said.append(claims.report.layout.name + "=" + shown(claims.report.data))
    try:
        check_attributes(claims.report)
    except Rejection as rejection:
        said.append(rejection.code + " at step " + str(ATTRIBUTE_GATE))
    return " ".join(said)


def scanned(scanner: str, data: bytes, start: int, end: int, last: bytes) -> str:
    """What the plain form of a scanner answers, "refused" for ValueError."""
    try:
        return shown(_answer(scanner, data, start, end, last))
    except ValueError:
        return "refused"


def _answer(scanner: str, data: bytes, start: int, end: int, last: bytes) -> object:
    if scanner == "json":
        return plain_json.json(data)
    if scanner == "svns":
        components = plain_json.json(data)
        return plain.svns(components if isinstance(components, list) else [])
    if scanner in ("tlvs", "extensions", "common_name"):
        return getattr(plain, scanner)(data, start, end)
    if scanner in ("lists_serial", "entries"):
        return getattr(plain, scanner)(data, start, end, last)
    return getattr(plain, scanner)(data)


def shown(value: object) -> str:
    """Bytes in hexadecimal, objects sorted: a dict keeps no order on MicroPython."""
    if isinstance(value, bytes):
        return "x" + value.hex()
    if isinstance(value, dict):
        return (
            "{" + ", ".join(sorted([shown(name) + ": " + shown(each) for name, each in value.items()])) + "}"
        )
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join([shown(each) for each in value]) + "]"
    return repr(value)
