"""app-compose.json: its hash, and whether a policy accepts what it lets the guest do.

The compose hash is SHA-256 over the file's bytes as they are stored; nothing is put into a canonical form.
The policy is data, because what is dangerous depends on the application: near/mpc's rules and ours are given.
Source of the members: dstack `dstack-types/src/lib.rs` (AppCompose) and `os/common/rootfs/app-compose.sh`,
near/mpc `crates/attestation/src/app_compose.rs`.
"""

from tee_attestation_verifier.binary import to_hex
from tee_attestation_verifier.dstack.hashes import Hashes
from tee_attestation_verifier.errors import Rejection

SCRIPTS = ("pre_launch_script", "init_script", "bash_script")
LEGACY_MEMBERS = (
    "manifest_version",
    "name",
    "runner",
    "docker_compose_file",
    "kms_enabled",
    "tproxy_enabled",
    "gateway_enabled",
    "public_logs",
    "public_sysinfo",
    "public_tcbinfo",
    "local_key_provider_enabled",
    "key_provider",
    "key_provider_id",
    "allowed_envs",
    "no_instance_id",
    "secure_time",
    "features",
    "storage_fs",
    "swap_size",
    "port_policy",
    "docker_config",
)
RECENT_MEMBERS = ("snapshotter", "event_log_version", "requirements", "verity_volumes")


class ComposePolicy:
    """Which app-compose files are accepted.

    `known` the members that may occur at all; `required` for some of them the values that are accepted, with
    None for absent or null; `forbidden` those that must be absent or null. A value is accepted only by an
    equal one of the same type: 1 is not true, "2" is not 2.
    """

    def __init__(
        self,
        known: tuple[str, ...],
        required: dict[str, list[object]],
        forbidden: tuple[str, ...],
    ) -> None:
        """Take the rules over as they are."""
        self.known, self.required, self.forbidden = known, required, forbidden


def strict_policy() -> ComposePolicy:
    """Sealwright's: nothing that runs, configures or gives keys but the measured compose file.

    Scripts run as root in the guest; `allowed_envs` lets the operator hand in values that nobody measures;
    a KMS knows the keys it gives; the gateway ends TLS outside the domain.
    """
    return ComposePolicy(
        LEGACY_MEMBERS + RECENT_MEMBERS,
        {
            "runner": ["docker-compose"],
            "kms_enabled": [None, False],
            "key_provider": [None, "none", "local", "tpm"],
            "gateway_enabled": [None, False],
            "tproxy_enabled": [None, False],
            "features": [None, []],
            "allowed_envs": [None, []],
        },
        SCRIPTS,
    )


def near_mpc_policy() -> ComposePolicy:
    """What near/mpc's contract accepts of its nodes (`validate_app_compose_config`)."""
    return ComposePolicy(
        LEGACY_MEMBERS,
        {
            "manifest_version": [2],
            "runner": ["docker-compose"],
            "kms_enabled": [None, False],
            "gateway_enabled": [False],
            "tproxy_enabled": [None, False],
            "public_logs": [True],
            "public_sysinfo": [True],
            "local_key_provider_enabled": [True],
            "allowed_envs": [None, []],
            "no_instance_id": [True],
        },
        SCRIPTS,
    )


def check_compose_hash(app_compose: bytes, compose_hash: bytes, hashes: Hashes) -> None:
    """Refuse unless these are the bytes behind a compose hash; raises Rejection DSTACK_COMPOSE_HASH."""
    found = hashes.sha256(app_compose)
    if found != compose_hash:
        raise Rejection("DSTACK_COMPOSE_HASH", "the file's is " + to_hex(found))


def compose_findings(compose: dict[str, object], policy: ComposePolicy) -> list[tuple[str, str]]:
    """Everything that the policy does not accept: (member, what is wrong), in the file's order."""
    findings = []
    for name in compose:
        value = compose[name]
        if name in policy.forbidden:
            if value is not None:
                findings.append((name, "is forbidden"))
        elif name not in policy.known:
            findings.append((name, "is unknown"))
        elif name in policy.required and not _is_one_of(value, policy.required[name]):
            findings.append((name, "has a value that is not accepted"))
    for name in policy.required:
        if name not in compose and not _is_one_of(None, policy.required[name]):
            findings.append((name, "is missing"))
    return findings


def check_compose(compose: dict[str, object], policy: ComposePolicy) -> None:
    """Refuse a file with findings; raises Rejection DSTACK_COMPOSE_REFUSED with the first."""
    for name, wrong in compose_findings(compose, policy):
        raise Rejection("DSTACK_COMPOSE_REFUSED", name[:64] + " " + wrong)


def _is_one_of(value: object, accepted: list[object]) -> bool:
    for each in accepted:  # noqa: SIM110 - `in` would take True for 1
        if type(each) is type(value) and each == value:
            return True
    return False
