"""State of the sample contract."""

from common.store import Cell, Map
from sealwright_protocol.records import Record
from sealwright_protocol.types import AccountId, Yocto


class Note(Record):
    """A note and what was paid for it."""

    FIELDS = ("author_id", "paid", "text")
    FORMAT = "sUs"

    author_id: AccountId
    paid: Yocto
    text: str


class Counter(Record):
    """How many notes there are."""

    FIELDS = ("count",)
    FORMAT = "Q"

    count: int


COUNTER = Cell(b"c", Counter)
NOTES = Map(b"n", Note, key="Q")
