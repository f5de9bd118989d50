"""Trust anchors: Intel's SGX root, pinned here, or a root that a test names."""

from tee_attestation_verifier.binary import from_hex
from tee_attestation_verifier.crypto import Crypto
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.x509 import parse_certificate

ROOT_NAME = "SGX Root CA"


class TrustedRoot:
    """What verification needs of a self-signed root certificate; identity is the SHA-256 of its DER.

    `subject` is the DER name, `public_key` X‖Y, `serial` DER INTEGER content, times are unix seconds.
    """

    def __init__(
        self,
        fingerprint: bytes,
        subject: bytes,
        public_key: bytes,
        serial: bytes,
        not_before: int,
        not_after: int,
    ) -> None:
        """Take over the parts as they are; `root_from_der` derives them from a certificate."""
        self.fingerprint = fingerprint
        self.subject = subject
        self.public_key = public_key
        self.serial = serial
        self.not_before = not_before
        self.not_after = not_after

    def is_intel(self) -> bool:
        """Whether this is Intel's production root."""
        return self.fingerprint == INTEL_ROOT.fingerprint


def root_from_der(encoding: bytes, crypto: Crypto) -> TrustedRoot:
    """A trust anchor out of a self-signed CA certificate.

    Raises Rejection ROOT_UNSUITABLE (or CERT_...) when it is not self-signed, no CA or of another name.
    """
    root = parse_certificate(encoding)
    if root.issuer != root.subject or not root.is_ca or ROOT_NAME not in root.common_name:
        raise Rejection("ROOT_UNSUITABLE", "not a self-issued CA named " + ROOT_NAME)
    if not crypto.p256_verify(root.signature, crypto.sha256(root.signed), root.public_key):
        raise Rejection("ROOT_UNSUITABLE", "self-signature")
    return TrustedRoot(
        crypto.sha256(encoding), root.subject, root.public_key, root.serial, root.not_before, root.not_after
    )


# Intel SGX Root CA, https://certificates.trustedservices.intel.com/Intel_SGX_Provisioning_Certification_RootCA.cer
# The constants are the parts of that certificate; a test derives them again from a genuine chain.
INTEL_ROOT = TrustedRoot(
    from_hex("44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3", 32),
    from_hex(
        "3068311a301806035504030c11496e74656c2053475820526f6f74204341311a3018060355040a0c11496e74656c2043"
        "6f72706f726174696f6e3114301206035504070c0b53616e746120436c617261310b300906035504080c024341310b30"
        "09060355040613025553",
        106,
    ),
    from_hex(
        "0ba9c4c0c0c86193a3fe23d6b02cda10a8bbd4e88e48b4458561a36e705525f567918e2edc88e40d860bd0cc4ee26aac"
        "c988e505a953558c453f6b0904ae7394",
        64,
    ),
    from_hex("22650cd65a9d3489f383b49552bf501b392706ac", 20),
    1526899510,
    2524607999,
)
