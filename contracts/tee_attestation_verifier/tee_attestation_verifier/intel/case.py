"""One judgement: the inputs, and what each step has found so far."""

from tee_attestation_verifier.crl import RevocationList
from tee_attestation_verifier.crypto import Crypto
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.pck_extension import PckExtension
from tee_attestation_verifier.intel.qe_identity import QeIdentity
from tee_attestation_verifier.intel.quote import Quote
from tee_attestation_verifier.intel.tcb_info import PlatformLevel, SvnLevel, TcbInfo
from tee_attestation_verifier.intel.trust import TrustedRoot
from tee_attestation_verifier.p256 import is_on_curve
from tee_attestation_verifier.x509 import Certificate


class CollateralCase:
    """Collateral under judgement. Attributes appear as steps find them; `valid_until` only ever shrinks.

    `tee` is "SGX" or "TDX" once it is known what the collateral must be for, empty before.
    """

    crl_ca: Certificate
    tcb_signer: Certificate
    qe_signer: Certificate
    root_list: RevocationList
    pck_list: RevocationList
    tcb_info: TcbInfo
    qe_identity: QeIdentity

    def __init__(self, collateral: Collateral, now: int, root: TrustedRoot, crypto: Crypto) -> None:
        """`now` in unix seconds: nothing here reads a clock."""
        self.collateral, self.now, self.root, self._crypto = collateral, now, root, crypto
        self.tee = ""
        self.valid_from, self.valid_until = 0, 1 << 62
        self.root_encoding = b""
        # Certificates found to be issued by the root, by DER; one memory a role, for a role is part of the check.
        self.authorities: dict[bytes, Certificate] = {}
        self.signers: dict[bytes, Certificate] = {}

    def known_authority(self, encoding: bytes) -> Certificate | None:
        """The certificate authority in this DER if it was checked before, for kept collateral; else None."""
        return None

    def sha256(self, data: bytes) -> bytes:
        """The 32-byte digest."""
        return self._crypto.sha256(data)

    def require_window(self, start: int, end: int, code: str, what: str) -> None:
        """Refuse unless start <= now < end (unix seconds): CODE_NOT_YET_VALID or CODE_EXPIRED."""
        if self.now < start:
            raise Rejection(code + "_NOT_YET_VALID", what)
        if self.now >= end:
            raise Rejection(code + "_EXPIRED", what)
        self.valid_from = max(self.valid_from, start)
        self.valid_until = min(self.valid_until, end)

    def require_signature(self, signature: bytes, message: bytes, key: bytes, code: str, what: str) -> None:
        """Refuse with `code` unless r‖s over the message verifies under X‖Y."""
        if not self._crypto.p256_verify(signature, self._crypto.sha256(message), key):
            raise Rejection(code, what)

    def require_point(self, key: bytes, code: str) -> None:
        """Refuse with `code` unless X‖Y is a point on the curve."""
        if not is_on_curve(key):
            raise Rejection(code, "not a point on P-256")


class Case(CollateralCase):
    """One quote under judgement, with the collateral that goes with it.

    `pck_chain` is the PEM text of the PCK certificate's chain, wherever it came from.
    """

    quote: Quote
    pck_chain: bytes
    pck_leaf: Certificate
    pck_ca: Certificate
    pck: PckExtension
    qe_level: SvnLevel
    platform_level: PlatformLevel
    module_level: SvnLevel | None
    platform_status: str
    status: str
    tcb_date: int
    advisory_ids: list[str]
    platform_advisory_ids: list[str]

    def __init__(
        self, quote: bytes, collateral: Collateral, now: int, root: TrustedRoot, crypto: Crypto
    ) -> None:
        """`now` in unix seconds."""
        super().__init__(collateral, now, root, crypto)
        self.encoding = quote
