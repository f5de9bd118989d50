"""What a bundle proves of the software in a dstack guest, claim by claim (docs/spec/dstack.md has the rules)."""

from tee_attestation_verifier.dstack.boot import (
    Boot,
    check_app_id,
    check_key_provider,
    read_boot,
)
from tee_attestation_verifier.dstack.compose import check_compose, check_compose_hash
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
    check_register,
    parse_event_log,
)
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.offchain.bundle_case import HASHES, BundleCase
from tee_attestation_verifier.offchain.bundle_file import ConfigDocument
from tee_attestation_verifier.offchain.dstack_files import read_app_compose
from tee_attestation_verifier.offchain.findings import Unproven

# Names of the key provider in mr_config_id and in the event log, where they differ.
PROVIDER_EVENTS = {"local": "local-sgx"}


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


DSTACK_CLAIMS = (
    ("event_log", event_log),
    ("firmware_log", firmware_log),
    ("boot", boot),
    ("config_id", config_id),
    ("compose_hash", compose_hash),
    ("app_id", app_id),
    ("key_provider", key_provider),
    ("compose_policy", compose_policy),
)


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
