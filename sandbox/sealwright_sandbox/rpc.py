"""A running JSON-RPC server."""

from types import TracebackType
from typing import Self

from sealwright_sandbox._engine import NativeServer


class Rpc:
    """JSON-RPC over a sandbox's chain, on threads of its own, until closed."""

    def __init__(self, native: NativeServer) -> None:
        self._native = native

    @property
    def url(self) -> str:
        """`http://127.0.0.1:<port>`."""
        return self._native.url

    def close(self) -> None:
        """Stop serving and making blocks; the chain stays usable."""
        self._native.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
