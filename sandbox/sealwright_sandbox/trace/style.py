"""Colors of a terminal."""

_CODES = {"good": "32", "bad": "31", "name": "1", "dim": "2", "note": "33", "value": "36"}


class Style:
    """Paints words, or leaves them plain."""

    def __init__(self, *, color: bool) -> None:
        self._color = color

    def paint(self, kind: str, text: str) -> str:
        """A text in the color of its kind: good, bad, name, dim, note, value."""
        return f"\033[{_CODES[kind]}m{text}\033[0m" if self._color else text
