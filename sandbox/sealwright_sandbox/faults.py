"""Faults: what a test makes go wrong, on purpose and the same way each time.

```python
plan = FaultPlan([Rule(fail("ORACLE_DOWN: no price"), receiver_id="oracle.near", nth=2)])
with sandbox.faults.use(plan) as run:
    client.call("market.near", "buy")
assert [fault.receiver_id for fault in run.fired] == ["oracle.near"]
```

A plan is data: `to_json()` and `from_json()` keep it, equal plans on equal chains do the same.
docs/spec/sandbox-faults.md specifies all of it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple, Self

from sealwright_sandbox._engine import NativeInterventions, fault_kinds
from sealwright_sandbox.native import translated

ReceiptClass = Literal["action", "callback", "refund", "data", "resume", "timeout"]
Fault = Mapping[str, Any]
"""What happens to a receipt, as JSON: made by the functions below."""

MAX_SEED = 2**64 - 1


def fail(panic: str | None = None, *, error: Any = None) -> Fault:
    """The receipt fails before its first action does anything.

    With a contract's panic of this text, or with any of nearcore's action errors (JSON). Without
    either: calls panic with FAULT_INJECTED, other receipts find that the account does not exist.
    """
    if panic is not None:
        return {"kind": "fail", "error": {"panic": panic}}
    return {"kind": "fail"} if error is None else {"kind": "fail", "error": {"action": error}}


def starve(gas: int = 0) -> Fault:
    """The receipt's function calls run with so much gas; what they had is refunded."""
    return {"kind": "starve", "gas": gas}


def cut_gas(host_call: int) -> Fault:
    """Gas is used up when the call enters its n-th host function, counted from 1."""
    return {"kind": "cut_gas", "host_call": host_call}


def trap(host_call: int) -> Fault:
    """The contract traps when the call enters its n-th host function, counted from 1."""
    return {"kind": "trap", "host_call": host_call}


def refuse_transfer() -> Fault:
    """The beneficiary of a transfer has vanished."""
    return {"kind": "refuse_transfer"}


def delay(blocks: int) -> Fault:
    """The receipt arrives so many blocks later; one sender-receiver pair stays in order."""
    return {"kind": "delay", "blocks": blocks}


def time_out_early(blocks: int) -> Fault:
    """A yield times out so many blocks after it was made."""
    return {"kind": "time_out_early", "blocks": blocks}


def resume_late() -> Fault:
    """The answer to a yield arrives after its timeout."""
    return {"kind": "resume_late"}


@dataclass(frozen=True)
class Rule:
    """A fault, and the receipts it is for: everything that is given must agree.

    `action` is a kind in nearcore's words (`Transfer`), `nth` counts the receipts that agree with
    all the rest from 1, `times` is how often the rule strikes at most, `chance_permille` how many
    of a thousand matching receipts it strikes, chosen by the plan's seed and the receipt's id.
    """

    fault: Fault
    predecessor_id: str | None = None
    receiver_id: str | None = None
    method: str | None = None
    action: str | None = None
    receipt: ReceiptClass | None = None
    receipt_id: str | None = None
    nth: int | None = None
    from_height: int | None = None
    to_height: int | None = None
    times: int | None = None
    chance_permille: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The rule in the form of a plan's JSON."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        rule: dict[str, Any] = {
            name: given.pop(name) for name in ("fault", "times", "chance_permille") if name in given
        }
        return rule | {"when": given}

    @classmethod
    def of_json(cls, rule: Mapping[str, Any]) -> Self:
        """A rule from a plan's JSON."""
        rest = {name: value for name, value in rule.items() if name != "when"}
        return cls(**rest, **rule.get("when", {}))


@dataclass(frozen=True)
class FaultPlan:
    """Rules, asked in order: one receipt suffers the first that strikes.

    `seed` decides the rules that have a chance. With `only_possible` a fault that could not
    happen on NEAR to the receipt in question is left out.
    """

    rules: Sequence[Rule] = field(default_factory=tuple)
    seed: int = 0
    only_possible: bool = False

    def to_json(self) -> str:
        """The plan as JSON, to be kept with a failing test."""
        rules = [rule.as_json() for rule in self.rules]
        plan = {"version": 1, "seed": self.seed, "only_possible": self.only_possible, "rules": rules}
        return json.dumps(plan)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The plan that `to_json` wrote."""
        plan = json.loads(text)
        rules = tuple(Rule.of_json(rule) for rule in plan["rules"])
        return cls(rules, plan.get("seed", 0), plan.get("only_possible", False))


@dataclass(frozen=True)
class Fired:
    """A fault that struck: which rule, which receipt, and whether NEAR could have done it."""

    rule: int
    fault: Fault
    receipt_id: str
    predecessor_id: str
    receiver_id: str
    height: int
    possible: bool
    reason: str


class Unfinished(NamedTuple):
    """A rule that has not struck, and why."""

    rule: int
    reason: str


class FaultKind(NamedTuple):
    """A kind of fault; `possible` is always, sometimes (it depends on the receipt) or never."""

    kind: str
    possible: str
    reason: str


KINDS = tuple(FaultKind(**kind) for kind in json.loads(fault_kinds()))
"""All kinds of faults."""

POSSIBLE = tuple(kind.kind for kind in KINDS if kind.possible != "never")
"""The kinds that can happen on NEAR, at least to some receipts."""


class FaultRun:
    """What a plan does while it is in use; keeps its report when it has ended."""

    def __init__(self, native: NativeInterventions) -> None:
        self._native = native
        self._report: dict[str, Any] | None = None

    @property
    def fired(self) -> list[Fired]:
        """The faults that struck, in order."""
        return [Fired(**fired) for fired in self._read()["fired"]]

    @property
    def unfinished(self) -> list[Unfinished]:
        """The rules that have not struck."""
        return [Unfinished(**left) for left in self._read()["unfinished"]]

    @property
    def held(self) -> list[str]:
        """Ids of the receipts that are being delayed."""
        return list(self._read()["held"])

    def _read(self) -> dict[str, Any]:
        if self._report is not None:
            return self._report
        report = self._native.fault_report()
        empty: dict[str, Any] = {"fired": [], "unfinished": [], "held": []}
        return empty if report is None else dict(json.loads(report))

    def end(self) -> None:
        """Keep the report and end the plan; what it delays arrives in the next block."""
        if self._report is None:
            self._report = self._read()
            self._native.clear_faults()


class Faults:
    """`sandbox.faults`: plans at work on one sandbox. Part of its snapshots."""

    kinds = KINDS
    possible = POSSIBLE

    def __init__(self, native: NativeInterventions) -> None:
        self._native = native

    def install(self, plan: FaultPlan) -> FaultRun:
        """Let a plan go to work, in place of the last one, until `end`.

        Raises SandboxMisused where the plan makes no sense or the sandbox has a home.
        """
        with translated():
            self._native.install_faults(plan.to_json())
        return FaultRun(self._native)

    @contextmanager
    def use(self, plan: FaultPlan) -> Iterator[FaultRun]:
        """Let a plan work inside a `with`. Raises as `install`."""
        run = self.install(plan)
        try:
            yield run
        finally:
            run.end()
