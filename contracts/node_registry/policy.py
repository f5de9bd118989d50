"""Judging a verified report: policy is data, and each check has its code.

Pure. The verifier said that a quote is genuine; whether it is good enough for this registry
is decided here, in the order of docs/spec/node-registry.md.
"""

from sealwright_protocol import verdict, wire
from sealwright_protocol.borsh import pack

from node_registry import errors
from node_registry.state import Measurement, Platform, Policy

KNOWN_STATUSES = (
    "UpToDate",
    "SWHardeningNeeded",
    "ConfigurationNeeded",
    "ConfigurationAndSWHardeningNeeded",
    "OutOfDate",
    "OutOfDateConfigurationNeeded",
    "TDRelaunchAdvised",
    "TDRelaunchAdvisedConfigurationNeeded",
)
"""Statuses that a policy may accept. Revoked is none of them: no grace makes it acceptable."""
MAX_ADVISORIES = 16
MAX_ADVISORY_BYTES = 24
ADVISORY_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
DEFAULT_MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000
"""Collateral lives thirty days; a week bounds how long a verdict without dates is trusted."""
DEFAULT_REMOVAL_GRACE_MS = 24 * 60 * 60 * 1000
FOREVER = 2**53 - 1
"""No end. The largest number that JSON readers keep exact."""
NEVER = 0

SEPT_VE_DISABLE = 1 << 4
"""Bit 28 of the TD attributes, within their fourth byte."""
COMPOSE_VERSION = b"\x01"
NO_SERVICE_TD = b"\x00" * 48
PPID_DOMAIN = "sealwright:ppid:v1"


class Rejection(Exception):
    """An attestation that is not good enough: a code of `errors` and what was found."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.detail = detail


def default_policy(now_ms: int) -> Policy:
    """Only platforms that are up to date, any machine, a week at most."""
    return Policy(1, ["UpToDate"], [], False, DEFAULT_MAX_AGE_MS, DEFAULT_REMOVAL_GRACE_MS, now_ms, now_ms)


def check_enclave(report: verdict.Report) -> verdict.Td10Report:
    """The report of a TD that nobody can debug. Rejects REPORT_KIND_UNSUPPORTED, DEBUG_ENCLAVE."""
    if not isinstance(report, verdict.Td10Report):
        raise Rejection(errors.REPORT_KIND_UNSUPPORTED)
    attributes = report.td_attributes
    if attributes[0] != 0 or not attributes[3] & SEPT_VE_DISABLE:
        raise Rejection(errors.DEBUG_ENCLAVE, attributes.hex())
    if isinstance(report, verdict.Td15Report) and report.mr_service_td != NO_SERVICE_TD:
        raise Rejection(errors.DEBUG_ENCLAVE, "a service TD is bound")
    return report


def measurement_of(report: verdict.Td10Report) -> wire.Measurement:
    """What runs in the TD. Rejects CONFIG_ID_UNSUPPORTED unless mr_config_id is version 1."""
    config_id = report.mr_config_id
    if config_id[:1] != COMPOSE_VERSION or config_id[33:] != b"\x00" * 15:
        raise Rejection(errors.CONFIG_ID_UNSUPPORTED, config_id.hex())
    return wire.Measurement(report.mr_td, report.rt_mr0, report.rt_mr1, report.rt_mr2, config_id[1:33])


def measurement_end(measurement: "Measurement | None") -> int:
    """Until when an approval holds: FOREVER, the end of a removal's grace, or NEVER."""
    if measurement is None:
        return NEVER
    return measurement.ends_at_ms or FOREVER


def status_end(status: str, advisory_ids: list[str], policy: Policy, now_ms: int) -> int:
    """Until when this status passes: FOREVER, the end of the shortest grace it needs, or NEVER."""
    if status in policy.accepted_statuses:
        return FOREVER
    if status not in KNOWN_STATUSES or not 1 <= len(advisory_ids) <= MAX_ADVISORIES:
        return NEVER
    grace = dict(policy.advisory_grace)
    end = FOREVER
    for advisory_id in advisory_ids:
        end = min(end, grace.get(advisory_id, NEVER))
    return end if end > now_ms else NEVER


def platform_allowed(platform: "Platform | None", policy: Policy) -> bool:
    """Whether the machine passes the allow-list, or there is none."""
    return not policy.platform_list or (platform is not None and platform.removed_at_ms == 0)


def kept_advisories(advisory_ids: list[str]) -> list[str]:
    """What the record keeps of a report's advisories: a bounded list of bounded names."""
    return [name if is_advisory_name(name) else "?" for name in advisory_ids[:MAX_ADVISORIES]]


def is_advisory_name(name: str) -> bool:
    """Whether an advisory id is short and plain: only such are kept, and can be given a grace."""
    if not 1 <= len(name) <= MAX_ADVISORY_BYTES:
        return False
    return all(character in ADVISORY_CHARACTERS for character in name)


def ppid_preimage(ppid: bytes) -> bytes:
    """What is hashed to name a machine without revealing its id."""
    return pack("sb", (PPID_DOMAIN, ppid))
