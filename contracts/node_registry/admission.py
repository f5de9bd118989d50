"""Whether a verifier's answer admits a node: the ordered checks of docs/spec/node-registry.md.

The judgements themselves are pure (`policy`); this module brings the facts to them, as they
are now and not as they were when the call started.
"""

from common import env
from sealwright_protocol import wire
from sealwright_protocol.verdict import (
    Rejected,
    VerifiedReport,
    decode_verification_result,
    decode_verification_with_validity,
)

from node_registry import errors
from node_registry import policy as rules
from node_registry.keys import Attestation
from node_registry.policy import Rejection
from node_registry.state import Change, Key, Mark, Node
from node_registry.tables import CONFIG, MEASUREMENTS, PLATFORMS, POLICY

PLAIN_METHOD = "verify_quote"
VALIDITY_METHOD = "verify_quote_with_validity"


def admit(change: Change, mark: Mark, node: "Node | None", key: "Key | None", answer: bytes) -> Attestation:
    """The attestation that this answer proves. Raises Rejection with the first failed check."""
    verified, valid_until_ms = _decode(answer, change.verifier_method)
    _check_record(change, mark, node, key)
    if isinstance(verified, Rejected):
        raise Rejection(errors.QUOTE_REJECTED, verified.reason)
    report = rules.check_enclave(verified.report)
    if report.report_data != expected_report_data(change, mark.challenge):
        raise Rejection(errors.REPORT_DATA_MISMATCH, report.report_data.hex())
    measurement_id = wire.measurement_id(rules.measurement_of(report), env.sha256)
    end_ms = min(valid_until_ms, _measurement_end(change, key, measurement_id))
    return _under_policy(verified, measurement_id, end_ms)


def expected_report_data(change: Change, challenge: bytes) -> bytes:
    """What the enclave must have quoted: these keys, this name, registry, network and challenge."""
    binding = wire.NodeBinding(
        env.chain_id(),
        env.current_account(),
        change.node_id,
        change.signing_key,
        change.encryption_key,
        change.tls_spki_hash,
    )
    return wire.report_data(binding, challenge, env.sha256)


def _decode(answer: bytes, method: str) -> "tuple[VerifiedReport | Rejected, int]":
    try:
        if method == VALIDITY_METHOD:
            return decode_verification_with_validity(answer)
        return decode_verification_result(answer), rules.FOREVER
    except ValueError:
        raise Rejection(errors.VERIFIER_ANSWER_MALFORMED) from None


def _check_record(change: Change, mark: Mark, node: "Node | None", key: "Key | None") -> None:
    """The world may have moved while the verifier worked."""
    config = CONFIG.get()
    if (config.verifier_id, config.verifier_method) != (change.verifier_id, change.verifier_method):
        raise Rejection(errors.VERIFIER_CHANGED, config.verifier_id)
    if (node.version if node else 0) != mark.version:
        raise Rejection(errors.RECORD_CHANGED)
    if key is not None and key.node_id != change.node_id:
        raise Rejection(errors.KEY_TAKEN.code)
    if key is not None and key.revoked:
        raise Rejection(errors.KEY_REVOKED.code)


def _measurement_end(change: Change, key: "Key | None", measurement_id: bytes) -> int:
    """Until when the measurement's approval holds; one that was removed serves renewals only."""
    now_ms = env.block_ms()
    measurement = MEASUREMENTS.get(measurement_id)
    end_ms = rules.measurement_end(measurement)
    if end_ms <= now_ms or (end_ms != rules.FOREVER and not change.renewal):
        raise Rejection(errors.MEASUREMENT_NOT_APPROVED, measurement_id.hex())
    # A key keeps the measurement it was made in: what it signed is judged by that.
    if key is not None and key.measurement_id != measurement_id:
        raise Rejection(errors.MEASUREMENT_CHANGED, measurement_id.hex())
    return end_ms


def _under_policy(verified: VerifiedReport, measurement_id: bytes, end_ms: int) -> Attestation:
    now_ms = env.block_ms()
    policy = POLICY.get()
    status_end_ms = rules.status_end(verified.status, verified.advisory_ids, policy, now_ms)
    if status_end_ms == rules.NEVER:
        raise Rejection(errors.TCB_STATUS_NOT_ACCEPTED, verified.status)
    ppid_hash = env.sha256(rules.ppid_preimage(verified.ppid))
    if policy.platform_list and not rules.platform_allowed(PLATFORMS.get(ppid_hash), policy):
        raise Rejection(errors.PLATFORM_NOT_ALLOWED, ppid_hash.hex())
    end_ms = min(end_ms, status_end_ms, now_ms + policy.max_age_ms)
    if end_ms <= now_ms:
        raise Rejection(errors.ALREADY_EXPIRED, str(end_ms))
    advisories = rules.kept_advisories(verified.advisory_ids)
    return Attestation(measurement_id, ppid_hash, verified.status, advisories, end_ms)
