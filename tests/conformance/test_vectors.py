"""The conformance vectors: valid by their schemas, met by this package, and by a second encoder."""

import hashlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sealwright_protocol import borsh, json_codec, verdict, wire
from sealwright_protocol.records import Record

from tests.conformance import independent

HERE = Path(__file__).parent
REAL_ARGUMENTS = (
    HERE.parents[2] / "shared" / "attestation" / "dstack" / "near-mpc" / "verify_quote_args.borsh"
)


def suite(name: str) -> list[Any]:
    document = json.loads((HERE / "vectors" / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(vector, id=vector["name"]) for vector in document["vectors"]]


def plain(value: Any) -> Any:
    """A decoded value as the vectors write it."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value


@pytest.mark.parametrize("name", ["borsh", "json", "wire"])
def test_vectors__follow_their_schema(name: str) -> None:
    document = json.loads((HERE / "vectors" / f"{name}.json").read_text(encoding="utf-8"))
    schema = json.loads((HERE / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    names = [vector["name"] for vector in document["vectors"]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("vector", suite("borsh"))
def test_borsh(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["bytes"])
    if vector.get("invalid"):
        with pytest.raises(ValueError, match=r"."):
            borsh.unpack(vector["format"], data)
        return
    values = borsh.unpack(vector["format"], data)
    assert plain(values) == vector["values"]
    assert borsh.pack(vector["format"], values) == data


@pytest.mark.parametrize("vector", suite("json"))
def test_json(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["json_hex"]) if "json_hex" in vector else vector["json"].encode()
    if "error" in vector:
        with pytest.raises(ValueError, match=r".") as refused:
            json_codec.unpack(vector["form"], data)
        assert str(refused.value) == vector["error"]
        return
    assert plain(json_codec.unpack(vector["form"], data)) == vector["value"]


@pytest.mark.parametrize("vector", suite("wire"))
def test_wire__is_what_a_second_encoder_writes(vector: dict[str, Any]) -> None:
    packed = independent.ENCODERS[vector["type"]](vector["fields"])
    assert packed.hex() == vector["bytes"]
    assert hashlib.sha256(packed).hexdigest() == vector["sha256"]


@pytest.mark.parametrize("vector", suite("wire"))
def test_wire__is_what_the_package_writes_and_reads(vector: dict[str, Any]) -> None:
    kind, fields, data = vector["type"], vector["fields"], bytes.fromhex(vector["bytes"])
    if kind == "report_data":
        binding = make(wire.NodeBinding, fields["binding"])
        assert wire.report_data(binding, bytes.fromhex(fields["challenge"]), sha256) == data
    elif kind == "verify_quote arguments":
        collateral = make(verdict.Collateral, fields["collateral"])
        quote = bytes.fromhex(fields["quote"])
        assert verdict.encode_verify_args(quote, collateral) == data
        assert verdict.decode_verify_args(data) == (quote, collateral)
    elif kind == "VerificationResult":
        result = make_result(fields)
        assert verdict.encode_verification_result(result) == data
        assert verdict.decode_verification_result(data) == result
        dated = verdict.encode_verification_with_validity(result, 2**63)
        assert verdict.decode_verification_with_validity(dated) == (result, 2**63)
    else:
        record = make(getattr(wire, kind), fields)
        assert record.to_borsh() == data
        assert type(record).from_borsh(data) == record


def test_measurement_id__is_the_digest_of_the_vector() -> None:
    vector = next(each.values[0] for each in suite("wire") if each.values[0]["type"] == "Measurement")
    measured = make(wire.Measurement, vector["fields"])
    assert wire.measurement_id(measured, sha256).hex() == vector["sha256"]


@pytest.mark.parametrize(
    "vector", [each for each in suite("wire") if each.values[0]["type"] == "VerificationResult"]
)
def test_verification_result__refuses_every_cut(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["bytes"])
    for size in range(len(data)):
        with pytest.raises(ValueError, match=r"."):
            verdict.decode_verification_result(data[:size])
    with pytest.raises(ValueError, match=r"."):
        verdict.decode_verification_result(data + b"\0")


@pytest.mark.skipif(not REAL_ARGUMENTS.exists(), reason=f"{REAL_ARGUMENTS} is not here")
def test_verify_quote_arguments__as_they_are_on_mainnet() -> None:
    data = REAL_ARGUMENTS.read_bytes()
    quote, collateral = verdict.decode_verify_args(data)
    assert quote[:2] == b"\x04\x00"
    assert collateral.pck_crl_issuer_chain.startswith("-----BEGIN CERTIFICATE-----")
    assert json.loads(collateral.tcb_info)["id"] == "TDX"
    assert verdict.encode_verify_args(quote, collateral) == data


def make(record: type[Record], fields: dict[str, Any]) -> Any:
    """A record of this package from a vector's fields, guided by the record's format alone."""
    first = 1 if record.DOMAIN else 0  # the constructor fills in the domain
    letters = dict(zip(record.FIELDS, split(record.FORMAT), strict=True))
    return record(**{name: value_of(letters[name], fields[name]) for name in record.FIELDS[first:]})


def split(fmt: str) -> list[str]:
    """The items of a flat format."""
    items, at = [], 0
    while at < len(fmt):
        end = fmt.index(">", at) + 1 if fmt[at] == "<" else at + 1
        if fmt[at].isdigit():
            end = fmt.index("x", at) + 1
        items.append(fmt[at:end])
        at = end
    return items


def value_of(letter: str, value: Any) -> Any:
    if letter == "b" or letter.endswith("x"):
        return bytes.fromhex(value)
    return int(value) if letter in "BHIQU" else value


def make_result(fields: dict[str, Any]) -> verdict.VerifiedReport | verdict.Rejected:
    if "rejected" in fields:
        return verdict.Rejected(fields["rejected"])
    report = make(getattr(verdict, fields["report_type"]), fields["report"])
    standings = [
        (each["status"], each["advisory_ids"]) for each in (fields["qe_status"], fields["platform_status"])
    ]
    return verdict.VerifiedReport(
        fields["status"],
        fields["advisory_ids"],
        report,
        bytes.fromhex(fields["ppid"]),
        standings[0],
        standings[1],
    )


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
