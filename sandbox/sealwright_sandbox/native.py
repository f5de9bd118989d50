"""From the native module's one exception to the exceptions of this package."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from sealwright_sandbox import failures
from sealwright_sandbox._engine import EngineError
from sealwright_sandbox.errors import (
    AccountUnknown,
    ImportFailed,
    NotFinished,
    QueryFailed,
    SandboxError,
    SandboxMisused,
    TransactionRefused,
    ViewFailed,
)


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the engine refuses as this package's exceptions."""
    try:
        yield
    except EngineError as error:
        raise translate(error) from None


def translate(error: EngineError) -> SandboxError:
    """The exception of this package for one of the native module."""
    kind, text = error.args
    if kind == "refused":
        return TransactionRefused(*failures.from_status(json.loads(text)))
    if kind == "view_failed":
        return ViewFailed(*failures.from_status(json.loads(text)))
    if kind == "account_unknown":
        return AccountUnknown(text)
    if kind == "unfinished":
        return NotFinished(text)
    if kind == "rpc":
        return QueryFailed(json.loads(text))
    if kind == "import":
        code, _, reason = text.partition(": ")
        return ImportFailed(code, reason)
    return SandboxMisused(text)
