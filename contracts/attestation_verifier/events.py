"""The verifier's events: NEP-297, standard `attestation-verifier`; docs/spec/attestation-contract.md lists them."""

from typing import Any

from common import events

STANDARD = "attestation-verifier"
VERSION = "1.0.0"


def emit(event: str, data: dict[str, Any]) -> None:
    """Log one event of this standard; the cashier writes its own through it."""
    events.emit(STANDARD, VERSION, event, data)
