"""The attestation vectors: valid by their schema, what the catalogue gives, and judged right from the file alone."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from tee_attestation_verifier.intel.collateral import Collateral

from tests.attestation_cases.case import Evidence
from tests.attestation_cases.judged import judge
from tests.conformance import write_attestation_vectors as writer

SCHEMA = Path(__file__).parent / "schemas" / "attestation.schema.json"
MOST_BYTES = 1_500_000
BYTE_FIELDS = ("root_ca_crl", "pck_crl", "tcb_info_signature", "qe_identity_signature")


@cache
def document() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(writer.FILE.read_text())
    return read


def joined(keys: list[str]) -> bytes:
    return b"".join(base64.b64decode(document()["parts"][key]) for key in keys)


def collateral(keys: dict[str, list[str]]) -> Collateral:
    fields: dict[str, Any] = {name: joined(each) for name, each in keys.items()}
    return Collateral(
        **{name: value if name in BYTE_FIELDS else value.decode() for name, value in fields.items()}
    )


def evidence(vector: dict[str, Any]) -> Evidence:
    kept = tuple((collateral(each["collateral"]), each["now"]) for each in vector.get("kept", ()))
    given = kept[0][0] if kept else collateral(vector["collateral"])
    return Evidence(joined(vector["quote"]), given, vector["now"], joined(vector["root"]), kept)


def test_vectors__follow_their_schema_and_are_small() -> None:
    jsonschema.validate(document(), json.loads(SCHEMA.read_text()))
    assert writer.FILE.stat().st_size < MOST_BYTES
    for key, data in document()["parts"].items():
        assert hashlib.sha256(base64.b64decode(data)).hexdigest().startswith(key)


def test_vectors__are_what_the_catalogue_gives() -> None:
    assert writer.FILE.read_text() == writer.text(), (
        "run python -m tests.conformance.write_attestation_vectors"
    )


def test_vectors__are_judged_right_off_chain() -> None:
    for vector in document()["vectors"]:
        assert writer.expected(judge(evidence(vector))) == vector["expected"], vector["name"]


def test_genuine_vectors__name_the_samples(attestation_samples: Path) -> None:
    folders = {each.name: each for each in (attestation_samples / "real").iterdir()}
    for vector in document()["genuine"]:
        quote, given = writer.sample(folders[vector["name"]])
        assert hashlib.sha256(quote).hexdigest() == vector["quote_sha256"]
        verdict = writer.judge_genuine(quote, given, vector["now"])
        assert writer.expected(verdict) == vector["expected"], vector["name"]
