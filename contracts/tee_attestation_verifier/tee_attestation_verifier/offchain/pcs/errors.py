"""Why a service gave no usable collateral: one exception, one code a cause.

A test holds this list against the sources; docs/spec/collateral.md shows it as a table.
"""

CODES: dict[str, str] = {
    "PCS_UNREACHABLE": "an answer in time; nothing else is wrong, so the same request may be repeated",
    "PCS_UNTRUSTED": "a TLS certificate that leads to a known authority and names the host",
    "PCS_REFUSED": "a request that the service accepts, answered over HTTPS alone",
    "PCS_UNKNOWN": "a platform, and an evaluation number, that the service has collateral for",
    "PCS_UNSUPPORTED": "something that this kind of service offers",
    "PCS_TOO_LARGE": "an answer within the bound of its item",
    "PCS_MALFORMED": "the item in its documented form, its issuer chain in the header",
    "PCS_OUT_OF_WINDOW": "an item that is valid at the time it is asked for",
    "PCS_MISMATCH": "the item of that platform, TEE and evaluation number",
}


class PcsError(Exception):
    """No usable collateral.

    `code` is a key of CODES, `detail` is for people, `url` what was asked for ("" before any request).
    `retry_after_s` is how many seconds the service wants to be left alone, None when it did not say.
    """

    def __init__(self, code: str, detail: str, url: str = "", retry_after_s: float | None = None) -> None:
        """`code` is stable and machine-readable, `detail` may change."""
        super().__init__(code)
        self.code, self.detail, self.url, self.retry_after_s = code, detail, url, retry_after_s

    @property
    def is_temporary(self) -> bool:
        """Whether the same request may succeed later."""
        return self.code == "PCS_UNREACHABLE"

    def __str__(self) -> str:
        """`CODE: detail (url)`."""
        return f"{self.code}: {self.detail}" + (f" ({self.url})" if self.url else "")
