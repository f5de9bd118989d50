"""Every way node_registry refuses a call, and every way it rejects an attestation.

A refused call panics with "CODE: text". A rejected attestation is an answer: the code stands
in the result and in the event `attestation_rejected`.
"""

from common.errors import Refusal

NODE_UNKNOWN = Refusal("NODE_UNKNOWN", "no node has this id")
NOT_NODE_ACCOUNT = Refusal("NOT_NODE_ACCOUNT", "only the account in the node id may do this")
NODE_DEACTIVATED = Refusal("NODE_DEACTIVATED", "the node is deactivated: register it again")
NODE_ACTIVE = Refusal("NODE_ACTIVE", "the node is still active: deactivate it first")
TOO_EARLY = Refusal("TOO_EARLY", "not yet")
CHALLENGE_UNKNOWN = Refusal("CHALLENGE_UNKNOWN", "the caller has no such unused, unexpired challenge")
TOO_MANY_CHALLENGES = Refusal("TOO_MANY_CHALLENGES", "the caller has the most challenges it may have")
CHANGE_IN_FLIGHT = Refusal("CHANGE_IN_FLIGHT", "a change of this node is under way")
NO_EXPIRED_CHANGE = Refusal("NO_EXPIRED_CHANGE", "no change of this node waits to be cleared")
KEY_TAKEN = Refusal("KEY_TAKEN", "this signing key belongs to another node")
KEY_REVOKED = Refusal("KEY_REVOKED", "this signing key is revoked")
MEASUREMENT_UNKNOWN = Refusal("MEASUREMENT_UNKNOWN", "this measurement is not approved")
PLATFORM_UNKNOWN = Refusal("PLATFORM_UNKNOWN", "this machine is not on the allow-list")

VERIFIER_ANSWER_MALFORMED = "VERIFIER_ANSWER_MALFORMED"
VERIFIER_CHANGED = "VERIFIER_CHANGED"
RECORD_CHANGED = "RECORD_CHANGED"
QUOTE_REJECTED = "QUOTE_REJECTED"
REPORT_KIND_UNSUPPORTED = "REPORT_KIND_UNSUPPORTED"
DEBUG_ENCLAVE = "DEBUG_ENCLAVE"
REPORT_DATA_MISMATCH = "REPORT_DATA_MISMATCH"
CONFIG_ID_UNSUPPORTED = "CONFIG_ID_UNSUPPORTED"
MEASUREMENT_NOT_APPROVED = "MEASUREMENT_NOT_APPROVED"
MEASUREMENT_CHANGED = "MEASUREMENT_CHANGED"
TCB_STATUS_NOT_ACCEPTED = "TCB_STATUS_NOT_ACCEPTED"
PLATFORM_NOT_ALLOWED = "PLATFORM_NOT_ALLOWED"
ALREADY_EXPIRED = "ALREADY_EXPIRED"
