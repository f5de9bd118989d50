"""GET over HTTPS, bounded in size, time and attempts: a service may be slow, wrong or hostile.

The only module of the package that needs `requests` (the extra `http`).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from tee_attestation_verifier.offchain.pcs.closing import Closing
from tee_attestation_verifier.offchain.pcs.errors import PcsError

MAX_REDIRECTS = 3
CHUNK = 16_384
# Intel's PCS: 404 no such platform, 410 that evaluation number is gone; a PCCS: 461 unknown, 462 none for its TCB.
UNKNOWN = frozenset({404, 410, 461, 462})
BUSY = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Limits:
    """How much patience a request gets.

    `connect_s` and `silence_s` bound the connecting and each wait for bytes, `total_s` one whole attempt. Between
    two attempts it waits `first_pause_s`, doubled each time, or as long as `Retry-After` says; a service that wants
    more than `longest_pause_s` is not waited for.
    """

    connect_s: float = 10.0
    silence_s: float = 15.0
    total_s: float = 60.0
    attempts: int = 4
    first_pause_s: float = 1.0
    longest_pause_s: float = 30.0


@dataclass(frozen=True)
class Answer:
    """A body and its headers (names in any case)."""

    url: str
    body: bytes
    headers: Mapping[str, str]


class HttpsReader(Closing):
    """Reads addresses over HTTPS; close it, or use it as a context."""

    def __init__(
        self,
        limits: Limits | None = None,
        ca_file: Path | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`ca_file` (PEM) replaces the known authorities: for a PCCS with a certificate of its own."""
        self._limits, self._sleep = limits or Limits(), sleep
        self._session = requests.Session()
        self._verify = str(ca_file) if ca_file else True
        # Without a plain HTTP adapter no address and no redirect can lead out of TLS.
        self._session.adapters.clear()
        self._session.mount("https://", HTTPAdapter())
        # Uncompressed, so that the bytes on the wire are the bytes that are counted.
        self._session.headers.update(
            {"User-Agent": "tee-attestation-verifier", "Accept-Encoding": "identity"}
        )

    def get(self, url: str, most: int) -> Answer:
        """The answer to a GET, of at most `most` bytes.

        Raises PcsError PCS_UNREACHABLE (after every attempt), PCS_UNTRUSTED, PCS_REFUSED, PCS_UNKNOWN, PCS_TOO_LARGE.
        """
        pause = self._limits.first_pause_s
        for _ in range(self._limits.attempts - 1):
            try:
                return self._attempt(url, most)
            except PcsError as failure:
                wait = pause if failure.retry_after_s is None else failure.retry_after_s
                if not failure.is_temporary or wait > self._limits.longest_pause_s:
                    raise
            self._sleep(wait)
            pause *= 2
        return self._attempt(url, most)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _attempt(self, url: str, most: int) -> Answer:
        end = time.monotonic() + self._limits.total_s
        try:
            with self._open(url) as response:
                _check_status(response, url)
                return Answer(url, _read(response, url, most, end), response.headers)
        except requests.exceptions.SSLError as failure:
            raise PcsError("PCS_UNTRUSTED", str(failure), url) from failure
        except ValueError as failure:  # a redirect's address that is none, or leads out of HTTPS
            raise PcsError("PCS_REFUSED", f"not an https:// address: {failure}", url) from failure
        except (requests.RequestException, HTTPError, OSError) as failure:
            raise PcsError("PCS_UNREACHABLE", str(failure), url) from failure

    def _open(self, url: str) -> requests.Response:
        """The response's head, after a few redirects; the bodies of redirects are not read."""
        asked, patience = url, (self._limits.connect_s, self._limits.silence_s)
        for _ in range(MAX_REDIRECTS + 1):
            # `verify` goes with each request: that of a session yields to REQUESTS_CA_BUNDLE.
            response = self._session.get(
                asked, stream=True, allow_redirects=False, timeout=patience, verify=self._verify
            )
            target = self._session.get_redirect_target(response)
            if target is None:
                return response
            response.close()
            asked = urljoin(asked, target)
        raise PcsError("PCS_REFUSED", f"more than {MAX_REDIRECTS} redirects", url)


def _check_status(response: requests.Response, url: str) -> None:
    status = response.status_code
    if status == 200:
        return
    if status in BUSY:
        raise PcsError("PCS_UNREACHABLE", f"status {status}", url, _retry_after(response))
    if status in UNKNOWN:
        raise PcsError("PCS_UNKNOWN", f"status {status}", url)
    raise PcsError("PCS_REFUSED", f"status {status}", url)


def _retry_after(response: requests.Response) -> float | None:
    """The header in its form of seconds; its other form, a date, counts as absent."""
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdecimal() else None


def _read(response: requests.Response, url: str, most: int, end: float) -> bytes:
    """The body, given up when it is too large or takes until `end` (monotonic seconds)."""
    body = b""
    # One read from the socket at a time: a server that drips bytes must not hold us past the end.
    while chunk := response.raw.read1(CHUNK, decode_content=False):
        body += chunk
        if len(body) > most:
            raise PcsError("PCS_TOO_LARGE", f"more than {most} bytes", url)
        if time.monotonic() >= end:
            raise PcsError("PCS_UNREACHABLE", f"{len(body)} bytes and no end in time", url)
    return body
