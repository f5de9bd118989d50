"""What an enclave quotes and a verifier says about it, as bytes, for tests that play both."""

from __future__ import annotations

import hashlib
from typing import Any

from sealwright_protocol import verdict, wire

PPID = b"\x11" * 16
COMPOSE_HASH = b"\x22" * 32
MRTD = b"\x0a" * 48
ENCRYPTION_KEY = b"\x03" * 32
TLS_SPKI_HASH = bytes(32)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def measurement_id(mrtd: bytes = MRTD) -> bytes:
    """The id of what `report` reports."""
    rtmrs = [bytes([0x0B + index]) * 48 for index in range(3)]
    return wire.measurement_id(wire.Measurement(mrtd, *rtmrs, COMPOSE_HASH), sha256)


def report(report_data: bytes, **changed: Any) -> verdict.Td10Report:
    """A TD report without debug, with a compose hash; `changed` replaces fields."""
    fields: dict[str, Any] = {
        "tee_tcb_svn": bytes(16),
        "mr_seam": bytes(48),
        "mr_signer_seam": bytes(48),
        "seam_attributes": bytes(8),
        "td_attributes": b"\x00\x00\x00\x10" + bytes(4),
        "xfam": bytes(8),
        "mr_td": MRTD,
        "mr_config_id": b"\x01" + COMPOSE_HASH + bytes(15),
        "mr_owner": bytes(48),
        "mr_owner_config": bytes(48),
        "rt_mr0": b"\x0b" * 48,
        "rt_mr1": b"\x0c" * 48,
        "rt_mr2": b"\x0d" * 48,
        "rt_mr3": bytes(48),
        "report_data": report_data,
    }
    fields.update(changed)
    return verdict.Td10Report(**fields)


def verified(
    reported: verdict.Report,
    status: str = "UpToDate",
    advisory_ids: list[str] | None = None,
    valid_until_ms: int | None = None,
) -> bytes:
    """The verifier's answer to a good quote, with its validity when one is given."""
    standing: tuple[str, list[str]] = ("UpToDate", [])
    told = verdict.VerifiedReport(status, advisory_ids or [], reported, PPID, standing, standing)
    if valid_until_ms is None:
        return verdict.encode_verification_result(told)
    return verdict.encode_verification_with_validity(told, valid_until_ms)


def report_data(challenge: str, node_id: str, key: bytes, /, **changed: Any) -> bytes:
    """What an honest enclave quotes for `registry.near`; `changed` replaces fields of the binding."""
    fields: dict[str, Any] = {
        "network": "sandbox",
        "registry": "registry.near",
        "node_id": node_id,
        "signing_key": key,
        "encryption_key": ENCRYPTION_KEY,
        "tls_spki_hash": TLS_SPKI_HASH,
    }
    fields.update(changed)
    binding = wire.NodeBinding(*[fields[name] for name in wire.NodeBinding.FIELDS[1:]])
    return wire.report_data(binding, bytes.fromhex(challenge), sha256)
