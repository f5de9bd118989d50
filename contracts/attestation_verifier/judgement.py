"""From argument bytes to verdict bytes."""

from common import env
from common.errors import BAD_ARGUMENT, refuse
from sealwright_protocol import borsh
from sealwright_protocol.verdict import DCAP_VERIFICATION, REJECTED, TCB_STATUSES, VERIFIED
from tee_attestation_verifier.errors import CollateralMissing, Rejection
from tee_attestation_verifier.intel.attributes import check_attributes
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.report import SGX_ENCLAVE, TD10, Report
from tee_attestation_verifier.intel.stored import verify_kept
from tee_attestation_verifier.intel.verify import verify

from attestation_verifier.errors import COLLATERAL_MISSING
from attestation_verifier.host_crypto import HOST_CRYPTO
from attestation_verifier.keeper import StateKeeper
from attestation_verifier.roots import trusted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Text fields are taken as bytes: the parsers refuse what is not ASCII, so decoding them would only cost gas.
ARGUMENTS = "bbbbbbbbbb<b>"
STORED_ARGUMENTS = "bI"
VERIFIED_HEAD = "Bs[s]B"
VERIFIED_TAIL = "b(B[s])(B[s])"
TD15_SIZE = 648


def judge(data: bytes) -> tuple[bytes, int]:
    """`VerificationResult` in Borsh, and the end of the evidence's validity in Unix ms (0 when rejected)."""
    values = _arguments(ARGUMENTS, data)
    now = _now()
    try:
        claims = verify(values[0], Collateral(*values[1:]), now, trusted(), HOST_CRYPTO)
        return _accepted(claims)
    except Rejection as rejection:
        return _rejected(rejection)


def judge_by_kept(data: bytes) -> tuple[bytes, int]:
    """The same by kept collateral; refuses COLLATERAL_MISSING where nothing current is kept."""
    quote, minimum = _arguments(STORED_ARGUMENTS, data)
    now = _now()
    try:
        claims = verify_kept(quote, StateKeeper(now, minimum), now, trusted(), HOST_CRYPTO)
        return _accepted(claims)
    except Rejection as rejection:
        return _rejected(rejection)
    except CollateralMissing as missing:
        refuse(COLLATERAL_MISSING, missing)


def _now() -> int:
    return env.block_ms() // 1000


def _arguments(form: str, data: bytes) -> "list[Any]":
    try:
        return borsh.unpack(form, data)
    except ValueError as error:
        refuse(BAD_ARGUMENT, "data: " + str(error))


def _accepted(claims: Claims) -> tuple[bytes, int]:
    check_attributes(claims.report)
    return _verified(claims), claims.valid_until * 1000


def _rejected(rejection: Rejection) -> tuple[bytes, int]:
    return borsh.pack("BBs", (REJECTED, DCAP_VERIFICATION, str(rejection))), 0


def _verified(claims: Claims) -> bytes:
    # The report's Borsh is the report's own bytes: fixed arrays and little-endian numbers.
    variant, report = _report(claims.report)
    head = (VERIFIED, claims.status, claims.advisory_ids, variant)
    qe = (TCB_STATUSES.index(claims.qe_status), claims.qe_advisory_ids)
    platform = (TCB_STATUSES.index(claims.platform_status), claims.platform_advisory_ids)
    return borsh.pack(VERIFIED_HEAD, head) + report + borsh.pack(VERIFIED_TAIL, (claims.ppid, qe, platform))


def _report(report: Report) -> tuple[int, bytes]:
    """Variant and bytes; a 1.5-Ex report goes as the 1.5 report that it starts with."""
    if report.layout is SGX_ENCLAVE:
        return 0, report.data
    if report.layout is TD10:
        return 1, report.data
    return 2, report.data[:TD15_SIZE]
