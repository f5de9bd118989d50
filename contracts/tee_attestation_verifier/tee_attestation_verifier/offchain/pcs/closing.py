"""One base for what a `with` ends by closing."""

from types import TracebackType
from typing import Self


class Closing:
    """A context whose end closes it."""

    def close(self) -> None:
        """Give back what is held open."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
