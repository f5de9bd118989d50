"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

At = Annotated[
    str | None, typer.Option(help="When to judge: Unix seconds or ISO date and time; now by default.")
]
RecordedAt = Annotated[
    str | None,
    typer.Option("--at", help="When to judge, in the same forms; the bundle's recorded time by default."),
]
Root = Annotated[
    Path | None, typer.Option(help="Trust this root certificate (PEM or DER) instead of Intel's.")
]
PolicyFile = Annotated[Path | None, typer.Option(help="Your policy (JSON); UpToDate alone by default.")]
ComposePolicy = Annotated[
    str, typer.Option(help="Which app-compose files are accepted: strict, near-mpc or a JSON file.")
]
ExpectedFile = Annotated[
    Path | None,
    typer.Option("--expected", help="What you expect (JSON), instead of what the bundle says."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document for machines.")]
