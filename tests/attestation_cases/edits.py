"""Edits that cases are made of: octets, JSON members, DER elements, certificates, lists, chains."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sealwright_agents.simulated.der import tlv
from sealwright_agents.simulated.pki import CertificateSpec, CrlSpec, pem
from tee_attestation_verifier.intel.collateral import Collateral

Change = Callable[[bytes], bytes]


def put(start: int, octets: bytes) -> Callable[[bytearray], None]:
    """Overwrite octets from `start` on."""

    def edit(target: bytearray) -> None:
        target[start : start + len(octets)] = octets

    return edit


def members(**values: Any) -> Callable[[dict[str, Any]], None]:
    """Set members of a JSON object."""
    return lambda target: target.update(values)


def replaced(artefact: str, old: str, new: str) -> Callable[[str, str], str]:
    """Replace the one place of a JSON text that reads `old`."""

    def edit(each: str, text: str) -> str:
        if each != artefact:
            return text
        before, found, after = text.partition(old)
        assert found, old
        return before + new + after

    return edit


def certificate(role: str, **changes: Any) -> Callable[[str, CertificateSpec], CertificateSpec]:
    """Change what the certificate of a role says."""
    return lambda each, spec: replace(spec, **changes) if each == role else spec


def revocation(issuer: str, **changes: Any) -> Callable[[str, CrlSpec], CrlSpec]:
    """Change what the list of an issuer says."""
    return lambda each, spec: replace(spec, **changes) if each == issuer else spec


# DER -------------------------------------------------------------------------------------------


def elements(data: bytes) -> list[bytes]:
    """The well-formed elements that follow one another in `data`, with their tags and lengths."""
    found = []
    while data:
        head = content_start(data)
        size = head + (data[1] if data[1] < 0x80 else int.from_bytes(data[2:head], "big"))
        found.append(data[:size])
        data = data[size:]
    return found


def content_start(element: bytes) -> int:
    """Where an element's content begins: 2, 3 or 4."""
    return 2 + (element[1] - 0x80 if element[1] >= 0x80 else 0)


def content(element: bytes) -> bytes:
    """An element's content octets."""
    return element[content_start(element) :]


def inside(change: Change, *path: int) -> Change:
    """Change the element at a path of positions, and encode all lengths above it again."""

    def edit(element: bytes) -> bytes:
        parts = elements(content(element))
        parts[path[0]] = inside(change, *path[1:])(parts[path[0]])
        return tlv(element[0], b"".join(parts))

    return edit if path else change


def retagged(tag: int) -> Change:
    """The same content under another tag."""
    return lambda element: bytes([tag]) + element[1:]


def emptied(element: bytes) -> bytes:
    """The element without content."""
    return tlv(element[0], b"")


def filled(octets: bytes) -> Change:
    """The element with other content."""
    return lambda element: tlv(element[0], octets)


def swapped(old: bytes, new: bytes) -> Change:
    """The element with other content octets where they read `old` once."""

    def edit(element: bytes) -> bytes:
        assert content(element).count(old) == 1
        return tlv(element[0], content(element).replace(old, new))

    return edit


def followed_by(more: bytes) -> Change:
    """The element and then something else, in the same place."""
    return lambda element: element + more


def extended(more: bytes) -> Change:
    """The element with further content behind its own."""
    return lambda element: tlv(element[0], content(element) + more)


def removed(element: bytes) -> bytes:
    """Nothing."""
    return b""


def doubled(element: bytes) -> bytes:
    """The element twice."""
    return element * 2


def lengthened(octets: int) -> Change:
    """The same element, its length written with that many octets, more than it needs."""

    def edit(element: bytes) -> bytes:
        size = len(content(element)).to_bytes(octets, "big")
        return bytes([element[0], 0x80 | octets]) + size + content(element)

    return edit


def overrunning(element: bytes) -> bytes:
    """The element, its length one more than there is (for content of less than 127 octets)."""
    return bytes([element[0], element[1] + 1]) + element[2:]


def part(artefact: str, change: Change) -> Callable[[str, bytes], bytes]:
    """Change the signed part of a certificate or list before it is signed."""
    return lambda each, encoding: change(encoding) if each == artefact else encoding


# Chains ----------------------------------------------------------------------------------------


def chain_of(text: str | bytes) -> list[bytes]:
    """The certificates of a chain that was minted."""
    assert isinstance(text, str)
    bodies = text.split("-----BEGIN CERTIFICATE-----")[1:]
    return [base64.b64decode(each.partition("-----END")[0]) for each in bodies]


def in_chain(field: str, index: int, change: Change) -> Callable[[Collateral], None]:
    """Change a certificate of one of the collateral's chains after it was signed."""

    def edit(collateral: Collateral) -> None:
        chain = chain_of(getattr(collateral, field))
        chain[index] = change(chain[index])
        setattr(collateral, field, pem(chain))

    return edit


def in_text(field: str, old: str, new: str) -> Callable[[Collateral], None]:
    """Change a text of the collateral where it first reads `old`."""

    def edit(collateral: Collateral) -> None:
        text = getattr(collateral, field)
        assert old in text
        setattr(collateral, field, text.replace(old, new, 1))

    return edit


def given(field: str, value: object) -> Callable[[Collateral], None]:
    """Set a field of the collateral."""
    return lambda collateral: setattr(collateral, field, value)


def changed(field: str, change: Change) -> Callable[[Collateral], None]:
    """Change a list or signature of the collateral after it was made."""
    return lambda collateral: setattr(collateral, field, change(getattr(collateral, field)))
