"""What NEAR's projects let an enclave put into the 64 bytes of `report_data`, and the comparison.

near/mpc      00 01 ‖ SHA3-384(TLS key ‖ account key) ‖ 14 zeros       crates/mpc-attestation/src/report_data.rs
Shade agents  implicit account id (32 bytes) ‖ 32 zeros                shade-agent-js/src/utils/tee.ts
NEAR AI       signing address, zeros up to 32 bytes ‖ nonce (32)       private-ml-sdk vllm-proxy, quote.py
Sealwright    SHA-256 of the node's binding (32) ‖ challenge (32)      docs/spec/protocol.md
"""

from tee_attestation_verifier.binary import to_hex
from tee_attestation_verifier.dstack.hashes import Hashes
from tee_attestation_verifier.errors import Rejection

SIZE = 64
HALF = 32
NEAR_MPC_VERSION = b"\0\1"


def near_mpc(tls_key: bytes, account_key: bytes, hashes: Hashes) -> bytes:
    """Of a near/mpc node: its Ed25519 TLS (p2p) key and account key, 32 bytes each."""
    digest = hashes.sha3_384(_sized(tls_key, HALF) + _sized(account_key, HALF))
    return NEAR_MPC_VERSION + digest + bytes(14)


def shade(account: bytes) -> bytes:
    """Of a Shade agent: the 32 bytes whose hexadecimal form is its implicit account id."""
    return _sized(account, HALF) + bytes(HALF)


def near_ai(signing_address: bytes, nonce: bytes) -> bytes:
    """Of NEAR AI's inference: an Ethereum address (20 bytes) or Ed25519 key (32), and the asker's nonce (32).

    The GPU's evidence is to carry the same nonce.
    """
    if len(signing_address) not in (20, HALF):
        raise ValueError("a signing address has 20 or 32 bytes")
    return signing_address + bytes(HALF - len(signing_address)) + _sized(nonce, HALF)


def sealwright(binding_hash: bytes, challenge: bytes) -> bytes:
    """Of a Sealwright node: SHA-256 of its NodeBinding's Borsh bytes, and the registry's challenge."""
    return _sized(binding_hash, HALF) + _sized(challenge, HALF)


def check_report_data(found: bytes, expected: bytes) -> None:
    """Refuse unless the quote says exactly this; raises Rejection DSTACK_REPORT_DATA."""
    if len(expected) != SIZE or found != expected:
        raise Rejection("DSTACK_REPORT_DATA", to_hex(found))


def _sized(value: bytes, size: int) -> bytes:
    if len(value) != size:
        raise ValueError("not " + str(size) + " bytes")
    return value
