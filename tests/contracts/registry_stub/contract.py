"""A registry that answers as a test tells it: valid, some other answer, a failure, or only later.

Test support, never deployed elsewhere. It speaks `is_node_valid` of node_registry.

    valid   confirms whatever is asked, with the measurement that `new` was given
    answer  gives the bytes that `tell` was given
    fail    panics: the market sees a registry that cannot be reached
    later   yields; `answer_later` resumes the oldest question, the timeout fails it
"""

from typing import Any

from common import env
from common.entry import call, callback, init, view
from common.promises import promise_yield, result, resume
from common.store import Blobs, Cell
from sealwright_protocol import json_codec
from sealwright_protocol.records import Record
from sealwright_protocol.types import Base64, NodeId, PublicKey, Sha256, TimestampMs

GAS_FOR_LATER_TGAS = 4


class Told(Record):
    """What the test told, the measurement to confirm, and which questions wait."""

    FIELDS = ("mode", "answer", "measurement_id", "first_waiting", "next_waiting", "asked_at_ms")
    FORMAT = "sb32xQQQ"

    mode: str
    answer: bytes
    measurement_id: Sha256
    first_waiting: int
    next_waiting: int
    asked_at_ms: int  # the time that the last question was about, 0 for now


TOLD = Cell(b"t", Told)
WAITING = Blobs(b"w", key="Q")  # data ids of yielded questions


@init
def new(measurement_id: Sha256) -> None:
    """Start by confirming everything."""
    TOLD.put(Told("valid", b"", measurement_id, 0, 0, 0))


@call
def tell(mode: str, answer: Base64 | None = None) -> None:
    """How to answer from now on."""
    told = TOLD.get()
    told.mode = mode
    told.answer = answer or b""
    TOLD.put(told)


@call
def is_node_valid(
    node_id: NodeId,
    signing_key: PublicKey | None = None,
    measurement_id: Sha256 | None = None,
    service: str | None = None,
    at_ms: TimestampMs | None = None,
) -> None:
    """Answer as told."""
    told = TOLD.get()
    told.asked_at_ms = at_ms or 0
    TOLD.put(told)
    if told.mode == "later":
        _wait(told)
    elif told.mode == "answer":
        env.value_return(told.answer)
    elif told.mode == "valid":
        env.value_return(_confirmation(node_id, signing_key, measurement_id or told.measurement_id))
    else:
        env.panic("UNREACHABLE: as told")


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
def get_asked_at() -> TimestampMs:
    """The time that the last question was about."""
    return TimestampMs(TOLD.get().asked_at_ms)


def _wait(told: Told) -> None:
    yielded, data_id = promise_yield("on_later", b"{}", gas_tgas=GAS_FOR_LATER_TGAS)
    WAITING.put(told.next_waiting, data_id)
    told.next_waiting += 1
    TOLD.put(told)
    yielded.as_return()


def _confirmation(node_id: NodeId, signing_key: PublicKey | None, measurement_id: Sha256) -> bytes:
    verdict: dict[str, Any] = {"valid": True, "reasons": [], "node_id": node_id}
    verdict["signing_key"] = None if signing_key is None else json_codec.text("k", signing_key)
    verdict["measurement_id"] = measurement_id
    return json_codec.pack("*", verdict)
