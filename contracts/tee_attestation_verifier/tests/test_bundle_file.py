"""The bundle's file: written and read alike, strict, and as its schema says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sealwright_agents.simulated import SimulatedGuest, SimulatedTee
from tee_attestation_verifier.offchain import bundle_file
from tee_attestation_verifier.offchain.bundle_file import (
    REPORT_DATA_FORMS,
    Bundle,
    ConfigDocument,
    Expected,
    HashedConfig,
    KeyProvider,
    ReportDataParts,
    read_bundle,
    write_bundle,
)

NOW = 1_781_481_600
SCHEMA: dict[str, Any] = json.loads(
    (Path(bundle_file.__file__).parent / "schemas" / "bundle.schema.json").read_text()
)
GUEST = SimulatedGuest('{"name": "ü"}')
TEE = SimulatedTee(b"file", NOW)
SAID = ReportDataParts("near-ai", {"signing_address": bytes(20), "nonce": bytes(32)})
FULL = Bundle(
    NOW,
    TEE.quote(bytes(64)),
    TEE.collateral(),
    TEE.root_der,
    list(GUEST.event_log()),
    GUEST.app_compose,
    HashedConfig(bytes(32), bytes(20), "kms", b"\1"),
    Expected("image", {"mr_td": bytes(48)}, bytes(20), KeyProvider("kms", "00"), SAID),
)


def members(bundle: Bundle = FULL) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(write_bundle(bundle))
    return found


def test_bundle_file__reads_what_it_writes_and_follows_its_schema() -> None:
    document = Bundle(NOW, FULL.quote, FULL.collateral, config_preimage=ConfigDocument("{}"))
    for bundle in (FULL, Bundle(NOW, FULL.quote, FULL.collateral), document):
        again = read_bundle(write_bundle(bundle))
        assert vars(again.collateral) == vars(bundle.collateral)
        assert write_bundle(again) == write_bundle(bundle)
        jsonschema.validate(members(bundle), SCHEMA)
    assert read_bundle(write_bundle(FULL)).expected == FULL.expected


def test_bundle_schema__names_every_form_of_report_data() -> None:
    forms = {each["properties"]["form"]["const"]: each for each in SCHEMA["$defs"]["report_data"]["oneOf"]}
    assert {form: set(each["required"]) - {"form"} for form, each in forms.items()} == {
        form: set(sizes) for form, sizes in REPORT_DATA_FORMS.items()
    }
    assert set(SCHEMA["properties"]) == set(bundle_file.MEMBERS)


def test_specification__shows_every_member_and_form() -> None:
    text = (Path(__file__).parents[3] / "docs" / "spec" / "attestation-bundle.md").read_text()
    file = text[text.index("## The file") : text.index("## Trust")]
    parts = [part for sizes in REPORT_DATA_FORMS.values() for part in sizes]
    assert [
        name for name in (*bundle_file.MEMBERS, *REPORT_DATA_FORMS, *parts) if f"`{name}`" not in file
    ] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "other"},
        {"version": 2},
        {"extra": 1},
        {"recorded_at": -1},
        {"recorded_at": "2026"},
        {"quote": "0"},
        {"quote": "00 00"},
        {"collateral": {}},
        {"root": 1},
        {"event_log": {}},
        {"app_compose": {}},
        {"config_preimage": {**members()["config_preimage"], "version": 1}},
        {"config_preimage": {"version": 3, "document": {}}},
        {"config_preimage": {"version": 2, "compose_hash": "00"}},
        {"expected": []},
        {"expected": {"registers": {"rt_mr4": "00" * 48}}},
        {"expected": {"registers": {"mr_td": "00" * 32}}},
        {"expected": {"app_id": "00"}},
        {"expected": {"key_provider": {"name": "kms"}}},
        {"expected": {"key_provider": {"name": "kms", "id": "", "extra": ""}}},
        {"expected": {"report_data": {"form": "other"}}},
        {"expected": {"report_data": {"form": "raw"}}},
        {"expected": {"report_data": {"form": "near-ai", "signing_address": "00", "nonce": "00" * 32}}},
    ],
)
def test_bundle_file__refuses_what_its_schema_refuses(changes: dict[str, Any]) -> None:
    changed = {**members(), **changes}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(changed, SCHEMA)
    with pytest.raises(ValueError, match=r".+"):
        read_bundle(json.dumps(changed))


@pytest.mark.parametrize("text", ["[]", "not JSON", '{"format": 1, "format": 2}', "[" * 100_000])
def test_bundle_file__refuses_what_is_no_object(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_bundle(text)
