"""The files in which dstack's evidence goes about, read into one shape. Nothing is judged here.

event log       a JSON array of events, or that array as a JSON string
GetQuote        the guest agent's answer: quote, event_log (a string), report_data, vm_config
tcb_info        the guest agent's `Info`, near/mpc's and Shade's attestations: event_log, app_compose, ...
attestation     {"attestation": hex}: the guest agent's SCALE form, version 0, variant TDX
quote           near/mpc's JSON array of byte values
"""

from dataclasses import dataclass

from tee_attestation_verifier.dstack.event_log import RUNTIME_REGISTER
from tee_attestation_verifier.offchain.scale import ScaleReader
from tee_attestation_verifier.offchain.strict_json import load, load_object

TDX_ATTESTATION_V0 = b"\0\0"


@dataclass(frozen=True)
class DstackEvidence:
    """What a file had. `event_log` JSON values of events, `app_compose` the compose file's exact text."""

    quote: bytes | None = None
    event_log: list[object] | None = None
    app_compose: str | None = None
    vm_config: str | None = None


def read_evidence(text: str | bytes) -> DstackEvidence:
    """Read any of the forms above; ValueError when it is none of them."""
    value = load(text)
    if isinstance(value, str):
        value = load(value)
    if isinstance(value, list):
        if value and all(type(each) is int for each in value):
            return DstackEvidence(quote=_byte_values(value))
        return DstackEvidence(event_log=value)
    if not isinstance(value, dict):
        raise ValueError("neither an event log nor an answer of dstack's guest agent")
    if "attestation" in value:
        return read_attestation(bytes.fromhex(_text(value, "attestation") or ""))
    if not {"event_log", "quote"} & set(value):
        raise ValueError("neither event_log nor quote in it")
    quote = _text(value, "quote")
    return DstackEvidence(
        None if quote is None else bytes.fromhex(quote),
        _event_log(value.get("event_log")),
        _text(value, "app_compose"),
        _text(value, "vm_config"),
    )


def read_attestation(data: bytes) -> DstackEvidence:
    """The SCALE form; ValueError when it is of another version or TEE, truncated, or goes on.

    Its events have no versions: dstack writes this form for version 1 alone. The runtime events stand in it
    twice, the second time for other platforms, and must agree. Most firmware events are left out of this form,
    so none is kept: RTMR0 to RTMR2 cannot be replayed from it.
    """
    if data[:2] != TDX_ATTESTATION_V0:
        raise ValueError("attestation of another version or TEE")
    reader = ScaleReader(data, 2)
    quote = reader.octets()
    events = [_event(reader) for _ in range(reader.compact())]
    log = [event for event in events if event["imr"] == RUNTIME_REGISTER]
    runtime = [(reader.text(), reader.octets().hex()) for _ in range(reader.compact())]
    if runtime != [(event["event"], event["event_payload"]) for event in log]:
        raise ValueError("attestation: its two lists of runtime events differ")
    reader.take(64)
    vm_config = reader.text()
    reader.require_end()
    return DstackEvidence(quote, list(log), None, vm_config)


def read_app_compose(text: str | bytes) -> dict[str, object]:
    """The members of an app-compose file; ValueError when it is no JSON object."""
    return load_object(text)


def _event(reader: ScaleReader) -> dict[str, object]:
    return {
        "imr": reader.number(4),
        "event_type": reader.number(4),
        "digest": reader.octets().hex(),
        "event": reader.text(),
        "event_payload": reader.octets().hex(),
    }


def _event_log(value: object) -> list[object] | None:
    if isinstance(value, str):
        value = load(value)
    if value is not None and not isinstance(value, list):
        raise ValueError("event_log is not an array")
    return value


def _byte_values(values: list[object]) -> bytes:
    return bytes(value for value in values if isinstance(value, int))


def _text(holder: dict[str, object], name: str) -> str | None:
    value = holder.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} is not a string")
    return value
