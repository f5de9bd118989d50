"""Where each field of a quote stands, as far as the bytes go: for people who look at a rejected quote.

Tolerant where `intel/quote.py` is strict, and never the base of a verdict. Source: Intel TDX DCAP Quoting Library API
and Intel SGX ECDSA Quote Library Reference (DCAP API), appendix A.
"""

from dataclasses import dataclass

from tee_attestation_verifier.intel.quote import HEADER, TEE_TDX, V5_BODIES
from tee_attestation_verifier.intel.report import SGX_ENCLAVE, TD10, Layout

_HEADER = (
    ("version", 0, 2),
    ("attestation_key_type", 2, 4),
    ("tee_type", 4, 8),
    ("qe_vendor_id", 12, 28),
)


@dataclass(frozen=True)
class Span:
    """Bytes `start` to `end` (exclusive) of a quote, and the name of what stands there."""

    name: str
    start: int
    end: int


def quote_spans(quote: bytes) -> dict[str, Span]:
    """The fields by name, in the order of their bytes; those that the quote is too short for are left out.

    Reports are named `report` and `qe_report`, their fields `report.mr_td` and so on; `signed` is what the quote's
    signature covers, `after` what follows the last field.
    """
    tracer = _Tracer(quote)
    for name, start, end in _HEADER:
        tracer.mark(name, start, end)
    version, tee_type = tracer.value("version"), tracer.value("tee_type")
    tracer.position = HEADER
    layout = TD10 if tee_type == TEE_TDX else SGX_ENCLAVE
    if version == 5:
        kind = tracer.number("body_type", 2)
        tracer.number("body_size", 4)
        layout = V5_BODIES.get(kind, layout)
    tracer.report("report", layout)
    tracer.mark("signed", 0, tracer.position)
    _trace_authentication(tracer, version)
    return tracer.spans


def _trace_authentication(tracer: "_Tracer", version: int) -> None:
    tracer.number("auth_size", 4)
    tracer.take("signature", 64)
    tracer.take("attestation_key", 64)
    if version > 3:
        tracer.number("outer_certification_type", 2)
        tracer.number("outer_certification_size", 4)
    tracer.report("qe_report", SGX_ENCLAVE)
    tracer.take("qe_report_signature", 64)
    tracer.take("qe_auth", tracer.number("qe_auth_size", 2))
    tracer.number("certification_type", 2)
    tracer.take("certification_data", tracer.number("certification_size", 4))
    if tracer.position < len(tracer.quote):
        tracer.mark("after", tracer.position, len(tracer.quote))


class _Tracer:
    """Marks fields one after the other; behind the end of the quote it marks nothing more."""

    def __init__(self, quote: bytes) -> None:
        self.quote, self.position = quote, 0
        self.spans: dict[str, Span] = {}

    def mark(self, name: str, start: int, end: int) -> None:
        if end <= len(self.quote):
            self.spans[name] = Span(name, start, end)

    def take(self, name: str, size: int) -> None:
        self.mark(name, self.position, self.position + size)
        self.position += size

    def number(self, name: str, size: int) -> int:
        self.take(name, size)
        return self.value(name)

    def value(self, name: str) -> int:
        span = self.spans.get(name)
        return 0 if span is None else int.from_bytes(self.quote[span.start : span.end], "little")

    def report(self, name: str, layout: Layout) -> None:
        start = self.position
        self.take(name, layout.size)
        for part in layout.names():
            offset, size = layout.place(part)
            self.mark(f"{name}.{part}", start + offset, start + offset + size)
