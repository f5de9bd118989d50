"""Collateral as a JSON file, the form that dcap-qvl and its kin write: text as text, bytes as hexadecimal.

Off chain only.
"""

import json

from tee_attestation_verifier.intel.collateral import Collateral, as_bytes
from tee_attestation_verifier.offchain.json_members import has_utf8

_BYTES = ("root_ca_crl", "pck_crl", "tcb_info_signature", "qe_identity_signature")


def read_collateral(text: str | bytes) -> Collateral:
    """Parse such a file; raises ValueError naming the member that is missing or malformed."""
    members = json.loads(text)
    if not isinstance(members, dict):
        raise ValueError("collateral is not a JSON object")
    return collateral_from_members(members)


def collateral_from_members(members: dict[str, object]) -> Collateral:
    """Collateral in a parsed JSON object; raises as `read_collateral`."""
    fields: dict[str, str | bytes | None] = {}
    for name in Collateral.FIELDS:
        value = members.get(name)
        if value is None and name == "pck_certificate_chain":
            fields[name] = None
        elif not isinstance(value, str) or not has_utf8(value):
            raise ValueError(f"collateral has no text member {name}")
        else:
            fields[name] = _octets(name, value) if name in _BYTES else value
    return Collateral(**fields)  # type: ignore[arg-type]


def write_collateral(collateral: Collateral) -> str:
    """The file's text, from which `read_collateral` gives the same again."""
    return json.dumps(collateral_members(collateral), indent=1)


def collateral_members(collateral: Collateral) -> dict[str, str]:
    """The JSON object of a collateral."""
    members = {}
    for name in Collateral.FIELDS:
        value = getattr(collateral, name)
        if value is not None:
            members[name] = value.hex() if name in _BYTES else as_bytes(value).decode()
    return members


def _octets(name: str, value: str) -> bytes:
    try:
        return bytes.fromhex(value)
    except ValueError:
        raise ValueError(f"collateral member {name} is not hexadecimal") from None
