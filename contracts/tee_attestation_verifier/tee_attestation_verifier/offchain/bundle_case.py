"""A bundle under judgement, and what the judge brings.

Only `Trust` is the judge's own: the root, the policies, the clock if another time than the recorded one is to
count. Everything in the bundle is evidence or hearsay.
"""

from dataclasses import dataclass, field

from tee_attestation_verifier.dstack.boot import Boot
from tee_attestation_verifier.dstack.compose import ComposePolicy, strict_policy
from tee_attestation_verifier.dstack.config_id import BoundConfig
from tee_attestation_verifier.dstack.event_log import Event
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.policy import Policy
from tee_attestation_verifier.intel.trust import INTEL_ROOT, TrustedRoot, root_from_der
from tee_attestation_verifier.offchain.bundle_file import Bundle, Expected
from tee_attestation_verifier.offchain.digests import StandardHashes
from tee_attestation_verifier.offchain.findings import Unproven
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto

HASHES = StandardHashes()
CRYPTO = OpenSslCrypto()


@dataclass(frozen=True)
class Trust:
    """What the judge brings.

    `root` the anchor; `policy` and `compose_policy` what is accepted; `expected` what the evidence should show, None
    to go by the bundle's word; `at` unix seconds, None for the time that the bundle says it was recorded at.
    """

    root: TrustedRoot = INTEL_ROOT
    policy: Policy = field(default_factory=Policy)
    compose_policy: ComposePolicy = field(default_factory=strict_policy)
    expected: Expected | None = None
    at: int | None = None


class BundleCase:
    """A bundle under judgement; what a claim has proven, the next ones build on."""

    def __init__(self, bundle: Bundle, trust: Trust) -> None:
        """Nothing is proven yet. Raises Rejection ROOT_UNSUITABLE or CERT_... when the bundle's root is no root."""
        self.bundle, self.trust = bundle, trust
        self.at = bundle.recorded_at if trust.at is None else trust.at
        self.root = trust.root if bundle.root is None else root_from_der(bundle.root, CRYPTO)
        self.expected = bundle.expected if trust.expected is None else trust.expected
        self.whose = "the bundle's word" if trust.expected is None else "as expected"
        self.claims: Claims | None = None
        self.events: list[Event] | None = None
        self.boot: Boot | None = None
        self.bound: BoundConfig | None = None
        self.compose_hash: bytes | None = None

    def verified(self) -> Claims:
        """The verified quote's claims; Unproven where it is not verified."""
        if self.claims is None:
            raise Unproven("rests on a quote that is not verified")
        return self.claims

    def register(self, name: str) -> bytes:
        """A field of the verified TD report; Unproven where there is none."""
        report = self.verified().report
        if not report.has(name):
            raise Unproven("an SGX enclave has no " + name)
        return report.field(name)
