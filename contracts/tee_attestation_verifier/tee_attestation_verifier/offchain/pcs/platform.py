"""Which collateral a quote needs: its processor family, the CA of its PCK certificate, its TEE."""

from dataclasses import dataclass

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.pck_extension import parse_pck_extension
from tee_attestation_verifier.intel.quote import parse_quote
from tee_attestation_verifier.pem import read_chain
from tee_attestation_verifier.x509 import parse_certificate

SGX, TDX = "SGX", "TDX"
# Which CA issued a PCK certificate decides which PCK CRL lists it: `ca` of the PCS's `pckcrl`.
PLATFORM_CA, PROCESSOR_CA = "platform", "processor"


@dataclass(frozen=True)
class PlatformId:
    """`fmspc` has 6 bytes, `ca` is "platform" or "processor", `tee` "SGX" or "TDX"."""

    fmspc: bytes
    ca: str
    tee: str

    def __post_init__(self) -> None:
        """Raises ValueError for anything else."""
        if len(self.fmspc) != 6 or self.ca not in (PLATFORM_CA, PROCESSOR_CA) or self.tee not in (SGX, TDX):
            raise ValueError(f"no platform: {self.fmspc.hex()}, {self.ca}, {self.tee}")


def platform_of_quote(encoding: bytes) -> PlatformId:
    """The platform that a quote comes from, as its PCK chain says; nothing is verified.

    Raises Rejection QUOTE_..., CERT_... or PCK_EXTENSION_MALFORMED.
    """
    quote = parse_quote(encoding)
    leaf, issuer, _ = read_chain(quote.certification_data, 3, "PCK chain")
    fmspc = parse_pck_extension(parse_certificate(leaf).sgx_extension).fmspc
    name = parse_certificate(issuer).common_name
    for ca in (PLATFORM_CA, PROCESSOR_CA):
        if ca in name.lower():
            return PlatformId(fmspc, ca, TDX if quote.is_tdx else SGX)
    raise Rejection("CERT_NAME", f"the PCK's issuer is {name}, neither the platform nor the processor CA")
