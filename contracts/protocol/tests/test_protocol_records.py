"""Records: construction, equality, domains."""

import hashlib

import pytest
from sealwright_protocol.records import Record
from sealwright_protocol.wire import Measurement, NodeBinding, ResultReceipt, measurement_id, report_data


class Pair(Record):
    FIELDS = ("left", "right")
    FORMAT = "Bs"

    left: int
    right: str


def binding() -> NodeBinding:
    return NodeBinding("sandbox", "registry.near", "n.operator.near", b"\1" * 32, b"\2" * 32, bytes(32))


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def test_record__takes_fields_in_order_or_by_name() -> None:
    assert Pair(1, "a") == Pair(left=1, right="a") == Pair(1, right="a")
    assert Pair(1, "a") != Pair(2, "a")
    assert hash(Pair(1, "a")) == hash(Pair(1, "a"))
    assert repr(Pair(1, "a")) == "Pair(left=1, right='a')"


@pytest.mark.parametrize(
    ("values", "named"), [((1,), {}), ((1, "a", 2), {}), ((1,), {"wrong": "a"}), ((1,), {"left": 1})]
)
def test_record__takes_every_field_once(values: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        Pair(*values, **named)


def test_domain__is_written_and_checked() -> None:
    made = binding()
    assert made.domain == "sealwright:node:v1"
    assert NodeBinding.from_borsh(made.to_borsh()) == made
    other = made.to_borsh().replace(b"sealwright:node:v1", b"sealwright:node:v2")
    with pytest.raises(ValueError, match="domain"):
        NodeBinding.from_borsh(other)


def test_receipt__of_one_kind_never_reads_as_another() -> None:
    with pytest.raises(ValueError, match=r"."):
        ResultReceipt.from_borsh(binding().to_borsh())


def test_report_data__ends_with_the_challenge() -> None:
    data = report_data(binding(), b"\7" * 32, sha256)
    assert data == sha256(binding().to_borsh()) + b"\7" * 32
    with pytest.raises(ValueError, match="32 bytes"):
        report_data(binding(), b"\7" * 31, sha256)


def test_measurement_id__is_the_hash_of_all_fields() -> None:
    measurement = Measurement(bytes(48), bytes(48), bytes(48), bytes(48), bytes(32))
    assert measurement_id(measurement, sha256) == sha256(bytes(4 * 48 + 32))
