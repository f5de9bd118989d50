"""Strict DER on top of `tlvs`: typed readers that raise ValueError."""

from typing import TypeAlias

from tee_attestation_verifier.scan import tlvs

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, OBJECT_ID = 1, 2, 3, 4, 6
UTC_TIME, GENERALIZED_TIME, SEQUENCE, SET = 0x17, 0x18, 0x30, 0x31

# tag, start, content start, end
Node: TypeAlias = "tuple[int, int, int, int]"


def whole(data: bytes, tag: int) -> Node:
    """The one element that is all of `data`."""
    nodes = tlvs(data, 0, len(data))
    if len(nodes) != 1 or nodes[0][0] != tag:
        raise ValueError("DER: not one element of the expected type")
    return nodes[0]


def parts(data: bytes, node: Node, tag: int) -> list[Node]:
    """The elements inside a constructed element of the given tag."""
    if node[0] != tag:
        raise ValueError("DER: unexpected type")
    return tlvs(data, node[2], node[3])


def content(data: bytes, node: Node, tag: int) -> bytes:
    """The content octets of an element of the given tag."""
    if node[0] != tag:
        raise ValueError("DER: unexpected type")
    return data[node[2] : node[3]]


def encoded(data: bytes, node: Node) -> bytes:
    """The element with its tag and length."""
    return data[node[1] : node[3]]


def unsigned(data: bytes, node: Node, most: int) -> int:
    """A non-negative INTEGER or ENUMERATED content of at most `most`, in the shortest form."""
    octets = positive(data, node)
    value = int.from_bytes(octets, "big")
    if value > most:
        raise ValueError("DER: integer out of range")
    return value


def positive(data: bytes, node: Node) -> bytes:
    """The content octets of a non-negative INTEGER in the shortest form."""
    octets = content(data, node, INTEGER)
    if not octets or octets[0] >= 0x80 or (len(octets) > 1 and octets[0] == 0 and octets[1] < 0x80):
        raise ValueError("DER: integer")
    return octets


def octet_integer(value: int) -> bytes:
    """The content octets of an INTEGER from 0 to 255."""
    return bytes((value,)) if value < 0x80 else bytes((0, value))


def true(data: bytes, node: Node) -> bool:
    """A BOOLEAN that stands where FALSE is the default, so DER allows TRUE alone."""
    if content(data, node, BOOLEAN) != b"\xff":
        raise ValueError("DER: boolean")
    return True
