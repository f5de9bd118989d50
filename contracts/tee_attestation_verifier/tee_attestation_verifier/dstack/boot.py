"""What dstack measured while it booted: the few events that a relying party may build on.

dstack writes, in this order: system-preparing, app-id, compose-hash, init-script-hash (any number),
gpu-policy-hash, gpu-attestation, instance-id, boot-mr-done, os-image-hash, key-provider, storage-fs,
system-ready. After that the application may add events of any name, so a name is relied on only where it
occurs once in the whole log and before system-ready.
Source: dstack `dstack-util/src/system_setup.rs`.
"""

from tee_attestation_verifier.binary import to_hex
from tee_attestation_verifier.dstack.event_log import RUNTIME_REGISTER, Event, event_digest
from tee_attestation_verifier.dstack.hashes import Hashes
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.members import members, text
from tee_attestation_verifier.scan import json

SYSTEM_READY = "system-ready"
INIT_SCRIPT = "init-script-hash"
APP_ID = 20
INSTANCE_ID = 20
SHA256 = 32


class Boot:
    """The relied-on facts; nothing about them is proven until RTMR3 replays.

    `app_id` 20 bytes, `compose_hash` 32, `instance_id` 20 or empty; `key_provider` its name ("none",
    "local-sgx", "kms", "tpm") and `key_provider_id` its id as dstack writes it; `key_provider_digest` the
    event's 48 bytes. `init_script_hashes` 32 bytes each, in order. None where dstack left the event out:
    `os_image_hash`, `gpu_policy_hash` (32 bytes each).
    """

    app_id: bytes
    compose_hash: bytes
    instance_id: bytes
    key_provider: str
    key_provider_id: str
    key_provider_digest: bytes
    init_script_hashes: list[bytes]
    os_image_hash: bytes | None
    gpu_policy_hash: bytes | None


def read_boot(events: list[Event], hashes: Hashes) -> Boot:
    """The facts in a log.

    Raises Rejection DSTACK_EVENT_MISSING, DSTACK_EVENT_DUPLICATE or DSTACK_EVENT_PAYLOAD.
    """
    boot = Boot()
    boot.app_id = _sized(measured_event(events, "app-id"), (APP_ID,))
    boot.compose_hash = _sized(measured_event(events, "compose-hash"), (SHA256,))
    boot.instance_id = _sized(measured_event(events, "instance-id"), (0, INSTANCE_ID))
    boot.os_image_hash = _optional_hash(events, "os-image-hash")
    boot.gpu_policy_hash = _optional_hash(events, "gpu-policy-hash")
    boot.init_script_hashes = _init_scripts(events)
    provider = measured_event(events, "key-provider")
    boot.key_provider_digest = event_digest(provider, hashes)
    boot.key_provider, boot.key_provider_id = _provider(provider)
    return boot


def measured_event(events: list[Event], name: str) -> Event:
    """The one RTMR3 event of a name, which came before system-ready.

    Raises Rejection DSTACK_EVENT_MISSING or DSTACK_EVENT_DUPLICATE.
    """
    event = single_event(events, name)
    for other in events:
        if other is event:
            single_event(events, SYSTEM_READY)
            return event
        if other.register == RUNTIME_REGISTER and other.is_named(SYSTEM_READY):
            break
    raise Rejection("DSTACK_EVENT_MISSING", name + " before " + SYSTEM_READY)


def single_event(events: list[Event], name: str) -> Event:
    """The one RTMR3 event of a name, wherever it stands; raises as `measured_event`.

    For events of an application (near/mpc's `mpc-image-digest`): they prove what code in the domain wrote.
    """
    found = [event for event in events if event.register == RUNTIME_REGISTER and event.is_named(name)]
    if not found:
        raise Rejection("DSTACK_EVENT_MISSING", name)
    if len(found) > 1:
        raise Rejection("DSTACK_EVENT_DUPLICATE", name)
    return found[0]


def check_app_id(app_id: bytes, compose_hash: bytes, pinned: bytes | None = None) -> None:
    """Refuse unless the app id is the pinned one or, where none is, the compose hash's first 20 bytes.

    Raises Rejection DSTACK_APP_ID.
    """
    if app_id != (compose_hash[:APP_ID] if pinned is None else pinned):
        raise Rejection("DSTACK_APP_ID", to_hex(app_id))


def check_key_provider(boot: Boot, name: str, provider_id: str) -> None:
    """Refuse unless this provider gives the guest its keys, name and id as dstack writes them.

    Raises Rejection DSTACK_KEY_PROVIDER.
    """
    if (boot.key_provider, boot.key_provider_id) != (name, provider_id):
        raise Rejection("DSTACK_KEY_PROVIDER", boot.key_provider + " " + boot.key_provider_id)


def check_instance_id(boot: Boot, seed: bytes, hashes: Hashes, binding: bytes = b"") -> None:
    """Refuse unless the instance id is SHA-256(seed ‖ app id ‖ binding)[:20].

    `binding` is empty on TDX. Raises Rejection DSTACK_INSTANCE_ID.
    """
    if boot.instance_id != hashes.sha256(seed + boot.app_id + binding)[:INSTANCE_ID]:
        raise Rejection("DSTACK_INSTANCE_ID", to_hex(boot.instance_id))


def _sized(event: Event, sizes: tuple[int, ...]) -> bytes:
    if len(event.payload) not in sizes:
        raise Rejection("DSTACK_EVENT_PAYLOAD", event.name + ": " + str(len(event.payload)) + " bytes")
    return event.payload


def _optional_hash(events: list[Event], name: str) -> bytes | None:
    for event in events:
        if event.register == RUNTIME_REGISTER and event.is_named(name):
            return _sized(measured_event(events, name), (SHA256,))
    return None


def _init_scripts(events: list[Event]) -> list[bytes]:
    """The hashes before instance-id; one that comes later was not written by dstack's measuring code."""
    found, measured = [], False
    for event in events:
        if event.register != RUNTIME_REGISTER:
            continue
        measured = measured or event.is_named("instance-id")
        if event.is_named(INIT_SCRIPT):
            if measured:
                raise Rejection("DSTACK_EVENT_DUPLICATE", INIT_SCRIPT + " after instance-id")
            found.append(_sized(event, (SHA256,)))
    return found


def _provider(event: Event) -> tuple[str, str]:
    try:
        provider = members(json(event.payload))
        return text(provider, "name"), text(provider, "id")
    except ValueError as error:
        raise Rejection("DSTACK_EVENT_PAYLOAD", event.name + ": " + str(error)) from None
