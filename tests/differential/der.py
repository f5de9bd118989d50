"""DER as a tree, and every single edit of it. Lengths of what encloses an edit are made right again.

Octet strings and bit strings that hold DER themselves, as extensions do, are taken apart too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sealwright_agents.simulated.der import tlv
from tee_attestation_verifier.plain import BIT_STRING, OCTET_STRING, tlvs

CONSTRUCTED = 0x20
# Of many children, as the TCB components of a PCK certificate are, so many at each end stand for all.
LIKE = 5
Edit = tuple[str, bytes]


@dataclass(frozen=True)
class Element:
    """A tag with either `content` or `children`; `lead` stands before the children (a bit string's first octet)."""

    tag: int
    content: bytes
    children: tuple[Element, ...] = ()
    lead: bytes = b""

    def encode(self) -> bytes:
        """The DER."""
        inner = b"".join(child.encode() for child in self.children)
        return tlv(self.tag, self.lead + inner if self.children else self.content)


def parse(data: bytes) -> Element:
    """The one element that is all of `data`; ValueError when malformed."""
    (node,) = tlvs(data, 0, len(data))
    return _element(data, node)


def _element(data: bytes, node: tuple[int, int, int, int]) -> Element:
    tag, _, start, end = node
    content = data[start:end]
    lead = content[:1] if tag == BIT_STRING else b""
    if content and (tag & CONSTRUCTED or tag in (OCTET_STRING, BIT_STRING)):
        inner = content[len(lead) :]
        try:
            nodes = tlvs(inner, 0, len(inner))
        except ValueError:
            nodes = []
        # Random octets may look like DER too: a string counts as DER when it holds one universal element.
        plausible = tag & CONSTRUCTED or (len(nodes) == 1 and nodes[0][0] < 0x40)
        children = tuple(_element(inner, each) for each in nodes) if plausible else ()
        if children:
            return Element(tag, content, children, lead)
    return Element(tag, content)


def edits(data: bytes) -> Iterator[Edit]:
    """Every edit of one element, with its place: (name, DER)."""
    yield from _edits_below(parse(data), "", lambda encoding: encoding)


def _edits_below(element: Element, path: str, wrap: Callable[[bytes], bytes]) -> Iterator[Edit]:
    """Edits of an element and of all below it; `wrap` puts an encoding in the element's place into the whole."""
    for name, encoding in _own_edits(element):
        yield f"{path} {name}", wrap(encoding)
    count = len(element.children)
    for index in sorted({*range(min(count, LIKE)), *range(max(count - LIKE, 0), count)}):
        child = element.children[index]
        before = element.lead + b"".join(each.encode() for each in element.children[:index])
        after = b"".join(each.encode() for each in element.children[index + 1 :])

        def inside(encoding: bytes, before: bytes = before, after: bytes = after) -> bytes:
            return wrap(tlv(element.tag, before + encoding + after))

        yield from _edits_below(child, f"{path}/{index}:{child.tag:02x}", inside)


def _own_edits(element: Element) -> Iterator[Edit]:
    plain = element.encode()
    content = plain[len(plain) - _content_size(element) :]
    yield "removed", b""
    yield "doubled", plain + plain
    yield "emptied", tlv(element.tag, b"")
    yield "a null after it", plain + b"\x05\x00"
    yield "an octet more inside", tlv(element.tag, content + b"\0")
    yield "a long length", bytes((element.tag, 0x82)) + len(content).to_bytes(2, "big") + content
    yield "no length", bytes((element.tag, 0x80)) + content + b"\0\0"
    for tag in {element.tag ^ 1, element.tag ^ CONSTRUCTED, 0x05, 0x0C} - {element.tag}:
        yield f"tag {tag:02x}", tlv(tag, content)
    if element.children:
        reverse = b"".join(child.encode() for child in reversed(element.children))
        yield "reversed", tlv(element.tag, element.lead + reverse)
        return
    yield "an octet before", tlv(element.tag, b"\0" + content)
    if content:
        for name, edited in _content_edits(content):
            yield name, tlv(element.tag, edited)


def _content_size(element: Element) -> int:
    if not element.children:
        return len(element.content)
    return len(element.lead) + sum(len(child.encode()) for child in element.children)


def _content_edits(content: bytes) -> Iterator[Edit]:
    yield "first bit", bytes((content[0] ^ 0x80,)) + content[1:]
    yield "last bit", content[:-1] + bytes((content[-1] ^ 1,))
    yield "last octet off", content[:-1]
    yield "zeros", bytes(len(content))
    yield "ones", b"\xff" * len(content)
