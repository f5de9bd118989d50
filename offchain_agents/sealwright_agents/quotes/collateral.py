"""Collateral of a genuine TEE, from a file that the operator keeps fresh.

The file is a JSON object with the field names of `Collateral`; byte fields are hex. Fetching it from
Intel's service or a PCCS is the operator's cron job for now (`docs/quickstart-node-operator.md`).
"""

import json
from pathlib import Path

from sealwright_protocol.verdict import Collateral

from sealwright_agents.errors import QuoteFailed

BYTE_FIELDS = ("root_ca_crl", "pck_crl", "tcb_info_signature", "qe_identity_signature")


def read_collateral(path: Path) -> Collateral:
    """Read the file anew, so that a refreshed one counts at once. Raises QuoteFailed."""
    try:
        content = json.loads(path.read_text())
        values = [content.get(name) for name in Collateral.FIELDS]
        for index, name in enumerate(Collateral.FIELDS):
            if name in BYTE_FIELDS:
                values[index] = bytes.fromhex(values[index])
            elif name != "pck_certificate_chain" and not isinstance(values[index], str):
                raise ValueError(f"{name} is missing")
    except OSError as missing:
        raise QuoteFailed(f"collateral {path}: {missing.strerror}") from missing
    except (ValueError, TypeError, AttributeError) as wrong:
        raise QuoteFailed(f"collateral {path}: {wrong}") from wrong
    return Collateral(*values)
