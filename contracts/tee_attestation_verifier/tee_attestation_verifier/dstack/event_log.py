"""dstack's event log: members of its JSON to events, events to digests, digests to RTMR0 to RTMR3.

A register starts as 48 zeros; each event extends it to SHA-384(register ‖ digest). Events of dstack itself
(type 0x08000001, RTMR3) carry what their digest is made of, so it is made again here; those of the firmware
(RTMR0 to RTMR2) do not, so only their digests count and their names and payloads prove nothing.
Source: dstack `cc-eventlog/src/runtime_events.rs` and `tdx.rs`.
"""

from tee_attestation_verifier.binary import from_hex, to_hex
from tee_attestation_verifier.dstack.hashes import Hashes
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.members import members, number, text

RUNTIME_EVENT = 0x08000001
RUNTIME_REGISTER = 3
REGISTERS = 4
MAX_EVENTS = 1024
MAX_NAME = 256
MAX_PAYLOAD = 65_536
DIGEST = 48
ESCAPES = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}


class Event:
    """One entry. `register` 0 to 3, `kind` the TCG event type, `digest` 48 bytes or empty where it is left out.

    `version` 1 or 2 says how dstack hashed it; `preimage` is what a version 2 entry says was hashed, or None.
    """

    register: int
    kind: int
    name: str
    payload: bytes
    digest: bytes
    version: int
    preimage: bytes | None

    def read(self, entry: dict[str, object]) -> None:
        """Fill the fields from an entry's JSON members; ValueError when malformed."""
        self.register = number(entry, "imr", REGISTERS - 1)
        self.kind = number(entry, "event_type", 0xFFFFFFFF)
        self.name = text(entry, "event")
        if len(self.name.encode()) > MAX_NAME:
            raise ValueError("event is longer than 256 bytes")
        self.payload = _octets(entry, "event_payload")
        self.digest = _octets(entry, "digest") if "digest" in entry else b""
        if len(self.digest) not in (0, DIGEST):
            raise ValueError("digest has not 48 bytes")
        self.version = number(entry, "version", 2) if "version" in entry else 1
        if self.version == 0:
            raise ValueError("version is unknown")
        preimage = entry.get("preimage")
        self.preimage = None if preimage is None else _octets(entry, "preimage")

    def is_named(self, name: str) -> bool:
        """Whether this event may be read as one of that name.

        Version 1 joins name and payload with a colon, so `app-id:x` with payload `y` has the digest of
        `app-id` with payload `x:y`; both count as `app-id`.
        """
        return self.name == name or (self.version == 1 and self.name.startswith(name + ":"))


def parse_event_log(entries: object) -> list[Event]:
    """Events out of the JSON array's value; raises Rejection DSTACK_EVENT_LOG_MALFORMED."""
    if not isinstance(entries, list) or len(entries) > MAX_EVENTS:
        raise Rejection("DSTACK_EVENT_LOG_MALFORMED", "not an array of at most 1024 events")
    found: list[Event] = []
    for entry in entries:
        event = Event()
        try:
            event.read(members(entry))
        except ValueError as error:
            place = "event " + str(len(found)) + ": "
            raise Rejection("DSTACK_EVENT_LOG_MALFORMED", place + str(error)) from None
        found.append(event)
    return found


def event_digest(event: Event, hashes: Hashes) -> bytes:
    """The 48 bytes that extended the register.

    Raises Rejection DSTACK_EVENT_TYPE for a foreign event in RTMR3, DSTACK_EVENT_DIGEST where a digest or a
    preimage is given that is not that of name and payload, or a firmware event has none.
    """
    if event.kind != RUNTIME_EVENT:
        if event.register == RUNTIME_REGISTER:
            raise Rejection("DSTACK_EVENT_TYPE", event.name + ": type " + str(event.kind))
        if not event.digest:
            raise Rejection("DSTACK_EVENT_DIGEST", "a firmware event without a digest")
        return event.digest
    hashed = _preimage(event)
    if event.preimage is not None and event.preimage != hashed:
        raise Rejection("DSTACK_EVENT_DIGEST", event.name + ": the preimage is of something else")
    digest = hashes.sha384(hashed)
    if event.digest and event.digest != digest:
        raise Rejection("DSTACK_EVENT_DIGEST", event.name + ": " + to_hex(event.digest))
    return digest


def replay(events: list[Event], register: int, hashes: Hashes) -> bytes:
    """The value (48 bytes) that these events give RTMR `register`; raises as `event_digest`."""
    value = bytes(DIGEST)
    for event in events:
        if event.register == register:
            value = hashes.sha384(value + event_digest(event, hashes))
    return value


def check_register(events: list[Event], register: int, measured: bytes, hashes: Hashes) -> None:
    """Refuse unless the events replay to the 48 bytes that the quote has for RTMR `register`.

    Raises Rejection DSTACK_RTMR, or as `event_digest`.
    """
    value = replay(events, register, hashes)
    if value != measured:
        raise Rejection("DSTACK_RTMR", "rt_mr" + str(register) + ": the log gives " + to_hex(value))


def _preimage(event: Event) -> bytes:
    """What dstack hashes: version 1 `type ":" name ":" payload`, version 2 canonical JSON (RFC 8785)."""
    if event.version == 1:
        kind = event.kind.to_bytes(4, "little")
        return kind + b":" + event.name.encode() + b":" + event.payload
    body = '{"name":"' + _escaped(event.name) + '","payload":"' + to_hex(event.payload)
    return (body + '","type":' + str(event.kind) + "}").encode()


def _escaped(name: str) -> str:
    """A JSON string's inside as RFC 8785 (section 3.2.2.2) writes it."""
    escaped = ""
    for character in name:
        code = ord(character)
        if code in ESCAPES:
            escaped += ESCAPES[code]
        elif code < 32:
            escaped += "\\u00" + to_hex(bytes((code,)))
        else:
            escaped += character
    return escaped


def _octets(entry: dict[str, object], name: str) -> bytes:
    """A member in hexadecimal of either case, at most 65,536 bytes."""
    digits = text(entry, name)
    if len(digits) > 2 * MAX_PAYLOAD:
        raise ValueError(name + " is longer than 65536 bytes")
    return from_hex(digits, len(digits) // 2)
