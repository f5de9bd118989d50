"""Signing keys through time: attested, lapsed, superseded, revoked.

Pure. A key's validity is two intervals, the current one and the one before a lapse, so that a
submission can be judged as of the moment it was made.
"""

from node_registry.state import Key


class Attestation:
    """What an admitted report says about a key, from now on until `until_ms`."""

    def __init__(
        self,
        measurement_id: bytes,
        ppid_hash: bytes,
        tcb_status: str,
        advisory_ids: list[str],
        until_ms: int,
    ) -> None:
        self.measurement_id = measurement_id
        self.ppid_hash = ppid_hash
        self.tcb_status = tcb_status
        self.advisory_ids = advisory_ids
        self.until_ms = until_ms


def attested(key: "Key | None", node_id: str, attestation: Attestation, now_ms: int) -> Key:
    """The key with this attestation: its interval goes on, or a new one starts after a lapse."""
    from_ms, earlier_from_ms, earlier_until_ms = now_ms, 0, 0
    if key is not None:
        if now_ms <= key.until_ms:
            from_ms = key.from_ms
            earlier_from_ms, earlier_until_ms = key.earlier_from_ms, key.earlier_until_ms
        else:
            earlier_from_ms, earlier_until_ms = key.from_ms, key.until_ms
    return Key(
        node_id,
        attestation.measurement_id,
        attestation.ppid_hash,
        attestation.tcb_status,
        attestation.advisory_ids,
        from_ms,
        attestation.until_ms,
        earlier_from_ms,
        earlier_until_ms,
        0,
        False,
    )


def ended(key: Key, now_ms: int) -> Key:
    """The key with its current interval ended now, unless it had lapsed before."""
    key.until_ms = min(key.until_ms, now_ms)
    return key


def superseded(key: Key, now_ms: int) -> Key:
    """The key after another took its place."""
    key.superseded_at_ms = now_ms
    return ended(key, now_ms)
