"""Byte layout of the quotes that are minted: versions 3, 4 and 5 (attestation.md, section 1)."""

from dataclasses import dataclass

TEE_TDX = 0x81
ENCLAVE_REPORT = 384
INTEL_QE_VENDOR = bytes.fromhex("939a7233f79c4ca9940a0db3957f0607")


@dataclass(frozen=True)
class BodyKind:
    """A quote format: version, TEE type, v5 body type (0 before v5) and body size in bytes."""

    version: int
    tee_type: int
    body_type: int
    size: int

    @property
    def is_enclave(self) -> bool:
        """Whether the body is an SGX report; it is a TD report otherwise."""
        return self.size == ENCLAVE_REPORT

    @property
    def is_tdx(self) -> bool:
        """Whether the header says TDX, so that the collateral must be TDX's."""
        return self.tee_type == TEE_TDX

    def body_descriptor(self) -> bytes:
        """The six bytes by which a v5 quote announces its body; nothing in older versions."""
        if self.version < 5:
            return b""
        return self.body_type.to_bytes(2, "little") + self.size.to_bytes(4, "little")


SGX = BodyKind(3, 0, 0, ENCLAVE_REPORT)
SGX_V4 = BodyKind(4, 0, 0, ENCLAVE_REPORT)
SGX_V5 = BodyKind(5, 0, 1, ENCLAVE_REPORT)
TD10 = BodyKind(4, TEE_TDX, 0, 584)
TD10_V5 = BodyKind(5, TEE_TDX, 2, 584)
TD15 = BodyKind(5, TEE_TDX, 3, 648)
TD15_EX = BodyKind(5, TEE_TDX, 4, 885)


def header(kind: BodyKind) -> bytes:
    """The 48-byte quote header: ECDSA-P256 key, Intel's quoting enclave, no user data."""
    head = (
        kind.version.to_bytes(2, "little") + (2).to_bytes(2, "little") + kind.tee_type.to_bytes(4, "little")
    )
    return head + bytes(4) + INTEL_QE_VENDOR + bytes(20)


def _sized(content: bytes) -> bytes:
    return len(content).to_bytes(4, "little") + content


def assemble(
    kind: BodyKind,
    signed: bytes,
    signature: bytes,
    attestation_key: bytes,
    signed_qe_report: bytes,
    qe_auth: bytes,
    certification: tuple[int, bytes],
) -> bytes:
    """The whole quote: signed part, then sized authentication data with certification type and data at the end."""
    qe_part = signed_qe_report + len(qe_auth).to_bytes(2, "little") + qe_auth
    qe_part += certification[0].to_bytes(2, "little") + _sized(certification[1])
    if kind.version > 3:
        qe_part = (6).to_bytes(2, "little") + _sized(qe_part)
    return signed + _sized(signature + attestation_key + qe_part)
