"""A policy that accepts what a bundle proves and nothing else, for the registry and for off-chain use.

A draft is for a person to read: it approves software, so somebody must have looked at that software.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sealwright_protocol.client.calls import Call
from sealwright_protocol.client.node_registry import AdvisoryGrace, NodeRegistry
from tee_attestation_verifier.dstack.config_id import PLAIN
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.policy import Policy, Software
from tee_attestation_verifier.intel.status import UP_TO_DATE
from tee_attestation_verifier.offchain.bundle_case import BundleCase
from tee_attestation_verifier.offchain.findings import PASS, Finding
from tee_attestation_verifier.offchain.policy_file import policy_members

from sealwright.verify.on_record import measurement_id, measurement_of, ppid_hash

# What a policy rests on; the other claims become warnings.
NEEDED = ("anchor", "quote", "attributes", "compose_hash")
# The registry's own defaults (docs/spec/node-registry.md).
MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000
REMOVAL_GRACE_MS = 24 * 60 * 60 * 1000
DAY_S = 86_400
MAX_LABEL_BYTES = 64


@dataclass(frozen=True)
class Wishes:
    """What the user asks for: a label, the allow-list of machines or not, days of grace for open advisories."""

    label: str
    platform_list: bool
    grace_days: int


def draft(case: BundleCase, findings: list[Finding], wishes: Wishes) -> dict[str, Any] | None:
    """The draft as a JSON object; None when the bundle does not prove what a policy rests on."""
    results = {finding.claim: finding.result for finding in findings}
    if any(results[claim] != PASS for claim in NEEDED) or case.claims is None or case.compose_hash is None:
        return None
    claims, compose_hash = case.claims, case.compose_hash
    until = case.at + wishes.grace_days * DAY_S
    grace = dict.fromkeys(claims.advisory_ids, until) if wishes.grace_days else {}
    return {
        "measurement_id": measurement_id(claims, compose_hash).hex(),
        "measurement": {
            name: value.hex() for name, value in vars(measurement_of(claims, compose_hash)).items()
        },
        "status": claims.status,
        "advisory_ids": list(claims.advisory_ids),
        "registry_calls": [_call_members(call) for call in _calls(claims, compose_hash, grace, wishes)],
        "policy": policy_members(_policy(claims, compose_hash, grace, wishes)),
        "warnings": _warnings(case, claims, findings, grace),
    }


def _calls(claims: Claims, compose_hash: bytes, grace: dict[str, int], wishes: Wishes) -> list[Call[None]]:
    """The owner's calls, in the order in which they are sent."""
    registry = NodeRegistry("")
    calls = [
        registry.approve_measurements(
            measurement_ids=[measurement_id(claims, compose_hash)],
            label=wishes.label.encode()[:MAX_LABEL_BYTES].decode(errors="ignore"),
        )
    ]
    if wishes.platform_list:
        calls.append(registry.allow_platforms(ppid_hashes=[ppid_hash(claims)]))
    calls.append(
        registry.set_policy(
            accepted_statuses=[UP_TO_DATE],
            advisory_grace=[
                AdvisoryGrace(advisory_id=name, until_ms=end * 1000) for name, end in grace.items()
            ],
            platform_list=wishes.platform_list,
            max_age_ms=MAX_AGE_MS,
            removal_grace_ms=REMOVAL_GRACE_MS,
        )
    )
    return calls


def _call_members(call: Call[None]) -> dict[str, Any]:
    return {"method": call.method, "args": json.loads(call.args), "deposit": str(call.deposit)}


def _policy(claims: Claims, compose_hash: bytes, grace: dict[str, int], wishes: Wishes) -> Policy:
    fields = {name: claims.report.field(name) for name in ("mr_td", "rt_mr0", "rt_mr1", "rt_mr2")}
    return Policy(
        advisory_grace=grace,
        ppids=(claims.ppid,) if wishes.platform_list else None,
        software=(Software(fields, compose_hash),),
        min_evaluation=min(claims.tcb_evaluation_number, claims.qe_evaluation_number),
        max_collateral_age_s=30 * DAY_S,
    )


def _warnings(case: BundleCase, claims: Claims, findings: list[Finding], grace: dict[str, int]) -> list[str]:
    """What the person who approves this should know."""
    warnings = [
        f"{finding.claim} is {finding.result}: {finding.code or finding.detail}"
        for finding in findings
        if finding.result != PASS and finding.claim != "policy"
    ]
    if claims.status != UP_TO_DATE and not grace:
        warnings.append(f"the machine is {claims.status}: this draft refuses it; --grace-days gives time")
    if not case.root.is_intel():
        warnings.append("the quote is under a test root: nothing of this concerns a real machine")
    if claims.report.field("mr_config_id")[0] != PLAIN:
        warnings.append("the registry takes mr_config_id of version 1 alone (CONFIG_ID_UNSUPPORTED)")
    return warnings
