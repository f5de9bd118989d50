"""Exit codes, and the one way in which a command refuses its input."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

VERIFIED, REJECTED, USAGE, OPEN = 0, 1, 2, 3


@contextmanager
def refused_usage() -> Iterator[None]:
    """Turn a UsageError inside into its text on stderr and exit code 2."""
    from sealwright.verify.inputs import UsageError

    try:
        yield
    except UsageError as error:
        typer.echo(f"sealwright verify: {error}", err=True)
        raise typer.Exit(USAGE) from None
