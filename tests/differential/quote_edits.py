"""Every edit of a field in a quote: of what is signed (header, report, QE report), and of the bytes around it."""

from __future__ import annotations

from collections.abc import Iterator

from sealwright_agents.simulated.quotes import BodyKind
from tee_attestation_verifier.intel.report import SGX_ENCLAVE, TD10, TD15, TD15_EX, Layout

Edit = tuple[str, bytes]
LAYOUTS = {layout.size: layout for layout in (SGX_ENCLAVE, TD10, TD15, TD15_EX)}
HEADER = {
    "version": (0, 2),
    "key_type": (2, 2),
    "tee_type": (4, 4),
    "reserved": (8, 4),
    "vendor": (12, 16),
    "user_data": (28, 20),
}
DESCRIPTOR = {"body_type": (48, 2), "body_size": (50, 4)}


def report_edits(kind: BodyKind, report: bytes) -> Iterator[Edit]:
    """Of header, body descriptor and body."""
    start = 48 + len(kind.body_descriptor())
    places = HEADER | (DESCRIPTOR if start > 48 else {})
    places |= {name: (start + at, size) for name, (at, size) in _places(LAYOUTS[kind.size]).items()}
    yield from _field_edits(report, places)


def qe_report_edits(report: bytes) -> Iterator[Edit]:
    """Of the quoting enclave's report."""
    yield from _field_edits(report, _places(SGX_ENCLAVE))


def byte_edits(data: bytes, step: int) -> Iterator[Edit]:
    """A bit flipped in every `step`-th byte, bytes taken out and put in there, the end cut off and drawn out."""
    for at in range(0, len(data), step):
        yield f"bit at {at}", data[:at] + bytes((data[at] ^ 1 << at % 8,)) + data[at + 1 :]
        if at % (4 * step) == 0:
            yield f"byte out at {at}", data[:at] + data[at + 1 :]
            yield f"byte in at {at}", data[:at] + b"\0" + data[at:]
            yield f"cut at {at}", data[:at]
    yield "zeros after", data + bytes(40)
    yield "twice", data + data


def _places(layout: Layout) -> dict[str, tuple[int, int]]:
    return {name: layout.place(name) for name in layout.names()}


def _field_edits(data: bytes, places: dict[str, tuple[int, int]]) -> Iterator[Edit]:
    for name, (at, size) in places.items():
        field = data[at : at + size]
        # All bits of what is read as bits or numbers; of a digest the ends.
        for bit in range(size * 8) if size <= 8 else {*range(8), 8, 9, 16, size * 4, size * 8 - 1}:
            yield f"{name} bit {bit}", _put(data, at, _flipped(field, bit))
        for what, other in (("zero", bytes(size)), ("ones", b"\xff" * size), ("up", _added(field, 1))):
            if other != field:
                yield f"{name} {what}", _put(data, at, other)
        yield f"{name} down", _put(data, at, _added(field, -1))


def _flipped(field: bytes, bit: int) -> bytes:
    return (int.from_bytes(field, "little") ^ 1 << bit).to_bytes(len(field), "little")


def _added(field: bytes, number: int) -> bytes:
    top = 1 << 8 * len(field)
    return ((int.from_bytes(field, "little") + number) % top).to_bytes(len(field), "little")


def _put(data: bytes, at: int, field: bytes) -> bytes:
    return data[:at] + field + data[at + len(field) :]
