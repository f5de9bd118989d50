"""The two dearest scanners, `json` and `lists_serial`, by way of CPython's own C. Never part of a contract.

Each accepts only what it is certain that the plain form accepts, which is everything that Intel publishes, and
leaves the rest to the plain form. So nothing is refused here, and nothing accepted that the plain form refuses.
"""

import re
from json import JSONDecoder
from typing import NoReturn

from tee_attestation_verifier import plain, plain_json

_STRING_OCTETS = bytes(octet for octet in range(0x20, 0x7F) if octet != 0x5C)
_TEXT_OCTETS = _STRING_OCTETS + plain_json.WHITESPACE
_NOT_BRACKETS = bytes(octet for octet in range(256) if octet not in b"[]{}")
_ONE_BRACKET = bytes.maketrans(b"{}", b"[]")
_ONE_DIGIT = bytes.maketrans(plain_json.DIGITS, b"0" * 10)
_LONG_NUMBER = b"0" * (plain_json.MAX_JSON_DIGITS + 1)

# How Intel's CAs write an entry: a positive serial of 19 to 21 octets in the shortest form, UTCTime, a reason.
# Every length in it is below 128 and fixed by the size, so that the shape alone makes it strict DER.
_ENTRY = (
    rb"\x30%b\x02%b(?:[\x01-\x7f].{%d}|\x00[\x80-\xff].{%d})\x17\x0d.{13}"
    rb"\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03..."
)
_AFTER_SERIAL = 29


def _entry_of(size: int) -> bytes:
    lengths = re.escape(bytes([2 + size + _AFTER_SERIAL])), re.escape(bytes([size]))
    return _ENTRY % (*lengths, size - 1, size - 2)


_USUAL_ENTRIES = re.compile(b"(?:" + b"|".join(map(_entry_of, (20, 21, 19))) + b")*", re.DOTALL)


def lists_serial(data: bytes, start: int, end: int, serial: bytes) -> bool:
    """As `plain.lists_serial`: all entries checked, then the serial looked for."""
    usual = 0 <= start <= end <= len(data) and _USUAL_ENTRIES.fullmatch(data, start, end) is not None
    # Where its octets stand nowhere, no entry has them as its serial; where they do, only a walk can tell.
    if usual and data.find(serial, start, end) < 0:
        return False
    return plain.lists_serial(data, start, end, serial)


def json(text: bytes) -> object:
    """As `plain_json.json`: the standard library reads what it and the plain form understand alike."""
    if not text.translate(None, _TEXT_OCTETS) and _is_bounded(text):
        try:
            return _decode(text.decode("ascii"))
        except ValueError:
            pass
    return plain_json.json(text)


def _is_bounded(text: bytes) -> bool:
    """Whether well-formed JSON without escapes keeps the limits of depth and digits."""
    outside_strings = b"".join(text.split(b'"')[::2])
    if outside_strings.translate(_ONE_DIGIT).find(_LONG_NUMBER) >= 0:
        return False
    brackets = outside_strings.translate(_ONE_BRACKET, _NOT_BRACKETS)
    for _ in range(plain_json.MAX_JSON_DEPTH):
        brackets = brackets.replace(b"[]", b"")  # the innermost level
    return not brackets


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("JSON: duplicate name")
    return members


def _refuse(literal: str) -> NoReturn:
    raise ValueError("JSON: number " + literal)


_decode = JSONDecoder(object_pairs_hook=_unique, parse_float=_refuse, parse_constant=_refuse).decode
