"""Every test and every fixture begins on the chain as its surroundings left it, and leaves it so.

Fixtures of a scope above `function` put their state on the chain for as long as they live: an
`Anchor` each, in the order in which they were set up. A test and its function fixtures share one
anchor. One rule keeps the stack right: **when an anchor is rolled back, the fixtures that stand on
it are torn down first**. pytest sets them up again where they are asked for next, so that a fixture
never outlives the state it made, in whatever order scopes and parameters come.
"""

from collections.abc import Callable
from typing import Any

import pytest

from sealwright_sandbox.seam import ROLL_BACK, Backend

SHARED = "shared_chain"


class Anchor:
    """The chain as it was before a fixture or a test."""

    def __init__(self, snapshot: Any, revision: int, finish: Callable[[], None] | None) -> None:
        self.snapshot = snapshot
        self.revision = revision
        self.finish = finish


class Isolation:
    """The anchors of one pytest session over one chain, which may come to be at any time."""

    def __init__(self) -> None:
        self._chain: Backend | None = None
        self._anchors: list[Anchor] = []
        self._item: pytest.Item | None = None
        self._test: Anchor | None = None

    def watch(self, chain: Backend | None) -> None:
        """Isolate this chain from now on; None where it is gone."""
        self._chain = chain
        self._anchors.clear()
        if self._item is not None:
            self.enter_test(self._item)

    @property
    def chain(self) -> Backend | None:
        """The chain, as long as there is one."""
        return self._chain

    def _can_roll_back(self) -> bool:
        return self._chain is not None and ROLL_BACK in self._chain.capabilities

    # Fixtures.

    def before_fixture(
        self, fixture: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Anchor | None:
        """Before a fixture above function scope is set up; None where there is nothing to go back to."""
        self.rename()
        if self._chain is None or not self._can_roll_back():
            return None
        anchor = self._anchor(lambda: fixture.finish(request))  # type: ignore[arg-type]
        # Finalizers run backwards: this one after the fixture's own teardown.
        fixture.addfinalizer(lambda: self._leave(anchor))
        return anchor

    def after_fixture(self, fixture: pytest.FixtureDef[Any], anchor: Anchor) -> None:
        """When it has been set up. What did not touch the chain needs no place on it."""
        chain = self._chain
        if chain is None or anchor not in self._anchors:
            return
        if self._anchors[-1] is anchor and chain.revision == anchor.revision:
            self._anchors.remove(anchor)
        fixture.addfinalizer(lambda: self._before_teardown(anchor))

    def _before_teardown(self, anchor: Anchor) -> None:
        if self._chain is None:
            return
        if anchor in self._anchors:
            self._finish_above(anchor)
        else:
            # It left no state; its teardown leaves none either.
            anchor.snapshot = self._chain.snapshot()

    # Tests.

    def enter_test(self, item: pytest.Item) -> None:
        """Before a test's first function fixture, or its call."""
        self._item = item
        if self._chain is None or self._test is not None or item.get_closest_marker(SHARED):
            return
        self.rename()
        if self._can_roll_back():
            self._test = anchor = self._anchor(None)
            # The first finalizer of the item runs after all function fixtures are torn down.
            item.addfinalizer(lambda: self._leave(anchor))

    def leave_test(self) -> None:
        """When a test and its fixtures are over."""
        self._item = self._test = None

    @property
    def in_isolated_test(self) -> bool:
        """Whether a test runs that did not opt out."""
        return self._item is not None and self._item.get_closest_marker(SHARED) is None

    # Both.

    def snapshot(self) -> Any:
        """A moment to go back to; None where the chain cannot."""
        return self._chain.snapshot() if self._chain is not None and self._can_roll_back() else None

    def rollback(self, snapshot: Any) -> None:
        """Go back to a snapshot; None goes nowhere."""
        if self._chain is not None and snapshot is not None:
            self._chain.rollback(snapshot)

    def rename(self) -> None:
        """Where the chain cannot roll back, accounts at least get names that nobody has used."""
        if self._chain is not None and not self._can_roll_back():
            self._chain.fresh_names()

    def _anchor(self, finish: Callable[[], None] | None) -> Anchor:
        assert self._chain is not None
        snapshot = self._chain.snapshot()
        anchor = Anchor(snapshot, self._chain.revision, finish)
        self._anchors.append(anchor)
        return anchor

    def _leave(self, anchor: Anchor) -> None:
        if anchor in self._anchors:
            self._finish_above(anchor)
            self._anchors.remove(anchor)
        self.rollback(anchor.snapshot)

    def _finish_above(self, anchor: Anchor) -> None:
        while (top := self._anchors[-1]) is not anchor:
            if top.finish is not None:
                top.finish()
            if top in self._anchors:
                self._anchors.remove(top)
