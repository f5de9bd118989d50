"""A small contract that uses every part of the kit; the kit's tests run it."""

from typing import Annotated, Any

from common import env, guards
from common.entry import call, callback, init, view
from common.errors import Refusal, require
from common.events import emit
from common.promises import promise, result
from sealwright_protocol.types import (
    U64,
    AccountId,
    Base64,
    Max,
    PublicKey,
    Sha256,
    Signature,
    TimestampMs,
    Yocto,
)

from sample.state import COUNTER, NOTES, Counter, Note
from sample.views import Line, NoteView

NOTE_UNKNOWN = Refusal("NOTE_UNKNOWN", "no note has this id")
MAX_LINES = 4


@init
def new(owner_id: AccountId) -> None:
    """Set up."""
    guards.set_owner(owner_id)
    COUNTER.put(Counter(0))


@call(payable=True)
def write_note(text: Annotated[str, Max(64)]) -> U64:
    """Keep a note. Caller: anyone, with any deposit."""
    counter = COUNTER.get()
    note_id = counter.count
    counter.count += 1
    COUNTER.put(counter)
    NOTES.put(note_id, Note(env.predecessor(), env.deposit(), text))
    emit("sample", "1.0.0", "note_written", {"note_id": note_id, "paid": str(env.deposit())})
    return U64(note_id)


@view
def get_note(note_id: U64) -> NoteView | None:
    """One note."""
    note = NOTES.get(note_id)
    if note is None:
        return None
    return {"note_id": note_id, "author_id": note.author_id, "paid": note.paid, "text": note.text}


@view
def check(
    amount: Yocto,
    until_ms: TimestampMs,
    digest: Sha256,
    key: PublicKey,
    lines: Annotated[list[Line], Max(MAX_LINES)],
    proof: Signature | None = None,
    extra: Base64 | None = None,
    loud: bool = False,
) -> Any:
    """Shows what the decoder made of its arguments."""
    return {
        "amount": str(amount),
        "until_ms": until_ms,
        "digest": digest,
        "key": key,
        "total": str(sum([line["amount"] for line in lines])),
        "proof": proof is not None,
        "extra": extra,
        "loud": loud,
    }


@call
def remove_note(note_id: U64) -> None:
    """Forget a note. Fails NOTE_UNKNOWN."""
    require(NOTES.remove(note_id), NOTE_UNKNOWN, note_id)


@call(owner=True, min_gas=5)
def hand_over(owner_id: AccountId) -> None:
    """Name another owner."""
    guards.set_owner(owner_id)


@call(one_yocto=True, min_gas=30)
def ask(account_id: AccountId) -> None:
    """Ask another contract; `on_answer` gets its reply."""
    promise(account_id).call("speak", b"{}", gas_tgas=5).then("on_answer", b"{}", gas_tgas=5).as_return()


@callback(results=1)
def on_answer() -> bool:
    """Whether the other contract answered."""
    return result(0) is not None


@call(codec="borsh")
def echo(data: bytes) -> bytes:
    """Raw bytes in and out."""
    return data
