"""What a bundle proves, claim by claim, at the time it names.

Only `Trust` is the judge's own: the root, the policies, the clock if another time than the recorded one is to
count. Everything in the bundle is evidence or hearsay. docs/spec/attestation-bundle.md lists the claims.
"""

from dataclasses import dataclass, field

from tee_attestation_verifier.dstack import report_data
from tee_attestation_verifier.dstack.boot import (
    Boot,
    check_app_id,
    check_key_provider,
    read_boot,
)
from tee_attestation_verifier.dstack.compose import (
    ComposePolicy,
    check_compose,
    check_compose_hash,
    strict_policy,
)
from tee_attestation_verifier.dstack.config_id import (
    PLAIN,
    UNBOUND,
    BoundConfig,
    bound_by_document,
    bound_by_hash,
    bound_plainly,
    config_version,
)
from tee_attestation_verifier.dstack.event_log import (
    RUNTIME_REGISTER,
    Event,
    check_register,
    parse_event_log,
)
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.attributes import check_attributes
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.policy import Policy, validate
from tee_attestation_verifier.intel.trust import INTEL_ROOT, TrustedRoot, root_from_der
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.bundle_file import (
    Bundle,
    ConfigDocument,
    Expected,
    ReportDataParts,
)
from tee_attestation_verifier.offchain.digests import StandardHashes
from tee_attestation_verifier.offchain.dstack_files import read_app_compose
from tee_attestation_verifier.offchain.findings import Finding, Unproven, judge_claims
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto

HASHES = StandardHashes()
CRYPTO = OpenSslCrypto()
# Names of the key provider in mr_config_id and in the event log, where they differ.
PROVIDER_EVENTS = {"local": "local-sgx"}


@dataclass(frozen=True)
class Trust:
    """What the judge brings.

    `root` the anchor; `policy` and `compose_policy` what is accepted; `expected` what the evidence should show, None
    to go by the bundle's word; `at` unix seconds, None for the time that the bundle says it was recorded at.
    """

    root: TrustedRoot = INTEL_ROOT
    policy: Policy = field(default_factory=Policy)
    compose_policy: ComposePolicy = field(default_factory=strict_policy)
    expected: Expected | None = None
    at: int | None = None


class BundleCase:
    """A bundle under judgement; what a claim has proven, the next ones build on."""

    def __init__(self, bundle: Bundle, trust: Trust) -> None:
        """Nothing is proven yet. Raises Rejection ROOT_UNSUITABLE or CERT_... when the bundle's root is no root."""
        self.bundle, self.trust = bundle, trust
        self.at = bundle.recorded_at if trust.at is None else trust.at
        self.root = trust.root if bundle.root is None else root_from_der(bundle.root, CRYPTO)
        self.expected = bundle.expected if trust.expected is None else trust.expected
        self.whose = "the bundle's word" if trust.expected is None else "as expected"
        self.claims: Claims | None = None
        self.events: list[Event] | None = None
        self.boot: Boot | None = None
        self.bound: BoundConfig | None = None
        self.compose_hash: bytes | None = None

    def verified(self) -> Claims:
        """The verified quote's claims; Unproven where it is not verified."""
        if self.claims is None:
            raise Unproven("rests on a quote that is not verified")
        return self.claims

    def register(self, name: str) -> bytes:
        """A field of the verified TD report; Unproven where there is none."""
        report = self.verified().report
        if not report.has(name):
            raise Unproven("an SGX enclave has no " + name)
        return report.field(name)


def judge_bundle(bundle: Bundle, trust: Trust) -> list[Finding]:
    """Judge every claim, in the order of CLAIMS."""
    return judge_claims(CLAIMS, BundleCase(bundle, trust))


def anchor(case: BundleCase) -> str:
    """The root is one that the judge trusts."""
    if case.root.fingerprint != case.trust.root.fingerprint:
        raise Rejection(
            "ROOT_NOT_TRUSTED", "whoever made the bundle chose its root " + case.root.fingerprint.hex()
        )
    return "Intel SGX Root CA" if case.root.is_intel() else "test root " + case.root.fingerprint.hex()


def quote(case: BundleCase) -> str:
    """The quote is genuine and was current at that time (steps 1 to 15)."""
    bundle = case.bundle
    claims = case.claims = verify(bundle.quote, bundle.collateral, case.at, case.root, CRYPTO)
    advisories = "".join(" " + each for each in claims.advisory_ids)
    return f"{claims.tee} v{claims.quote_version}, {claims.status}{advisories}"


def attributes(case: BundleCase) -> str:
    """The enclave is protected as it should be: no debug mode, no service TD (step 16)."""
    check_attributes(case.verified().report)
    return ""


def event_log(case: BundleCase) -> str:
    """The event log is the one that was measured (RTMR3)."""
    measured = case.register("rt_mr3")
    if case.bundle.event_log is None:
        raise Unproven("no event log in the bundle")
    events = parse_event_log(case.bundle.event_log)
    check_register(events, RUNTIME_REGISTER, measured, HASHES)
    case.events = events
    return f"{sum(event.register == RUNTIME_REGISTER for event in events)} events"


def firmware_log(case: BundleCase) -> str:
    """The firmware's log is the one that was measured (RTMR0 to RTMR2)."""
    if case.events is None:
        raise Unproven("rests on an event log that is not proven")
    for register in range(RUNTIME_REGISTER):
        if not any(event.register == register for event in case.events):
            raise Unproven(f"no event of rt_mr{register} in the log")
        check_register(case.events, register, case.register(f"rt_mr{register}"), HASHES)
    return "its digests; names and payloads prove nothing"


def boot(case: BundleCase) -> str:
    """dstack wrote each event that is relied on once, before the application ran."""
    if case.events is None:
        raise Unproven("rests on an event log that is not proven")
    case.boot = found = read_boot(case.events, HASHES)
    return f"app id {found.app_id.hex()}"


def config_id(case: BundleCase) -> str:
    """mr_config_id binds this application, and the event log agrees."""
    measured = case.register("mr_config_id")
    version = config_version(measured)
    if version == UNBOUND:
        raise Unproven("mr_config_id is zero: the host bound nothing")
    bound = _bound(case, measured, version)
    if case.boot is not None:
        _require_agreement(bound, case.boot)
    case.bound = bound
    return f"version {version}, compose hash {bound.compose_hash.hex()}"


def compose_hash(case: BundleCase) -> str:
    """The app-compose file is the one that runs."""
    proven = case.boot or case.bound
    if proven is None:
        raise Unproven("neither event log nor mr_config_id proves a compose hash")
    case.compose_hash = proven.compose_hash
    if case.bundle.app_compose is None:
        raise Unproven("no app-compose file in the bundle; its hash is " + proven.compose_hash.hex())
    check_compose_hash(case.bundle.app_compose.encode(), proven.compose_hash, HASHES)
    return proven.compose_hash.hex()


def app_id(case: BundleCase) -> str:
    """The app id is the application's own."""
    if case.boot is None:
        raise Unproven("rests on an event log that is not proven")
    check_app_id(case.boot.app_id, case.boot.compose_hash, case.expected.app_id)
    return f"pinned ({case.whose})" if case.expected.app_id else "the compose hash's first 20 bytes"


def key_provider(case: BundleCase) -> str:
    """The guest's keys come from the expected provider."""
    if case.boot is None:
        raise Unproven("rests on an event log that is not proven")
    wanted = case.expected.key_provider
    if wanted is None:
        raise Unproven(f"none is expected; it is {case.boot.key_provider} {case.boot.key_provider_id}")
    check_key_provider(case.boot, wanted.name, wanted.id)
    return f"{wanted.name} ({case.whose})"


def compose_policy(case: BundleCase) -> str:
    """The app-compose file lets nothing unmeasured run."""
    text, proven = case.bundle.app_compose, case.compose_hash
    if text is None or proven is None or HASHES.sha256(text.encode()) != proven:
        raise Unproven("rests on an app-compose file that is not proven")
    try:
        members = read_app_compose(text)
    except ValueError as error:
        raise Rejection("DSTACK_COMPOSE_REFUSED", str(error)) from None
    check_compose(members, case.trust.compose_policy)
    return ""


def image(case: BundleCase) -> str:
    """The registers are those of the expected image."""
    expected = case.expected
    if not expected.registers:
        raise Unproven("no registers are expected")
    report = case.verified().report
    for name, value in expected.registers.items():
        if not report.has(name) or report.field(name) != value:
            found = report.field(name).hex() if report.has(name) else "no such register"
            raise Rejection("IMAGE_MISMATCH", f"{name}: {found}")
    return f"{expected.image or 'unnamed'} ({case.whose}): {', '.join(expected.registers)}"


def said(case: BundleCase) -> str:
    """The enclave quoted what it should have."""
    parts = case.expected.report_data
    found = case.verified().report.field("report_data")
    if parts is None:
        raise Unproven("no report data is expected; it is " + found.hex())
    report_data.check_report_data(found, expected_report_data(parts))
    return f"{parts.form} ({case.whose})"


def policy(case: BundleCase) -> str:
    """The judge's policy accepts it at that time."""
    validate(case.verified(), case.trust.policy, case.at, case.compose_hash)
    return ""


CLAIMS = (
    ("anchor", anchor),
    ("quote", quote),
    ("attributes", attributes),
    ("event_log", event_log),
    ("firmware_log", firmware_log),
    ("boot", boot),
    ("config_id", config_id),
    ("compose_hash", compose_hash),
    ("app_id", app_id),
    ("key_provider", key_provider),
    ("compose_policy", compose_policy),
    ("image", image),
    ("report_data", said),
    ("policy", policy),
)


def expected_report_data(expected: ReportDataParts) -> bytes:
    """The 64 bytes that the parts make in their form."""
    parts = expected.parts
    if expected.form == "near-mpc":
        return report_data.near_mpc(parts["tls_key"], parts["account_key"], HASHES)
    if expected.form == "shade":
        return report_data.shade(parts["account_id"])
    if expected.form == "near-ai":
        return report_data.near_ai(parts["signing_address"], parts["nonce"])
    if expected.form == "sealwright":
        return report_data.sealwright(parts["binding_hash"], parts["challenge"])
    return parts["value"]


def _bound(case: BundleCase, measured: bytes, version: int) -> BoundConfig:
    preimage = case.bundle.config_preimage
    if version == PLAIN:
        return bound_plainly(measured)
    if preimage is None:
        raise Unproven(f"mr_config_id is of version {version}, and nobody revealed what it hashes")
    if isinstance(preimage, ConfigDocument):
        return bound_by_document(measured, preimage.document.encode(), HASHES)
    return bound_by_hash(
        measured,
        preimage.compose_hash,
        preimage.app_id,
        preimage.key_provider,
        preimage.key_provider_id,
        HASHES,
    )


def _require_agreement(bound: BoundConfig, logged: Boot) -> None:
    """What both name must be equal; dstack's guest checks the same before it goes on."""
    provider = bound.key_provider and PROVIDER_EVENTS.get(bound.key_provider, bound.key_provider)
    for name, value, event in (
        ("compose hash", bound.compose_hash, logged.compose_hash),
        ("app id", bound.app_id, logged.app_id),
        ("instance id", bound.instance_id, logged.instance_id),
        ("gpu policy hash", bound.gpu_policy_hash, logged.gpu_policy_hash),
        ("init scripts", bound.init_script_hashes, logged.init_script_hashes),
        ("key provider", provider, logged.key_provider),
    ):
        if value is not None and value != event:
            raise Rejection("DSTACK_CONFIG_ID", f"the event log has another {name}")
