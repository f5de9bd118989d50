"""Configuration of a multi-package platform, entry 1.2.840.113741.1.13.1.7 of a PCK certificate's SGX extension.

Platform PCK certificates carry it, processor PCK certificates do not. No rule of verification reads it; a policy
may. Source: Intel SGX PCK Certificate and Certificate Revocation List Profile Specification.
"""

from tee_attestation_verifier import der
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.scan import entries
from tee_attestation_verifier.x509 import SGX_EXTENSION

CONFIGURATION = 7
DYNAMIC_PLATFORM, CACHED_KEYS, SMT_ENABLED = 1, 2, 3
TRUE, FALSE = b"\xff", b"\0"


class PckConfiguration:
    """Each flag True or False, None where the certificate does not say.

    `dynamic_platform` packages can be added to a running platform; `cached_keys` Intel's registration service
    keeps the platform's root keys; `smt_enabled` hyper-threading is on.
    """

    dynamic_platform: bool | None
    cached_keys: bool | None
    smt_enabled: bool | None

    def read(self, extension: bytes) -> None:
        """Fill the fields; ValueError when malformed."""
        outer = der.whole(extension, der.SEQUENCE)
        parts = entries(extension, outer[2], outer[3], SGX_EXTENSION)
        flags: dict[int, der.Node] = {}
        if CONFIGURATION in parts:
            tag, _, start, end = parts[CONFIGURATION]
            if tag != der.SEQUENCE:
                raise ValueError("configuration")
            flags = entries(extension, start, end, SGX_EXTENSION + bytes((CONFIGURATION,)))
        self.dynamic_platform = _flag(extension, flags, DYNAMIC_PLATFORM)
        self.cached_keys = _flag(extension, flags, CACHED_KEYS)
        self.smt_enabled = _flag(extension, flags, SMT_ENABLED)


def parse_pck_configuration(extension: bytes) -> PckConfiguration:
    """Parse the value of the SGX extension; raises Rejection PCK_EXTENSION_MALFORMED."""
    configuration = PckConfiguration()
    try:
        configuration.read(extension)
    except ValueError as error:
        raise Rejection("PCK_EXTENSION_MALFORMED", str(error)) from None
    return configuration


def _flag(data: bytes, flags: dict[int, der.Node], number: int) -> bool | None:
    if number not in flags:
        return None
    octets = der.content(data, flags[number], der.BOOLEAN)
    if octets not in (TRUE, FALSE):
        raise ValueError("configuration flag")
    return octets == TRUE
