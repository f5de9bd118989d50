"""Why a quote was rejected, for people: which bytes, which certificate, what was found and what was expected.

Made from the evidence and the rejection alone, after the verdict: nothing of this runs in a contract, and no verdict
rests on it.
"""

from dataclasses import dataclass

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.trust import INTEL_ROOT, TrustedRoot
from tee_attestation_verifier.offchain.catalogue import (
    BUNDLE_CODES,
    CODES,
    DSTACK_CODES,
    POLICY_CODES,
    step_titles,
)
from tee_attestation_verifier.offchain.certificate_faults import certificate_fault
from tee_attestation_verifier.offchain.dates import date
from tee_attestation_verifier.offchain.evidence_view import PCK_CHAIN_NAME, CertificatePlace, EvidenceView
from tee_attestation_verifier.offchain.expectations import expected_value, found_value
from tee_attestation_verifier.offchain.fields_by_code import DOCUMENTS, MALFORMED_FIELDS, QUOTE_FIELDS
from tee_attestation_verifier.offchain.quote_map import Span

_SHOWN = 64
_TRUNCATED = "truncated at byte "


@dataclass(frozen=True)
class Explanation:
    """An explained rejection.

    `rule` what the step checks and `expected` what the evidence should have been, with the value where there is
    one; `found` what it was. `spans` the bytes of the quote that decided; `certificate` and `document` (a member
    of the collateral) where the fault lies there.
    """

    code: str
    step: int
    rule: str
    expected: str
    found: str
    spans: tuple[Span, ...] = ()
    certificate: CertificatePlace | None = None
    document: str | None = None

    def lines(self) -> list[str]:
        """The explanation as text, a line each."""
        lines = [f"rule      {self.rule}"] if self.rule else []
        lines += [f"expected  {self.expected}", f"found     {self.found}"]
        lines += [
            f"where     bytes {span.start} to {span.end} of the quote: {span.name}" for span in self.spans
        ]
        if self.certificate is not None:
            lines.append(f"where     {_described(self.certificate)}")
        if self.document is not None:
            lines.append(f"where     collateral member {self.document}")
        return lines

    def members(self) -> dict[str, object]:
        """The explanation as the JSON object that the command line prints."""
        return {
            "rule": self.rule or None,
            "expected": self.expected,
            "found": self.found,
            "quote_bytes": [{"name": span.name, "start": span.start, "end": span.end} for span in self.spans],
            "certificate": None if self.certificate is None else _certificate_members(self.certificate),
            "document": self.document,
        }


def explain(
    rejection: Rejection, quote: bytes, collateral: Collateral, now: int, root: TrustedRoot = INTEL_ROOT
) -> Explanation:
    """Explain a rejection of this evidence, judged at `now` (unix seconds) under `root`.

    Never fails for malformed evidence; what cannot be told is left out.
    """
    view, code = EvidenceView(quote, collateral, now), rejection.code
    fault = certificate_fault(view, rejection, root)
    step, meaning = CODES.get(code, (rejection.step, ""))
    meaning = meaning or {**POLICY_CODES, **DSTACK_CODES, **BUNDLE_CODES}.get(code, "")
    value = expected_value(view, code)
    return Explanation(
        code,
        rejection.step or step,
        dict(step_titles()).get(rejection.step or step, ""),
        f"{meaning}: {value}" if value else meaning,
        found_value(view, code) or (fault.found if fault else _found(view, rejection)),
        _spans(view, rejection),
        fault.place if fault else None,
        DOCUMENTS.get(code) or (fault.document if fault else None),
    )


def _spans(view: EvidenceView, rejection: Rejection) -> tuple[Span, ...]:
    code, detail = rejection.code, rejection.detail
    if code == "QUOTE_MALFORMED":
        return _malformed_spans(view, detail)
    if code.startswith("CERT_CHAIN_") and detail.startswith(PCK_CHAIN_NAME):
        return view.named_spans(("certification_data",))
    return view.named_spans(QUOTE_FIELDS.get(code, ()))


def _malformed_spans(view: EvidenceView, detail: str) -> tuple[Span, ...]:
    for beginning, fields in MALFORMED_FIELDS.items():
        if detail.startswith(beginning):
            return view.named_spans(fields)
    start = int(detail.removeprefix(_TRUNCATED)) if detail.startswith(_TRUNCATED) else 0
    return (Span("what has a wrong length", min(start, len(view.quote)), len(view.quote)),)


def _found(view: EvidenceView, rejection: Rejection) -> str:
    """The decisive field's bytes, or what the check itself said."""
    fields = QUOTE_FIELDS.get(rejection.code, ())
    octets = view.octets(fields[0]) if fields else b""
    if not octets or len(octets) > _SHOWN:
        return rejection.detail
    return f"{octets.hex()} ({rejection.detail})" if rejection.detail else octets.hex()


def _described(place: CertificatePlace) -> str:
    certificate = place.certificate
    name = (
        "unreadable"
        if certificate is None
        else f'"{certificate.common_name}", serial {certificate.serial.hex()}'
    )
    return f"certificate {place.index} of the {place.chain}: {name}"


def _certificate_members(place: CertificatePlace) -> dict[str, object]:
    members: dict[str, object] = {"chain": place.chain, "index": place.index}
    if place.certificate is not None:
        members["common_name"] = place.certificate.common_name
        members["serial"] = place.certificate.serial.hex()
        members["not_before"] = date(place.certificate.not_before)
        members["not_after"] = date(place.certificate.not_after)
    return members
