"""Which collateral a quote needs: its processor family, the CA of its PCK certificate, its TEE."""

from dataclasses import dataclass

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.certification import (
    CHAIN_LENGTH,
    PCK_CERTIFICATE,
    PPID_CLEAR,
    PPID_SIZES,
    pck_chain,
)
from tee_attestation_verifier.intel.pck_extension import parse_pck_extension
from tee_attestation_verifier.intel.quote import parse_quote
from tee_attestation_verifier.offchain.inventory import issuer_name
from tee_attestation_verifier.pem import read_chain
from tee_attestation_verifier.x509 import parse_certificate

SGX, TDX = "SGX", "TDX"
# Which CA issued a PCK certificate decides which PCK CRL lists it: `ca` of the PCS's `pckcrl`.
PLATFORM_CA, PROCESSOR_CA = "platform", "processor"
USER_DATA, QE_ID = 28, 16  # offset in a quote's header, bytes


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


def platform_of_quote(encoding: bytes, chain: bytes | None = None) -> PlatformId:
    """The platform that a quote comes from, as its PCK certificate says; nothing is verified.

    `chain` is the PCK chain (PEM) of a quote that holds no certificate (certification types 1 to 3).
    Raises Rejection QUOTE_..., PCK_CHAIN_MISSING, CERT_... or PCK_EXTENSION_MALFORMED.
    """
    quote = parse_quote(encoding)
    if quote.certification_type == PCK_CERTIFICATE:
        certificates = read_chain(quote.certification_data, 1, "PCK certificate")
    else:
        text = pck_chain(quote.certification_type, quote.certification_data, chain)
        certificates = read_chain(text, CHAIN_LENGTH, "PCK chain")
    leaf = parse_certificate(certificates[0])
    issuer = issuer_name(leaf)
    for ca in (PLATFORM_CA, PROCESSOR_CA):
        if ca in issuer.lower():
            fmspc = parse_pck_extension(leaf.sgx_extension).fmspc
            return PlatformId(fmspc, ca, TDX if quote.is_tdx else SGX)
    raise Rejection("CERT_NAME", f"the PCK's issuer is {issuer}, neither the platform nor the processor CA")


def pck_query(encoding: bytes) -> dict[str, str] | None:
    """How a PCCS is asked for the PCK certificate of a quote that only names it (certification types 1 to 3).

    The quoting enclave puts its id into the first 16 bytes of the header's user data. None for other quotes.
    Raises Rejection QUOTE_...
    """
    quote = parse_quote(encoding)
    kind, data = quote.certification_type, quote.certification_data
    if kind not in PPID_SIZES:
        return None
    ppid, tail = data[: PPID_SIZES[kind]], data[PPID_SIZES[kind] :]
    query = {
        "qeid": encoding[USER_DATA : USER_DATA + QE_ID],
        "cpusvn": tail[:16],
        "pcesvn": tail[16:18],
        "pceid": tail[18:],
    }
    if kind != PPID_CLEAR:
        query["encrypted_ppid"] = ppid
    return {name: value.hex().upper() for name, value in query.items()}
