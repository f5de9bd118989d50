"""Step 1: the quote's format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sealwright_agents.simulated.quotes import INTEL_QE_VENDOR, SGX, TD10_V5, BodyKind

from tests.attestation_cases.case import Case, refused
from tests.attestation_cases.edits import put

AUTHENTICATION = {3: 432, 4: 632}  # where its size stands
OUTER_TYPE, QE_DATA_SIZE, INNER_TYPE = 764, 1218, 1252  # in a version 4 quote of 32 bytes of QE data
V3_CHAIN_SIZE = 1048


@dataclass(frozen=True)
class Announced(BodyKind):
    """A version 5 quote that announces another body size than it has."""

    announced: int = 0

    def body_descriptor(self) -> bytes:
        """The six bytes, with the wrong size."""
        return self.body_type.to_bytes(2, "little") + self.announced.to_bytes(4, "little")


def grown(start: int) -> Callable[[bytearray], None]:
    """One more in the 32-bit size at `start`."""

    def edit(quote: bytearray) -> None:
        size = int.from_bytes(quote[start : start + 4], "little") + 1
        quote[start : start + 4] = size.to_bytes(4, "little")

    return edit


def cut(size: int) -> Callable[[bytearray], None]:
    """The first `size` bytes."""

    def edit(quote: bytearray) -> None:
        del quote[size:]

    return edit


def padded(size: int) -> Callable[[bytearray], None]:
    """That many zero bytes behind the quote."""
    return lambda quote: quote.extend(bytes(size))


QUOTES: tuple[Case, ...] = (
    refused("quote_empty", "QUOTE_MALFORMED", quote=cut(0)),
    refused("quote_header_cut", "QUOTE_MALFORMED", quote=cut(47)),
    refused("quote_header_only", "QUOTE_MALFORMED", quote=cut(48)),
    refused("quote_body_cut", "QUOTE_MALFORMED", quote=cut(631)),
    refused("quote_without_authentication", "QUOTE_MALFORMED", quote=cut(632)),
    refused("quote_chain_cut", "QUOTE_MALFORMED", quote=cut(2000)),
    refused("quote_too_large", "QUOTE_MALFORMED", quote=padded(28_672)),
    refused("quote_version_2", "QUOTE_VERSION_UNSUPPORTED", header=put(0, b"\x02")),
    refused("quote_version_6", "QUOTE_VERSION_UNSUPPORTED", header=put(0, b"\x06")),
    refused("quote_version_high_byte", "QUOTE_VERSION_UNSUPPORTED", header=put(1, b"\x01")),
    refused("quote_key_type_p384", "QUOTE_KEY_TYPE_UNSUPPORTED", header=put(2, b"\x03")),
    refused("quote_key_type_high_byte", "QUOTE_KEY_TYPE_UNSUPPORTED", header=put(2, b"\x02\x01")),
    refused("quote_tee_type_unknown", "QUOTE_TEE_TYPE_UNSUPPORTED", kind=BodyKind(4, 0x82, 0, 384)),
    refused("quote_tee_type_high_byte", "QUOTE_TEE_TYPE_UNSUPPORTED", header=put(7, b"\x01")),
    refused("quote_tdx_in_version_3", "QUOTE_TEE_TYPE_UNSUPPORTED", kind=BodyKind(3, 0x81, 0, 584)),
    refused("quote_vendor_unknown", "QUOTE_VENDOR_UNKNOWN", header=put(12, b"\x00")),
    refused(
        "quote_vendor_last_byte", "QUOTE_VENDOR_UNKNOWN", header=put(27, bytes([INTEL_QE_VENDOR[15] ^ 1]))
    ),
    refused("quote_body_type_unknown", "QUOTE_BODY_UNSUPPORTED", kind=BodyKind(5, 0x81, 9, 584)),
    refused("quote_enclave_body_for_tdx", "QUOTE_BODY_UNSUPPORTED", kind=BodyKind(5, 0x81, 1, 384)),
    refused("quote_td_body_for_sgx", "QUOTE_BODY_UNSUPPORTED", kind=BodyKind(5, 0, 2, 584)),
    refused("quote_body_size_other", "QUOTE_MALFORMED", kind=Announced(5, 0x81, 2, 584, 648)),
    refused("quote_body_size_hostile", "QUOTE_MALFORMED", kind=Announced(5, 0x81, 2, 584, 0xFFFFFFFF)),
    refused("quote_authentication_size", "QUOTE_MALFORMED", quote=grown(AUTHENTICATION[4])),
    refused("quote_authentication_hostile", "QUOTE_MALFORMED", quote=put(AUTHENTICATION[4], b"\xff" * 4)),
    refused("quote_authentication_size_v3", "QUOTE_MALFORMED", kind=SGX, quote=grown(AUTHENTICATION[3])),
    refused("quote_outer_type_5", "QUOTE_CERTIFICATION_UNSUPPORTED", quote=put(OUTER_TYPE, b"\x05")),
    refused(
        "quote_outer_type_high_byte", "QUOTE_CERTIFICATION_UNSUPPORTED", quote=put(OUTER_TYPE + 1, b"\x01")
    ),
    refused("quote_outer_size", "QUOTE_MALFORMED", quote=grown(OUTER_TYPE + 2)),
    refused("quote_qe_data_hostile", "QUOTE_MALFORMED", quote=put(QE_DATA_SIZE, b"\xff\xff")),
    refused("quote_inner_type_7", "QUOTE_CERTIFICATION_UNSUPPORTED", quote=put(INNER_TYPE, b"\x07")),
    refused("quote_inner_type_0", "QUOTE_CERTIFICATION_UNSUPPORTED", quote=put(INNER_TYPE, b"\x00")),
    refused("quote_inner_type_outer", "QUOTE_CERTIFICATION_UNSUPPORTED", quote=put(INNER_TYPE, b"\x06")),
    refused("quote_inner_size", "QUOTE_MALFORMED", quote=grown(INNER_TYPE + 2)),
    refused("quote_inner_size_v3", "QUOTE_MALFORMED", kind=SGX, quote=grown(V3_CHAIN_SIZE)),
    refused("quote_v5_cut", "QUOTE_MALFORMED", kind=TD10_V5, quote=cut(53)),
)
