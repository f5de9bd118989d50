"""Every way attestation_verifier refuses a call (beside common.errors). A rejected quote is no refusal."""

from common.errors import Refusal

ROOT_REFUSED = Refusal(
    "ROOT_REFUSED", "the test root is not a self-signed CA certificate of the expected form"
)
COLLATERAL_REJECTED = Refusal("COLLATERAL_REJECTED", "the collateral does not prove itself")
COLLATERAL_NOT_NEWER = Refusal("COLLATERAL_NOT_NEWER", "nothing in it is newer than what is kept")
COLLATERAL_MISSING = Refusal("COLLATERAL_MISSING", "nothing current is kept to judge this quote by")
