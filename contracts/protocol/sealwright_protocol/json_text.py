"""A strict JSON reader without floats: RFC 8259, with what it leaves open decided.

UTF-8 only, no byte order mark, no duplicate names, no lone surrogates, integers only,
at most 2^53 - 1 in size (what every JSON implementation carries exactly).
"""

from typing import Any

MAX_INT = (1 << 53) - 1
MAX_DEPTH = 16
INVALID = "invalid JSON"
BLANKS = " \t\n\r"
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Refused(ValueError):
    """What is wrong (`why`) and where (`path`, names joined by dots)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
        self.path = ""

    def within(self, name: str) -> "Refused":
        """The same, seen from one object further out."""
        self.path = name + "." + self.path if self.path else name
        return self

    def __str__(self) -> str:
        return self.path + ": " + self.why if self.path else self.why


class Scanner:
    """One pass over a text; each `read_x` starts at the value and ends just past it."""

    def __init__(self, data: bytes) -> None:
        try:
            self.text = data.decode()
        except UnicodeDecodeError:
            raise Refused("not UTF-8") from None
        self.at = 0

    def peek(self) -> str:
        """The next character that is not blank, or "" at the end."""
        while self.at < len(self.text) and self.text[self.at] in BLANKS:
            self.at += 1
        return self.text[self.at : self.at + 1]

    def expect(self, character: str) -> None:
        """Step over `character`; anything else is invalid."""
        if self.peek() != character:
            raise Refused(INVALID)
        self.at += 1

    def skip(self, word: str) -> bool:
        """Step over `word` if it comes next."""
        self.peek()
        found = self.text.startswith(word, self.at)
        if found:
            self.at += len(word)
        return found

    def end(self) -> None:
        """Nothing but blanks may be left."""
        if self.peek():
            raise Refused(INVALID)

    def read_string(self) -> str:
        """A string's value. "not a string" when another value starts here."""
        if self.peek() != '"':
            raise Refused("not a string")
        self.at += 1
        out: list[str] = []
        while True:
            character = self._next()
            if character == '"':
                return "".join(out)
            if character < " ":
                raise Refused(INVALID)
            out.append(self._escape() if character == "\\" else character)

    def read_int(self) -> int:
        """An integer's value. "not an integer" for other values, "out of range" beyond 2^53 - 1."""
        self.peek()
        start = self.at
        if self.text[self.at : self.at + 1] == "-":
            self.at += 1
        first = self.at
        while self.text[self.at : self.at + 1] in tuple("0123456789"):
            self.at += 1
        digits = self.text[first : self.at]
        leads = digits[:1] == "0" and len(digits) > 1
        if not digits or leads or self.text[self.at : self.at + 1] in tuple(".eE"):
            raise Refused("not an integer")
        # Longer than 2^53 in digits, so out of range without being read.
        if len(digits) > 16 or int(digits) > MAX_INT:
            raise Refused("out of range")
        return -int(digits) if first > start else int(digits)

    def read_any(self, depth: int = 0) -> Any:
        """Any value: dict, list, str, int, bool or None."""
        if depth > MAX_DEPTH:
            raise Refused("nested too deeply")
        character = self.peek()
        if character == '"':
            return self.read_string()
        if character == "{":
            found: dict[str, Any] = {}
            for name in self.names():
                if name in found:
                    raise Refused("duplicate name")
                found[name] = self.read_any(depth + 1)
            return found
        if character == "[":
            return [self.read_any(depth + 1) for _ in self.items()]
        for word, value in (("true", True), ("false", False), ("null", None)):
            if self.skip(word):
                return value
        return self.read_int()

    def names(self) -> Any:
        """Each name of the object that starts here; the caller reads its value in between."""
        if self.peek() != "{":
            raise Refused("not an object")
        self.at += 1
        if self.skip("}"):
            return
        while True:
            if self.peek() != '"':
                raise Refused(INVALID)
            name = self.read_string()
            self.expect(":")
            yield name
            if self.skip("}"):
                return
            self.expect(",")

    def items(self) -> Any:
        """Once for each item of the list that starts here; the caller reads the item."""
        if self.peek() != "[":
            raise Refused("not a list")
        self.at += 1
        if self.skip("]"):
            return
        while True:
            yield
            if self.skip("]"):
                return
            self.expect(",")

    def _next(self) -> str:
        if self.at == len(self.text):
            raise Refused(INVALID)
        self.at += 1
        return self.text[self.at - 1]

    def _escape(self) -> str:
        character = self._next()
        if character != "u":
            if character not in ESCAPES:
                raise Refused(INVALID)
            return ESCAPES[character]
        unit = self._hex4()
        if 0xD800 <= unit < 0xDC00 and self.text[self.at : self.at + 2] == "\\u":
            self.at += 2
            low = self._hex4()
            if 0xDC00 <= low < 0xE000:
                return chr(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
            raise Refused(INVALID)
        if 0xD800 <= unit < 0xE000:
            raise Refused(INVALID)
        return chr(unit)

    def _hex4(self) -> int:
        digits = self.text[self.at : self.at + 4]
        if len(digits) < 4 or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
            raise Refused(INVALID)
        self.at += 4
        return int(digits, 16)


def quote(text: str) -> str:
    """The JSON string of `text`: only what must be escaped is, in the shortest way."""
    out = ['"']
    for character in text:
        if character in '"\\':
            out.append("\\" + character)
        elif character < " ":
            short = {"\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t"}.get(character)
            out.append("\\" + short if short else f"\\u{ord(character):04x}")
        else:
            out.append(character)
    return "".join(out) + '"'
