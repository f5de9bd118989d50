"""A client of the services that hand out collateral: Intel's PCS, a PCCS, Phala's, Azure's THIM.

    with PcsClient(service_named("intel"), cache=Cache(folder)) as client:
        collateral = client.for_quote(quote, now)            # raises PcsError, Rejection

Needs the extra `http` (`pip install tee-attestation-verifier[http]`). Whatever a service sends is untrusted:
it is parsed strictly and within bounds, and proves nothing until `verify` has judged it under a pinned root.
docs/spec/collateral.md is the specification; the live services themselves have not been tried by us.
"""

from tee_attestation_verifier.offchain.pcs.cache import Cache
from tee_attestation_verifier.offchain.pcs.client import PcsClient
from tee_attestation_verifier.offchain.pcs.errors import PcsError
from tee_attestation_verifier.offchain.pcs.https import HttpsReader, Limits
from tee_attestation_verifier.offchain.pcs.platform import PlatformId, platform_of_quote
from tee_attestation_verifier.offchain.pcs.services import (
    EARLY,
    STANDARD,
    AzureThim,
    Evaluation,
    IntelPcs,
    Pccs,
    Service,
    service_named,
)

__all__ = [
    "EARLY",
    "STANDARD",
    "AzureThim",
    "Cache",
    "Evaluation",
    "HttpsReader",
    "IntelPcs",
    "Limits",
    "Pccs",
    "PcsClient",
    "PcsError",
    "PlatformId",
    "Service",
    "platform_of_quote",
    "service_named",
]
