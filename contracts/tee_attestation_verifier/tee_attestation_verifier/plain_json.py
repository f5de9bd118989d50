"""The JSON reader in plain Python: the executable specification of `_attestation.json`."""

MAX_JSON_DEPTH = 10
MAX_JSON_DIGITS = 15
WHITESPACE = b" \t\n\r"
DIGITS = b"0123456789"


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
