"""Runs on MicroPython alone: answers one request after another, and asks the caller for digests and signatures.

A message is a count and as many fields, each with its size before it (four bytes, little-endian).

    <- scan    scanner, data, start, end, last argument
    <- verify  quote, now, six parts of the root, nine parts of the collateral and perhaps a tenth
    -> sha256  data                              <- digest
    -> p256    signature, digest, public key     <- a field, empty when it does not verify
    -> answer  text
"""

from _caller import read, write  # type: ignore[import-not-found]
from tee_attestation_verifier.crypto import Crypto
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.trust import TrustedRoot

from tests.conformance.everywhere.answers import judged, scanned


class CallersCrypto(Crypto):
    """The two primitives, done by whoever started this process."""

    def sha256(self, data: bytes) -> bytes:
        """The 32-byte digest."""
        _send([b"sha256", data])
        return _receive()[0]

    def p256_verify(self, signature: bytes, digest: bytes, public_key: bytes) -> bool:
        """As `Crypto` says."""
        _send([b"p256", signature, digest, public_key])
        return _receive()[0] != b""


def _send(fields: list[bytes]) -> None:
    write(_octets(len(fields)))
    for field in fields:
        write(_octets(len(field)))
        write(field)


def _receive() -> list[bytes]:
    return [read(_number(read(4))) for _ in range(_number(read(4)))]


def _octets(number: int) -> bytes:
    return number.to_bytes(4, "little")


def _number(octets: bytes) -> int:
    return int.from_bytes(octets, "little")


def _answer(request: list[bytes]) -> str:
    if request[0] == b"scan":
        return scanned(request[1].decode(), request[2], _number(request[3]), _number(request[4]), request[5])
    fingerprint, subject, public_key, serial, not_before, not_after = request[3:9]
    root = TrustedRoot(fingerprint, subject, public_key, serial, _number(not_before), _number(not_after))
    return judged(request[1], Collateral(*request[9:]), _number(request[2]), root, CallersCrypto())


def _serve() -> None:
    while True:
        try:
            request = _receive()
        except EOFError:
            return
        _send([b"answer", _answer(request).encode()])


_serve()
