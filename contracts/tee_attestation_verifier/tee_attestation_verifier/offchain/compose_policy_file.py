"""A compose policy as a JSON file, or by its name. Schema: offchain/schemas/compose-policy.schema.json.

{"known": ["name", ...], "required": {"runner": ["docker-compose"], "kms_enabled": [null, false]},
 "forbidden": ["init_script", ...]}
"""

from collections.abc import Callable

from tee_attestation_verifier.dstack.compose import ComposePolicy, near_mpc_policy, strict_policy
from tee_attestation_verifier.offchain.json_members import array, members_of, refuse_unknown, text
from tee_attestation_verifier.offchain.strict_json import load_object

NAMED: dict[str, Callable[[], ComposePolicy]] = {"strict": strict_policy, "near-mpc": near_mpc_policy}


def read_compose_policy(encoding: str | bytes) -> ComposePolicy:
    """Parse such a file; ValueError naming the member that is wrong."""
    members = load_object(encoding)
    refuse_unknown(members, ("known", "required", "forbidden"), "compose policy")
    required = members_of(members.get("required"), "required")
    return ComposePolicy(
        _names(members.get("known"), "known"),
        {name: array(values, f"required {name}") for name, values in required.items()},
        _names(members.get("forbidden"), "forbidden"),
    )


def compose_policy_members(policy: ComposePolicy) -> dict[str, object]:
    """The JSON object from which `read_compose_policy` gives the same policy again."""
    return {"known": list(policy.known), "required": policy.required, "forbidden": list(policy.forbidden)}


def _names(value: object, name: str) -> tuple[str, ...]:
    return tuple(text(each, name) for each in array(value, name))
