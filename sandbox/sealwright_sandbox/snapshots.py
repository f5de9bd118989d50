"""Moments of a sandbox: snapshots, snapshots with a name."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from sealwright_sandbox._engine import NativeMark
from sealwright_sandbox.errors import SandboxMisused

if TYPE_CHECKING:
    from sealwright_sandbox.sandbox import Sandbox


class Snapshot(NamedTuple):
    """A moment of a sandbox to go back to: state, history, pool, queues and clock."""

    height: int
    native: NativeMark


class Snapshots(Mapping[str, Snapshot]):
    """The named snapshots of one sandbox, `sandbox.snapshots`.

    ```python
    sandbox.snapshots.take("funded")
    ...
    sandbox.snapshots.restore("funded")     # as often as needed

    with sandbox.snapshots.undone():        # whatever happens in here never happened
        ...
    ```

    Names survive a rollback: one can go back and forth between them.
    """

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self._named: dict[str, Snapshot] = {}

    def take(self, name: str) -> Snapshot:
        """Remember this moment under a name; one of that name is replaced."""
        self._named[name] = self._sandbox.snapshot()
        return self._named[name]

    def restore(self, name: str) -> None:
        """Go back to the snapshot of this name. Raises SandboxMisused where there is none."""
        self._sandbox.rollback(self[name])

    def drop(self, name: str) -> None:
        """Forget a name; what only its snapshot needs is freed. Raises SandboxMisused."""
        del self._named[self._known(name)]

    @contextmanager
    def undone(self) -> Iterator[Snapshot]:
        """Roll back at the end of the `with`, also after an exception."""
        snapshot = self._sandbox.snapshot()
        try:
            yield snapshot
        finally:
            self._sandbox.rollback(snapshot)

    def __getitem__(self, name: str) -> Snapshot:
        return self._named[self._known(name)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)

    def __contains__(self, name: object) -> bool:
        return name in self._named

    def _known(self, name: str) -> str:
        if name not in self._named:
            there_are = ", ".join(map(repr, self._named)) or "none"
            raise SandboxMisused(f"no snapshot has the name {name!r}; there are: {there_are}")
        return name
