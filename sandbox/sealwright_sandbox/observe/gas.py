"""Gas by Python function.

A gas build reports the gas burnt between its messages and what an interval costs in which nothing happens, so
what a function burns is known without the cost of looking. C code and host functions count to the Python
function that calls them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from sealwright_sandbox.instrumented import Instrumented, Place, shown
from sealwright_sandbox.units import TGAS

if TYPE_CHECKING:
    from sealwright_sandbox._engine import Observation

LOADING = Place("<loading>", 0, "loading of the contract")
INTERPRETER = Place("<interpreter>", 0, "entering and leaving Python")

Stack = tuple[Place, ...]
"""Functions from the outermost to the innermost; `line` is that of a function's first statement."""


@dataclass
class CallProfile:
    """One call of a contract.

    gas_burnt   of the deployed contract, without instrumentation
    stacks      gas burnt in the last function of each stack itself
    calls       how often each function was called
    unreported  gas_burnt less the sum of `stacks`: what the instrumentation could not separate. In a call
                that failed, the rest up to its end is known to belong to the last function
    agrees      whether the instrumented run ended as the call did
    """

    account_id: str
    method: str
    gas_burnt: int
    agrees: bool
    stacks: dict[Stack, int] = field(default_factory=lambda: defaultdict(int))
    calls: dict[Place, int] = field(default_factory=lambda: defaultdict(int))
    unreported: int = 0


class FunctionGas(NamedTuple):
    """A line of the table: gas in the function itself, with what it called, and how often it was called."""

    place: Place
    self_gas: int
    total_gas: int
    calls: int


def read_call(seen: Observation, build: Instrumented) -> CallProfile:
    """The profile of one call from what a gas build reported."""
    call = CallProfile(seen["account_id"], seen["method"], seen["gas_burnt"], seen["agrees"])
    stack: list[Place] = []
    empty = 0
    ended = False
    for message in seen["messages"]:
        kind, gas_text, *details = message.split(" ")
        gas = int(gas_text)
        if kind == "start":
            call.stacks[(LOADING,)] += gas - seen["loading_gas"]
            continue
        if kind == "empty":
            # The interval before the method began cost as much.
            empty = gas
            call.stacks[(LOADING,)] -= gas
            continue
        call.stacks[tuple(stack) or (INTERPRETER,)] += gas - empty
        if kind == "call":
            place = build.place(details[0], int(details[1]), " ".join(details[2:]))
            stack.append(place)
            call.calls[place] += 1
        elif kind == "return":
            stack.pop()
        else:
            ended = True
    rest = seen["gas_burnt"] - sum(call.stacks.values())
    if ended or not call.agrees:
        call.unreported = rest
    else:
        call.stacks[tuple(stack) or (LOADING,)] += rest
    return call


class Profile:
    """The calls of a session and their sums."""

    def __init__(self) -> None:
        self.calls: list[CallProfile] = []

    def add(self, call: CallProfile) -> None:
        """Add a call."""
        self.calls.append(call)

    def functions(self) -> list[FunctionGas]:
        """Every function, the one that burnt most by itself first."""
        own: dict[Place, int] = defaultdict(int)
        total: dict[Place, int] = defaultdict(int)
        count: dict[Place, int] = defaultdict(int)
        for call in self.calls:
            for stack, gas in call.stacks.items():
                own[stack[-1]] += gas
                for place in set(stack):
                    total[place] += gas
            for place, calls in call.calls.items():
                count[place] += calls
        rows = [FunctionGas(place, own[place], total[place], count[place]) for place in total]
        return sorted(rows, key=lambda row: (-row.self_gas, row.place))

    def table(self, most: int = 40) -> str:
        """The functions that burnt most, in Tgas: self, total, calls."""
        lines = [f"{'self Tgas':>10} {'total Tgas':>11} {'calls':>7}  function"]
        rows = self.functions()
        for row in rows[:most]:
            numbers = f"{row.self_gas / TGAS:>10.4f} {row.total_gas / TGAS:>11.4f} {row.calls:>7}"
            lines.append(f"{numbers}  {_label(row.place)}")
        if len(rows) > most:
            rest = sum(row.self_gas for row in rows[most:])
            lines.append(f"{rest / TGAS:>10.4f} {'':>11} {'':>7}  {len(rows) - most} more")
        return "\n".join(lines)

    def collapsed(self) -> str:
        """Collapsed stacks, one a line with its gas: what flame graph tools read."""
        return "".join(
            f"{';'.join(names)} {gas}\n" for names, gas in sorted(self._named().items()) if gas > 0
        )

    def speedscope(self) -> str:
        """A file for speedscope (speedscope.app's JSON format); the unit is gas."""
        places: dict[Place, int] = {}
        samples, weights = [], []
        for call in self.calls:
            root = Place(f"{call.account_id}", 0, call.method)
            for stack, gas in call.stacks.items():
                if gas > 0:
                    samples.append([places.setdefault(place, len(places)) for place in (root, *stack)])
                    weights.append(gas)
        frames = [_frame(place) for place in places]
        return json.dumps(
            {
                "$schema": "https://www.speedscope.app/file-format-schema.json",
                "name": "gas by Python function",
                "shared": {"frames": frames},
                "profiles": [
                    {
                        "type": "sampled",
                        "name": "gas",
                        "unit": "none",
                        "startValue": 0,
                        "endValue": sum(weights),
                        "samples": samples,
                        "weights": weights,
                    }
                ],
            }
        )

    def _named(self) -> dict[tuple[str, ...], int]:
        found: dict[tuple[str, ...], int] = defaultdict(int)
        for call in self.calls:
            for names, gas in _stacks_of(call):
                found[names] += gas
        return found


def _stacks_of(call: CallProfile) -> Iterator[tuple[tuple[str, ...], int]]:
    for stack, gas in call.stacks.items():
        yield (f"{call.account_id}.{call.method}", *(_label(place) for place in stack)), gas


def _label(place: Place) -> str:
    if not place.line:
        return place.function
    return f"{place.function} ({shown(place.file)}:{place.line})"


def _frame(place: Place) -> dict[str, Any]:
    if not place.line:
        return {"name": place.function}
    return {"name": place.function, "file": shown(place.file), "line": place.line}
