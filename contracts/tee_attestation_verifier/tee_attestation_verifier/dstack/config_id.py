"""mr_config_id: what the host bound to a trust domain before it started, in dstack's three forms.

    0   48 zeros                                                              nothing is bound
    1   01 ‖ compose hash ‖ 15 zeros
    2   02 ‖ Keccak-256(compose hash ‖ app id ‖ kind ‖ key provider id) ‖ 15 zeros
    3   03 ‖ SHA-256("dstack-mr-config-v3:" ‖ 00 ‖ document) ‖ 15 zeros

Versions 2 and 3 hide what they bind: somebody reveals the preimage, and the hash proves it.
Source: dstack `dstack-types/src/mr_config.rs`.
"""

from tee_attestation_verifier.binary import from_hex, to_hex
from tee_attestation_verifier.dstack.hashes import Hashes
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.members import members, number, octets, text, texts
from tee_attestation_verifier.scan import json

UNBOUND, PLAIN, HASHED, DOCUMENT = 0, 1, 2, 3
SIZE = 48
TAIL = 15
DOMAIN = b"dstack-mr-config-v3:\0"
# Names as dstack's documents have them, in the order of the kind byte.
KEY_PROVIDERS = ("none", "local", "kms", "tpm")
MAX_DOCUMENT = 8192
MAX_INIT_SCRIPTS = 5
MAX_ID = 1024
FIELDS = (
    "version",
    "app_id",
    "compose_hash",
    "gpu_policy_hash",
    "key_provider",
    "key_provider_id",
    "instance_id",
    "init_script_hashes",
)


class BoundConfig:
    """What a configuration id binds; None where that version, or the revealed document, leaves it out.

    `compose_hash` 32 bytes, `app_id` and `instance_id` 20, `key_provider` one of KEY_PROVIDERS,
    `key_provider_id` any bytes, `gpu_policy_hash` 32, `init_script_hashes` 32 each, in order.
    """

    def __init__(self, compose_hash: bytes) -> None:
        """All but the compose hash start as None."""
        self.compose_hash = compose_hash
        self.app_id: bytes | None = None
        self.key_provider: str | None = None
        self.key_provider_id: bytes | None = None
        self.instance_id: bytes | None = None
        self.gpu_policy_hash: bytes | None = None
        self.init_script_hashes: list[bytes] | None = None


def config_version(mr_config_id: bytes) -> int:
    """UNBOUND or the version, 1 to 3; raises Rejection DSTACK_CONFIG_ID_UNKNOWN for any other form."""
    if mr_config_id == bytes(SIZE):
        return UNBOUND
    version = mr_config_id[0]
    if (
        len(mr_config_id) != SIZE
        or version not in (PLAIN, HASHED, DOCUMENT)
        or mr_config_id[33:] != bytes(TAIL)
    ):
        raise Rejection("DSTACK_CONFIG_ID_UNKNOWN", to_hex(mr_config_id))
    return version


def bound_plainly(mr_config_id: bytes) -> BoundConfig:
    """What version 1 binds; raises Rejection DSTACK_CONFIG_ID_UNKNOWN for all others."""
    if config_version(mr_config_id) != PLAIN:
        raise Rejection("DSTACK_CONFIG_ID_UNKNOWN", "not version 1: " + to_hex(mr_config_id))
    return BoundConfig(mr_config_id[1:33])


def bound_by_hash(
    mr_config_id: bytes,
    compose_hash: bytes,
    app_id: bytes,
    key_provider: str,
    key_provider_id: bytes,
    hashes: Hashes,
) -> BoundConfig:
    """What version 2 binds, from its revealed parts.

    Raises Rejection DSTACK_CONFIG_MALFORMED for parts of a wrong size or an unknown provider, DSTACK_CONFIG_ID
    when they hash to something else.
    """
    if len(compose_hash) != 32 or len(app_id) != 20 or len(key_provider_id) > MAX_ID:
        raise Rejection("DSTACK_CONFIG_MALFORMED", "a part has a wrong size")
    if key_provider not in KEY_PROVIDERS:
        raise Rejection("DSTACK_CONFIG_MALFORMED", "key provider " + key_provider[:32])
    kind = bytes((KEY_PROVIDERS.index(key_provider),))
    digest = hashes.keccak256(compose_hash + app_id + kind + key_provider_id)
    _require(mr_config_id, HASHED, digest)
    bound = BoundConfig(compose_hash)
    bound.app_id, bound.key_provider, bound.key_provider_id = app_id, key_provider, key_provider_id
    return bound


def bound_by_document(mr_config_id: bytes, document: bytes, hashes: Hashes) -> BoundConfig:
    """What version 3 binds, from the revealed document, whose exact bytes are hashed.

    Raises Rejection DSTACK_CONFIG_ID when it hashes to something else, DSTACK_CONFIG_MALFORMED when it is not
    such a document (JSON of the subset that `scan.json` reads, no unknown members).
    """
    if len(document) > MAX_DOCUMENT:
        raise Rejection("DSTACK_CONFIG_MALFORMED", "larger than 8192 bytes")
    _require(mr_config_id, DOCUMENT, hashes.sha256(DOMAIN + document))
    try:
        return _read_document(members(json(document)))
    except ValueError as error:
        raise Rejection("DSTACK_CONFIG_MALFORMED", str(error)) from None


def _require(mr_config_id: bytes, version: int, digest: bytes) -> None:
    config_version(mr_config_id)
    expected = bytes((version,)) + digest + bytes(TAIL)
    if mr_config_id != expected:
        raise Rejection("DSTACK_CONFIG_ID", "the preimage gives " + to_hex(expected))


def _read_document(document: dict[str, object]) -> BoundConfig:
    for name in document:
        if name not in FIELDS:
            raise ValueError("unknown member " + name[:32])
    if "version" in document and number(document, "version", 255) != DOCUMENT:
        raise ValueError("version is not 3")
    bound = BoundConfig(octets(document, "compose_hash", 32))
    bound.key_provider = text(document, "key_provider")
    if bound.key_provider not in KEY_PROVIDERS:
        raise ValueError("key_provider is unknown")
    bound.app_id = _optional(document, "app_id", 20)
    bound.instance_id = _optional(document, "instance_id", 20)
    bound.gpu_policy_hash = _optional(document, "gpu_policy_hash", 32)
    if document.get("key_provider_id") is not None:
        digits = text(document, "key_provider_id")
        bound.key_provider_id = from_hex(digits, len(digits) // 2)
    if document.get("init_script_hashes") is not None:
        hexadecimal = texts(document, "init_script_hashes", MAX_INIT_SCRIPTS)
        bound.init_script_hashes = [from_hex(each, 32) for each in hexadecimal]
    return bound


def _optional(document: dict[str, object], name: str, size: int) -> bytes | None:
    """`size` bytes; None where the member is absent, null or, as dstack's host writes it, empty."""
    if document.get(name) is None or document[name] == "":
        return None
    return octets(document, name, size)
