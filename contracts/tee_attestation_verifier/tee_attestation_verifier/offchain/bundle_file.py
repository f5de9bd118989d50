"""Bundles: everything that a verdict on one enclave rests on, in one JSON file that can be archived.

Schema: offchain/schemas/bundle.schema.json; meaning: docs/spec/attestation-bundle.md. A bundle is evidence, not a
judgement: who reads it trusts nothing in it, its root and its expectations included.
"""

import json
from dataclasses import dataclass, field

from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.policy import SOFTWARE_FIELDS
from tee_attestation_verifier.offchain.collateral_file import collateral_from_members, collateral_members
from tee_attestation_verifier.offchain.json_members import (
    array,
    members_of,
    number,
    octets,
    refuse_unknown,
    text,
)
from tee_attestation_verifier.offchain.strict_json import load_object

FORMAT = "sealwright-attestation-bundle"
VERSION = 1
MEMBERS = (
    "format",
    "version",
    "recorded_at",
    "quote",
    "collateral",
    "root",
    "event_log",
    "app_compose",
    "config_preimage",
    "expected",
)
# Members of each form of report data, with their sizes in bytes; None: 20 or 32.
REPORT_DATA_FORMS: dict[str, dict[str, int | None]] = {
    "near-mpc": {"tls_key": 32, "account_key": 32},
    "shade": {"account_id": 32},
    "near-ai": {"signing_address": None, "nonce": 32},
    "sealwright": {"binding_hash": 32, "challenge": 32},
    "raw": {"value": 64},
}


@dataclass(frozen=True)
class HashedConfig:
    """What mr_config_id version 2 hashes: 32 and 20 bytes, the provider's name and its id."""

    compose_hash: bytes
    app_id: bytes
    key_provider: str
    key_provider_id: bytes


@dataclass(frozen=True)
class ConfigDocument:
    """The document that mr_config_id version 3 hashes, to the byte."""

    document: str


@dataclass(frozen=True)
class ReportDataParts:
    """Which form the report data has (a key of REPORT_DATA_FORMS), and its parts."""

    form: str
    parts: dict[str, bytes]


@dataclass(frozen=True)
class KeyProvider:
    """Who gives a dstack guest its keys: name and id as in the `key-provider` event."""

    name: str
    id: str


@dataclass(frozen=True)
class Expected:
    """What the packer says the evidence should show.

    `image` names an operating system image, `registers` its measurements (names of SOFTWARE_FIELDS);
    `app_id` 20 bytes where it is pinned and not the compose hash's beginning.
    """

    image: str | None = None
    registers: dict[str, bytes] = field(default_factory=dict)
    app_id: bytes | None = None
    key_provider: KeyProvider | None = None
    report_data: ReportDataParts | None = None


@dataclass(frozen=True)
class Bundle:
    """A bundle. `recorded_at` unix seconds; `root` the DER of a test root, None where it is Intel's.

    `event_log` holds JSON values of events, `app_compose` the compose file's exact text.
    """

    recorded_at: int
    quote: bytes
    collateral: Collateral
    root: bytes | None = None
    event_log: list[object] | None = None
    app_compose: str | None = None
    config_preimage: HashedConfig | ConfigDocument | None = None
    expected: Expected = field(default_factory=Expected)


def read_bundle(encoding: str | bytes) -> Bundle:
    """Parse a bundle; ValueError naming the member that is wrong."""
    members = load_object(encoding)
    if (members.get("format"), members.get("version")) != (FORMAT, VERSION):
        raise ValueError(f"not a {FORMAT} of version {VERSION}")
    refuse_unknown(members, MEMBERS, "bundle")
    root, log, compose = (members.get(name) for name in ("root", "event_log", "app_compose"))
    preimage = members.get("config_preimage")
    return Bundle(
        number(members.get("recorded_at"), "recorded_at"),
        octets(members.get("quote"), "quote"),
        collateral_from_members(members_of(members.get("collateral"), "collateral")),
        None if root is None else octets(root, "root"),
        None if log is None else array(log, "event_log"),
        None if compose is None else text(compose, "app_compose"),
        None if preimage is None else config_preimage_from_members(members_of(preimage, "config_preimage")),
        expected_from_members(members_of(members.get("expected", {}), "expected")),
    )


def write_bundle(bundle: Bundle) -> str:
    """The bundle's text, from which `read_bundle` gives the same again."""
    members: dict[str, object] = {
        "format": FORMAT,
        "version": VERSION,
        "recorded_at": bundle.recorded_at,
        "quote": bundle.quote.hex(),
        "collateral": collateral_members(bundle.collateral),
        "root": None if bundle.root is None else bundle.root.hex(),
        "event_log": bundle.event_log,
        "app_compose": bundle.app_compose,
        "config_preimage": _preimage_members(bundle.config_preimage),
        "expected": expected_members(bundle.expected) or None,
    }
    present = {name: value for name, value in members.items() if value is not None}
    return json.dumps(present, indent=1, ensure_ascii=False)


def config_preimage_from_members(members: dict[str, object]) -> HashedConfig | ConfigDocument:
    """What mr_config_id hashes, from a parsed JSON object; ValueError naming the member that is wrong."""
    if members.get("version") == 3:
        refuse_unknown(members, ("version", "document"), "config_preimage")
        return ConfigDocument(text(members.get("document"), "config_preimage document"))
    names = ("version", "compose_hash", "app_id", "key_provider", "key_provider_id")
    refuse_unknown(members, names, "config_preimage")
    if members.get("version") != 2:
        raise ValueError("config_preimage: version is neither 2 nor 3")
    return HashedConfig(
        octets(members.get("compose_hash"), "config_preimage compose_hash", 32),
        octets(members.get("app_id"), "config_preimage app_id", 20),
        text(members.get("key_provider"), "config_preimage key_provider"),
        octets(members.get("key_provider_id"), "config_preimage key_provider_id"),
    )


def _preimage_members(preimage: HashedConfig | ConfigDocument | None) -> dict[str, object] | None:
    if preimage is None:
        return None
    if isinstance(preimage, ConfigDocument):
        return {"version": 3, "document": preimage.document}
    return {
        "version": 2,
        "compose_hash": preimage.compose_hash.hex(),
        "app_id": preimage.app_id.hex(),
        "key_provider": preimage.key_provider,
        "key_provider_id": preimage.key_provider_id.hex(),
    }


def expected_from_members(members: dict[str, object]) -> Expected:
    """Expectations in a parsed JSON object; ValueError naming the member that is wrong."""
    refuse_unknown(members, ("image", "registers", "app_id", "key_provider", "report_data"), "expected")
    image, app_id = members.get("image"), members.get("app_id")
    registers = members_of(members.get("registers", {}), "expected registers")
    refuse_unknown(registers, SOFTWARE_FIELDS, "expected registers")
    return Expected(
        None if image is None else text(image, "expected image"),
        {name: octets(value, f"expected {name}", SOFTWARE_FIELDS[name]) for name, value in registers.items()},
        None if app_id is None else octets(app_id, "expected app_id", 20),
        _read_key_provider(members.get("key_provider")),
        _read_report_data(members.get("report_data")),
    )


def _read_key_provider(value: object) -> KeyProvider | None:
    if value is None:
        return None
    members = members_of(value, "key_provider")
    refuse_unknown(members, ("name", "id"), "key_provider")
    return KeyProvider(
        text(members.get("name"), "key_provider name"), text(members.get("id"), "key_provider id")
    )


def _read_report_data(value: object) -> ReportDataParts | None:
    if value is None:
        return None
    members = members_of(value, "report_data")
    form = text(members.get("form"), "report_data form")
    if form not in REPORT_DATA_FORMS:
        raise ValueError(f"report_data form: not one of {', '.join(REPORT_DATA_FORMS)}")
    sizes = REPORT_DATA_FORMS[form]
    refuse_unknown(members, ("form", *sizes), "report_data")
    parts = {name: octets(members.get(name), f"report_data {name}", size) for name, size in sizes.items()}
    if form == "near-ai" and len(parts["signing_address"]) not in (20, 32):
        raise ValueError("report_data signing_address: not 20 or 32 bytes")
    return ReportDataParts(form, parts)


def expected_members(expected: Expected) -> dict[str, object]:
    """The JSON object of expectations; what is not expected is left out."""
    members: dict[str, object] = {}
    if expected.image is not None:
        members["image"] = expected.image
    if expected.registers:
        members["registers"] = {name: value.hex() for name, value in expected.registers.items()}
    if expected.app_id is not None:
        members["app_id"] = expected.app_id.hex()
    if expected.key_provider is not None:
        members["key_provider"] = dict(vars(expected.key_provider))
    if expected.report_data is not None:
        parts = {name: value.hex() for name, value in expected.report_data.parts.items()}
        members["report_data"] = {"form": expected.report_data.form, **parts}
    return members
