"""What the sample contract shows."""

from typing import TypedDict

from sealwright_protocol.types import U64, AccountId, Yocto


class NoteView(TypedDict):
    """A note as readers see it."""

    note_id: U64
    author_id: AccountId
    paid: Yocto
    text: str


class Line(TypedDict):
    """One line of a bill."""

    label: str
    amount: Yocto
