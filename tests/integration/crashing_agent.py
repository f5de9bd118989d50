"""`sealwright-agent`, killed with SIGKILL at a chosen point: `crashing_agent.py POINT run --config FILE`.

The agent itself has no hook for this; the harness wraps its functions from outside.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from sealwright_agents import cli
from sealwright_agents.chain import ChainClient, SignedCall
from sealwright_agents.journal import Journal

RESULT_METHODS = ("respond", "submit_result")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: type, name: str, when: Callable[..., bool]) -> None:
    """Die when `name` is called with arguments for which `when` holds, before it does anything."""
    original = getattr(owner, name)

    def wrapped(self: Any, *args: Any, **named: Any) -> Any:
        if when(*args):
            die()
        return original(self, *args, **named)

    setattr(owner, name, wrapped)


def after(owner: type, name: str, when: Callable[..., bool]) -> None:
    """Die when `name` has done its work for arguments for which `when` holds."""
    original = getattr(owner, name)

    def wrapped(self: Any, *args: Any, **named: Any) -> Any:
        result = original(self, *args, **named)
        if when(*args):
            die()
        return result

    setattr(owner, name, wrapped)


def after_broadcast(methods: tuple[str, ...]) -> None:
    """Die when a block has the transaction, before anybody asks how it ended."""
    original = ChainClient._broadcast

    async def wrapped(self: ChainClient, signed: SignedCall) -> bool:
        used_up = await original(self, signed)
        if signed.method in methods:
            die()
        return used_up

    ChainClient._broadcast = wrapped  # type: ignore[method-assign]


def is_result(_item: Any, step: str, *_: Any) -> bool:
    return step.startswith(("respond", "submit"))


POINTS: dict[str, Callable[[], None]] = {
    "after_claim": lambda: after_broadcast(("claim_task",)),
    "after_handler": lambda: after(Journal, "record_output", lambda *_: True),
    "before_signing": lambda: before(Journal, "record_transaction", is_result),
    "before_submission": lambda: after(Journal, "record_transaction", is_result),
    "after_submission": lambda: after_broadcast(RESULT_METHODS),
    "before_answer_is_kept": lambda: after_answer(before),
    "after_answer": lambda: after_answer(after),
}


def after_answer(place: Callable[[type, str, Callable[..., bool]], None]) -> None:
    """Around the moment in which the answer to a result's transaction is written down."""
    results: set[str] = set()
    record = Journal.record_transaction

    def remember(self: Journal, item: Any, step: str, transaction_hash: str, signed: str) -> None:
        if is_result(item, step):
            results.add(transaction_hash)
        record(self, item, step, transaction_hash, signed)

    Journal.record_transaction = remember  # type: ignore[method-assign]
    place(Journal, "end_transaction", lambda transaction_hash, _answer: transaction_hash in results)


if __name__ == "__main__":
    POINTS[sys.argv[1]]()
    sys.exit(cli.main(sys.argv[2:]))
