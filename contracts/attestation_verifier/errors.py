"""Every way attestation_verifier refuses a call (beside common.errors). A rejected quote is no refusal."""

from common.errors import Refusal

ROOT_REFUSED = Refusal(
    "ROOT_REFUSED", "the test root is not a self-signed CA certificate of the expected form"
)
