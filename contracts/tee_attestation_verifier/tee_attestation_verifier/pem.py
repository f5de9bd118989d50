"""Certificate chains in PEM to DER."""

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.scan import base64

BEGIN = b"-----BEGIN CERTIFICATE-----"
END = b"-----END CERTIFICATE-----"
PADDING = b"\0\r\n\t "
MAX_TEXT = 16_384


class PemReader:
    """Decodes chains and remembers what it has decoded: the same few certificates occur in every chain."""

    def __init__(self) -> None:
        """An empty memory."""
        self._known: dict[bytes, bytes] = {}

    def chain(self, text: bytes, length: int, what: str) -> list[bytes]:
        """The DER of exactly `length` certificates; white space and NULs may stand around them.

        Raises Rejection CERT_CHAIN_MALFORMED or CERT_CHAIN_LENGTH, naming the chain by `what`.
        """
        if len(text) > MAX_TEXT:
            raise Rejection("CERT_CHAIN_MALFORMED", what + ": larger than 16384 bytes")
        bodies = text.split(BEGIN)
        if bodies[0].strip(PADDING):
            raise Rejection("CERT_CHAIN_MALFORMED", what + ": does not start with a certificate")
        if len(bodies) != length + 1:
            detail = what + ": " + str(len(bodies) - 1) + " certificates, expected " + str(length)
            raise Rejection("CERT_CHAIN_LENGTH", detail)
        return [self._encoding(each, what) for each in bodies[1:]]

    def _encoding(self, body: bytes, what: str) -> bytes:
        end = body.find(END)
        if end < 0 or body[end + len(END) :].strip(PADDING):
            raise Rejection("CERT_CHAIN_MALFORMED", what + ": text outside the certificates")
        body = body[:end]
        if body not in self._known:
            try:
                self._known[body] = base64(body)
            except ValueError as error:
                raise Rejection("CERT_CHAIN_MALFORMED", what + ": " + str(error)) from None
        return self._known[body]
