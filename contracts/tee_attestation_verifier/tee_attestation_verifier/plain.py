"""The four byte scanners in plain Python: the executable specification of the C module `_attestation`.

All of them are strict, bounded and raise ValueError on anything malformed. Their twins in C must agree on
every input (tests compare them); `scan.py` picks the C form where it exists.
"""

from tee_attestation_verifier.binary import b64decode, b64encode

MAX_JSON_DEPTH = 10
MAX_JSON_DIGITS = 15
WHITESPACE = b" \t\n\r"
DIGITS = b"0123456789"


def tlvs(data: bytes, start: int, end: int) -> list[tuple[int, int, int, int]]:
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
        if tag != 0x30 or len(parts) not in (2, 3) or parts[0][0] != 2:
            raise ValueError("CRL: entry")
        entry_serial = data[parts[0][2] : parts[0][3]]
        check_integer(entry_serial)
        if (parts[1][0], parts[1][3] - parts[1][2]) not in ((0x17, 13), (0x18, 15)):
            raise ValueError("CRL: time")
        if len(parts) == 3:
            _check_entry_extensions(data, parts[2])
        if entry_serial == serial:
            found = True
    return found


def _check_entry_extensions(data: bytes, node: tuple[int, int, int, int]) -> None:
    if node[0] != 0x30:
        raise ValueError("CRL: extensions")
    for tag, _, content, stop in tlvs(data, node[2], node[3]):
        # A BOOLEAN in between would mark the extension critical: none is understood, so none may be.
        if tag != 0x30 or [part[0] for part in tlvs(data, content, stop)] != [6, 4]:
            raise ValueError("CRL: extension")


def check_integer(content: bytes) -> None:
    """Content octets of a DER INTEGER: present and in the shortest form."""
    if not content:
        raise ValueError("DER: integer")
    if len(content) > 1 and (
        (content[0] == 0 and content[1] < 0x80) or (content[0] == 0xFF and content[1] >= 0x80)
    ):
        raise ValueError("DER: integer not minimal")


def base64(text: bytes) -> bytes:
    """Canonical Base64 (RFC 4648, padded) with line breaks (LF or CRLF pairs' characters) anywhere."""
    compact = text.replace(b"\n", b"").replace(b"\r", b"")
    decoded = b64decode(compact)
    if b64encode(decoded) != compact:
        raise ValueError("Base64")
    return decoded


def json(text: bytes) -> object:
    """One JSON value out of the subset that Intel publishes.

    Objects (no duplicate names), arrays, strings of printable ASCII without escapes, integers of at most 15
    digits, true, false and null; at most ten levels deep.
    """
    value, position = _value(text, _skip_space(text, 0), 0)
    if _skip_space(text, position) != len(text):
        raise ValueError("JSON: trailing data")
    return value


def _skip_space(text: bytes, position: int) -> int:
    while position < len(text) and text[position] in WHITESPACE:
        position += 1
    return position


def _value(text: bytes, position: int, depth: int) -> tuple[object, int]:
    head = text[position : position + 1]
    if head == b'"':
        return _string(text, position)
    if head == b"{" or head == b"[":
        if depth == MAX_JSON_DEPTH:
            raise ValueError("JSON: too deep")
        return (_object if head == b"{" else _array)(text, position + 1, depth + 1)
    for literal, meaning in ((b"true", True), (b"false", False), (b"null", None)):
        if text[position : position + len(literal)] == literal:
            return meaning, position + len(literal)
    return _integer(text, position)


def _object(text: bytes, position: int, depth: int) -> tuple[object, int]:
    members: dict[str, object] = {}
    position = _skip_space(text, position)
    if text[position : position + 1] == b"}":
        return members, position + 1
    while True:
        name, position = _string(text, position)
        if name in members:
            raise ValueError("JSON: duplicate name")
        position = _expect(text, position, b":")
        members[name], position = _value(text, position, depth)
        position = _skip_space(text, position)
        if text[position : position + 1] == b"}":
            return members, position + 1
        position = _expect(text, position, b",")


def _array(text: bytes, position: int, depth: int) -> tuple[object, int]:
    items: list[object] = []
    position = _skip_space(text, position)
    if text[position : position + 1] == b"]":
        return items, position + 1
    while True:
        item, position = _value(text, position, depth)
        items.append(item)
        position = _skip_space(text, position)
        if text[position : position + 1] == b"]":
            return items, position + 1
        position = _expect(text, position, b",")


def _expect(text: bytes, position: int, mark: bytes) -> int:
    position = _skip_space(text, position)
    if text[position : position + 1] != mark:
        raise ValueError("JSON: syntax")
    return _skip_space(text, position + 1)


def _string(text: bytes, position: int) -> tuple[str, int]:
    if text[position : position + 1] != b'"':
        raise ValueError("JSON: syntax")
    end = text.find(b'"', position + 1)
    if end < 0:
        raise ValueError("JSON: syntax")
    content = text[position + 1 : end]
    for byte in content:
        if byte < 0x20 or byte > 0x7E or byte == 0x5C:
            raise ValueError("JSON: string")
    return content.decode(), end + 1


def _integer(text: bytes, position: int) -> tuple[int, int]:
    end = position
    if text[end : end + 1] == b"-":
        end += 1
    first = end
    while end < len(text) and text[end] in DIGITS:
        end += 1
    digits = end - first
    if digits == 0 or digits > MAX_JSON_DIGITS or (digits > 1 and text[first : first + 1] == b"0"):
        raise ValueError("JSON: number")
    return int(text[position:end].decode()), end
