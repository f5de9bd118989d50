"""Writes tests/conformance/vectors/attestation.json; run it when a case is added, never to make a test pass.

    python -m tests.conformance.write_attestation_vectors

Minted cases come in full, genuine ones by the SHA-256 of their quote and of each part of their collateral,
when their samples stand beside the project; without them the genuine vectors stay as they are.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.attributes import check_attributes
from tee_attestation_verifier.intel.collateral import Collateral, as_bytes
from tee_attestation_verifier.intel.trust import INTEL_ROOT
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.collateral_file import read_collateral
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto

from tests.attestation_cases.case import Case
from tests.attestation_cases.catalogue import CASES
from tests.attestation_cases.judged import Verdict, judge
from tests.conftest import SHARED

FILE = Path(__file__).parent / "vectors" / "attestation.json"
REAL = SHARED / "attestation" / "real"
CERTIFICATE_ENDS = re.compile(rb"(?=-----BEGIN CERTIFICATE-----)|(?<=-----END CERTIFICATE-----\n)")
KEY_DIGITS = 10  # of the SHA-256 by which a part is referred to
ABOUT = "Quotes and collateral with the verdict that docs/spec/attestation.md gives them."


class Parts:
    """Byte strings as lists of parts, each part written once, by the beginning of its SHA-256.

    PEM certificates are parts of their own, since chains share most of theirs.
    """

    def __init__(self) -> None:
        """Nothing yet."""
        self.found: dict[str, str] = {}

    def add(self, data: bytes) -> list[str]:
        """Keep bytes; the keys of their parts."""
        return [self._add(each) for each in CERTIFICATE_ENDS.split(data) if each]

    def _add(self, data: bytes) -> str:
        key = hashlib.sha256(data).hexdigest()[:KEY_DIGITS]
        text = base64.b64encode(data).decode()
        if self.found.setdefault(key, text) != text:
            raise ValueError(f"two parts are called {key}")
        return key

    def collateral(self, collateral: Collateral) -> dict[str, list[str]]:
        """Keep the fields that are there; their keys by field."""
        return {name: self.add(as_bytes(value)) for name, value in present(collateral)}


def present(collateral: Collateral) -> list[tuple[str, str | bytes]]:
    """The fields of collateral that are there."""
    fields = [(name, getattr(collateral, name)) for name in Collateral.FIELDS]
    return [(name, value) for name, value in fields if value is not None]


def minted(case: Case, parts: Parts) -> dict[str, Any]:
    """The vector of a case of the catalogue."""
    evidence = case.evidence
    vector: dict[str, Any] = {"name": case.name, "now": evidence.now}
    vector |= {"root": parts.add(evidence.root_der), "quote": parts.add(evidence.quote)}
    if evidence.kept:
        puts = [{"collateral": parts.collateral(each), "now": at} for each, at in evidence.kept]
        return {**vector, "kept": puts, "expected": expected(judge(evidence))}
    return {
        **vector,
        "collateral": parts.collateral(evidence.collateral),
        "expected": expected(judge(evidence)),
    }


def expected(verdict: Verdict) -> dict[str, Any]:
    """The verdict as the vectors write it; times in unix seconds, `valid_until` exclusive."""
    if verdict.code:
        return {"code": verdict.code, "step": verdict.step}
    return {
        "status": verdict.status,
        "advisory_ids": list(verdict.advisory_ids),
        "tcb_date": verdict.tcb_date,
        "valid_from": verdict.valid_from,
        "valid_until": verdict.valid_until,
    }


def genuine(folder: Path) -> dict[str, Any]:
    """The vector of a genuine sample, judged under Intel's root at its own time."""
    quote, collateral = sample(folder)
    now = json.loads((folder / "expected.json").read_text())["now"]
    digests = {name: hashlib.sha256(as_bytes(value)).hexdigest() for name, value in present(collateral)}
    return {
        "name": folder.name,
        "quote_sha256": hashlib.sha256(quote).hexdigest(),
        "collateral_sha256": digests,
        "now": now,
        "expected": expected(judge_genuine(quote, collateral, now)),
    }


def sample(folder: Path) -> tuple[bytes, Collateral]:
    """Quote and collateral of a sample."""
    return (folder / "quote.bin").read_bytes(), read_collateral((folder / "collateral.json").read_text())


def judge_genuine(quote: bytes, collateral: Collateral, now: int) -> Verdict:
    """The verdict under Intel's root."""
    step = 16
    try:
        claims = verify(quote, collateral, now, INTEL_ROOT, OpenSslCrypto())
        check_attributes(claims.report)
    except Rejection as rejection:
        return Verdict(rejection.code, rejection.step or step)
    window = (claims.valid_from, claims.valid_until)
    return Verdict("", 0, claims.status, tuple(claims.advisory_ids), claims.tcb_date, *window)


def document() -> dict[str, Any]:
    """The whole file."""
    parts = Parts()
    vectors = [minted(case, parts) for case in CASES.values()]
    if REAL.is_dir():
        real = [genuine(each) for each in sorted(REAL.iterdir()) if each.is_dir()]
    else:
        real = json.loads(FILE.read_text())["genuine"]
    head = {"$schema": "../schemas/attestation.schema.json", "suite": "attestation", "about": ABOUT}
    return {**head, "vectors": vectors, "genuine": real, "parts": parts.found}


def text() -> str:
    """The file's text: a line a vector."""
    written = document()
    lists = [f' "{name}": [\n{_lines(written.pop(name))}\n ]' for name in ("vectors", "genuine")]
    parts = ",\n".join(
        f"  {json.dumps(key)}: {json.dumps(data)}" for key, data in written.pop("parts").items()
    )
    head = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in written.items()]
    return "{\n" + ",\n".join([*head, *lists, f' "parts": {{\n{parts}\n }}']) + "\n}\n"


def _lines(vectors: list[dict[str, Any]]) -> str:
    return ",\n".join("  " + json.dumps(each, separators=(",", ":")) for each in vectors)


if __name__ == "__main__":
    FILE.write_text(text())
