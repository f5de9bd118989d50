"""Gas of methods and host functions: collected, merged between processes, kept in a file, compared."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sealwright_sandbox.errors import SandboxMisused
from sealwright_sandbox.outcome import Outcome

FORMAT = 1
HOST_COST = "WASM_HOST_COST"

Key = tuple[str, str]
"""(contract, method) of a method; ("", name) of a contract or of a host function's cost."""


class Figures(NamedTuple):
    """How much gas something burnt: in how many receipts, the least, the middle, the most of one."""

    calls: int
    least: int
    median: int
    most: int

    @classmethod
    def of(cls, burnt: Counter[int]) -> "Figures":
        """From how often each amount was burnt."""
        ordered = sorted(burnt)
        calls = burnt.total()
        # With an even number the lower of the two: always an amount that was really burnt.
        middle, seen = (calls + 1) // 2, 0
        median = next(gas for gas in ordered if (seen := seen + burnt[gas]) >= middle)
        return cls(calls, ordered[0], median, ordered[-1])


class GasBook:
    """Gas of every receipt that called a method."""

    def __init__(self) -> None:
        self._methods: dict[Key, Counter[int]] = {}
        self._host: dict[Key, Counter[int]] = {}

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Count what ran of these transactions."""
        for outcome in outcomes:
            for receipt, executed in zip(outcome.receipts, outcome.view["receipts_outcome"], strict=True):
                methods = [action for action in receipt.actions if _is_call(action)]
                if not methods:
                    continue
                name = "+".join(action["FunctionCall"]["method_name"] for action in methods)
                self._methods.setdefault((receipt.executor_id, name), Counter())[receipt.gas_burnt] += 1
                for cost, gas in _host_costs(executed["outcome"]).items():
                    self._host.setdefault(("", cost), Counter())[gas] += 1

    def methods(self) -> dict[Key, Figures]:
        """Figures by (contract, method), in alphabetical order."""
        return {key: Figures.of(self._methods[key]) for key in sorted(self._methods)}

    def contracts(self) -> dict[Key, Figures]:
        """Figures by ("", contract), over all its methods."""
        sums: dict[Key, Counter[int]] = {}
        for (contract, _), burnt in self._methods.items():
            sums.setdefault(("", contract), Counter()).update(burnt)
        return {key: Figures.of(sums[key]) for key in sorted(sums)}

    def host_functions(self) -> dict[Key, Figures]:
        """Figures by ("", nearcore's name of the cost), the most expensive in sum first."""
        sums = {key: sum(gas * times for gas, times in burnt.items()) for key, burnt in self._host.items()}
        return {key: Figures.of(self._host[key]) for key in sorted(sums, key=lambda key: (-sums[key], key))}

    def to_json(self) -> list[Any]:
        """For another process."""
        return [
            [[*key, sorted(burnt.items())] for key, burnt in table.items()]
            for table in (self._methods, self._host)
        ]

    def merge(self, other: list[Any]) -> None:
        """Add what another process counted."""
        for table, rows in zip((self._methods, self._host), other, strict=True):
            for contract, name, burnt in rows:
                table.setdefault((contract, name), Counter()).update(dict(map(tuple, burnt)))


def _is_call(action: Any) -> bool:
    return isinstance(action, dict) and "FunctionCall" in action


def _host_costs(outcome: Mapping[str, Any]) -> dict[str, int]:
    profile = outcome["metadata"].get("gas_profile") or []
    return {entry["cost"]: int(entry["gas_used"]) for entry in profile if entry["cost_category"] == HOST_COST}


# The kept figures -------------------------------------------------------------------------------


class Change(NamedTuple):
    """A difference from the kept figures; None where something is new or gone."""

    key: Key
    before: Figures | None
    now: Figures | None

    @property
    def percent(self) -> float:
        """The largest relative change of least, median and most; infinite for what is new or gone."""
        if self.before is None or self.now is None:
            return float("inf")
        pairs = zip(self.before[1:], self.now[1:], strict=True)
        return max(abs(now - before) / max(before, 1) * 100 for before, now in pairs)


def load(file: Path) -> dict[Key, Figures]:
    """Figures kept in a file; none where there is no file. Raises SandboxMisused where it is another's."""
    if not file.is_file():
        return {}
    try:
        content = json.loads(file.read_text())
        if content["format"] != FORMAT:
            raise ValueError
        return {
            (contract, method): Figures(*figures)
            for contract, methods in content["methods"].items()
            for method, figures in methods.items()
        }
    except (ValueError, KeyError, TypeError):
        raise SandboxMisused(f"{file} is no gas snapshot") from None


def save(file: Path, figures: Mapping[Key, Figures]) -> None:
    """Keep figures: one line a method, so that a version control shows what changed."""
    contracts: dict[str, dict[str, Figures]] = {}
    for (contract, method), found in figures.items():
        contracts.setdefault(contract, {})[method] = found
    blocks = [
        f"  {json.dumps(contract)}: {{\n"
        + ",\n".join(f"   {json.dumps(name)}: {json.dumps(found)}" for name, found in methods.items())
        + "\n  }"
        for contract, methods in contracts.items()
    ]
    legend = json.dumps("calls, least, median, most gas of one call")
    text = (
        f'{{\n "format": {FORMAT},\n "figures": {legend},\n "methods": {{\n'
        + ",\n".join(blocks)
        + "\n }\n}\n"
    )
    file.write_text(text)


def changes(before: Mapping[Key, Figures], now: Mapping[Key, Figures]) -> list[Change]:
    """What differs in gas; the number of calls alone is no difference."""
    found = [Change(key, before.get(key), now.get(key)) for key in sorted(before.keys() | now.keys())]
    return [change for change in found if change.percent > 0]
