"""A verifier that answers as a test tells it: some bytes, a failure, or only later.

Test support, never deployed elsewhere. It speaks both methods of attestation_verifier.

    answer  gives the bytes that `tell` was given
    fail    panics: the registry sees a verifier that cannot be reached
    later   yields; `answer_later` resumes the oldest question, the timeout fails it
"""

from common import env
from common.entry import call, callback, init, view
from common.promises import promise_yield, result, resume
from common.store import Blobs, Cell
from sealwright_protocol.records import Record
from sealwright_protocol.types import Base64, Sha256

GAS_FOR_LATER_TGAS = 4


class Told(Record):
    """What the test told, which questions wait, and the hash of the last question."""

    FIELDS = ("mode", "answer", "first_waiting", "next_waiting", "asked")
    FORMAT = "sbQQ32x"

    mode: str
    answer: bytes
    first_waiting: int
    next_waiting: int
    asked: Sha256


TOLD = Cell(b"t", Told)
WAITING = Blobs(b"w", key="Q")  # data ids of yielded questions


@init
def new() -> None:
    """Start out of reach."""
    TOLD.put(Told("fail", b"", 0, 0, bytes(32)))


@call
def tell(mode: str, answer: Base64 | None = None) -> None:
    """How to answer from now on."""
    told = TOLD.get()
    told.mode = mode
    told.answer = answer or b""
    TOLD.put(told)


@call(codec="borsh")
def verify_quote(data: bytes) -> None:
    """Answer as told."""
    _answer(data)


@call(codec="borsh")
def verify_quote_with_validity(data: bytes) -> None:
    """Answer as told."""
    _answer(data)


@call
def answer_later(answer: Base64) -> bool:
    """Resume the oldest waiting question; whether that was still possible."""
    told = TOLD.get()
    data_id = WAITING.get(told.first_waiting)
    if data_id is None:
        return False
    WAITING.remove(told.first_waiting)
    told.first_waiting += 1
    TOLD.put(told)
    return resume(data_id, answer)


@callback(results=1)
def on_later() -> None:
    """What a yielded question resolves to."""
    answer = result(0)
    if answer is None:
        env.panic("UNREACHABLE: timed out")
    else:
        env.value_return(answer)


@view
def get_asked() -> Sha256:
    """SHA-256 of the last question's bytes."""
    return TOLD.get().asked


def _answer(data: bytes) -> None:
    told = TOLD.get()
    told.asked = Sha256(env.sha256(data))
    if told.mode == "later":
        yielded, data_id = promise_yield("on_later", b"{}", gas_tgas=GAS_FOR_LATER_TGAS)
        WAITING.put(told.next_waiting, data_id)
        told.next_waiting += 1
        yielded.as_return()
    elif told.mode == "answer":
        env.value_return(told.answer)
    else:
        env.panic("UNREACHABLE: as told")
    TOLD.put(told)
