"""The owner's decisions: measurements, machines, policy, verifier.

Every decision goes through the decorator `@call(owner=True)` of its method and one function
here. Votes and a timelock take the owner's place: a council contract becomes the owner account.
What the owner decides is stored at the registry's own expense, never out of anybody's balance.
"""

from common import env, guards
from common.cashier import require_covered
from common.errors import BAD_ARGUMENT, refuse, require

from node_registry import errors, events
from node_registry import policy as rules
from node_registry.admission import PLAIN_METHOD, VALIDITY_METHOD
from node_registry.state import Config, Measurement, Platform
from node_registry.tables import CONFIG, LEDGER, MEASUREMENTS, PLATFORMS, POLICY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sealwright_protocol.types import AccountId

MAX_IDS = 16
MAX_LABEL_BYTES = 64
MAX_GRACES = 32
MIN_VERIFIER_GAS_TGAS = 5
MAX_VERIFIER_GAS_TGAS = 700
MIN_AGE_MS = 60_000
MAX_AGE_MS = 90 * 24 * 60 * 60 * 1000
"""No verdict is trusted for longer than a quarter, whatever the owner says."""


def checked_config(verifier_id: str, method: str, gas_tgas: int) -> Config:
    """The verifier to ask. Fails BAD_ARGUMENT."""
    require(method in (PLAIN_METHOD, VALIDITY_METHOD), BAD_ARGUMENT, "verifier_method: unknown")
    in_range = MIN_VERIFIER_GAS_TGAS <= gas_tgas <= MAX_VERIFIER_GAS_TGAS
    require(in_range, BAD_ARGUMENT, "verifier_gas_tgas: out of range")
    return Config(verifier_id, method, gas_tgas)


def set_verifier(verifier_id: str, method: str, gas_tgas: int) -> None:
    """Ask another verifier from now on; answers of the old one that are under way count no more."""
    CONFIG.put(checked_config(verifier_id, method, gas_tgas))
    require_covered(LEDGER.open())
    data = {"verifier_id": verifier_id, "verifier_method": method, "verifier_gas_tgas": gas_tgas}
    events.write("verifier_changed", data)


def set_owner(owner_id: "AccountId") -> None:
    """Hand over."""
    guards.set_owner(owner_id)
    require_covered(LEDGER.open())
    events.write("owner_changed", {"owner_id": owner_id})


def approve_measurements(measurement_ids: "Sequence[bytes]", label: str) -> None:
    """Let code with these measurements register."""
    _check_count(measurement_ids)
    require(len(label.encode()) <= MAX_LABEL_BYTES, BAD_ARGUMENT, "label: too long")
    for measurement_id in measurement_ids:
        MEASUREMENTS.put(measurement_id, Measurement(label, env.block_ms(), 0))
    require_covered(LEDGER.open())
    events.write("measurements_approved", {"measurement_ids": _hex(measurement_ids), "label": label})


def remove_measurements(measurement_ids: "Sequence[bytes]") -> None:
    """Let these measurements end after the policy's grace; one that is ending keeps its end."""
    _check_count(measurement_ids)
    ends_at_ms = env.block_ms() + POLICY.get().removal_grace_ms
    for measurement_id in measurement_ids:
        measurement = MEASUREMENTS.get(measurement_id)
        if measurement is None:
            refuse(errors.MEASUREMENT_UNKNOWN, measurement_id.hex())
        if measurement.ends_at_ms == 0:
            measurement.ends_at_ms = ends_at_ms
            MEASUREMENTS.put(measurement_id, measurement)
    data = {"measurement_ids": _hex(measurement_ids), "ends_at_ms": ends_at_ms}
    events.write("measurements_removed", data)


def allow_platforms(ppid_hashes: "Sequence[bytes]") -> None:
    """Put machines on the allow-list."""
    _check_count(ppid_hashes)
    for ppid_hash in ppid_hashes:
        PLATFORMS.put(ppid_hash, Platform(0))
    require_covered(LEDGER.open())
    events.write("platforms_allowed", {"ppid_hashes": _hex(ppid_hashes)})


def disallow_platforms(ppid_hashes: "Sequence[bytes]") -> None:
    """Take machines off the allow-list, from now on."""
    _check_count(ppid_hashes)
    for ppid_hash in ppid_hashes:
        platform = PLATFORMS.get(ppid_hash)
        if platform is None:
            refuse(errors.PLATFORM_UNKNOWN, ppid_hash.hex())
        if platform.removed_at_ms == 0:
            PLATFORMS.put(ppid_hash, Platform(env.block_ms()))
    events.write("platforms_disallowed", {"ppid_hashes": _hex(ppid_hashes)})


def set_policy(
    statuses: list[str],
    grace: "Sequence[tuple[str, int]]",
    platform_list: bool,
    max_age_ms: int,
    removal_grace_ms: int,
) -> None:
    """Replace the policy; records are judged by it from now on, each part since it changed."""
    _check_policy(statuses, grace, max_age_ms, removal_grace_ms)
    policy = POLICY.get()
    now_ms = env.block_ms()
    same_statuses = policy.accepted_statuses == statuses and _pairs(policy.advisory_grace) == _pairs(grace)
    if not same_statuses:
        policy.statuses_since_ms = now_ms
    if policy.platform_list != platform_list:
        policy.platforms_since_ms = now_ms
    policy.version += 1
    policy.accepted_statuses = statuses
    policy.advisory_grace = list(grace)
    policy.platform_list = platform_list
    policy.max_age_ms = max_age_ms
    policy.removal_grace_ms = removal_grace_ms
    POLICY.put(policy)
    require_covered(LEDGER.open())
    events.write("policy_changed", {"version": policy.version, "accepted_statuses": statuses})


def _check_policy(
    statuses: list[str], grace: "Sequence[tuple[str, int]]", max_age_ms: int, removal_grace_ms: int
) -> None:
    require(len(statuses) <= len(rules.KNOWN_STATUSES), BAD_ARGUMENT, "accepted_statuses: too many")
    for status in statuses:
        require(status in rules.KNOWN_STATUSES, BAD_ARGUMENT, "accepted_statuses: unknown")
    require(len(grace) <= MAX_GRACES, BAD_ARGUMENT, "advisory_grace: too many")
    for advisory_id, _ in grace:
        require(rules.is_advisory_name(advisory_id), BAD_ARGUMENT, "advisory_grace: malformed id")
    require(MIN_AGE_MS <= max_age_ms <= MAX_AGE_MS, BAD_ARGUMENT, "max_age_ms: out of range")
    require(removal_grace_ms <= MAX_AGE_MS, BAD_ARGUMENT, "removal_grace_ms: out of range")


def _check_count(ids: "Sequence[bytes]") -> None:
    require(1 <= len(ids) <= MAX_IDS, BAD_ARGUMENT, f"1 to {MAX_IDS} ids at a time")


def _hex(ids: "Sequence[bytes]") -> list[str]:
    return [item.hex() for item in ids]


def _pairs(grace: "Sequence[tuple[str, int]]") -> list[tuple[str, int]]:
    """The same shape whether read from storage or from arguments."""
    return [(advisory_id, until_ms) for advisory_id, until_ms in grace]
