"""From the bytes of an answer to what collateral wants: lists in DER, objects verbatim, chains in PEM."""

import json
import re
from dataclasses import dataclass
from urllib.parse import unquote

from tee_attestation_verifier.binary import b64decode
from tee_attestation_verifier.offchain.pcs.errors import PcsError
from tee_attestation_verifier.offchain.pcs.https import Answer
from tee_attestation_verifier.offchain.pcs.services import Place

_SPACE = re.compile(r"[ \t\r\n]*")
_NEXT = re.compile(r'[ \t\r\n]*([{,])[ \t\r\n]*(?=")')
_COLON = re.compile(r"[ \t\r\n]*:[ \t\r\n]*")
_CLOSE = re.compile(r"[ \t\r\n]*\}[ \t\r\n]*")
_CRL_PEM = re.compile(rb"\s*-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----\s*")
_HEX = re.compile(rb"\s*(?:[0-9a-fA-F]{2})+\s*")


@dataclass(frozen=True)
class Received:
    """An item as it came: its body, and its issuer chain in PEM ("" for an item without one)."""

    url: str
    body: bytes
    chain: str


def receive(answer: Answer, place: Place) -> Received:
    """Take the chain out of its header, percent-decoded. Raises PcsError PCS_MALFORMED when it is missing."""
    chain = ""
    if place.chain_headers:
        found = [answer.headers[name] for name in place.chain_headers if answer.headers.get(name)]
        if not found:
            raise PcsError("PCS_MALFORMED", f"no header {place.chain_headers[0]}", answer.url)
        chain = unquote(found[0])
    return Received(answer.url, answer.body, chain)


def revocation_list(body: bytes) -> bytes:
    """The DER of a list that comes as DER (Intel), as hexadecimal (a PCCS) or as PEM (Azure). Raises ValueError."""
    if body[:1] == b"\x30":
        return body
    if _HEX.fullmatch(body):
        return bytes.fromhex(body.decode("ascii"))
    pem = _CRL_PEM.fullmatch(body)
    if pem:
        return b64decode(pem[1])
    raise ValueError("the revocation list is neither DER, hexadecimal nor PEM")


def signed_object(body: bytes, name: str) -> tuple[str, bytes]:
    """The verbatim object `name` of `{name: {...}, "signature": "<hex>"}`, and the signature.

    Intel signs the object's exact bytes, so they are cut out, never written anew. Raises ValueError.
    """
    found = _members(body.decode("utf-8"))
    if set(found) != {name, "signature"} or not found[name].startswith("{"):
        raise ValueError(f"not an object {name} with its signature")
    signature = json.loads(found["signature"])
    if not isinstance(signature, str):
        raise ValueError("the signature is not text")
    return found[name], bytes.fromhex(signature)


def _members(text: str) -> dict[str, str]:
    """The members of a JSON object, each value as the text has it. Raises ValueError."""
    found: dict[str, str] = {}
    at = 0
    try:
        while step := _NEXT.match(text, at):
            if (step[1] == "{") == bool(found):
                raise ValueError("not one JSON object")
            key, at = _decode(text, step.end())
            name, colon = str(key), _COLON.match(text, at)
            if colon is None or name in found:
                raise ValueError(f"member {name}")
            _, at = _decode(text, colon.end())
            found[name] = text[colon.end() : at]
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not found or _CLOSE.fullmatch(text, at) is None:
        raise ValueError("not one JSON object")
    return found


def _decode(text: str, start: int) -> tuple[object, int]:
    """The JSON value that starts there, and where it ends. Raises ValueError, RecursionError."""
    value, end = json.JSONDecoder().raw_decode(text, start)
    return value, end
