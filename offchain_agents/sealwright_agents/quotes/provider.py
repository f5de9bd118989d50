"""What every quote provider does: 64 bytes of report data in, a quote and its collateral out."""

from dataclasses import dataclass
from typing import Protocol

from sealwright_protocol.verdict import Collateral, encode_verify_args

REPORT_DATA_BYTES = 64


@dataclass(frozen=True)
class Evidence:
    """A raw quote and everything else that a verifier needs to judge it."""

    quote: bytes
    collateral: Collateral

    def verify_args(self) -> bytes:
        """The Borsh argument of `verify_quote`, as the registry hands it on."""
        return encode_verify_args(self.quote, self.collateral)


class QuoteProvider(Protocol):
    """A TEE that this process runs in.

    `name` is the provider's name in the configuration. `evidence` may block for seconds and is called
    in a thread; `now_ms` is the chain's time. It raises QuoteFailed when the TEE gives no quote.
    """

    name: str

    def evidence(self, report_data: bytes, now_ms: int) -> Evidence:
        """A fresh quote over exactly these 64 bytes, with collateral valid at `now_ms`."""
        ...
