"""How the registry names what a quote shows: the software's measurement id, the machine's hashed PPID."""

from __future__ import annotations

import hashlib

from sealwright_protocol import wire
from sealwright_protocol.borsh import pack
from tee_attestation_verifier.intel.claims import Claims

PPID_DOMAIN = "sealwright:ppid:v1"


def sha256(data: bytes) -> bytes:
    """The 32-byte digest."""
    return hashlib.sha256(data).digest()


def measurement_of(claims: Claims, compose_hash: bytes) -> wire.Measurement:
    """The measurement of a verified TD report with its proven compose hash. KeyError for an SGX report."""
    registers = (claims.report.field(name) for name in ("mr_td", "rt_mr0", "rt_mr1", "rt_mr2"))
    return wire.Measurement(*registers, compose_hash)


def measurement_id(claims: Claims, compose_hash: bytes) -> bytes:
    """The 32 bytes under which the registry approves that software."""
    return wire.measurement_id(measurement_of(claims, compose_hash), sha256)


def ppid_hash(claims: Claims) -> bytes:
    """The 32 bytes under which the registry knows the machine (docs/spec/node-registry.md)."""
    return sha256(pack("sb", (PPID_DOMAIN, claims.ppid)))
