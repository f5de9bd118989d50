"""The byte scanners in plain Python: the executable specification of the C module `_attestation`.

All of them are strict, bounded and raise ValueError on anything malformed. Their twins in C must agree on
every input (tests compare them); `scan.py` picks the C form where it exists. The JSON reader stands in
`plain_json.py`.
"""

from typing import TypeAlias

from tee_attestation_verifier.binary import b64decode, b64encode

# tag, start, content start, end
Node: TypeAlias = "tuple[int, int, int, int]"

INTEGER, BIT_STRING, OCTET_STRING, OBJECT_ID, SEQUENCE, SET = 0x02, 0x03, 0x04, 0x06, 0x30, 0x31
UTF8_STRING, PRINTABLE_STRING, UTC_TIME, GENERALIZED_TIME = 0x0C, 0x13, 0x17, 0x18
CRITICAL = b"\x01\x01\xff"
ECDSA_WITH_SHA256 = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
COMMON_NAME = b"\x55\x04\x03"
PEM_BEGIN = b"-----BEGIN CERTIFICATE-----"
PEM_END = b"-----END CERTIFICATE-----"
PEM_PADDING = b"\0\r\n\t "
COMPONENTS = 16
DAYS_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)


def tlvs(data: bytes, start: int, end: int) -> list[Node]:
    """The DER elements that exactly fill `data[start:end]`, each as (tag, start, content start, end).

    One-byte tags, definite lengths in the shortest form, at most 65,535 bytes an element.
    """
    if not 0 <= start <= end <= len(data):
        raise ValueError("DER: range")
    found = []
    while start < end:
        if end - start < 2:
            raise ValueError("DER: truncated")
        tag, size, content = data[start], data[start + 1], start + 2
        if tag & 0x1F == 0x1F:
            raise ValueError("DER: tag")
        if size >= 0x80:
            octets = size - 0x80
            if octets not in (1, 2) or end - content < octets:
                raise ValueError("DER: length")
            size = int.from_bytes(data[content : content + octets], "big")
            content += octets
            if size < (0x80 if octets == 1 else 0x100):
                raise ValueError("DER: length not minimal")
        if size > end - content:
            raise ValueError("DER: truncated")
        found.append((tag, start, content, content + size))
        start = content + size
    return found


def lists_serial(data: bytes, start: int, end: int, serial: bytes) -> bool:
    """Whether the CRL entries that fill `data[start:end]` name `serial` (content octets of an INTEGER).

    Every entry is checked: a serial, a time, and optionally extensions of which none is critical.
    """
    found = False
    for tag, _, content, stop in tlvs(data, start, end):
        parts = tlvs(data, content, stop)
        if tag != SEQUENCE or len(parts) not in (2, 3) or parts[0][0] != INTEGER:
            raise ValueError("CRL: entry")
        entry_serial = data[parts[0][2] : parts[0][3]]
        _check_integer(entry_serial)
        if (parts[1][0], parts[1][3] - parts[1][2]) not in ((UTC_TIME, 13), (GENERALIZED_TIME, 15)):
            raise ValueError("CRL: time")
        if len(parts) == 3:
            _check_entry_extensions(data, parts[2])
        if entry_serial == serial:
            found = True
    return found


def _check_entry_extensions(data: bytes, node: Node) -> None:
    if node[0] != SEQUENCE:
        raise ValueError("CRL: extensions")
    for tag, _, content, stop in tlvs(data, node[2], node[3]):
        # A BOOLEAN in between would mark the extension critical: none is understood, so none may be.
        if tag != SEQUENCE or [part[0] for part in tlvs(data, content, stop)] != [OBJECT_ID, OCTET_STRING]:
            raise ValueError("CRL: extension")


def _check_integer(content: bytes) -> None:
    """Content octets of a DER INTEGER: present and in the shortest form."""
    if not content:
        raise ValueError("DER: integer")
    if len(content) > 1 and (
        (content[0] == 0 and content[1] < 0x80) or (content[0] == 0xFF and content[1] >= 0x80)
    ):
        raise ValueError("DER: integer not minimal")


def signed_object(data: bytes) -> tuple[bytes, bytes, list[Node]]:
    """Take apart SEQUENCE {what is signed, algorithm, signature}, the outer form of certificates and CRLs.

    The algorithm is ECDSA with SHA-256. Gives the signed bytes, the signature as r‖s (32 bytes each) and the
    fields of the signed part.
    """
    outer = _inside(data, 0, len(data), SEQUENCE)
    if len(outer) != 3 or outer[0][0] != SEQUENCE or data[outer[1][1] : outer[1][3]] != ECDSA_WITH_SHA256:
        raise ValueError("not signed with ECDSA and SHA-256")
    tag, _, start, end = outer[2]
    if tag != BIT_STRING or start == end or data[start] != 0:
        raise ValueError("signature: bit string")
    scalars = _inside(data, start + 1, end, SEQUENCE)
    if len(scalars) != 2:
        raise ValueError("signature: two numbers")
    signature = _scalar(data, scalars[0]) + _scalar(data, scalars[1])
    return data[outer[0][1] : outer[0][3]], signature, tlvs(data, outer[0][2], outer[0][3])


def _inside(data: bytes, start: int, end: int, tag: int) -> list[Node]:
    """The parts of the one element that fills the range."""
    nodes = tlvs(data, start, end)
    if len(nodes) != 1 or nodes[0][0] != tag:
        raise ValueError("DER: not one element of the expected type")
    return tlvs(data, nodes[0][2], nodes[0][3])


def _scalar(data: bytes, node: Node) -> bytes:
    octets = data[node[2] : node[3]]
    _check_integer(octets)
    if node[0] != INTEGER or octets[0] >= 0x80:
        raise ValueError("signature: not a positive number")
    octets = octets.lstrip(b"\0")
    if len(octets) > 32:
        raise ValueError("signature: number too long")
    return bytes(32 - len(octets)) + octets


def extensions(data: bytes, start: int, end: int) -> dict[bytes, tuple[bool, bytes]]:
    """The X.509 extensions that fill `data[start:end]`, by object id: (critical, value); none twice."""
    found: dict[bytes, tuple[bool, bytes]] = {}
    for tag, _, content, stop in tlvs(data, start, end):
        parts = tlvs(data, content, stop)
        critical = len(parts) == 3
        if tag != SEQUENCE or len(parts) not in (2, 3):
            raise ValueError("extension")
        if parts[0][0] != OBJECT_ID or parts[-1][0] != OCTET_STRING:
            raise ValueError("extension")
        if critical and data[parts[1][1] : parts[1][3]] != CRITICAL:
            raise ValueError("extension: critical")
        oid = data[parts[0][2] : parts[0][3]]
        if oid in found:
            raise ValueError("extension: duplicate")
        found[oid] = (critical, data[parts[-1][2] : parts[-1][3]])
    return found


def common_name(data: bytes, start: int, end: int) -> str:
    """The one common name, printable ASCII, in the distinguished name whose parts fill `data[start:end]`."""
    found = b""
    for tag, _, content, stop in tlvs(data, start, end):
        if tag != SET:
            raise ValueError("name")
        for inner, _, inner_content, inner_stop in tlvs(data, content, stop):
            pair = tlvs(data, inner_content, inner_stop)
            if inner != SEQUENCE or len(pair) != 2 or pair[0][0] != OBJECT_ID:
                raise ValueError("name")
            if data[pair[0][2] : pair[0][3]] == COMMON_NAME:
                if found or pair[1][0] not in (UTF8_STRING, PRINTABLE_STRING):
                    raise ValueError("common name")
                found = data[pair[1][2] : pair[1][3]]
    if not found or min(found) < 0x20 or max(found) > 0x7E:
        raise ValueError("common name")
    return found.decode()


def entries(data: bytes, start: int, end: int, arc: bytes) -> dict[int, Node]:
    """The pairs {object id, value} that fill `data[start:end]`, by the one octet that follows `arc`; none twice."""
    found: dict[int, Node] = {}
    for tag, _, content, stop in tlvs(data, start, end):
        pair = tlvs(data, content, stop)
        if tag != SEQUENCE or len(pair) != 2 or pair[0][0] != OBJECT_ID:
            raise ValueError("entry")
        oid = data[pair[0][2] : pair[0][3]]
        if len(oid) != len(arc) + 1 or oid[:-1] != arc or oid[-1] in found:
            raise ValueError("entry's object id")
        found[oid[-1]] = pair[1]
    return found


def pem(text: bytes) -> list[bytes]:
    """The DER of all certificates in a PEM text; white space and NULs may stand around each of them.

    Their Base64 is canonical (RFC 4648, padded), with CR and LF anywhere in it.
    """
    bodies = text.split(PEM_BEGIN)
    if bodies[0].strip(PEM_PADDING):
        raise ValueError("PEM: text before the certificates")
    found = []
    for each in bodies[1:]:
        end = each.find(PEM_END)
        if end < 0 or each[end + len(PEM_END) :].strip(PEM_PADDING):
            raise ValueError("PEM: text between certificates")
        compact = each[:end].replace(b"\n", b"").replace(b"\r", b"")
        decoded = b64decode(compact)
        if b64encode(decoded) != compact:
            raise ValueError("PEM: Base64")
        found.append(decoded)
    return found


def svns(components: list[object]) -> bytes:
    """The `svn` members, 0 to 255, of exactly 16 parsed objects."""
    found = []
    for each in components:
        svn = each.get("svn") if isinstance(each, dict) else None
        if not isinstance(svn, int) or svn is True or svn is False or not 0 <= svn <= 255:
            raise ValueError("component svn")
        found.append(svn)
    if len(found) != COMPONENTS:
        raise ValueError("not 16 components")
    return bytes(found)


def seconds(digits: bytes) -> int:
    """Unix seconds of `YYYYMMDDhhmmss` (UTC, years 1970 to 9999); ValueError when there is no such second."""
    if len(digits) != 14 or not digits.isdigit():
        raise ValueError("time: digits")
    number = int(digits)
    date, clock = number // 1000000, number % 1000000
    year, month, day = date // 10000, date // 100 % 100, date % 100
    hour, minute, second = clock // 10000, clock // 100 % 100, clock % 100
    leap = 1 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 0
    if year < 1970 or not 1 <= month <= 12 or hour > 23 or minute > 59 or second > 59:
        raise ValueError("time: range")
    month_days = DAYS_BEFORE_MONTH[month] - DAYS_BEFORE_MONTH[month - 1] + (leap if month == 2 else 0)
    if not 1 <= day <= month_days:
        raise ValueError("time: day")
    years = year - 1
    leap_days = years // 4 - years // 100 + years // 400 - 477  # 477 leap days before 1970
    days = (year - 1970) * 365 + leap_days + DAYS_BEFORE_MONTH[month - 1] + day - 1
    if month > 2:
        days += leap
    return days * 86400 + hour * 3600 + minute * 60 + second
