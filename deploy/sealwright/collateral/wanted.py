"""What the user wants collateral for, and where it is to come from. Whatever cannot be read is a `UsageError`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sealwright_agents.tables import yocto
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.offchain.pcs import (
    EARLY,
    STANDARD,
    Cache,
    Evaluation,
    HttpsReader,
    PcsClient,
    PlatformId,
    service_named,
)

from sealwright.places import cache_folder
from sealwright.verify.inputs import UsageError, read_quote

SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


@dataclass(frozen=True)
class Wanted:
    """What collateral is for: a quote, or a platform that is named; `evaluation` as in PcsClient."""

    subject: bytes | PlatformId
    evaluation: Evaluation

    @property
    def quote(self) -> bytes | None:
        """The quote, if it is for one."""
        return self.subject if isinstance(self.subject, bytes) else None

    def fetch(self, client: PcsClient, now: int) -> Collateral:
        """Collateral that holds at `now` (unix seconds). Raises PcsError, Rejection."""
        if isinstance(self.subject, bytes):
            return client.for_quote(self.subject, now, self.evaluation)
        return client.collateral(self.subject, now, self.evaluation)


def read_wanted(quote: Path | None, fmspc: str | None, ca: str, tee: str, evaluation: str) -> Wanted:
    """From the command's options, of which either `quote` or `fmspc` must be there."""
    which = read_evaluation(evaluation)
    if quote is not None and fmspc is None:
        return Wanted(read_quote(quote), which)
    if fmspc is None or quote is not None:
        raise UsageError("name either a quote (--quote) or a processor family (--fmspc)")
    try:
        return Wanted(PlatformId(bytes.fromhex(fmspc), ca, tee.upper()), which)
    except ValueError:
        raise UsageError(
            f"--fmspc {fmspc} --ca {ca} --tee {tee}: twelve hexadecimal digits, platform or processor, tdx or sgx"
        ) from None


def read_evaluation(text: str) -> Evaluation:
    """`standard`, `early` or a number."""
    if text in (STANDARD, EARLY):
        return text
    if text.isascii() and text.isdecimal():
        return int(text)
    raise UsageError(f"--evaluation {text}: standard, early or a tcbEvaluationDataNumber")


def read_duration(text: str) -> int:
    """Seconds from `90s`, `30m`, `12h` or `7d`."""
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if found is None:
        raise UsageError(f"{text}: a duration is a number with s, m, h or d: 12h")
    return int(found[1]) * SECONDS[found[2]]


def read_amount(text: str) -> int:
    """YoctoNEAR from NEAR as decimal text."""
    try:
        return yocto(text)
    except ValueError as wrong:
        raise UsageError(str(wrong)) from None


def cache_of(folder: Path | None, no_cache: bool) -> Path | None:
    """The cache's folder: the one that is named, or its place in the user's cache; None for no cache."""
    return None if no_cache else folder or cache_folder() / "collateral"


def open_client(service: str, ca_file: Path | None, cache: Path | None) -> PcsClient:
    """A client of the service that the text names."""
    try:
        named = service_named(service)
    except ValueError as wrong:
        raise UsageError(f"--service: {wrong}") from None
    if ca_file is not None and not ca_file.is_file():
        raise UsageError(f"--ca-file {ca_file}: no such file")
    return PcsClient(named, HttpsReader(ca_file=ca_file), None if cache is None else Cache(cache))


def refusal(failure: Rejection) -> str:
    """A rejection in one line, with its step where it has one."""
    return f"{failure} (step {failure.step})" if failure.step else str(failure)
