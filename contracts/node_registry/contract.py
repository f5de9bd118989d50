"""Node registry: who runs what, until when.

    challenge -> register_node -> verify_quote -> ACTIVE -> DEACTIVATED -> removed
                 renew_attestation, update_node keep a node ACTIVE

Trusts   a verifier account, chosen by the owner, for the verdict on a quote.
Holds    prepaid balances that pay for challenges and storage; no rewards, no bonds, no access keys.
Powers   the owner: measurements, machines, policy, verifier, the next owner; nobody's money or node.

Guarantees (docs/spec/node-registry.md, docs/spec/ledger.md, tests/properties/PROPERTIES.md)
    REGISTRY-1 to REGISTRY-7, LEDGER-1 to LEDGER-6, all enforced.
    Assumed: the verifier tells the truth; the deployer covers code and reserve.
"""

from typing import Annotated, Any

from common import env, guards, ledger_shapes
from common.cashier import MIN_GAS_WITHDRAW_TGAS
from common.entry import call, callback, init, view
from common.errors import BAD_ARGUMENT, refuse
from sealwright_protocol.registry import RegisterNodeArgs, RenewAttestationArgs
from sealwright_protocol.types import (
    U64,
    AccountId,
    DurationMs,
    Max,
    NodeId,
    PublicKey,
    Sha256,
    TimestampMs,
    Yocto,
)

from node_registry import governance, nodes, registration, views
from node_registry.policy import default_policy
from node_registry.shapes import (
    AdvisoryGrace,
    ChallengeView,
    ConfigView,
    IssuedChallenge,
    MeasurementView,
    NodePage,
    NodeView,
    Outcome,
    PolicyView,
    ServiceOffer,
    Verdict,
)
from node_registry.state import Change, Counter
from node_registry.tables import CASHIER, CONFIG, COUNTER, POLICY


@init
def new(owner_id: AccountId, verifier_id: AccountId, verifier_method: str, verifier_gas_tgas: U64) -> None:
    """Set the registry up, in the transaction that deploys it.

    verifier_method is verify_quote or verify_quote_with_validity.
    Caller  anyone, once.  Fails  ALREADY_INITIALISED, BAD_ARGUMENT.
    """
    guards.set_owner(owner_id)
    CONFIG.put(governance.checked_config(verifier_id, verifier_method, verifier_gas_tgas))
    POLICY.put(default_policy(env.block_ms()))
    COUNTER.put(Counter(1))


# Views --------------------------------------------------------------------------------------


@view
def is_node_valid(
    node_id: NodeId,
    signing_key: PublicKey | None = None,
    measurement_id: Sha256 | None = None,
    service: str | None = None,
    at_ms: TimestampMs | None = None,
) -> Verdict:
    """The verdict on a node, for a key (none: its current one), measurement, service, time (none: now).

    Keeps   REGISTRY-3, REGISTRY-5, REGISTRY-7.
    """
    return views.verdict(node_id, signing_key, measurement_id, service, at_ms)


@view
def get_node(node_id: NodeId) -> NodeView | None:
    """One node with its current key; null when there is none."""
    return views.node(node_id)


@view
def get_nodes(from_index: U64, limit: U64, service: str | None = None, region: str | None = None) -> NodePage:
    """A page of active nodes: those that match among `limit` (1-50) listed ones. Fails BAD_ARGUMENT."""
    return views.nodes(from_index, limit, service, region)


@view
def get_policy() -> PolicyView:
    """What a verdict must say to be good enough."""
    return views.policy()


@view
def get_config() -> ConfigView:
    """Owner, verifier, network, and the price of each kind of record."""
    return views.config(guards.owner_id())


@view
def get_measurement(measurement_id: Sha256) -> MeasurementView | None:
    """An approved measurement, with its end when it was removed; null when there is none."""
    return views.measurement(measurement_id)


@view
def get_challenges(account_id: AccountId) -> list[ChallengeView]:
    """The challenges of an account."""
    return views.challenges_of(account_id)


@view
def get_account(account_id: AccountId) -> ledger_shapes.Account | None:
    """The account's balances, pot by pot; null when it has none."""
    return CASHIER.account(account_id)


@view
def get_totals() -> ledger_shapes.Totals:
    """Everything that is booked, and what is in flight."""
    return CASHIER.totals()


# Money --------------------------------------------------------------------------------------


@call(payable=True)
def deposit(account_id: AccountId | None = None) -> Yocto:
    """Book the deposit as prepaid, for the caller or the named account; see cashier.deposit."""
    return Yocto(CASHIER.deposit(account_id))


@call(min_gas=MIN_GAS_WITHDRAW_TGAS)
def withdraw(account_id: AccountId) -> None:
    """Send all that is owed to its owner, for whoever asks; see cashier.withdraw."""
    CASHIER.withdraw(account_id)


@call(one_yocto=True, min_gas=MIN_GAS_WITHDRAW_TGAS)
def withdraw_prepaid(amount: Yocto | None = None) -> None:
    """Send the caller its prepaid balance or part of it; see cashier.withdraw_prepaid."""
    CASHIER.withdraw_prepaid(amount)


@call(one_yocto=True, min_gas=MIN_GAS_WITHDRAW_TGAS)
def close_account() -> None:
    """Send the caller all it has and forget it; see cashier.close_account."""
    CASHIER.close_account()


@call
def recover_withdrawal(account_id: AccountId) -> None:
    """Book a withdrawal as owed again whose callback never came; see cashier.recover_withdrawal."""
    CASHIER.recover_withdrawal(account_id)


# Nodes --------------------------------------------------------------------------------------


@call(min_gas=10)
def request_challenge() -> IssuedChallenge:
    """Issue a challenge that makes the next quote fresh: {challenge, expires_at_ms}.

    Caller  anyone with a prepaid balance, which holds its price until it ends.
    Emits   challenge_issued.
    Fails   TOO_MANY_CHALLENGES, ACCOUNT_UNKNOWN, INSUFFICIENT_BALANCE, STORAGE_NOT_COVERED.
    Keeps   REGISTRY-2, REGISTRY-6.
    """
    return nodes.request_challenge()


@call(codec="borsh", resolves=Outcome)
def register_node(data: bytes) -> None:
    """Register a node, or register it anew with another key (Borsh RegisterNodeArgs).

    Caller  the account in the node id. Gas: 50 Tgas and the verifier's.
    Emits   node_registered, attestation_rejected or verifier_unreachable.
    Fails   BAD_ARGUMENT, NOT_NODE_ACCOUNT, KEY_TAKEN, KEY_REVOKED, NOT_ENOUGH_GAS, CHANGE_IN_FLIGHT,
            CHALLENGE_UNKNOWN, ACCOUNT_UNKNOWN, INSUFFICIENT_BALANCE, STORAGE_NOT_COVERED.
    Keeps   REGISTRY-1 to REGISTRY-6.  Resolves to {outcome, node_id, code, detail, expires_at_ms}.
    """
    registration.register(_decoded(RegisterNodeArgs, data))


@call(codec="borsh", resolves=Outcome)
def renew_attestation(data: bytes) -> None:
    """Attest the registered key again (Borsh RenewAttestationArgs).

    Caller  the account in the node id. Gas: 50 Tgas and the verifier's.
    Emits   attestation_renewed, attestation_rejected or verifier_unreachable.
    Fails   BAD_ARGUMENT, NOT_NODE_ACCOUNT, NODE_UNKNOWN, NODE_DEACTIVATED, NOT_ENOUGH_GAS,
            CHANGE_IN_FLIGHT, CHALLENGE_UNKNOWN, STORAGE_NOT_COVERED.
    Keeps   REGISTRY-1 to REGISTRY-7.  Resolves to {outcome, node_id, code, detail, expires_at_ms}.
    """
    registration.renew(_decoded(RenewAttestationArgs, data))


@call(min_gas=10)
def update_node(
    node_id: NodeId,
    endpoint: Annotated[str, Max(256)],
    region: Annotated[str, Max(32)],
    services: Annotated[list[ServiceOffer], Max(8)],
) -> None:
    """Replace what the node offers.

    Caller  the account in the node id.  Emits  node_updated.
    Fails   NOT_NODE_ACCOUNT, BAD_ARGUMENT, NODE_UNKNOWN, NODE_DEACTIVATED, STORAGE_NOT_COVERED.
    Keeps   REGISTRY-3.
    """
    nodes.update(node_id, endpoint, region, [(offer["name"], offer["price"]) for offer in services])


@call(min_gas=10)
def deactivate_node(node_id: NodeId, revoke_key: bool) -> None:
    """End the node's validity now; with `revoke_key` also for the past.

    Caller  the account in the node id.  Emits  node_deactivated.
    Fails   NOT_NODE_ACCOUNT, NODE_UNKNOWN.
    Keeps   REGISTRY-3, REGISTRY-7.
    """
    nodes.deactivate(node_id, revoke_key)


@call(min_gas=10)
def remove_node(node_id: NodeId) -> None:
    """Delete a node seven days after its deactivation; the price of its records returns.

    Caller  the account in the node id.  Emits  node_removed.
    Fails   NOT_NODE_ACCOUNT, NODE_UNKNOWN, NODE_ACTIVE, TOO_EARLY, CHANGE_IN_FLIGHT.
    Keeps   REGISTRY-3, REGISTRY-6.
    """
    nodes.remove(node_id)


@call(min_gas=10)
def clear_expired_change(node_id: NodeId) -> None:
    """Undo a change whose callback never came.

    Caller  anyone.  Emits  change_cleared.  Fails  NO_EXPIRED_CHANGE.  Keeps  REGISTRY-4, REGISTRY-6.
    """
    nodes.clear_expired_change(node_id)


@call(min_gas=10)
def clear_expired_challenges(account_id: AccountId) -> None:
    """Return the price of an account's expired challenges to it.

    Caller  anyone.  Fails  CHALLENGE_UNKNOWN.  Keeps  REGISTRY-6.
    """
    nodes.clear_expired_challenges(account_id)


# Owner --------------------------------------------------------------------------------------


@call(owner=True, min_gas=15)
def approve_measurements(
    measurement_ids: Annotated[list[Sha256], Max(16)], label: Annotated[str, Max(64)]
) -> None:
    """Let code with these measurements register.

    Emits   measurements_approved.  Fails  BAD_ARGUMENT, STORAGE_NOT_COVERED.
    """
    governance.approve_measurements(measurement_ids, label)


@call(owner=True, min_gas=15)
def remove_measurements(measurement_ids: Annotated[list[Sha256], Max(16)]) -> None:
    """Let these measurements end after the policy's grace.

    Emits   measurements_removed.  Fails  BAD_ARGUMENT, MEASUREMENT_UNKNOWN.
    """
    governance.remove_measurements(measurement_ids)


@call(owner=True, min_gas=15)
def allow_platforms(ppid_hashes: Annotated[list[Sha256], Max(16)]) -> None:
    """Put machines on the allow-list.

    Emits   platforms_allowed.  Fails  BAD_ARGUMENT, STORAGE_NOT_COVERED.
    """
    governance.allow_platforms(ppid_hashes)


@call(owner=True, min_gas=15)
def disallow_platforms(ppid_hashes: Annotated[list[Sha256], Max(16)]) -> None:
    """Take machines off the allow-list, from now on.

    Emits   platforms_disallowed.  Fails  BAD_ARGUMENT, PLATFORM_UNKNOWN.
    """
    governance.disallow_platforms(ppid_hashes)


@call(owner=True, min_gas=10)
def set_policy(
    accepted_statuses: Annotated[list[str], Max(8)],
    advisory_grace: Annotated[list[AdvisoryGrace], Max(32)],
    platform_list: bool,
    max_age_ms: DurationMs,
    removal_grace_ms: DurationMs,
) -> None:
    """Replace the policy; every record is judged by it from now on.

    Emits   policy_changed.  Fails  BAD_ARGUMENT, STORAGE_NOT_COVERED.  Keeps  REGISTRY-5.
    """
    grace = [(entry["advisory_id"], entry["until_ms"]) for entry in advisory_grace]
    governance.set_policy(accepted_statuses, grace, platform_list, max_age_ms, removal_grace_ms)


@call(owner=True, min_gas=10)
def set_verifier(verifier_id: AccountId, verifier_method: str, verifier_gas_tgas: U64) -> None:
    """Ask another verifier from now on; answers that are under way count no more.

    Emits   verifier_changed.  Fails  BAD_ARGUMENT, STORAGE_NOT_COVERED.  Keeps  REGISTRY-4.
    """
    governance.set_verifier(verifier_id, verifier_method, verifier_gas_tgas)


@call(owner=True, min_gas=10)
def set_owner(owner_id: AccountId) -> None:
    """Hand the registry to another owner, such as a council's contract.  Emits  owner_changed."""
    governance.set_owner(owner_id)


# Callbacks ----------------------------------------------------------------------------------


@callback(results=1, codec="borsh")
def on_quote_verified(data: bytes) -> Outcome:
    """The verifier's answer to a registration or renewal. Never refuses.

    Emits   node_registered, attestation_renewed, attestation_rejected or verifier_unreachable.
    Keeps   REGISTRY-1 to REGISTRY-7.
    """
    return registration.finish(Change.from_borsh(data))


@callback(results=1)
def resolve_withdraw(account_id: AccountId, number: U64) -> Yocto:
    """How a withdrawal ended; see cashier.resolve_withdraw. Returns what arrived."""
    return Yocto(CASHIER.resolve_withdraw(account_id, number))


def _decoded(kind: type[Any], data: bytes) -> Any:
    """The Borsh argument record. Fails BAD_ARGUMENT."""
    try:
        return kind.from_borsh(data)
    except ValueError as error:
        refuse(BAD_ARGUMENT, str(error))
