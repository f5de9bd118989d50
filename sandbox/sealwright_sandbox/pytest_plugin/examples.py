"""Every Hypothesis example, and every life of a state machine, begins on the chain that the test began on.

An example of `@given` runs through `hypothesis.inner_test`, the hook that Hypothesis offers to other
plugins. A state machine is made anew for each example, so its constructor is where one begins: a
failing machine's chain stays readable after its end. Without Hypothesis nothing here is used.
"""

import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from sealwright_sandbox.errors import NotSupported
from sealwright_sandbox.pytest_plugin.isolation import Isolation

_WRAPPED = "_near_isolated"


class Examples:
    """Isolates the examples of the test that runs. `on_example` is called where one begins."""

    def __init__(self, isolation: Isolation, on_example: Callable[[], None]) -> None:
        self._isolation = isolation
        self._on_example = on_example
        self._first_machine: Any = None

    @contextmanager
    def isolated(self, item: pytest.Item) -> Iterator[None]:
        """While a test is called."""
        self._first_machine = None
        self._wrap_inner_test(item)
        stateful = sys.modules.get("hypothesis.stateful")
        if stateful is None:
            yield
            return
        machine = stateful.RuleBasedStateMachine
        original = machine.__init__
        machine.__init__ = self._machine_constructor(original)
        try:
            yield
        finally:
            machine.__init__ = original

    def _wrap_inner_test(self, item: pytest.Item) -> None:
        handle = getattr(getattr(item, "obj", None), "hypothesis", None)
        inner = getattr(handle, "inner_test", None)
        # Parametrized tests share one function.
        if handle is not None and inner is not None and not hasattr(inner, _WRAPPED):
            handle.inner_test = self._example(inner)

    def _example(self, inner: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(inner)
        def example(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            with self._isolated_example():
                return inner(*args, **kwargs)

        @functools.wraps(inner)
        async def async_example(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            with self._isolated_example():
                return await inner(*args, **kwargs)

        # Plugins that run coroutines replace `inner_test` after us, and look what it is.
        wrapped = async_example if inspect.iscoroutinefunction(inner) else example
        setattr(wrapped, _WRAPPED, True)
        return wrapped

    @contextmanager
    def _isolated_example(self) -> Iterator[None]:
        __tracebackhide__ = True
        if not self._isolation.in_isolated_test:
            yield
            return
        self._on_example()
        self._isolation.rename()
        self._first_machine = None
        before = self._isolation.snapshot()
        try:
            yield
        except NotSupported as lacking:
            # Hypothesis lets a skip through; any other exception it would try to shrink.
            pytest.skip(str(lacking))
        finally:
            self._isolation.rollback(before)

    def _machine_constructor(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def construct(machine: Any, *args: Any, **kwargs: Any) -> None:
            if self._isolation.in_isolated_test:
                self._begin_machine()
            original(machine, *args, **kwargs)

        return construct

    def _begin_machine(self) -> None:
        if self._first_machine is None:
            self._first_machine = self._isolation.snapshot()
        else:
            self._isolation.rollback(self._first_machine)
        self._isolation.rename()
        self._on_example()
