"""Certificate chains in PEM to DER, of exactly the length that their place demands."""

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.scan import pem

MAX_TEXT = 16_384


def read_chain(text: bytes, length: int, what: str) -> list[bytes]:
    """The DER of exactly `length` certificates.

    Raises Rejection CERT_CHAIN_MALFORMED or CERT_CHAIN_LENGTH, naming the chain by `what`.
    """
    if len(text) > MAX_TEXT:
        raise Rejection("CERT_CHAIN_MALFORMED", what + ": larger than 16384 bytes")
    try:
        found = pem(text)
    except ValueError as error:
        raise Rejection("CERT_CHAIN_MALFORMED", what + ": " + str(error)) from None
    if len(found) != length:
        raise Rejection("CERT_CHAIN_LENGTH", what + ": " + str(len(found)) + " instead of " + str(length))
    return found
