"""A policy as a JSON file: strict to read, complete to write. Schema: offchain/schemas/policy.schema.json."""

import json

from tee_attestation_verifier.intel.policy import SOFTWARE_FIELDS, Policy, Software
from tee_attestation_verifier.intel.status import (
    PLATFORM_STATUSES,
    RELAUNCH,
    RELAUNCH_CONFIGURATION,
    REVOKED,
)
from tee_attestation_verifier.offchain.json_members import (
    array,
    flag,
    members_of,
    number,
    octets,
    refuse_unknown,
)
from tee_attestation_verifier.offchain.strict_json import load_object

STATUSES = {*PLATFORM_STATUSES, RELAUNCH, RELAUNCH_CONFIGURATION} - {REVOKED}
_AGES = ("max_collateral_age_s", "max_tcb_age_s", "max_verification_age_s")
_FLAGS = ("allow_dynamic_platform", "allow_cached_keys", "allow_smt")
_MEMBERS = ("statuses", "advisory_grace", "ppids", "software", "min_evaluation", *_AGES, *_FLAGS)


def read_policy(text: str | bytes) -> Policy:
    """Parse such a file; what it leaves out is as in `Policy()`. ValueError naming the member that is wrong."""
    return policy_from_members(load_object(text))


def policy_from_members(members: dict[str, object]) -> Policy:
    """The policy in a parsed JSON object; ValueError naming the member that is wrong."""
    refuse_unknown(members, _MEMBERS, "policy")
    policy = Policy()
    if "statuses" in members:
        policy.statuses = tuple(_status(each) for each in array(members["statuses"], "statuses"))
    if "advisory_grace" in members:
        grace = members_of(members["advisory_grace"], "advisory_grace")
        policy.advisory_grace = {
            name: number(until, f"advisory_grace {name}") for name, until in grace.items()
        }
    if members.get("ppids") is not None:
        policy.ppids = tuple(octets(each, "ppids", 16) for each in array(members["ppids"], "ppids"))
    if members.get("software") is not None:
        policy.software = tuple(_software(each) for each in array(members["software"], "software"))
    if "min_evaluation" in members:
        policy.min_evaluation = number(members["min_evaluation"], "min_evaluation")
    for name in _AGES:
        if members.get(name) is not None:
            setattr(policy, name, number(members[name], name))
    for name in _FLAGS:
        if name in members:
            setattr(policy, name, flag(members[name], name))
    return policy


def write_policy(policy: Policy) -> str:
    """The file's text, from which `read_policy` gives the same again."""
    return json.dumps(policy_members(policy), indent=2)


def policy_members(policy: Policy) -> dict[str, object]:
    """The JSON object of a policy, every member written out."""
    members: dict[str, object] = dict(vars(policy))
    members["statuses"] = list(policy.statuses)
    members["ppids"] = None if policy.ppids is None else [each.hex() for each in policy.ppids]
    members["software"] = (
        None if policy.software is None else [_software_members(each) for each in policy.software]
    )
    return members


def _software(value: object) -> Software:
    members = members_of(value, "software")
    refuse_unknown(members, (*SOFTWARE_FIELDS, "compose_hash", "isv_prod_id", "min_isv_svn"), "software")
    if not members:
        raise ValueError("software: an entry that names nothing would accept everything")
    fields = {
        name: octets(members[name], f"software {name}", size)
        for name, size in SOFTWARE_FIELDS.items()
        if name in members
    }
    compose_hash, product = members.get("compose_hash"), members.get("isv_prod_id")
    return Software(
        fields,
        None if compose_hash is None else octets(compose_hash, "software compose_hash", 32),
        None if product is None else number(product, "software isv_prod_id", 0xFFFF),
        number(members.get("min_isv_svn", 0), "software min_isv_svn", 0xFFFF),
    )


def _software_members(software: Software) -> dict[str, object]:
    members: dict[str, object] = {name: value.hex() for name, value in software.fields.items()}
    if software.compose_hash is not None:
        members["compose_hash"] = software.compose_hash.hex()
    if software.isv_prod_id is not None:
        members["isv_prod_id"] = software.isv_prod_id
    if software.min_isv_svn:
        members["min_isv_svn"] = software.min_isv_svn
    return members


def _status(value: object) -> str:
    if not isinstance(value, str) or value not in STATUSES:
        raise ValueError(f"statuses: {value!r} is no status that can be accepted")
    return value
