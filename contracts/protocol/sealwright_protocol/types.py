"""Semantic types: what an argument means, for mypy, the build and the reader.

The build erases them from a contract (`Yocto(x)` becomes `x`), reads them from the
annotations of its methods and writes decoder, ABI, JSON Schema and client from them.

    type            in Python                 in JSON
    U8 U16 U32      int                       number
    U64             int, at most 2^53 - 1     number
    Yocto           int, u128                 decimal string
    Gas             int (gas units)           number
    TimestampMs     int, Unix milliseconds    number
    DurationMs      int, milliseconds         number
    BasisPoints     int, 0..10000             number
    AccountId       str, a NEAR account       string
    NodeId          str, `label.account`      string
    Sha256          bytes, 32                 lowercase hex string
    PublicKey       bytes, 32 (Ed25519)       "ed25519:<base58>"
    Signature       bytes, 64 (Ed25519)       Base64 string
    Base64          bytes                     Base64 string
    str, bool       the same                  string, true or false
"""

from typing import NewType

U8 = NewType("U8", int)
U16 = NewType("U16", int)
U32 = NewType("U32", int)
U64 = NewType("U64", int)
Yocto = NewType("Yocto", int)
Gas = NewType("Gas", int)
TimestampMs = NewType("TimestampMs", int)
DurationMs = NewType("DurationMs", int)
BasisPoints = NewType("BasisPoints", int)
AccountId = NewType("AccountId", str)
NodeId = NewType("NodeId", str)
Sha256 = NewType("Sha256", bytes)
PublicKey = NewType("PublicKey", bytes)
Signature = NewType("Signature", bytes)
Base64 = NewType("Base64", bytes)


class Max:
    """Bound in an annotation: `Annotated[list[Sha256], Max(8)]` items, `Annotated[str, Max(64)]` bytes."""

    def __init__(self, most: int) -> None:
        self.most = most
