"""A running JSON-RPC server."""

from sealwright_sandbox._engine import NativeServer
from sealwright_sandbox.closing import Closing


class Rpc(Closing):
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
