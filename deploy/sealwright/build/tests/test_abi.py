"""NEAR ABI and JSON Schema say what the decoder does."""

from pathlib import Path
from typing import Any

import pytest
from sealwright.build import abi, decoder, interface
from sealwright_protocol import json_codec

SAMPLE = interface.read(Path(__file__).parents[4] / "contracts" / "common" / "tests" / "sample")


def function(name: str) -> dict[str, Any]:
    found = [each for each in abi.write(SAMPLE)["body"]["functions"] if each["name"] == name]
    assert len(found) == 1
    return dict(found[0])


def test_write__describes_each_export_once() -> None:
    written = abi.write(SAMPLE, "1.2.3", "ab" * 32)
    assert written["schema_version"] == "0.4.0"
    assert written["metadata"]["wasm_hash"] == "ab" * 32
    assert [each["name"] for each in written["body"]["functions"]] == decoder.exports(SAMPLE)


def test_write__tells_kind_modifiers_and_defaults() -> None:
    assert function("get_note")["kind"] == "view"
    assert function("new")["modifiers"] == ["init"]
    assert function("on_answer")["modifiers"] == ["private"]
    assert function("ask")["modifiers"] == ["payable"]
    assert function("echo")["params"]["serialization_type"] == "borsh"
    loud = function("check")["params"]["args"][-1]
    assert loud == {"name": "loud", "type_schema": {"type": "boolean", "default": False}}


def test_schema__names_records_once() -> None:
    definitions = abi.schema(SAMPLE)["definitions"]
    assert definitions["Line"]["required"] == ["label", "amount"]
    lines = definitions["check.arguments"]["properties"]["lines"]
    assert lines == {"type": "array", "items": {"$ref": "#/definitions/Line"}, "maxItems": 4}
    assert definitions["check.arguments"]["additionalProperties"] is False


@pytest.mark.parametrize("method", SAMPLE.methods, ids=lambda method: str(method.name))
def test_form__is_one_that_the_codec_knows(method: interface.Method) -> None:
    parsed = json_codec.parse_form(method.form)
    assert parsed.names == tuple(each.name for each in method.arguments)
