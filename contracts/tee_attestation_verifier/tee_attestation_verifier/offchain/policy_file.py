"""A policy as a JSON file: strict to read, complete to write. Schema: offchain/schemas/policy.schema.json."""

import json

from tee_attestation_verifier.intel.policy import SOFTWARE_FIELDS, Policy, Software
from tee_attestation_verifier.intel.status import (
    PLATFORM_STATUSES,
    RELAUNCH,
    RELAUNCH_CONFIGURATION,
    REVOKED,
)
from tee_attestation_verifier.offchain.strict_json import load_object

STATUSES = {*PLATFORM_STATUSES, RELAUNCH, RELAUNCH_CONFIGURATION} - {REVOKED}
FOREVER = 2**53 - 1
_AGES = ("max_collateral_age_s", "max_tcb_age_s", "max_verification_age_s")
_FLAGS = ("allow_dynamic_platform", "allow_cached_keys", "allow_smt")
_MEMBERS = ("statuses", "advisory_grace", "ppids", "software", "min_evaluation", *_AGES, *_FLAGS)


def read_policy(text: str | bytes) -> Policy:
    """Parse such a file; what it leaves out is as in `Policy()`. ValueError naming the member that is wrong."""
    return policy_from_members(load_object(text))


def policy_from_members(members: dict[str, object]) -> Policy:
    """The policy in a parsed JSON object; ValueError naming the member that is wrong."""
    _refuse_unknown(members, _MEMBERS, "policy")
    policy = Policy()
    if "statuses" in members:
        policy.statuses = tuple(_status(each) for each in _array(members["statuses"], "statuses"))
    if "advisory_grace" in members:
        grace = _object(members["advisory_grace"], "advisory_grace")
        policy.advisory_grace = {
            name: _number(until, f"advisory_grace {name}") for name, until in grace.items()
        }
    if members.get("ppids") is not None:
        policy.ppids = tuple(_octets(each, 16, "ppids") for each in _array(members["ppids"], "ppids"))
    if members.get("software") is not None:
        policy.software = tuple(_software(each) for each in _array(members["software"], "software"))
    if "min_evaluation" in members:
        policy.min_evaluation = _number(members["min_evaluation"], "min_evaluation")
    for name in _AGES:
        if members.get(name) is not None:
            setattr(policy, name, _number(members[name], name))
    for name in _FLAGS:
        if name in members:
            setattr(policy, name, _flag(members[name], name))
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
    members = _object(value, "software")
    _refuse_unknown(members, (*SOFTWARE_FIELDS, "compose_hash", "isv_prod_id", "min_isv_svn"), "software")
    if not members:
        raise ValueError("software: an entry that names nothing would accept everything")
    fields = {
        name: _octets(members[name], size, f"software {name}")
        for name, size in SOFTWARE_FIELDS.items()
        if name in members
    }
    compose_hash, product = members.get("compose_hash"), members.get("isv_prod_id")
    return Software(
        fields,
        None if compose_hash is None else _octets(compose_hash, 32, "software compose_hash"),
        None if product is None else _number(product, "software isv_prod_id", 0xFFFF),
        _number(members.get("min_isv_svn", 0), "software min_isv_svn", 0xFFFF),
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


def _refuse_unknown(members: dict[str, object], known: tuple[str, ...], what: str) -> None:
    unknown = sorted(set(members) - set(known))
    if unknown:
        raise ValueError(f"{what}: unknown member {unknown[0]}")


def _status(value: object) -> str:
    if not isinstance(value, str) or value not in STATUSES:
        raise ValueError(f"statuses: {value!r} is no status that can be accepted")
    return value


def _array(value: object, name: str) -> list[object]:
    if not isinstance(value, list):
        raise ValueError(f"{name}: not an array")
    return value


def _object(value: object, name: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{name}: not an object")
    return value


def _octets(value: object, size: int, name: str) -> bytes:
    if not isinstance(value, str) or len(value) != 2 * size:
        raise ValueError(f"{name}: not {size} bytes in hexadecimal")
    try:
        return bytes.fromhex(value)
    except ValueError:
        raise ValueError(f"{name}: not hexadecimal") from None


def _number(value: object, name: str, most: int = FOREVER) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError(f"{name}: not a number from 0 to {most}")
    return value


def _flag(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name}: neither true nor false")
    return value
