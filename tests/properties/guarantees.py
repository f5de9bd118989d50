"""Guarantees by their ID: each one a Hypothesis property that runs against a given world.

    GUARANTEES = Guarantees()

    @GUARANTEES.keeps("MARKET-10", fee_bps=st.integers(0, 1_000))
    def fee_is_the_one_at_creation(world: MarketWorld, fee_bps: int) -> None: ...

    GUARANTEES.check("MARKET-10", world)

The world is an argument, not a fixture, because the same property runs against the sound
contract and against the broken double of its ID, which it must catch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from hypothesis import given
from hypothesis.strategies import SearchStrategy


class World(Protocol):
    """Something deployed that can go back to its start."""

    def restart(self) -> None: ...


class Guarantees:
    """The properties of one contract, at least one for each ID."""

    def __init__(self) -> None:
        self._properties: dict[str, list[Callable[[Any], None]]] = {}

    @property
    def ids(self) -> list[str]:
        """Every ID that has a property, in order of definition."""
        return list(self._properties)

    def keeps(self, identifier: str, **strategies: SearchStrategy[Any]) -> Callable[[Any], Any]:
        """Register a property. Each example starts from the world's restart."""

        def register(example: Callable[..., None]) -> Callable[..., None]:
            def run(world: World) -> None:
                def from_the_start(**drawn: Any) -> None:
                    world.restart()
                    example(world, **drawn)

                from_the_start.__name__ = example.__name__
                (given(**strategies)(from_the_start) if strategies else from_the_start)()

            self._properties.setdefault(identifier, []).append(run)
            return example

        return register

    def check(self, identifier: str, world: World) -> None:
        """Run every property of an ID. Whatever it raises is a broken guarantee."""
        for run in self._properties[identifier]:
            run(world)
