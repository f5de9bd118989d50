"""Linux's own report interface, configfs-tsm (kernel 6.7 and later): a directory a request.

Written to the kernel's documentation (Documentation/ABI/testing/configfs-tsm) and tested against a
folder that imitates it; it has not yet been proven on a TDX machine.
"""

import os
from pathlib import Path

from sealwright_agents.errors import QuoteFailed
from sealwright_agents.quotes.collateral import CollateralSource
from sealwright_agents.quotes.provider import Evidence

DEFAULT_FOLDER = Path("/sys/kernel/config/tsm/report")
TDX = "tdx_guest"


class ConfigfsQuotes:
    """TDX quotes from configfs-tsm; collateral from wherever it is had."""

    name = "configfs-tsm"

    def __init__(self, source: CollateralSource, folder: Path = DEFAULT_FOLDER) -> None:
        self._source = source
        self._folder = folder

    def evidence(self, report_data: bytes, now_ms: int) -> Evidence:
        """As QuoteProvider says. The verifier, not this class, judges whether the collateral is in date."""
        quote = self._quote(report_data)
        return Evidence(quote, self._source.collateral(quote, now_ms))

    def _quote(self, report_data: bytes) -> bytes:
        entry = self._folder / f"sealwright-{os.getpid()}"
        try:
            entry.mkdir()
            try:
                (entry / "inblob").write_bytes(report_data)
                quote = (entry / "outblob").read_bytes()
                provider = (entry / "provider").read_text().strip()
                generation = int((entry / "generation").read_text())
            finally:
                entry.rmdir()
        except (OSError, ValueError) as failure:
            raise QuoteFailed(f"configfs-tsm at {self._folder}: {failure}") from failure
        if provider != TDX:
            raise QuoteFailed(f"configfs-tsm speaks for {provider}, expected {TDX}")
        # The kernel counts writes: one is ours, a second one means that the quote may bind other data.
        if generation != 1:
            raise QuoteFailed("configfs-tsm: somebody else wrote into our request")
        return quote
