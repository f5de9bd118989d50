"""Hypothesis strategies. Importing this module needs Hypothesis; the rest of the package does not.

```python
@given(plan=fault_plans(receivers=["registry.near"]))
def test_money_is_safe(sandbox, plan):
    with sandbox.faults.use(plan):
        ...
```
"""

from collections.abc import Sequence

try:
    from hypothesis import strategies as st
except ImportError as missing:  # pragma: no cover
    raise ImportError("sealwright_sandbox.strategies needs Hypothesis: pip install hypothesis") from missing

from sealwright_sandbox import faults
from sealwright_sandbox.faults import MAX_SEED, POSSIBLE, Fault, FaultPlan, Rule

MOST_HOST_CALLS = 60
MOST_BLOCKS = 8
STARVING_GAS = 2 * 10**12
"""Less than most calls need, more than loading a contract costs."""


def fault_kinds(*, only_possible: bool = True) -> st.SearchStrategy[Fault]:
    """One fault of any kind, or of those that can happen on NEAR."""
    host_calls = st.integers(1, MOST_HOST_CALLS)
    blocks = st.integers(1, MOST_BLOCKS)
    kinds: dict[str, st.SearchStrategy[Fault]] = {
        "fail": st.just(faults.fail()),
        "starve": st.integers(0, STARVING_GAS).map(faults.starve),
        "cut_gas": host_calls.map(faults.cut_gas),
        "trap": host_calls.map(faults.trap),
        "refuse_transfer": st.just(faults.refuse_transfer()),
        "delay": blocks.map(faults.delay),
        "time_out_early": blocks.map(faults.time_out_early),
        "resume_late": st.just(faults.resume_late()),
    }
    return st.one_of([kinds[name] for name in kinds if not only_possible or name in POSSIBLE])


@st.composite
def fault_rules(
    draw: st.DrawFn,
    *,
    receivers: Sequence[str] = (),
    methods: Sequence[str] = (),
    only_possible: bool = True,
) -> Rule:
    """One rule, for any receipt or one to the given receivers or methods."""
    fault = draw(fault_kinds(only_possible=only_possible))
    receiver_id = draw(st.sampled_from([*receivers, None])) if receivers else None
    method = draw(st.sampled_from([*methods, None])) if methods else None
    nth = draw(st.none() | st.integers(1, 4))
    chance = draw(st.none() | st.integers(100, 900))
    return Rule(fault, receiver_id=receiver_id, method=method, nth=nth, chance_permille=chance)


@st.composite
def fault_plans(
    draw: st.DrawFn,
    *,
    receivers: Sequence[str] = (),
    methods: Sequence[str] = (),
    only_possible: bool = True,
    most_rules: int = 3,
) -> FaultPlan:
    """A plan of some rules; shrinks towards none.

    With `only_possible` (the default) nothing happens that could not happen on NEAR: a guarantee
    that breaks is broken. `receivers` and `methods` aim at what is of interest.
    """
    rules = fault_rules(receivers=receivers, methods=methods, only_possible=only_possible)
    drawn = draw(st.lists(rules, max_size=most_rules))
    return FaultPlan(tuple(drawn), seed=draw(st.integers(0, MAX_SEED)), only_possible=only_possible)
