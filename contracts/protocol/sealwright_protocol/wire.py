"""What an enclave quotes and signs: the byte formats behind every signature and hash.

Each record starts with its domain string, so that bytes made for one purpose never
pass for another. Hash functions are passed in: the same code runs in a contract,
in the enclave and at an auditor's desk.
"""

from collections.abc import Callable
from typing import TypeAlias

from sealwright_protocol.records import Record

Hash: TypeAlias = Callable[[bytes], bytes]


class NodeBinding(Record):
    """What ties a node's keys to its name, its registry and its network."""

    DOMAIN = "sealwright:node:v1"
    FIELDS = ("domain", "network", "registry", "node_id", "signing_key", "encryption_key", "tls_spki_hash")
    FORMAT = "ssss32x32x32x"

    domain: str
    network: str  # the host's chain id, "mainnet"
    registry: str  # account of the node registry
    node_id: str
    signing_key: bytes  # Ed25519 public key
    encryption_key: bytes  # X25519 public key
    tls_spki_hash: bytes  # SHA-256 of the TLS key's SPKI, or zeros


class Measurement(Record):
    """What runs in an enclave: firmware, kernel and the composed application."""

    FIELDS = ("mrtd", "rtmr0", "rtmr1", "rtmr2", "compose_hash")
    FORMAT = "48x48x48x48x32x"

    mrtd: bytes
    rtmr0: bytes
    rtmr1: bytes
    rtmr2: bytes
    compose_hash: bytes


class ResultReceipt(Record):
    """The sentence an enclave signs: this output, for this input, of exactly this task."""

    DOMAIN = "sealwright:result:v1"
    FIELDS = (
        "domain",
        "network",
        "contract",
        "instance",
        "task_id",
        "attempt",
        "input_hash",
        "output_hash",
        "measurement_id",
        "node_id",
    )
    FORMAT = "sss32xQI32x32x32xs"

    domain: str
    network: str
    contract: str  # account of the market or the gateway
    instance: bytes  # drawn at `new`, so a contract made again accepts no old receipt
    task_id: int
    attempt: int
    input_hash: bytes
    output_hash: bytes
    measurement_id: bytes
    node_id: str


def measurement_id(measurement: Measurement, sha256: Hash) -> bytes:
    """The 32-byte name under which a measurement is approved and looked up."""
    return sha256(measurement.to_borsh())


def report_data(binding: NodeBinding, challenge: bytes, sha256: Hash) -> bytes:
    """The 64 bytes an enclave puts into its quote. ValueError unless `challenge` has 32 bytes."""
    if len(challenge) != 32:
        raise ValueError("a challenge has 32 bytes")
    return sha256(binding.to_borsh()) + challenge
