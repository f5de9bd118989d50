"""A rejected quote and its collateral, opened as far as they can be: certificates, documents and fields by name."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from tee_attestation_verifier.crl import RevocationList, parse_crl
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.certification import PCK_CHAIN
from tee_attestation_verifier.intel.collateral import Collateral, as_bytes
from tee_attestation_verifier.intel.pck_extension import PckExtension, parse_pck_extension
from tee_attestation_verifier.intel.qe_identity import QeIdentity, parse_qe_identity
from tee_attestation_verifier.intel.tcb_info import TcbInfo, parse_tcb_info
from tee_attestation_verifier.offchain.quote_map import Span, quote_spans
from tee_attestation_verifier.scan import pem
from tee_attestation_verifier.x509 import Certificate, parse_certificate

T = TypeVar("T")

PCK_CHAIN_NAME = "PCK chain"
CRL_CHAIN, TCB_CHAIN, QE_CHAIN = "CRL chain", "TCB info chain", "QE identity chain"


@dataclass(frozen=True)
class CertificatePlace:
    """A certificate by the chain that holds it and its place there, 0 being the leaf; None of it if unreadable."""

    chain: str
    index: int
    certificate: Certificate | None


class EvidenceView:
    """What there is to see. Nothing here raises for malformed evidence: what cannot be read is None or missing."""

    def __init__(self, quote: bytes, collateral: Collateral, now: int) -> None:
        """`now` the time of the judgement, in unix seconds."""
        self.quote, self.collateral, self.now = quote, collateral, now
        self.spans = quote_spans(quote)

    def octets(self, name: str) -> bytes:
        """The bytes of a field of the quote; empty where it is not there."""
        span = self.spans.get(name)
        return b"" if span is None else self.quote[span.start : span.end]

    def number(self, name: str) -> int:
        """A field as a little-endian number."""
        return int.from_bytes(self.octets(name), "little")

    def named_spans(self, names: tuple[str, ...]) -> tuple[Span, ...]:
        """Those of the named fields that are there."""
        return tuple(self.spans[name] for name in names if name in self.spans)

    @cached_property
    def certificates(self) -> list[CertificatePlace]:
        """All certificates of all chains, in the order in which they are judged."""
        return [
            CertificatePlace(chain, index, _readable(parse_certificate, encoding))
            for chain, text in self._chains.items()
            for index, encoding in enumerate(_readable(pem, text) or [])
        ]

    def certificate(self, chain: str, index: int) -> CertificatePlace | None:
        """One of them; index -1 is the chain's last."""
        found = [each for each in self.certificates if each.chain == chain]
        return found[index] if -1 <= index < len(found) and found else None

    @property
    def _chains(self) -> dict[str, bytes]:
        collateral = self.collateral
        pck = self.octets("certification_data") if self.number("certification_type") == PCK_CHAIN else b""
        return {
            PCK_CHAIN_NAME: pck or as_bytes(collateral.pck_certificate_chain or ""),
            CRL_CHAIN: as_bytes(collateral.pck_crl_issuer_chain),
            TCB_CHAIN: as_bytes(collateral.tcb_info_issuer_chain),
            QE_CHAIN: as_bytes(collateral.qe_identity_issuer_chain),
        }

    @cached_property
    def pck(self) -> PckExtension | None:
        """Intel's extension of the PCK certificate."""
        place = self.certificate(PCK_CHAIN_NAME, 0)
        if place is None or place.certificate is None:
            return None
        return _readable(parse_pck_extension, place.certificate.sgx_extension)

    @cached_property
    def tcb_info(self) -> TcbInfo | None:
        """The parsed TCB info."""
        return _readable(parse_tcb_info, as_bytes(self.collateral.tcb_info))

    @cached_property
    def qe_identity(self) -> QeIdentity | None:
        """The parsed QE identity."""
        return _readable(parse_qe_identity, as_bytes(self.collateral.qe_identity))

    def revocation_list(self, name: str) -> RevocationList | None:
        """The parsed list `root_ca_crl` or `pck_crl`."""
        encoding: bytes = getattr(self.collateral, name)
        return _readable(parse_crl, encoding)


def _readable(read: Callable[[bytes], T], encoding: bytes) -> T | None:
    """What a parser gives, None for whatever it refuses."""
    try:
        return read(encoding)
    except (Rejection, ValueError):
        return None
