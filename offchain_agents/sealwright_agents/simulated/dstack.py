"""A simulated dstack guest: the event log of its boot, and the registers that its quote then has."""

import hashlib
from dataclasses import dataclass
from typing import Any

from tee_attestation_verifier.dstack.event_log import RUNTIME_EVENT, parse_event_log, replay
from tee_attestation_verifier.offchain.digests import StandardHashes

from sealwright_agents.simulated.platform import TdMeasurements

KEY_PROVIDER = b'{"name":"local-sgx","id":"00"}'


@dataclass(frozen=True)
class SimulatedGuest:
    """A guest that runs an app-compose file (its exact text).

    `application_events` are written after the boot, as name and payload; `mr_config_id` is of version 1 unless
    given (48 bytes).
    """

    app_compose: str
    application_events: tuple[tuple[str, bytes], ...] = ()
    mr_config_id: bytes | None = None

    @property
    def compose_hash(self) -> bytes:
        """SHA-256 of the file."""
        return hashlib.sha256(self.app_compose.encode()).digest()

    def event_log(self) -> list[dict[str, Any]]:
        """The events' JSON values: one of the firmware a register, then dstack's own, then the application's."""
        firmware = [_event(register, 4, "", bytes(4), hashlib.sha384(bytes(4))) for register in range(3)]
        return firmware + [
            _event(3, RUNTIME_EVENT, name, payload) for name, payload in self._runtime_events()
        ]

    def measurements(self) -> TdMeasurements:
        """What the guest's quote measures: RTMR0 to RTMR3 by the log, and the configuration id."""
        events, hashes = parse_event_log(self.event_log()), StandardHashes()
        first, second, third, fourth = (replay(events, register, hashes) for register in range(4))
        config_id = self.mr_config_id or b"\1" + self.compose_hash + bytes(15)
        return TdMeasurements(rtmr=(first, second, third, fourth), mr_config_id=config_id)

    def _runtime_events(self) -> list[tuple[str, bytes]]:
        return [
            ("system-preparing", b""),
            ("app-id", self.compose_hash[:20]),
            ("compose-hash", self.compose_hash),
            ("instance-id", b""),
            ("boot-mr-done", b""),
            ("key-provider", KEY_PROVIDER),
            ("system-ready", b""),
            *self.application_events,
        ]


def _event(register: int, kind: int, name: str, payload: bytes, digest: Any = None) -> dict[str, Any]:
    return {
        "imr": register,
        "event_type": kind,
        "digest": "" if digest is None else digest.hexdigest(),
        "event": name,
        "event_payload": payload.hex(),
    }
