"""The generated client: equal to the contracts, and right in what it sends and reads."""

import json
from pathlib import Path

import pytest
from sealwright.build import client_writer
from sealwright_protocol.client import errors
from sealwright_protocol.client.task_market import TaskMarket

STALE = "run `python -m sealwright.build.client_writer`"


def test_client__is_what_the_contracts_say() -> None:
    for name, text in client_writer.generate().items():
        assert (client_writer.CLIENT / name).read_text(encoding="utf-8") == text, f"{name} is stale: {STALE}"


def test_update__writes_only_what_changed(tmp_path: Path) -> None:
    assert client_writer.update(client=tmp_path)
    assert client_writer.update(client=tmp_path) == []


def test_call__carries_its_arguments_as_the_contract_reads_them() -> None:
    call = TaskMarket("market.near").get_task(task_id=7)
    assert (call.contract_id, call.method) == ("market.near", "get_task")
    assert json.loads(call.args) == {"task_id": 7}


def test_call__refuses_what_the_contract_would_refuse() -> None:
    with pytest.raises(ValueError, match="out of range"):
        TaskMarket("market.near").get_task(task_id=-1)


@pytest.mark.parametrize(
    ("panic", "kind", "code"),
    [
        (
            "Smart contract panicked: TASK_UNKNOWN: no task has this id: 7",
            errors.TaskUnknownError,
            "TASK_UNKNOWN",
        ),
        ("BAD_ARGUMENT: task_id: missing", errors.BadArgumentError, "BAD_ARGUMENT"),
        ("FROM_THE_FUTURE: new", errors.ContractError, "FROM_THE_FUTURE"),
    ],
)
def test_error_of__finds_the_code(panic: str, kind: type[errors.ContractError], code: str) -> None:
    error = errors.error_of(panic)
    assert type(error) is kind
    assert error.code == code


def test_error_of__leaves_other_failures_alone() -> None:
    assert errors.error_of("Exceeded the prepaid gas.") is None
