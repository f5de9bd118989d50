"""Shows what dstack's rules make of evidence inside a contract, so that a test can hold it against CPython.

Test support, never deployed elsewhere. Output: "=" and bytes, or "!" and the code of the rejection. NEAR's host has
no SHA-384: a stand-in of the same length takes its place, in the test as well.
"""

from typing import Any

from common import env
from common.entry import view
from sealwright_protocol import borsh
from tee_attestation_verifier.dstack import boot, compose, config_id, event_log, report_data
from tee_attestation_verifier.dstack.hashes import Hashes
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.scan import json


class HostHashes(Hashes):
    """SHA-256 of the host, stretched to 48 bytes where another digest is asked for."""

    def sha256(self, data: bytes) -> bytes:
        return env.sha256(data)

    def sha384(self, data: bytes) -> bytes:
        digest = env.sha256(b"384" + data)
        return digest + digest[:16]

    def sha3_384(self, data: bytes) -> bytes:
        return self.sha384(b"3" + data)

    def keccak256(self, data: bytes) -> bytes:
        return env.sha256(b"keccak" + data)


@view(codec="borsh")
def ask(data: bytes) -> bytes:
    """Borsh `(rule, first, second)`."""
    rule, first, second = borsh.unpack("sbb", data)
    try:
        return b"=" + answer(rule, first, second, HostHashes())
    except Rejection as rejection:
        return b"!" + rejection.code.encode()


def answer(rule: str, first: bytes, second: bytes, hashes: Hashes) -> bytes:
    """What a rule gives; raises Rejection."""
    if rule == "document":
        bound = config_id.bound_by_document(first, second, hashes)
        return bound.compose_hash + (bound.app_id or b"-") + (bound.key_provider or "-").encode()
    if rule == "hashed":
        parts = second[:32], second[32:52], "kms", second[52:]
        return config_id.bound_by_hash(first, parts[0], parts[1], parts[2], parts[3], hashes).compose_hash
    if rule == "plain":
        return config_id.bound_plainly(first).compose_hash
    if rule == "report_data":
        expected = report_data.near_mpc(second[:32], second[32:], hashes)
        report_data.check_report_data(first, expected)
        return expected
    members: Any = json(first)
    if rule == "compose":
        compose.check_compose(members, compose.strict_policy())
        return b""
    events = event_log.parse_event_log(members)
    found = boot.read_boot(events, hashes)
    return event_log.replay(events, 3, hashes) + found.app_id + found.key_provider.encode()
