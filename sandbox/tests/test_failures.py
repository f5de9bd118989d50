"""nearcore's error objects become a code and a text."""

import pytest
from sealwright_sandbox.failures import Failure, from_status


def _panicked(message: str) -> object:
    error = {"FunctionCallError": {"ExecutionError": f"Smart contract panicked: {message}"}}
    return {"ActionError": {"index": 0, "kind": error}}


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (_panicked("TASK_UNKNOWN: no task 7"), Failure("TASK_UNKNOWN", "no task 7")),
        (_panicked("PAUSED"), Failure("PAUSED", "")),
        (_panicked("two: TASK_UNKNOWN: words"), Failure("PANIC", "two: TASK_UNKNOWN: words")),
        (
            {
                "ActionError": {
                    "index": 0,
                    "kind": {"FunctionCallError": {"MethodResolveError": "MethodNotFound"}},
                }
            },
            Failure("METHOD_NOT_FOUND", "MethodNotFound"),
        ),
        (
            {"ActionError": {"index": 0, "kind": {"AccountDoesNotExist": {"account_id": "a.near"}}}},
            Failure("ACCOUNT_DOES_NOT_EXIST", 'AccountDoesNotExist {"account_id": "a.near"}'),
        ),
        (
            {"FunctionCallError": {"ExecutionError": "Exceeded the prepaid gas."}},
            Failure("GAS_EXCEEDED", "Exceeded the prepaid gas."),
        ),
        (
            {"InvalidTxError": {"InvalidAccessKeyError": "RequiresFullAccess"}},
            Failure("REQUIRES_FULL_ACCESS", "RequiresFullAccess"),
        ),
        (
            {"InvalidNonce": {"tx_nonce": 1, "ak_nonce": 2}},
            Failure("INVALID_NONCE", 'InvalidNonce {"tx_nonce": 1, "ak_nonce": 2}'),
        ),
    ],
)
def test_from_status__gives_code_and_text(status: object, failure: Failure) -> None:
    assert from_status(status) == failure
