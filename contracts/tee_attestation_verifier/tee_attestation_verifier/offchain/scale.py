"""The little of SCALE (Parity's codec, docs.polkadot.com) that dstack's attestations are written in."""


class ScaleReader:
    """Takes consecutive values out of bytes; whatever does not fit is a ValueError."""

    def __init__(self, data: bytes, position: int = 0) -> None:
        """Read from `position` on."""
        self._data, self._position = data, position

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        stop = self._position + size
        if stop > len(self._data):
            raise ValueError(f"SCALE: truncated at byte {self._position}")
        taken = self._data[self._position : stop]
        self._position = stop
        return taken

    def number(self, size: int) -> int:
        """A little-endian integer of a fixed size."""
        return int.from_bytes(self.take(size), "little")

    def compact(self) -> int:
        """A compact integer below 2^30, which covers every length; the two low bits say how long it is."""
        mode = self.take(1)[0]
        if mode & 3 == 3:
            raise ValueError("SCALE: length beyond 2^30")
        rest = self.take((0, 1, 3)[mode & 3])
        return int.from_bytes(bytes((mode,)) + rest, "little") >> 2

    def octets(self) -> bytes:
        """A length and that many bytes."""
        return self.take(self.compact())

    def text(self) -> str:
        """A length and that many bytes of UTF-8."""
        return self.octets().decode()

    def require_end(self) -> None:
        """Refuse bytes that are left over."""
        if self._position != len(self._data):
            raise ValueError(f"SCALE: {len(self._data) - self._position} bytes left over")
