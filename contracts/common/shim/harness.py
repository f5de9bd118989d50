"""Unit tests of contracts on CPython, by the wire: JSON or Borsh in, JSON out, panics as they read.

    market = Contract("task_market")
    market.call("new", {"owner_id": "owner.near"})
    done = market.call("claim_task", b'{"task_id": 7}', predecessor="node.near")
    assert done.value == 3 and done.events[0]["event"] == "task_claimed"
    with pytest.raises(Panic, match="TASK_UNKNOWN"):
        market.call("claim_task", {"task_id": 8})

The entry module is the generated one, so decoding and guards are those of the wasm. A panic
rolls the call back and returns its deposit. Promises are recorded, not run: a test plays
the other side and calls the callback with `results`.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Any

from sealwright.build import decoder, interface

from common.shim.chain import Chain, Panic, RecordedPromise, chain

CONTRACTS = Path(__file__).resolve().parents[2]
TGAS = 10**12


class Done:
    """What a call left behind.

    raw       the returned bytes, or None
    value     their JSON value, or None
    logs      log lines; `events` are the NEP-297 ones, decoded
    promises  what it sends; `returned_promise` is the index of its result, or None
    """

    def __init__(self, ended: Chain) -> None:
        self.raw = ended.returned
        self.logs = list(ended.logs)
        self.promises: list[RecordedPromise] = list(ended.promises)
        self.returned_promise = ended.returned_promise

    @property
    def value(self) -> Any:
        """The returned JSON."""
        return None if self.raw is None else json.loads(self.raw)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The NEP-297 events among the logs."""
        prefix = "EVENT_JSON:"
        return [json.loads(line[len(prefix) :]) for line in self.logs if line.startswith(prefix)]


class Contract:
    """One contract on a fresh chain. `chain` is free to be changed between calls."""

    def __init__(self, package: str, account_id: str = "contract.near", root: Path = CONTRACTS) -> None:
        self.interface = interface.read(root / package)
        self.module: ModuleType = importlib.import_module(f"{package}.contract")
        self.entry: dict[str, Any] = {}
        source = decoder.write(self.interface)
        exec(compile(source, f"<entry of {package}>", "exec"), self.entry)  # noqa: S102  our own text
        chain.reset()
        chain.current_account = account_id
        self.chain = chain

    def call(
        self,
        method: str,
        arguments: dict[str, Any] | bytes = b"",
        *,
        predecessor: str | None = None,
        signer: str | None = None,
        deposit: int = 0,
        gas: int = 300 * TGAS,
        results: Sequence[bytes | None] = (),
    ) -> Done:
        """Call an exported method. Panic when it refuses, and then nothing has changed."""
        before = deepcopy(chain.__dict__)
        chain.input = arguments if isinstance(arguments, bytes) else json.dumps(arguments).encode()
        chain.predecessor = predecessor or before["predecessor"]
        chain.signer = signer or chain.predecessor
        chain.deposit, chain.prepaid_gas = deposit, gas
        chain.balance += deposit
        chain.returned = chain.returned_promise = None
        chain.promise_results = list(results)
        chain.logs, chain.promises = [], []
        try:
            self.entry[method]()
        except Panic:
            chain.__dict__.update(before)
            raise
        chain.predecessor, chain.signer = before["predecessor"], before["signer"]
        return Done(chain)

    def callback(
        self,
        method: str,
        arguments: dict[str, Any] | bytes = b"",
        *results: bytes | None,
        gas: int = 300 * TGAS,
    ) -> Done:
        """Call a callback as this contract's own promise would, with these promise results."""
        return self.call(method, arguments, predecessor=chain.current_account, gas=gas, results=results)

    def view(self, method: str, arguments: dict[str, Any] | bytes = b"") -> Any:
        """The JSON value of a view."""
        return self.call(method, arguments).value
